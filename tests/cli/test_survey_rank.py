"""`charter survey rank` and `charter survey choices`, end to end: planted partings are found."""

import asyncio
import csv
import json
import re
import signal
import time
from collections import Counter

import pytest
import yaml
from aiohttp import web
from tests.cli.conftest import reply
from tests.evolve.choices.simulated import simulated
from tests.evolve.surveys.people import small

from charter.evolve.intake.ranking_text import write_ranking
from charter.evolve.surveys.answer import read_answer
from charter.evolve.surveys.given import Reply, give
from charter.evolve.surveys.moderated import reason_id, reason_in, reasons_given
from charter.evolve.surveys.opening import open_survey, opening
from charter.evolve.surveys.participation import consent_digest, join
from charter.evolve.surveys.secret_code import new_code
from charter.evolve.surveys.survey import Comparison, Turn
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.records.comment import ACCEPTED, CommentModerated
from charter.records.ranking import AnswersRanked, RankingFinished

AT = "2026-11-22T12:00:00.000Z"
SECTIONS = 3
SPEC = "# A spec\n\n" + "\n\n".join(
    f"## Section {n} {{#section_{n} authority=user}}\n\nThe assistant keeps to rule {n}.[^r{n}aa]"
    for n in range(SECTIONS)
)


@pytest.fixture
def asked(tmp_path):
    """Write a spec, simulated people as a table, and a script that parts from them in section 1."""
    voices, ranked = simulated(
        sections=SECTIONS, items=3, people=15, opposed=(1,), people_noise=0.2, spec_noise=0.0
    )
    (tmp_path / "spec.md").write_text(SPEC)
    by_person = {person.id: {"who": person.id} for person in voices.people}
    for order in voices.orders:
        by_person[order.person][f"{order.item} {order.scope}"] = write_ranking(order.groups)
        by_person[order.person][f"{order.item} why"] = f"Because of {order.item}."
    with (tmp_path / "people.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(by_person["open000"]))
        writer.writeheader()
        writer.writerows(by_person.values())
    questions = {}
    for each in voices.asked:
        for scope in ("personal", "world"):
            questions[f"{each.id} {scope}"] = {"about": each.id, "read": "ranking", "scope": scope}
        questions[f"{each.id} why"] = {"about": each.id, "read": "reason"}
    mapping = {
        "shape": "wide",
        "person": "who",
        "asked": {
            each.id: {
                "kind": "comparison",
                "text": each.text,
                "clauses": list(each.clauses),
                "answers": dict(each.candidates),
            }
            for each in voices.asked
        },
        "questions": questions,
    }
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(mapping))
    script = {
        item: {"order": write_ranking(orders[0].order), "reason": f"The rule decides {item}."}
        for item, orders in ranked.by_item.items()
    }
    (tmp_path / "script.yaml").write_text(yaml.safe_dump({"items": script}))
    return ["csv:people.csv", "--map", "map.yaml", "--ledger", "l"]


def rank(charter, asked, *more, model="script.yaml"):
    return charter(
        "survey",
        "rank",
        asked[0],
        "spec.md",
        *asked[1:],
        "--ranker",
        "scripted",
        "--model",
        model,
        *more,
    )


def test_planted_partings_are_found_with_reasons(charter, asked, tmp_path):
    done = rank(charter, asked)
    assert done.code == 0, done.err
    assert "27 orders of 9 items" in done.out
    (tmp_path / "accepted.csv").write_text("person,item\nopen003,s1-0\nopen004,s1-2\n")
    said = charter("survey", "choices", *asked, "--accepted", "accepted.csv", "--json")
    assert (said.code, said.err) == (0, "")
    found = json.loads(said.out)
    parts = {(row["scope"], row["section"]) for row in found["rows"] if row["parts"]}
    assert parts == {("personal", "section_1"), ("world", "section_1")}
    for row in found["rows"]:
        for name in ("agreement", "people_with_each_other", "corrected", "tau_b"):
            assert row[name]["low"] <= row[name]["value"] <= row[name]["high"]
    texts = json.dumps(found["reasons"])
    assert "Because of s1-0." in texts
    assert "Because of s1-1." not in texts  # nobody accepted it
    assert "The rule decides s1-1." in texts
    (tmp_path / "odd.csv").write_text("person,item\nopen003,s1-0\nopen003,s1-9\n")
    odd = charter("survey", "choices", *asked, "--accepted", "odd.csv", "--json")
    assert "odd.csv: 1 of 2 name no reason, such as open003,s1-9" in odd.err
    shown = charter("survey", "choices", *asked).out
    assert "people and the spec part: section_1 (open, world)" in shown
    assert "no reason that may be shown" in shown


