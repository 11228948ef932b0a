"""`charter propose` from the first word to the changed clause, on real ledgers and files."""

from __future__ import annotations

import json
import stat
import subprocess

import pytest

from charter.cli import propose_adopt
from charter.errors import StorageError
from charter.ledger.open import open_ledger
from charter.load import load
from charter.records.proposal import ProposalApplied, ProposalMade, ProposalMoved
from charter.records.run import ModelId, ReplyRecorded, RunFinished, RunStarted, ScenarioPlanned
from charter.records.score import ScoreRecorded

from . import proposing
from .proposing import (
    AT,
    BRIEF,
    KEPT,
    ROOT,
    SPEC,
    SPLIT,
    YES,
    act,
    changed,
    propose,
    shown,
    survey,
    take_part,
    validated,
)

charter = proposing.charter


def test_from_the_first_word_to_the_changed_clause(charter):
    file = charter.folder / "spec.md"
    file.chmod(0o640)
    validated(charter, YES)
    assert (
        "it needs 1 more owner or approver of brief" in act(charter, "adopt", "spec.md", code=1).err
    )
    act(charter, "vote", "approve", by="ben")
    done = act(charter, "adopt", "spec.md")
    assert "prop_1: adopted by ada; in spec.md" in done.out
    assert file.read_text() == SPEC.replace(*BRIEF)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    log = (charter.folder / "CHANGELOG.md").read_text()
    assert "## Unreleased" in log
    assert "- Say enough: clarification of `brief`." in log
    assert "comment `com_1` (too short)" in log
    values = shown(charter)
    assert values["state"] == "adopted"
    assert values["adoption"]["validation"]["statements"][0]["seen"] == 31
    assert values["applied"]["after"] == load(file).digest == values["wording"]["result"]
    again = act(charter, "adopt", "spec.md")
    assert "was adopted already; nothing changed" in again.out
    assert file.read_text() == SPEC.replace(*BRIEF)
    assert (charter.folder / "CHANGELOG.md").read_text() == log
    with open_ledger(charter.folder / "kept") as ledger:
        assert len(list(ledger.read(ProposalApplied))) == 1


def test_what_is_known_and_what_is_not_is_on_record(charter):
    (charter.folder / "over.md").write_text(
        "---\nname: shop\nextends: house-rules\nlevel: developer\n"
        f"base_digest: {load(charter.folder / 'spec.md').digest}\n---\n\n# Shop {{#shop}}\n"
    )
    survey(charter, "heard", validates=False, digest=load("spec.md").digest, votes=SPLIT)
    charter("survey", "results", "heard", "--out", "heard.json", *KEPT)
    propose(
        charter, "--question", "Which tables?", "--results", "heard.json", "--overlay", "over.md",
        pairs=(BRIEF, ROOT),
    )  # fmt: skip
    facts = shown(charter)["wording"]["facts"]
    assert facts["touched"] == [["secrets", "root"], ["brief", "user"]]
    assert [(e["section"], e["people"]) for e in facts["needs"]] == [("secrets", 2), ("brief", 1)]
    (said,) = [each for each in facts["agreement"] if each["where"] == "brief"]
    assert (said["people"], said["value"], said["source"]) == (20, "0.5000", "heard")
    assert float(said["low"]) < 0.5 < float(said["high"])
    assert said["text"] == "this"
    assert any(each.startswith("secrets/") for each in facts["agreement_unknown"])
    assert facts["evaluations_unknown"] == ["brief", "secrets"]
    assert facts["questions"] == ["Which tables?"]
    assert any(each["kind"] == "overlay" for each in facts["stale"]["first"])
    lines = charter("propose", "show", "prop_1", *KEPT).out
    assert "not known: what people say of" in lines
    assert "brief: agree 0.5000 (95 %:" in lines


