"""`charter survey rank` and `charter survey choices`, end to end: planted partings are found."""

import csv
import json
import re

import pytest
import yaml
from aiohttp import web
from tests.cli.conftest import reply
from tests.evolve.choices.simulated import simulated
from tests.evolve.surveys.people import small

from charter.evolve.intake.ranking_text import write_ranking
from charter.evolve.surveys.answer import read_answer
from charter.evolve.surveys.given import Reply, give
from charter.evolve.surveys.opening import open_survey, opening
from charter.evolve.surveys.participation import consent_digest, join
from charter.evolve.surveys.secret_code import new_code
from charter.evolve.surveys.survey import Comparison, Turn
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
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
    assert said.code == 0, said.err
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


def test_a_dry_run_asks_nobody_and_records_nothing(charter, asked, tmp_path):
    done = rank(charter, asked, "--dry-run")
    assert (done.code, done.out) == (0, "9 items, 3 times each: 27 requests\n")
    with open_ledger(tmp_path / "l") as ledger:
        assert ledger.size() == 0


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


def test_a_model_at_an_endpoint_ranks(charter, asked, endpoint, tmp_path):
    async def answer(body):
        letters = re.findall(r"begins: answer (\w) -----", body["messages"][1]["content"])
        words = {
            "reason": "r",
            "cites": ["section_0"],
            "relevance": 5,
            "order": [[x] for x in letters],
        }
        cited = re.search(r"Section under test: .*?\[(\w+)\]", body["messages"][1]["content"])[1]
        return web.json_response(reply(json.dumps(words | {"cites": [cited]})))

    endpoint.answer = answer
    done = charter(
        "survey", "rank", asked[0], "spec.md", *asked[1:], "--model", "openai:m",
        "--base-url", endpoint.url, "--key-env", "", "--repeats", "4",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "36 orders of 9 items" in done.out
    # It ranks by place alone, which the turning order spreads: consistent with nobody.
    found = json.loads(charter("survey", "choices", *asked, "--json").out)
    assert not any(row["parts"] for row in found["rows"])
    assert abs(found["rows"][0]["agreement"]["value"] - 0.5) < 0.1


def test_a_survey_of_our_own(charter, tmp_path):
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
                values = {"personal": order, "why": "It is a secret."}
                said = Reply(item, read_answer(item, values), None)
                give(ledger, vault, opening(ledger, "small"), part, said, at=AT)
    (tmp_path / "script.yaml").write_text("items: {pick0: {order: C>B>A}, pick1: {order: C>B>A}}\n")
    done = rank(charter, ["small", "--ledger", "l"])
    assert done.code == 0, done.err
    said = charter("survey", "choices", "small", "--ledger", "l", "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert {row["section"] for row in found["rows"] if row["parts"]} == {"section_0"}
    assert "secret" not in said.out