def test_it_carries_on_and_says_what_failed(charter, asked, tmp_path):
    script = yaml.safe_load((tmp_path / "script.yaml").read_text())
    script["items"]["s0-1"] = {"failure": "it would not say"}
    (tmp_path / "other.yaml").write_text(yaml.safe_dump(script))
    done = rank(charter, asked, "--repeats", "2", "--json", model="other.yaml")
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert (said["orders"], len(said["failures"])) == (16, 2)
    with open_ledger(tmp_path / "l", create=False) as ledger:
        assert sum(1 for _ in ledger.read(AnswersRanked)) == 18
        assert sum(1 for _ in ledger.read(RankingFinished)) == 1
    found = json.loads(charter("survey", "choices", *asked, "--json").out)
    assert (found["failures"], found["unranked"]) == (2, ["s0-1"])


def test_where_no_item_brings_an_order_it_ends_with_1(charter, asked, tmp_path):
    (tmp_path / "none.yaml").write_text("items: {}\n")
    done = rank(charter, asked, model="none.yaml")
    assert done.code == 1
    assert "Traceback" not in done.err
    assert "nothing of this item" in done.out


def test_a_dry_run_asks_nobody_and_makes_nothing(charter, asked, endpoint, tmp_path):
    done = rank(charter, asked, "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert "9 items, 3 times each: 0 requests\n" in done.out  # a script is asked nothing
    planned = judged(charter, asked, endpoint, "--dry-run", "--json")
    said = json.loads(planned.out)
    assert (said["items"], said["repeats"], said["requests"]) == (9, 3, 27)
    assert said["output_tokens"] == 27 * 1024
    assert said["money"] is None
    graded = judged(charter, asked, endpoint, "--dry-run", "--json", "--ranker", "clauses")
    assert json.loads(graded.out)["requests"] == 27 * 4
    assert not endpoint.asked
    assert not (tmp_path / "l").exists()


def test_clauses_of_another_spec_are_told(charter, asked, tmp_path):
    (tmp_path / "spec.md").write_text(
        "# Other\n\n## One {#one authority=user}\n\nIt is so.[^aaaa]\n"
    )
    done = rank(charter, asked)
    assert done.code == 2
    assert "no comparison that this spec can rank" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("survey", "choices", "nothing", "--ledger", "l"), "no survey"),
        (("survey", "rank", "nothing", "spec.md", "--model", "x", "--ledger", "l"), "no survey"),
        (
            ("survey", "rank", "polis:gone", "spec.md", "--model", "x", "--ledger", "l"),
            "gone",
        ),
    ],
)
def test_what_is_not_there_is_one_line(charter, asked, tmp_path, arguments, words):
    with open_ledger(tmp_path / "l") as ledger:
        MasterKey.load_or_create(tmp_path / "l" / "master.key")
        assert ledger.size() == 0
    done = charter(*arguments)
    assert done.code == 2, done.err
    assert words in done.err
    assert "Traceback" not in done.err


def test_without_a_ranking_it_says_what_to_do(charter, asked, tmp_path):
    with open_ledger(tmp_path / "l"):
        pass
    charter("survey", "choices", *asked).failure(2, "no finished ranking", "charter survey rank")


async def by_place(body):
    """Answer with the order shown: a liking for places and nothing else."""
    told = body["messages"][1]["content"]
    letters = re.findall(r"begins: answer (\w) -----", told)
    cited = re.search(r"Section under test: .*?\[(\w+)\]", told)[1]
    words = {"reason": "r", "cites": [cited], "relevance": 5, "order": [[x] for x in letters]}
    usage = {"prompt_tokens": 900, "completion_tokens": 100}
    return web.json_response(reply(json.dumps(words)) | {"usage": usage})


def by_endpoint(asked, endpoint, *more):
    return (
        "survey", "rank", asked[0], "spec.md", *asked[1:], "--model", "openai:m",
        "--base-url", endpoint.url, "--key-env", "", *more,
    )  # fmt: skip