def test_past_evaluations_and_choices_stand_with_their_intervals(charter):
    digest = load("spec.md").digest
    names = tuple(f"s{n}" for n in range(30))
    with open_ledger(charter.folder / "runs" / "ledger.sqlite") as ledger:
        ledger.append(
            RunStarted(
                "run1", AT, "sha256:p", "0.1.0", "house-rules", "t", "1.0", digest, "sha256:s",
                ModelId("scripted", "m1", None, None), names, 1, 256, "0.0", 0,
            )
        )  # fmt: skip
        for name in names:
            ledger.append(
                ScenarioPlanned(
                    "run1", name, "brief", "Be brief", "user", "style", "c", None, None, "any",
                    None, (),
                ),
                ReplyRecorded("run1", name, 0, "Hello!", "stop", (), 1, 1, 1, 1),
                ScoreRecorded("run1", name, 0, "adhered", "why", "g", (), "none", "g 1"),
            )  # fmt: skip
        ledger.append(RunFinished("run1", AT))
    share = {"value": 0.75, "low": 0.6, "high": 0.9, "people": 20, "answers": 40}
    row = {"channel": "open", "scope": "world", "section": "brief", "people": 20}
    rows = [{**row, "agreement": share}, {**row, "agreement": None}]
    values = {"format": "charter-choices/1", "run": "rank1", "rows": rows}
    (charter.folder / "choices.json").write_text(json.dumps(values))
    known = ("--origin", "suite:run1")
    propose(charter, "--run", "run1", "--choices", "choices.json", *known)
    assert shown(charter)["origins"][1]["id"] == "run1", "evaluations have a ledger of their own"
    facts = shown(charter)["wording"]["facts"]
    (past,) = facts["evaluations"]
    assert (past["model"], past["spec"], past["scenarios"]) == ("m1", digest, 30)
    assert past["value"] == "1.0000"
    assert 0.5 < float(past["low"]) < 1
    assert facts["evaluations_unknown"] == []
    assert (past["text"], facts["agreement"][0]["text"]) == ("this", "unknown")
    (said,) = facts["agreement"]
    assert (said["what"], said["value"], said["low"], said["people"]) == (
        "spec", "0.7500", "0.6000", 20,
    )  # fmt: skip
    for broken in ("[", '{"format": "other"}', '{"format": "charter-choices/1", "rows": [1]}'):
        (charter.folder / "choices.json").write_text(broken)
        propose(charter, "--choices", "choices.json", id_="prop_2", code=2)


@pytest.mark.parametrize(
    ("origin", "said", "code"),
    [
        ("comment:com_2", "the ledger has no comment 'com_2'", 1),
        ("survey:none#one", "the ledger has no survey 'none#one'", 1),
        ("incident:com_1", "the ledger has no incident 'com_1'", 1),
        ("suite:run1", "the ledger has no suite 'run1'", 1),
        ("determinacy:nothing", "the spec has no determinacy 'nothing'", 1),
        ("rumour:x", "write KIND:ID", 2),
    ],
)
def test_an_origin_that_is_not_there_is_refused(charter, origin, said, code):
    assert said in propose(charter, "--origin", origin, code=code).err
    with open_ledger(charter.folder / "kept") as ledger:
        assert not list(ledger.read(ProposalMade))


def test_origins_that_are_there_are_kept(charter):
    survey(charter, "heard", validates=False, digest=load("spec.md").digest)
    given = (
        "incident:inc_1",
        "survey:heard#one",
        "survey:heard",
        "determinacy:brief",
        "person:gus",
    )
    propose(charter, *(word for each in given for word in ("--origin", each)))
    assert [f"{e['kind']}:{e['id']}" for e in shown(charter)["origins"]][1:] == list(given)
    assert (
        "has no survey 'heard#two'"
        in propose(charter, "--origin", "survey:heard#two", id_="prop_2", code=1).err
    )


def test_root_takes_two_people_and_neither_is_whoever_proposed(charter):
    validated(charter, YES, pairs=(ROOT,), by="ben")
    assert "ben proposed it" in act(charter, "vote", "approve", by="ben", code=1).err
    act(charter, "vote", "approve", by="ada@example.com")
    assert "has voted on these words" in act(charter, "vote", "approve", by="ada", code=1).err
    assert "gus has no role" in act(charter, "vote", "approve", by="gus", code=1).err
    assert "it needs 1 more approver of secrets" in act(charter, "adopt", "spec.md", code=1).err
    assert "is not written into" in act(charter, "adopt", "starter", code=2).err
    act(charter, "vote", "approve", by="cyd")
    act(charter, "adopt", "spec.md")
    assert (charter.folder / "spec.md").read_text() == SPEC.replace(*ROOT)


