"""The review queue: blinded, drawn by chance, and its labels in calibration."""

from __future__ import annotations

import base64
import json
import re

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.console import reviews
from charter.console.reviews import Reviews, candidate, opinions_on, section_of
from charter.errors import ConfigError
from charter.records.decision import DecisionRecorded
from charter.records.review import ReviewRecorded

from .conftest import form_token, send
from .world import candidates, policy

TELLING = (
    "x_", "flagged", "redacted", "denied", "held", "no_card", "destructive_command",
    "claims_to_be_human", "random", "drawn", "apr_",
)  # fmt: skip
"""What would tell a reviewer something about what the gateway decided."""


def take(client):
    """Open the next answer; return the page and the fields of its form."""
    page = client.get("/review").text
    found = re.search(r'name="item" value="([\w-]+)"', page)
    return page, {"form_token": form_token(page), "item": found[1] if found else ""}


def answer(client, label="adhered", **form):
    """Judge the next answer."""
    _, fields = take(client)
    return client.post("/review", data={**fields, "label": label, **form})


def exhaust(client, label="adhered"):
    """Judge all there is; return how many that were."""
    count = 0
    while "Nothing to review" not in client.get("/review").text:
        assert answer(client, label).status_code == 303
        count += 1
    return count


def test_nothing_of_the_gateway_is_shown_before_answering(lively):
    served, _ = lively
    client = served.login("rita")
    for _ in range(20):
        page, fields = take(client)
        if not fields["item"]:
            break
        main = page[page.index("<main") :].replace(fields["item"], "")  # of random letters
        for word in TELLING:
            assert word not in main, word
        done = client.post("/review", data={**fields, "label": "adhered"})
        told = client.get("/health").text
        assert done.status_code == 303
        assert "strictest decision on it" in told


def test_nothing_of_the_first_review_is_shown_before_answering(lively):
    served, _ = lively
    rita, remy = served.login("rita"), served.login("remy")
    exhaust(rita, "violated")
    page, fields = take(remy)
    assert fields["item"]
    main = page[page.index("<main") :]
    assert "rita" not in main
    assert "opinion of" not in main
    assert not re.search(r"<strong>violated", main)
    remy.post("/review", data={**fields, "label": "adhered"})
    assert "The other opinion: violated." in remy.get("/review").text


def test_one_in_three_gets_a_second_opinion_and_none_a_third(lively):
    served, _ = lively
    known = candidates(served.world.ledger)
    first = exhaust(served.login("rita"))
    second = exhaust(served.login("remy"))
    third = exhaust(served.login("mona"))
    assert first == len(known)
    assert second == sum(opinions_on(each.exchange) == 2 for each in known)
    assert third == 0


def test_a_review_says_all_that_calibration_needs(lively):
    served, _ = lively
    client = served.login("rita")
    _, fields = take(client)
    served.world.clock.time += 42
    form = {"label": "violated", "refusal": "partial", "should": "hold", "note": " hm "}
    client.post("/review", data={**fields, **form, "section": "be_concise"})
    (found,) = served.world.ledger.read(ReviewRecorded)
    record = next(
        each for each in served.world.ledger.read(DecisionRecorded) if each.decision == found.run
    )
    assert record.stage in ("output", "tool_call")
    assert (found.by, found.label, found.refusal) == ("rita", "violated", "partial")
    assert (found.section, found.blind, found.seconds) == ("be_concise", True, 42)
    assert found.note == "hm"
    whole = candidate(served.world.ledger, record.exchange)
    assert found.drawn == whole.drawn
    assert found.decision_right is (whole.effect not in ("allow", "flag"))


def test_the_drawn_section_is_one_that_was_asked(lively):
    served, _ = lively
    known = tuple(rule.id for rule in policy().rules)
    for each in candidates(served.world.ledger):
        section = section_of(each, known)
        cited = each.row.record.citations
        assert section in {one.partition("/")[0] for one in cited} or not section