def judged(charter, asked, endpoint, *more):
    return charter(*by_endpoint(asked, endpoint, *more))


def recorded(tmp_path):
    with open_ledger(tmp_path / "l", create=False) as ledger:
        return list(ledger.read(AnswersRanked))


def test_one_that_was_killed_carries_on_and_ranks_nothing_twice(charter, asked, endpoint, tmp_path):
    released = []

    async def answer(body):
        if endpoint.answered.total() >= endpoint.expected and not released:
            await asyncio.sleep(3600)
        return await by_place(body)

    endpoint.answer, endpoint.expected = answer, 7
    process = charter.start(*by_endpoint(asked, endpoint, "--concurrency", "2"))
    assert endpoint.enough.wait(60)
    for _ in range(200):  # an answer that was sent is recorded soon
        if len(recorded(tmp_path)) >= endpoint.expected:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    assert charter.end(process).code == -signal.SIGKILL
    before = recorded(tmp_path)
    assert len(before) == 7
    answered = Counter(endpoint.answered)
    released.append(True)
    done = judged(charter, asked, endpoint)
    assert done.code == 0, done.err
    assert "carrying on: 7 orders are recorded" in done.err
    after = recorded(tmp_path)
    assert after[:7] == before
    places = {(each.run, each.item, each.repeat) for each in after}
    assert len(places) == len(after) == 27
    assert len({run for run, _, _ in places}) == 1
    assert not answered & (endpoint.answered - answered), "what was answered is not asked again"


def test_a_budget_stops_it_and_a_larger_one_carries_on(charter, asked, endpoint, tmp_path):
    endpoint.answer = by_place
    (tmp_path / "charter.toml").write_text('[prices."m"]\ninput = 1000\noutput = 1000\n')
    most = json.loads(judged(charter, asked, endpoint, "--dry-run", "--json").out)
    assert most["currency"] == "USD"
    stopped = judged(charter, asked, endpoint, "--budget", "7", "--json")
    assert stopped.code == 1, stopped.err
    said = json.loads(stopped.out)
    assert not said["finished"]
    assert 0 < said["orders"] < 27
    assert float(said["cost"]["money"]) <= 7
    left = json.loads(judged(charter, asked, endpoint, "--dry-run", "--json").out)
    assert (left["recorded"], left["requests"]) == (said["orders"], 27 - said["orders"])
    charter("survey", "choices", *asked).failure(2, "no finished ranking")
    done = judged(charter, asked, endpoint, "--budget", "700")
    assert done.code == 0, done.err
    assert "27 orders of 9 items" in done.out
    assert len(endpoint.asked) == 27  # nothing was asked twice
    assert "tokens in" in done.out


def test_a_sum_without_a_price_is_refused(charter, asked, endpoint):
    judged(charter, asked, endpoint, "--budget", "3").failure(2, "price of m", "--budget-tokens")


def test_a_model_at_an_endpoint_ranks(charter, asked, endpoint, tmp_path):
    endpoint.answer = by_place
    done = judged(charter, asked, endpoint, "--repeats", "4")
    assert done.code == 0, done.err
    assert "36 orders of 9 items" in done.out
    assert "shown earlier higher in 100 %" in done.out
    # It ranks by place alone, which the turning order spreads: consistent with nobody.
    found = json.loads(charter("survey", "choices", *asked, "--json").out)
    assert not any(row["parts"] for row in found["rows"])
    assert abs(found["rows"][0]["agreement"]["value"] - 0.5) < 0.1


