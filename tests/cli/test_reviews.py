"""`charter reviews`: the queue, moves of items, known answers and figures, on real ledgers."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests.console.world import busy, queued, world_in

from charter.cli.main import cli
from charter.errors import CharterError
from charter.govern.oversight.known import answers
from charter.ledger.master_key import FILE, MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.records.approval import ApprovalVoted
from charter.records.oversight import AnswerKnown, AnswerShown, ItemMoved, ItemQueued
from charter.records.review import ReviewRecorded

AT = "2026-11-22T08:00:00.000Z"
ROW = {
    "conversation": [{"role": "user", "content": "What is the card?"}],
    "answer": "It is 4111 1111 1111 1111.",
    "label": "violated",
    "section": "protect_privacy",
}


@pytest.fixture
def folder(tmp_path):
    """A gateway's folder with traffic and a key for payloads."""
    MasterKey.create(tmp_path / FILE)
    world = world_in(tmp_path)
    world.vault = Vault(world.ledger.store, MasterKey.load(tmp_path / FILE))
    ids = busy(world)
    world.ledger.close()
    return tmp_path, ids


def run(place, *arguments, code=0):
    """Run `charter reviews`; return what it printed."""
    done = CliRunner().invoke(cli, ["reviews", *arguments, "--ledger", str(place)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def rows(place, *more):
    return json.loads(run(place, "queue", "--json", *more))["items"]


def read(place, kind):
    with open_ledger(place / "ledger.sqlite", create=False) as ledger:
        return list(ledger.read(kind))


def test_an_answer_is_queued_once_and_again_after_it_was_withdrawn(folder):
    place, ids = folder
    add = ("add", ids["redacted"], "--section", "protect_privacy", "--by", "ada")
    assert "queued, to be judged by protect_privacy" in run(place, *add, "--priority", "3")
    assert "in the queue already" in run(place, *add, code=1)
    ((item, *rest),) = [rows(place)]
    assert not rest
    assert (item["state"], item["priority"], item["opinions"]) == ("waiting", 3, 0)
    run(place, "withdraw", item["id"], "--reason", "too early", "--by", "ada")
    assert rows(place) == []
    run(place, *add)
    assert [each["state"] for each in rows(place, "--all")] == ["withdrawn", "waiting"]
    (first, second) = read(place, ItemQueued)
    assert (first.drawn, first.by) == ("chosen", "ada")
    assert first.run != second.run


def test_without_a_section_it_is_judged_by_one_that_was_asked(folder):
    place, ids = folder
    run(place, "add", ids["redacted"])
    (item,) = read(place, ItemQueued)
    assert item.section


def test_items_move(folder):
    place, ids = folder
    world = world_in(place)
    item = queued(world, ids["flagged"])
    world.ledger.close()
    run(place, "assign", item, "rita", "--by", "lena")
    assert rows(place)[0]["assigned"] == "rita"
    run(place, "rank", item, "9", "--by", "lena")
    assert "nobody holds this item" in run(place, "return", item, code=1)
    run(place, "assign", item, "--by", "lena")
    assert "assigned to nobody" in run(place, "assign", item, code=1)
    found = read(place, ItemMoved)
    assert [(each.number, each.move, each.to, each.priority) for each in found] == [
        (1, "assigned", "rita", 0),
        (2, "ranked", "", 9),
        (3, "assigned", "", 0),
    ]
    text = run(place, "queue")
    assert f"{item}  waiting  priority 9, 0/1" in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("withdraw", "it_none", "--reason", "x"), "there is no such item"),
        (("assign", "it_none\x1b[31m", "ada"), "there is no such item"),
        (("add", "x_" + "0" * 32), "there is no such exchange"),
        (("add", "no exchange"), "there is no such exchange"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(folder, arguments, says):
    text = run(folder[0], *arguments, code=1)
    assert says in text
    assert text.strip().isprintable()


def test_a_seed_is_planted_sealed_and_opened_when_done(folder, tmp_path):
    place, _ = folder
    file = tmp_path / "known.jsonl"
    file.write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    planted = run(place, "seed", str(file), "--app", "mail-app", "--by", "lena")
    assert "1 item planted" in planted
    assert "0 answers opened" in run(place, "seed", "--open")
    (known,), (item,) = read(place, AnswerKnown), read(place, ItemQueued)
    raw = (place / "ledger.sqlite").read_bytes()
    assert b"4111 1111 1111 1111." not in raw
    assert "known" not in run(place, "queue", "--json")
    with open_ledger(place / "ledger.sqlite", create=False) as ledger:
        for by, label in (("lena", "violated"), ("rita", "violated")):
            ledger.append(
                ReviewRecorded(
                    item.decision, AT, by, label, None, None, item.section, True, "random", 9
                )
            )
    assert "1 answer opened" in run(place, "seed", "--open")
    (shown,) = read(place, AnswerShown)
    assert (shown.label, answers(known, shown)) == ("violated", True)
    found = json.loads(run(place, "figures", "--json"))
    assert found["reviews"] == 0
    assert found["vigilance"]["n"] == 2
    assert found["vigilance"]["too_few"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "0 lines"),
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "conversation"),
        (json.dumps(ROW | {"label": "fine"}), "label"),
        (json.dumps(ROW | {"section": "a b"}), "section"),
        (json.dumps(ROW | {"conversation": []}), "conversation"),
        (json.dumps(ROW | {"answer": " "}), "no answer to judge"),
        (json.dumps(ROW) + "\n" + json.dumps(ROW), "twice"),
        (json.dumps(ROW) + "\nnull", ":2:"),
        ((json.dumps(ROW) + "\n") * 1001, "1001 lines"),
        ("\xff", "is no JSON"),
    ],
)
def test_a_wrong_file_plants_nothing(folder, tmp_path, text, says):
    place, _ = folder
    file = tmp_path / "known.jsonl"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(CharterError, match=says):
        run(place, "seed", str(file), "--app", "mail-app")
    assert not read(place, ItemQueued)


