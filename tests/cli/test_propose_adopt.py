"""Adoption that is cut off, kept out, or refused before anything is recorded."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from charter.ledger.open import open_ledger
from charter.records.proposal import ProposalApplied, ProposalMoved, ProposalWorded

from . import proposing
from .proposing import BRIEF, KEPT, ROOT, SPEC, YES, act, propose, shown, survey, validated

charter = proposing.charter
KILLED = """\
import os, signal, sys
from charter.cli import propose_adopt
from charter.cli.main import exit_code

last, write = int(sys.argv[1]), propose_adopt.write_whole
calls = []

def writing(*given, **named):
    if len(calls) == last:
        os.kill(os.getpid(), signal.SIGKILL)
    calls.append(write(*given, **named))
    if len(calls) == last == 2:
        os.kill(os.getpid(), signal.SIGKILL)

propose_adopt.write_whole = writing
sys.exit(exit_code(sys.argv[2:]))
"""


@pytest.fixture
def ready(charter):
    """A proposal that was validated and agreed to."""
    validated(charter, YES)
    act(charter, "vote", "approve", by="ben")
    return charter


@pytest.mark.parametrize("written", [0, 1, 2])
def test_an_adoption_that_is_killed_says_so_and_goes_on(ready, written):
    words = ("propose", "adopt", "prop_1", "spec.md", "--by", "ada", "--reason", "r")
    command = (sys.executable, "-c", KILLED, str(written), *words, "--roles", "roles.yaml", *KEPT)
    killed = subprocess.run(  # noqa: PLW1510 - it is to be killed
        command, cwd=ready.folder, capture_output=True, timeout=120
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    file, log = ready.folder / "spec.md", ready.folder / "CHANGELOG.md"
    assert (file.read_text() == SPEC, log.exists()) == (written == 0, written == 2)
    assert "NOT YET IN THE TEXT" in ready("propose", "list", *KEPT).out
    assert "`charter propose adopt prop_1 SPEC` writes it" in (
        ready("propose", "show", "prop_1", *KEPT).out
    )
    act(ready, "adopt", "spec.md", by="cyd")
    assert file.read_text() == SPEC.replace(*BRIEF)
    assert log.read_text().count("`prop_1`") == 1
    values = shown(ready)
    assert values["applied"]["before"] == values["spec"]["digest"]
    assert values["applied"]["after"] == values["wording"]["result"]
    assert "NOT YET" not in ready("propose", "list", *KEPT).out
    with open_ledger(ready.folder / "kept") as ledger:
        assert len(list(ledger.read(ProposalApplied))) == 1
        assert [e.state for e in ledger.read(ProposalMoved)].count("adopted") == 1


@pytest.mark.parametrize("name", ["spec.md", "CHANGELOG.md"])
def test_a_read_only_file_is_left_alone_before_anything_is_decided(ready, name):
    file = ready.folder / name
    if not file.exists():
        file.write_text("# Changelog\n")
    before = file.read_bytes()
    file.chmod(0o444)
    assert (
        f"{name} cannot be written: it is read-only" in act(ready, "adopt", "spec.md", code=3).err
    )
    assert file.read_bytes() == before
    assert shown(ready)["state"] == "validation"


def test_the_spec_is_not_written_over_by_what_stands_beside_it(ready):
    (ready.folder / "linked.md").symlink_to(ready.folder / "spec.md")
    for name in ("spec.md", "./spec.md", "linked.md"):
        for option in ("--changelog", "--notes"):
            err = act(ready, "adopt", "spec.md", option, name, "--version", "2", code=2).err
            assert "is spec.md itself: name another file" in err
        for option in ("--text", "--patch", "--request"):
            asked = ("propose", "export", "prop_1", "spec.md", option, name, *KEPT)
            assert "is spec.md itself: name another file" in ready(*asked, code=2).err
    twice = ("--text", "new.md", "--patch", "new.md")
    err = ready("propose", "export", "prop_1", "spec.md", *twice, *KEPT, code=2).err
    assert "new.md is new.md itself" in err
    assert (ready.folder / "spec.md").read_text() == SPEC
    assert shown(ready)["state"] == "validation"


def test_nobody_else_writes_at_the_same_moment(ready):
    (ready.folder / "linked").mkdir()
    (ready.folder / "linked" / "spec.md").symlink_to(ready.folder / "spec.md")
    handle = os.open(ready.folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for name in ("spec.md", "linked/spec.md"):
            busy = act(ready, "adopt", name, code=3).err
            assert "somebody else writes into" in busy
        assert shown(ready)["state"] == "validation"
    finally:
        os.close(handle)
    act(ready, "adopt", "spec.md")


def test_a_disk_that_is_full_leaves_the_decision_and_says_so(ready, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("charter.cli.whole_file.os.fdopen", full)
        err = act(ready, "adopt", "spec.md", code=3).err
    assert "No space left on device (the decision stands in the ledger" in err
    assert (ready.folder / "spec.md").read_text() == SPEC
    assert not list(ready.folder.glob("*.part"))
    act(ready, "adopt", "spec.md")
    assert (ready.folder / "spec.md").read_text() == SPEC.replace(*BRIEF)


RICH = (
    SPEC
    + "\n- One\n\t- tab\n    - deep\n\n<!-- c -->\n\n| rule | what |\n|---|---|\n"
    + "| a | The assistant may use colour. |\n\n```\n## Not a heading\n```\n"
)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        (RICH.replace("\n", "\r\n").encode(), BRIEF),
        (RICH.replace("\n", "\r\n", 7).encode("utf-8-sig"), BRIEF),
        (RICH.rstrip("\n").encode(), ("## Not", "## No")),
        (RICH.encode("utf-8-sig"), ("use colour", "use colours")),
        (RICH.encode(), ("\t- tab", "\t- The assistant must tab")),
    ],
)
def test_all_other_bytes_stay(charter, text, pair):
    file = charter.folder / "spec.md"
    file.write_bytes(text)
    new = text.replace(*(each.encode() for each in pair))
    assert new != text
    (charter.folder / "edit.md").write_bytes(new)
    charter(
        "propose", "new", "spec.md", "--title", "T", "--kind", "principle", "--reason", "R",
        "--origin", "comment:com_1", "--edit", "edit.md", "--id", "prop_1", "--by", "gus", *KEPT,
    )  # fmt: skip
    survey(charter, "last", votes=YES)
    act(charter, "move", "consultation", "--survey", "last")
    act(charter, "move", "validation", "--survey", "last")
    act(charter, "vote", "approve", by="ben")
    act(charter, "adopt", "spec.md")
    assert file.read_bytes() == new


def test_needs_are_found_anew_whatever_the_record_says(charter):
    propose(charter, pairs=(ROOT,))
    with open_ledger(charter.folder / "kept") as ledger:
        (found,) = ledger.read(ProposalWorded)
        meek = found.facts.replace('["approver"]', '["owner"]').replace('"people":2', '"people":1')
        assert meek != found.facts
        ledger.append(replace(found, number=2, facts=meek))
    survey(charter, "last", votes=YES)
    act(charter, "move", "consultation", "--survey", "last")
    act(charter, "move", "validation", "--survey", "last")
    act(charter, "vote", "approve", by="ada")
    why = act(charter, "adopt", "spec.md", code=1).err
    assert "change other sections than people agreed to" in why
    assert (charter.folder / "spec.md").read_text() == SPEC


def test_a_key_that_nobody_ever_needed_keeps_no_override_away(charter):
    validated(charter, [])
    charter("survey", "close", "last", "--reason", "over", "--by", "ada", *KEPT)
    act(charter, "vote", "approve", by="ben")
    assert not (charter.folder / "kept" / "master.key").exists()
    plainly = act(charter, "adopt", "spec.md", code=1).err
    assert "what people said cannot be read: master key" in plainly
    assert "not known what its validation came to" in plainly
    named = act(charter, "adopt", "spec.md", "--master-key", "none.key", code=3).err
    assert named.startswith("charter: master key none.key cannot be read")
    act(charter, "adopt", "spec.md", "--override", by="eve", reason="It cannot wait.")
    said = charter("propose", "show", "prop_1", *KEPT).out
    assert "OVERRIDDEN by eve" in said
    assert said.index("approve by ben") < said.index("adopted by eve")