def test_what_was_not_tested_is_not_said_to_agree(charter, asked, tmp_path):
    assert rank(charter, asked).code == 0
    rows = list(csv.DictReader((tmp_path / "people.csv").read_text().splitlines()))
    for name, few in (("few", rows[:3]), ("level", rows)):
        with (tmp_path / f"{name}.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            for row in few:
                level = {k: v.replace(">", "=") for k, v in row.items()} if name == "level" else {}
                writer.writerow(row | level)
    said = charter("survey", "choices", "csv:few.csv", *asked[1:]).out
    assert "part nowhere" not in said
    assert "no section was tested" in said
    assert "sections that were not tested: fewer than 10 people" in said
    said = charter("survey", "choices", "csv:level.csv", *asked[1:]).out
    assert "part nowhere" not in said
    assert "nothing is compared" in said


def test_a_ranker_that_has_all_level_is_said_to_take_no_side(charter, asked, tmp_path):
    items = yaml.safe_load((tmp_path / "script.yaml").read_text())["items"]
    for each in items.values():
        each["order"] = each["order"].replace(">", "=")
    (tmp_path / "level.yaml").write_text(yaml.safe_dump({"items": items}))
    assert rank(charter, asked, model="level.yaml").code == 0
    said = charter("survey", "choices", *asked).out
    assert "they part" not in said
    assert "the spec has all candidates level: it takes no side" in said
    assert "the spec has level 100 %" in said


def test_the_same_ranking_again_says_that_it_asks_anew(charter, asked):
    assert "asks everything again" not in rank(charter, asked).err
    assert "asks everything again" in rank(charter, asked).err


def test_other_clauses_are_another_ranking(charter, asked, endpoint, tmp_path):
    """One that was interrupted is carried on only under the same rules."""
    endpoint.answer = by_place
    assert judged(charter, asked, endpoint, "--budget-tokens", "4000").code == 1
    asked_before = len(endpoint.asked)
    assert 0 < asked_before < 27
    mapping = yaml.safe_load((tmp_path / "map.yaml").read_text())
    for each in mapping["asked"].values():
        each["clauses"] = ["section_2"]
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(mapping))
    done = judged(charter, asked, endpoint)
    assert done.code == 0, done.err
    assert "carrying on" not in done.err
    assert len(endpoint.asked) == asked_before + 27


def test_a_survey_of_our_own(charter, tmp_path):
    """A quotation leads to the participation that gave it, whose answer holds the very words."""
    survey = small(
        items=tuple(
            Comparison(
                f"pick{n}",
                ("section_0",),
                (Turn("user", {"en": "Help?"}),),
                {letter: {"en": f"Answer {letter} of {n}"} for letter in "ABC"},
            )
            for n in range(2)
        )
    )
    (tmp_path / "spec.md").write_text(SPEC)
    with open_ledger(tmp_path / "l") as ledger:
        vault = Vault(ledger.store, MasterKey.load_or_create(tmp_path / "l" / "master.key"))
        open_survey(ledger, survey, by="ada", at=AT)
        for person in range(12):
            part = join(
                ledger, vault, opening(ledger, "small"), receipt=new_code(), language="en",
                consent=consent_digest(survey, "en"), code="", at=AT,
            )  # fmt: skip
            for item in survey.items:
                order = [["A"], ["B"], ["C"]] if person % 4 else [["B"], ["A"], ["C"]]
                barred = ["C"] if person < 10 else []
                why = f"It is a secret of {person} on {item.id}."
                values = {"personal": order, "unacceptable": barred, "why": why}
                said = Reply(item, read_answer(item, values), None)
                give(ledger, vault, opening(ledger, "small"), part, said, at=AT)
        read = accept_some(ledger, vault, ("secret of 3 on pick0", "secret of 4 on pick1"))
    (tmp_path / "script.yaml").write_text("items: {pick0: {order: C>B>A}, pick1: {order: C>B>A}}\n")
    done = rank(charter, ["small", "--ledger", "l"])
    assert done.code == 0, done.err
    said = charter("survey", "choices", "small", "--ledger", "l", "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert {row["section"] for row in found["rows"] if row["parts"]} == {"section_0"}
    assert found["unacceptable_left_out"]
    quotes = [
        quote
        for each in found["reasons"]
        for side in each["sides"]
        for theme in side["themes"]
        for quote in theme["quotes"]
    ]
    assert said.out.count("secret") == len(quotes) == 2
    assert {(each["origin"], each["item"], each["text"]) for each in quotes} == read
    shown = charter("survey", "choices", "small", "--ledger", "l").out
    assert "what people hold unacceptable is in no figure here: see charter survey results" in shown
    assert any(f"({origin}, {item})" in shown for origin, item, _ in read)


def accept_some(ledger, vault, wanted):
    """Accept reasons by their words; return (participation, item, words) as the vault has them."""
    opened, found = opening(ledger, "small"), set()
    for given in reasons_given(ledger, opened):
        words = reason_in(vault, opened, given)
        if any(each in words for each in wanted):
            ledger.append(CommentModerated(reason_id(given), AT, "ada", ACCEPTED, ""))
            found.add((given.run, given.item, words))
    return found