def test_a_vote_against_stops_these_words_and_other_words_are_voted_on_anew(charter):
    validated(charter, YES)
    act(charter, "vote", "deny", by="ben", reason="Too long.")
    act(charter, "vote", "approve", by="cyd")
    assert "denied by ben: Too long." in act(charter, "adopt", "spec.md", code=1).err
    stuck = ("propose", "word", "prop_1", "spec.md", "--edit", "edit.md", "--by", "gus", *KEPT)
    assert "move it back to draft" in charter(*stuck, code=1).err
    act(charter, "move", "draft")
    changed(charter, (BRIEF[0], "briefly."))
    charter(*stuck)
    assert (shown(charter)["wording"]["number"], shown(charter)["votes"]) == (2, [])
    old = act(charter, "move", "consultation", "--survey", "first")
    assert "consultation" in old.out
    assert (
        "is not about these words"
        in act(charter, "move", "validation", "--survey", "last", code=1).err
    )


def test_a_validation_that_does_not_hold_takes_a_role_and_shows(charter):
    validated(charter, SPLIT)
    act(charter, "vote", "approve", by="ben")
    assert (
        "the validation: one: it is not certain that more than half agree"
        in act(charter, "adopt", "spec.md", code=1).err
    )
    assert (
        "has not the role override"
        in act(charter, "adopt", "spec.md", "--override", by="ben", code=1).err
    )
    act(charter, "adopt", "spec.md", "--override", by="eve", reason="The law says so.")
    assert (
        "OVERRIDDEN by eve: adopted without its validation: The law says so."
        in charter("propose", "show", "prop_1", *KEPT).out
    )
    assert "OVERRIDDEN" in charter("propose", "list", *KEPT).out
    log = (charter.folder / "CHANGELOG.md").read_text()
    assert "**Adopted without its validation** by eve: The law says so." in log
    assert shown(charter)["adoption"]["validation"]["holds"] is False


def test_a_validation_that_is_still_open_is_not_read(charter):
    propose(charter)
    survey(charter, "first", validates=False)
    act(charter, "move", "consultation", "--survey", "first")
    survey(charter, "last")
    take_part(charter.folder, "last", YES)
    act(charter, "move", "validation", "--survey", "last")
    act(charter, "vote", "approve", by="ben")
    err = act(charter, "adopt", "spec.md", code=1).err
    assert "last is still open" in err
    close = ("survey", "close", "last", "--reason", "over", "--by", "ada", *KEPT)
    charter(*close)
    charter("survey", "open", "last.yaml", "--by", "ada", *KEPT)
    charter(*close)
    err = act(charter, "adopt", "spec.md", code=1).err
    assert "last was opened again after it was closed" in err
    assert "not known what its validation came to" in err


def test_moves_take_a_role_a_way_and_a_survey_that_fits(charter):
    propose(charter)
    survey(charter, "first", validates=False)
    where = act(charter, "move", "consultation", code=1).err
    assert "takes a survey" in where
    assert (
        "no survey 'nope'" in act(charter, "move", "consultation", "--survey", "nope", code=1).err
    )
    assert (
        "gus is no owner or approver of brief"
        in act(charter, "move", "deferred", by="gus", code=1).err
    )
    assert (
        "it is draft, and goes to"
        in act(charter, "move", "validation", "--survey", "first", code=1).err
    )
    act(charter, "move", "deferred")
    act(charter, "move", "draft")
    act(charter, "move", "consultation", "--survey", "first")
    assert (
        "does not validate this proposal"
        in act(charter, "move", "validation", "--survey", "first", code=1).err
    )
    assert "only what was validated is adopted" in act(charter, "adopt", "spec.md", code=1).err
    act(charter, "move", "set_aside", reason="Nobody wants it.")
    assert act(charter, "move", "draft", code=1).err.endswith("it is set_aside, and goes nowhere\n")
    other = ("propose", "word", "prop_1", "spec.md", "--edit", "edit.md", "--by", "gus", *KEPT)
    assert "while it is set_aside (propose it anew)" in charter(*other, code=1).err
    with open_ledger(charter.folder / "kept") as ledger:
        assert [e.number for e in ledger.read(ProposalMoved)] == [1, 2, 3, 4]


def test_a_text_that_changed_since(charter):
    validated(charter, YES)
    act(charter, "vote", "approve", by="ben")
    file = charter.folder / "spec.md"
    file.write_text(SPEC.replace("few words.", "very few words."))
    assert "stretch 1" in (err := act(charter, "adopt", "spec.md", "--rebase", code=1).err)
    assert "has changed since" in err
    moved = SPEC.replace("# House rules {#house}\n", "# House rules {#house}\n\nSome words.\n")
    file.write_text(moved)
    assert "stands elsewhere now (--rebase" in act(charter, "adopt", "spec.md", code=1).err
    file.write_text(moved.replace("authority=user", "authority=root"))
    assert (
        "change other sections than people agreed to"
        in act(charter, "adopt", "spec.md", "--rebase", code=1).err
    )
    file.write_text(moved)
    act(charter, "adopt", "spec.md", "--rebase", "--version", "1.1")
    assert file.read_text() == moved.replace(*BRIEF).replace('"1.0"', '"1.1"')