def test_a_seed_needs_an_application_and_a_task(folder, tmp_path):
    place, _ = folder
    file = tmp_path / "known.jsonl"
    file.write_text(json.dumps(ROW), encoding="utf-8")
    with pytest.raises(CharterError, match="which application"):
        run(place, "seed", str(file))
    with pytest.raises(CharterError, match="what to do"):
        run(place, "seed")
    with pytest.raises(CharterError, match="what to do"):
        run(place, "seed", str(file), "--open")


def test_a_warning_is_a_finding(folder):
    place, _ = folder
    assert run(place, "figures")
    with open_ledger(place / "ledger.sqlite", create=False) as ledger:
        for number in range(60):
            ledger.append(ApprovalVoted(f"a{number}", AT, "otto", "approve", "b", seconds=1))
    text = run(place, "figures", code=1)
    assert "looks automatic: otto: 60 of 60 votes sooner than anybody reads" in text
    found = json.loads(run(place, "figures", "--json", code=1))
    (one,) = found["automatic"]["people"]
    assert (one["warns"], one["votes"], one["median_seconds"]) == (True, 60, 1.0)


def test_a_hostile_name_is_made_harmless(folder):
    place, _ = folder
    with open_ledger(place / "ledger.sqlite", create=False) as ledger:
        ledger.append(
            ItemQueued("it_1\x1b[2J", AT, "a", "x.1", "x", "app\x1b]0;x\x07", "s\n", "random", 0, 1)
        )
    assert "\x1b" not in run(place, "queue")


def test_figures_without_a_known_answer_say_that_none_was_measured(folder):
    place, ids = folder
    with open_ledger(place / "ledger.sqlite", create=False) as ledger:
        ledger.append(
            ReviewRecorded(
                run=f"{ids['flagged']}.2", at=AT, by="ada", label="adhered", refusal=None,
                decision_right=True, section="honesty", blind=True, drawn="random", seconds=60,
            )
        )  # fmt: skip
    text = run(place, "figures")
    assert "1 review, 1 formed blindly" in text
    assert "how often these people are right is not known" in text
    assert json.loads(run(place, "figures", "--json"))["note"]
