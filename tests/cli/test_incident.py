"""`charter incident` as people use it, on real ledgers."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.errors import LedgerTampered
from charter.govern.incidents import amend
from charter.govern.incidents.book import append, append_anyway, incident
from charter.govern.incidents.containment import stop
from charter.govern.incidents.refused import Refused
from charter.ledger.board import Board
from charter.ledger.open import open_ledger
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.release import PolicyPinned
from charter.records.run import ModelId, RunFinished, RunStarted, ScenarioPlanned
from charter.records.score import ScoreRecorded
from charter.records.stop import StopOrdered

ONE = ("open", "--title", "Code told", "--severity", "incident", "--id", "inc_one", "--by", "ada")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run `charter incident` in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments, code=0):
        from charter.errors import CharterError  # noqa: PLC0415 - as the entry point has it

        done = CliRunner().invoke(cli, ["incident", *map(str, arguments)])
        if isinstance(done.exception, CharterError):
            assert code == 2, done.exception
            return str(done.exception)
        assert done.exit_code == code, (done.output, done.exception)
        return done.output

    return call


def ledger():
    return open_ledger("gateway", create=False)


def shown(run, name="inc_one"):
    return json.loads(run("show", name, "--json").partition("\nnot legal")[0])


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def test_clocks_are_shown_with_the_time_left_and_marks(run):
    run(*ONE)
    run("field", "inc_one", "jurisdictions", "eu", "--by", "ada")
    run("field", "inc_one", "roles", "gpai_systemic_provider", "--by", "ada")
    run("field", "inc_one", "harm_kinds", "property", "--by", "ada")
    run("time", "inc_one", "aware_at", ago(days=1), "--evidence", "a mail", "--by", "ada")
    text = run("show", "inc_one")
    assert re.search(r"eu-gpai-code initial: counting, due .* 13 d 23 h left \(15 days", text)
    run("field", "inc_one", "harm_kinds", "property, critical_infrastructure?", "--by", "bob")
    text = run("show", "inc_one", "--zone", "Asia/Kolkata")
    assert re.search(r"initial: counting, due .*\+05:30, 23 h 59 min left \(2 days", text)
    assert "undecided: harm_kinds" in text
    run("time", "inc_one", "aware_at", ago(days=1, hours=20), "--evidence", "earlier", "--by", "a")
    assert "!  eu-gpai-code initial: warning" in run("show", "inc_one")
    run("time", "inc_one", "aware_at", ago(days=3), "--evidence", "still earlier", "--by", "ada")
    assert "!! eu-gpai-code initial: overdue" in run("show", "inc_one")
    assert re.search(r"inc_one  !! .* 24 h over|inc_one  !! .* 1 d 0 h over", run("clocks", code=1))
    run("submit", "inc_one", "eu-gpai-code/initial", "--evidence", "receipt 7", "--by", "ada")
    found = shown(run)
    states = {f"{each['regime']}/{each['stage']}": each for each in found["clocks"]}
    assert states["eu-gpai-code/initial"]["state"] == "met late"
    assert states["eu-gpai-code/intermediate"]["state"] == "counting"
    assert "eu-gpai-code" in found["keep_until"]
    assert "eu-gpai-code intermediate" in run("clocks")
    assert run("submit", "inc_one", "gdpr/x", "--evidence", "y", code=2).startswith("no regime")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("note", "inc_two", "x"), 2, "there is none"),
        (("note", "inc_", "x"), 2, "1 incident begins with it"),
        (("note", "", "x"), 2, "there is none"),
        (("note", "inc_one", " "), 2, "missing"),
        (("note", "inc_one", "x" * 5000), 2, "at most"),
        (("time", "inc_one", "aware_at", "99990-01-01", "--evidence", "x"), 2, "not a time"),
        (("time", "inc_one", "aware_at", "2040-01-01T00:00Z", "--evidence", "x"), 1, "future"),
        (("time", "inc_one", "aware_at", "2026-01-01T00:00", "--evidence", "x"), 2, "whose clock"),
        (("time", "inc_one", "lunch", "2026-01-01T00:00Z", "--evidence", "x"), 2, "lunch"),
        (("field", "inc_one", "harm"), 2, "ID NAME VALUE"),
        (("field", "inc_one", "harm", "x", "--unknown"), 2, "ID NAME VALUE"),
        (("field", "inc_one", "harn", "x"), 2, "harm"),
        (("link", "inc_one", "dream:x"), 2, "not a link"),
        (("severity", "inc_one", "incident", "--reason", "x"), 1, "already"),
        (("reopen", "inc_one", "--reason", "x"), 1, "it is open"),
        (("review", "inc_one", "--accept", "--by", "bob"), 1, "no post-mortem"),
        (("review", "inc_one"), 2, "--accept"),
        (("contain", "inc_one", "--reason", "x"), 2, "name one"),
        (("contain", "inc_one", "--pin", "latest", "--reason", "x"), 2, "digest"),
        (("postmortem", "inc_one", "--withhold", "field:harm=x"), 2, "nothing of this"),
        (("postmortem", "inc_one", "--file", "nowhere.md"), 2, "no such file"),
        (("close", "inc_one"), 1, "cannot close"),
        (("show", "inc_one", "--zone", "Mars/Crater"), 2, "no time zone"),
        (("show", "inc_one", "--regimes", "nowhere"), 2, "cannot be read"),
        (("draft", "inc_one", "poem"), 2, "poem"),
        (ONE, 1, "already"),
        ((*ONE[:-4], "--id", "x y"), 2, "no id"),
    ],
)
def test_what_cannot_be_is_one_clear_line(run, arguments, code, said):
    run(*ONE)
    before = shown(run)["number"]
    assert said in run(*arguments, code=code)
    assert shown(run)["number"] == before


def test_a_drill_is_marked_everywhere_and_in_no_count(run):
    run(*ONE)
    run("open", "--title", "Exercise", "--severity", "disaster", "--id", "inc_drill", "--drill")
    assert run("show", "inc_drill").startswith("DRILL")
    listed = run("list")
    assert ("Exercise" in listed, "1 open" in listed) == (False, True)
    whole = json.loads(run("list", "--drills", "--json"))
    assert whole["counts"] == {"open": 1, "resolved": 0, "closed": 0}
    assert [each["drill"] for each in whole["incidents"]] == [True, False]
    assert "inc_drill" not in run("clocks")
    assert "rehearsed" in run("contain", "inc_drill", "--stop-app", "web", "--reason", "practice")
    with ledger() as opened:
        assert not list(opened.read(StopOrdered))


def test_a_stop_and_a_pin_are_recorded_with_the_incident(run):
    run(*ONE)
    run("contain", "inc_one", "--stop-tool", "mail", "--reason", "it tells", "--by", "ada")
    digest = f"sha256:{'b' * 64}"
    pinning = ("contain", "inc_one", "--pin", digest, "--reason", "the one before")
    assert "is the digest right?" in run(*pinning, "--by", "ada")
    with ledger() as opened:
        board = Board()
        board.poll(opened)
        (stopped,), (pinned,) = board.stops, opened.read(PolicyPinned)
    found = shown(run)
    assert [each["what"] for each in found["containment"]] == [stopped.run, pinned.run]
    assert (stopped.name, pinned.policy, pinned.incident) == ("mail", digest, "inc_one")


def test_of_two_who_act_at_once_one_is_refused_and_a_stop_still_stops(run):
    run(*ONE)
    moment = datetime.now(UTC)
    with ledger() as mine, ledger() as theirs:
        state = incident(mine, "inc_one", now=moment)
        number = state.number + 1
        first = IncidentAmended("inc_one", number, ago(), "bob", "closed")
        second = IncidentAmended("inc_one", number, ago(), "cy", "closed")
        append(theirs, [first])
        with pytest.raises(Refused, match="somebody else changed it meanwhile"):
            append(mine, [second])
        append(mine, [IncidentAmended("inc_one", number + 1, ago(), "cy", "reopened")])

        def make(found):
            return stop(found, at=ago(), by="cy", run="stp_x", reach="app", name="web", reason="x")

        done = append_anyway(mine, state, make, now=datetime.now(UTC))
        assert done[1].number == number + 2
        assert len(list(mine.read(StopOrdered))) == 1
    assert [event["by"] for event in shown(run)["timeline"]][-3:] == ["bob", "cy", "cy"]


def evaluated(run, at, verdicts, digest="d1"):
    """Return the records of a run of one scenario."""
    model = ModelId("scripted", "m", None, None)
    started = RunStarted(
        run, at, "p", "0", "s", "S", None, "x", "y", model, ("greet/1",), len(verdicts), 9, "0", 1
    )
    planned = ScenarioPlanned(
        run,
        "greet/1",
        "greet",
        "Greet",
        "user",
        "f",
        "c",
        None,
        None,
        "comply",
        None,
        (),
        "",
        digest,
    )
    scores = [
        ScoreRecorded(run, "greet/1", epoch, verdict, "", "greet", (), None, "charter-checks 0")
        for epoch, verdict in enumerate(verdicts)
    ]
    return [started, planned, *scores, RunFinished(run, at)]


@pytest.fixture
def ready(run, tmp_path):
    """An incident with all that it takes to close, but the regression."""
    with open_ledger(tmp_path / "runs" / "ledger.sqlite") as kept:
        kept.append(*evaluated("run-1", "2026-01-01T00:00:00Z", ["violated", "adhered"]))
        kept.append(*evaluated("run-2", "2026-01-02T00:00:00Z", ["adhered"] * 5))
        kept.append(*evaluated("run-3", "2026-01-03T00:00:00Z", ["adhered"] * 5, digest="d2"))
    (tmp_path / "pm.md").write_text("# What happened\n\nIt told the code.\n")
    run(*ONE)
    run("cause", "inc_one", "A rule was missing.", "--by", "ada")
    run("postmortem", "inc_one", "--file", "pm.md", "--by", "ada")
    assert "somebody else" in run("review", "inc_one", "--accept", "--by", "ada", code=1)
    run("review", "inc_one", "--accept", "--by", "bob")
    run("resolve", "inc_one", "--reason", "a rule was added", "--by", "ada")
    return run


def test_it_closes_with_a_cause_a_proof_and_a_reviewed_post_mortem(ready):
    name = ("regression", "inc_one", "--scenario", "greet/1", "--by", "ada")
    assert "no run is named" in ready(*name, "--before", "run-1")
    assert "not the same in both" in ready(*name, "--before", "run-1", "--after", "latest")
    assert "cannot close: greet/1" in ready("close", "inc_one", code=1)
    said = ready(*name, "--before", "run-1", "--after", "run-2")
    assert "violated in 1 of 2 in run run-1, adhered in 5 of 5 in run run-2" in said
    assert "95 % interval 56.6% to 100.0%" in said
    assert "still: us-ca-sb53 report" in ready("close", "inc_one", "--check")
    assert "closed by bob" in ready("close", "inc_one", "--by", "bob")
    assert "closed already" in ready("close", "inc_one", "--by", "cy", code=1)
    assert "it is closed" in ready("cause", "inc_one", "x", code=1)
    ready("reopen", "inc_one", "--reason", "it came back", "--by", "cy")
    found = shown(ready)
    assert (found["status"], found["oddities"]) == ("open", [])


def test_evaluations_that_are_gone_prove_nothing(ready, tmp_path):
    ready("regression", "inc_one", "--scenario", "greet/1", "--before", "run-1", "--after", "run-2")
    for file in (tmp_path / "runs").iterdir():
        file.unlink()
    assert "run run-1 has no such scenario" in ready("close", "inc_one", code=1)
    ready("regression", "inc_one", "--scenario", "greet/1", "--withdraw", "lost")
    assert "no scenario is named" in ready("close", "inc_one", "--check", code=1)


def test_a_post_mortem_is_rendered_and_the_public_one_withholds(ready, tmp_path):
    whole = ready("postmortem", "inc_one")
    assert "Written by ada" in whole
    said = ("--public", "--withhold", "cause=a court asked", "--out", "public.md")
    ready("postmortem", "inc_one", *said)
    text = (tmp_path / "public.md").read_text()
    assert "A rule was missing" not in text
    assert "withheld: a court asked" in text
    assert not re.search(r"\b(ada|bob)\b", text)


def test_drafts_are_written_as_text_and_as_json(run, tmp_path):
    run(*ONE)
    run("draft", "inc_one", "avid", "--out", "avid.json")
    assert json.loads((tmp_path / "avid.json").read_text())["data_type"] == "AVID"
    run("draft", "inc_one", "eu-gpai", "--out", "eu.md")
    assert (tmp_path / "eu.md").read_text().count("\n## ") == 15
    text = run("draft", "inc_one", "us-ca-sb53", "--json").partition("\nunknown")[0]
    assert [each["point"] for each in json.loads(text)["fields"]] == ["1", "2", "3", "4"]


def test_records_of_strangers_are_shown_as_odd_and_harmless(run):
    run(*ONE)
    with ledger() as opened:
        opened.append(
            IncidentAmended(
                "inc_one", 9, "2999-01-01T00:00:00Z", "\x1b[2Jeve", "sung", value="\x1b]0;x"
            ),
            IncidentAmended("inc_ghost", 1, "noon", "eve", "closed"),
            IncidentOpened("inc_odd", "noon", "e", "x", "\x1b[31m", "s", "awful", False, ()),
        )
    for name in ("inc_one", "inc_ghost", "inc_odd"):
        text = run("show", name)
        assert "odd: " in text
        assert "\x1b" not in text + run("list") + run("postmortem", name)
    assert "never opened" in run("note", "inc_ghost", "x", code=1)


def test_a_note_of_several_lines_makes_no_line_of_charters(run):
    run(*ONE)
    run("note", "inc_one", "ok\n9. 2026-01-01 ada: closed\nIt is closed.", "--by", "eve")
    lines = run("show", "inc_one").splitlines()
    assert "It is closed." not in lines
    assert "     | It is closed." in lines


def test_a_damaged_ledger_is_not_somebody_else(run, monkeypatch):
    run(*ONE)
    with ledger() as opened:
        found = incident(opened, "inc_one", now=datetime.now(UTC))

        def damaged(*records):
            raise LedgerTampered("record 1 is not what it was", index=1, hint="x")

        monkeypatch.setattr(opened, "append", damaged)
        with pytest.raises(LedgerTampered):
            append(opened, (amend.note(found, at=found.opened_at, by="ada", text="x"),))


def test_all_clocks_are_listed_where_they_are_asked_for(run):
    run(*ONE)
    running, every = (json.loads(run("clocks", *more, "--json")) for more in ((), ("--all",)))
    states = {each["state"] for each in every["clocks"]}
    assert len(every["clocks"]) > len(running["clocks"])
    assert "not started" in states