def test_the_order_is_the_same_for_all_and_says_nothing(lively):
    served, _ = lively
    ledger = served.world.ledger
    orders = [
        [each.exchange for each in Reviews().next_for(ledger, name, lambda _: False)]
        for name in ("rita", "remy")
    ]
    assert orders[0] == orders[1]
    assert orders[0] != sorted(orders[0])
    newest = [each.exchange for each in candidates(ledger)]
    assert orders[0] not in (newest, newest[::-1])


def test_an_exchange_is_read_when_its_turn_comes(lively, monkeypatch):
    served, _ = lively
    read = []
    whole = reviews.of_exchange
    monkeypatch.setattr(
        reviews, "of_exchange", lambda *given: (read.append(given), whole(*given))[1]
    )
    found = Reviews().next_for(served.world.ledger, "rita", lambda _: False)
    next(found)
    assert len(read) == 1
    assert len({each.exchange for each in found}) == len(candidates(served.world.ledger)) - 1


def test_whoever_saw_the_decision_is_not_blind(lively):
    served, ids = lively
    client = served.login("rita")
    client.get(f"/decisions/{ids['redacted']}")
    page = client.get(f"/review/{ids['redacted']}").text
    assert "will not count as a blind one" in page
    item = re.search(r'name="item" value="([\w-]+)"', page)[1]
    form = {"form_token": form_token(page), "item": item, "label": "violated"}
    assert client.post("/review", data=form).status_code == 303
    (found,) = served.world.ledger.read(ReviewRecorded)
    assert (found.blind, found.drawn) == (False, "chosen")


def test_whoever_chose_an_answer_is_not_blind(lively):
    served, ids = lively
    client = served.login("rita")
    page = client.get(f"/review/{ids['redacted']}").text
    assert "You chose this answer, so this opinion will not count as a blind one" in page
    item = re.search(r'name="item" value="([\w-]+)"', page)[1]
    form = {"form_token": form_token(page), "item": item, "label": "violated"}
    assert client.post("/review", data=form).status_code == 303
    (found,) = served.world.ledger.read(ReviewRecorded)
    assert (found.blind, found.drawn) == (False, "chosen")


def test_the_queue_leaves_out_what_somebody_has_seen(lively):
    served, ids = lively
    client = served.login("rita")
    for each in ids.values():
        client.get(f"/decisions/{each}")
    shown = set()
    while True:
        page, fields = take(client)
        if not fields["item"]:
            break
        shown.add(re.search(r"What is \d and \d|Summarise|card|person", page)[0])
        client.post("/review/skip", data=fields)
    assert len(shown) == 8
    assert all(word.startswith("What is") for word in shown)


def test_an_answer_is_judged_once_by_each(lively):
    served, _ = lively
    client = served.login("rita")
    _, fields = take(client)
    assert client.post("/review", data={**fields, "label": "adhered"}).status_code == 303
    assert client.post("/review", data={**fields, "label": "violated"}).status_code == 409
    assert len(list(served.world.ledger.read(ReviewRecorded))) == 1


@pytest.mark.parametrize(
    "form", [{}, {"label": "fine"}, {"label": "adhered", "refusal": "perhaps"}, {"label": ""}]
)
def test_an_answer_without_a_label_is_refused(lively, form):
    served, _ = lively
    client = served.login("rita")
    _, fields = take(client)
    assert client.post("/review", data={**fields, **form}).status_code == 422
    assert not list(served.world.ledger.read(ReviewRecorded))


def test_an_item_of_another_session_is_refused(lively):
    served, _ = lively
    _, fields = take(served.login("rita"))
    answer = send(served.login("remy"), "/review", "/review", item=fields["item"], label="adhered")
    assert answer.status_code == 409


def test_what_was_erased_is_not_in_the_queue(lively):
    served, _ = lively
    served.world.vault.erase("sub_1")
    assert "Nothing to review" in served.login("rita").get("/review").text