def test_what_an_interrupted_adoption_left_is_finished(charter):
    validated(charter, YES)
    act(charter, "vote", "approve", by="ben")
    (charter.folder / "CHANGELOG.md").mkdir()
    act(charter, "adopt", "spec.md", code=2)
    assert (charter.folder / "spec.md").read_text() == SPEC, "refused before anything is written"
    (charter.folder / "CHANGELOG.md").rmdir()
    (charter.folder / "spec.md").write_text(SPEC.replace(*BRIEF))  # merged by hand
    assert "it stood there already" in act(charter, "adopt", "spec.md").out
    assert "Say enough" in (charter.folder / "CHANGELOG.md").read_text()
    assert shown(charter)["applied"]["after"] == load("spec.md").digest


def test_a_decision_that_could_not_be_written_is_written_later(charter, monkeypatch):
    validated(charter, YES)
    act(charter, "vote", "approve", by="ben")

    def full(*_, **__):
        raise StorageError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(propose_adopt, "write_whole", full)
        act(charter, "adopt", "spec.md", code=3)
    assert (charter.folder / "spec.md").read_text() == SPEC
    assert (shown(charter)["state"], shown(charter)["applied"]) == ("adopted", None)
    act(charter, "adopt", "spec.md", by="cyd")
    assert (charter.folder / "spec.md").read_text() == SPEC.replace(*BRIEF)
    assert [each["state"] for each in shown(charter)["moves"]].count("adopted") == 1


def test_the_notes_of_publish_take_the_entry(charter):
    validated(charter, YES)
    act(charter, "vote", "approve", by="ben")
    notes = charter.folder / "notes.yaml"
    notes.write_text('"1.0":\n  note: First.  # keep\n  changes:\n    secrets: Why.\n')
    act(charter, "adopt", "spec.md", "--notes", "notes.yaml")
    said = notes.read_text()
    assert said.startswith('"1.0":\n  note: First.  # keep\n  changes:\n    "brief": "Say enough')
    assert said.endswith("    secrets: Why.\n")
    assert not (charter.folder / "CHANGELOG.md").exists()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_git_applies_the_patch(charter, end):
    file = charter.folder / "docs" / "räume" / "spec one.md"
    file.parent.mkdir(parents=True)
    text = SPEC.removesuffix("\n").replace("\n", end)
    file.write_bytes(text.encode())
    new = SPEC.replace(*BRIEF).replace("may use a table.", "may use tables.\n").replace("\n", end)
    (charter.folder / "edit.md").write_bytes(new.encode())
    charter(
        "propose", "new", file, "--title", "A <script> *title*", "--kind", "principle", "--reason",
        "# Because", "--origin", "comment:com_1", "--edit", "edit.md", "--id", "prop_1", "--by",
        "gus", *KEPT,
    )  # fmt: skip
    git = ("git", "-c", "core.autocrlf=false", "-C", charter.folder)
    subprocess.run((*git, "init", "-q"), check=True)
    charter(
        "propose", "export", "prop_1", file, "--patch", "p.patch", "--request", "pr.md", "--text",
        "with.md", *KEPT,
    )  # fmt: skip
    subprocess.run((*git, "apply", "p.patch"), check=True)
    assert file.read_bytes() == new.encode() == (charter.folder / "with.md").read_bytes()
    said = (charter.folder / "pr.md").read_text()
    assert "# A &lt;script&gt; \\*title\\*" in said
    assert "- comment `com_1`" in said
    assert "not known for" in said


def test_nothing_to_propose_and_no_such_proposal(charter):
    assert "the text is the same" in propose(charter, pairs=(), code=1).err
    assert "the changed text is empty" in propose(charter, pairs=((SPEC, "\n"),), code=1).err
    assert "no proposal 'prop_9'" in charter("propose", "show", "prop_9", *KEPT, code=2).err
    propose(charter)
    assert "a proposal of this id already" in propose(charter, code=1).err
    assert "nobody in roles.yaml" in act(charter, "vote", "approve", by="zoe", code=2).err
    assert "people vote while it is validated" in act(charter, "vote", "approve", code=1).err