def test_agreement_is_stated_with_its_number_or_not_at_all(world, serve):
    world.service()
    for number in range(90):
        world.exchange(f"What is {number}?", f"It is {number}.")
    served = serve(world)
    two = [each for each in candidates(world.ledger) if opinions_on(each.exchange) == 2]
    assert len(two) > 20
    for place, each in enumerate(two[:19]):
        review(world, each, "rita", "violated" if place % 3 else "adhered")
        review(world, each, "remy", "violated" if place % 3 else "adhered")
    page = served.login("anna").get("/agreement").text
    assert "too few for a figure (n = 19)" in page
    for name in ("rita", "remy"):
        review(world, two[19], name, "adhered")
    page = served.login("anna").get("/agreement").text
    assert ">1.00<" in page
    assert "n = 20" in page
    one = next(each for each in candidates(world.ledger) if opinions_on(each.exchange) == 1)
    review(world, one, "rita", "adhered", blind=False)
    review(world, one, "remy", "violated", blind=False)
    assert "n = 20" in served.login("anna").get("/agreement").text


def review(world, each, by, label, *, blind=True):
    world.ledger.append(
        ReviewRecorded(
            each.row.record.decision,
            "2026-11-22T08:00:00.000Z",
            by,
            label,
            "none",
            True,
            "finish_the_work",
            blind,
            "random",
            5,
        )
    )


def test_labels_flow_into_calibration(lively, tmp_path):
    served, _ = lively
    exhaust(served.login("rita"), "adhered")
    remy = served.login("remy")
    while "Nothing to review" not in remy.get("/review").text:
        answer(remy, "violated", refusal="none")
    text = served.login("anna").get("/agreement/adherence.jsonl").text
    rows = [json.loads(line) for line in text.splitlines()]
    assert {row["by"] for row in rows} == {"rita", "remy"}
    assert all(row["conversation"][-1]["role"] == "user" for row in rows)
    file = tmp_path / "reviews.jsonl"
    mine = [row for row in rows if row["by"] == "rita"]
    lines = [
        json.dumps({**row, "said": "BAD" if place % 2 else "GOOD"}) + "\n"
        for place, row in enumerate(mine)
    ]
    lines[0] = lines[0].replace('"label": "adhered"', '"label": "violated"')
    file.write_text("".join(lines), encoding="utf-8")
    arguments = ["calibrate", "--judge", "labels:said", "--labels", str(file)]
    done = CliRunner().invoke(cli, [*arguments, "--ledger", str(tmp_path / "c"), "--json"])
    assert done.exit_code == 1, done.output
    assert '"items"' in done.output or '"answers"' in done.output
    refusals = served.login("anna").get("/agreement/refusal.jsonl").text
    assert {json.loads(line)["label"] for line in refusals.splitlines()} == {"none"}


def test_the_command_line_writes_the_same_labels(lively, tmp_path):
    served, _ = lively
    exhaust(served.login("rita"))
    key, out = tmp_path / "master.key", tmp_path / "out.jsonl"
    secret = base64.b64encode(b"k" * 32).decode()
    key.write_text(f"charter-master-key/v1\n{secret}\n", encoding="ascii")
    key.chmod(0o600)
    place = str(tmp_path / "ledger.sqlite")
    base = ["export", "reviews", "--ledger", place, "--master-key", str(key)]
    done = CliRunner().invoke(cli, [*base, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert f"{out}: " in done.output
    shown = served.login("anna").get("/agreement/adherence.jsonl").text
    assert _without_roles(out.read_text(encoding="utf-8")) == _without_roles(shown)
    with pytest.raises(ConfigError, match="what format"):
        CliRunner().invoke(cli, [*base, "--out", "x.txt"], catch_exceptions=False)
    with pytest.raises(ConfigError, match="no review says"):
        CliRunner().invoke(
            cli, [*base, "--out", str(out), "--scale", "refusal"], catch_exceptions=False
        )


def _without_roles(text):
    return [
        {**row, "conversation": [each["content"] for each in row["conversation"]]}
        for row in map(json.loads, text.splitlines())
    ]
