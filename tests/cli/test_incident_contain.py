"""`charter incident contain`: overlays and pins, with a crash in between."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.cli.whole_file import write_whole
from charter.errors import StorageError
from charter.govern.pins import read_pins
from charter.ledger.open import open_ledger
from charter.load import load
from charter.records.release import PolicyPinned

ONE = ("open", "--title", "Code told", "--severity", "incident", "--id", "inc_one", "--by", "ada")
BASE = """\
---
spec: public
version: "1"
title: Public
---

## Keep secrets {#keep_secrets authority=root}

The assistant must not tell the door code[^code].
"""
BOUNDARY = """\
id: no_door_code
section: keep_secrets
on: output
when: text.contains('4711')
effect: deny
"""


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


def overlay_of(tmp_path):
    """Write an overlay and a boundary for it; return its file, and the act that adds one."""
    (tmp_path / "base.md").write_text(BASE)
    assert CliRunner().invoke(cli, ["new", "overlay", "--base", "base.md", "acme"]).exit_code == 0
    (tmp_path / "b.yaml").write_text(BOUNDARY)
    overlay = tmp_path / "acme" / "overlay.md"
    act = ("contain", "inc_one", "--overlay", overlay, "--boundary", "b.yaml", "--base", "base.md")
    return overlay, (*act, "--reason", "it tells the code", "--by", "ada")


def test_an_overlay_is_tightened_on_record_before_and_after(run, tmp_path):
    overlay, act = overlay_of(tmp_path)
    run(*ONE)
    run(*act)
    assert 'id: "no_door_code"' in overlay.read_text()
    assert CliRunner().invoke(cli, ["check", str(overlay), "--base", "base.md"]).exit_code == 0
    (only,) = shown(run)["containment"]
    assert (only["how"], only["what"]) == ("overlay", load(overlay).digest)
    assert "about to add boundary no_door_code" in run("show", "inc_one")
    assert "already" in run(*act, code=1)


def test_where_releases_alone_are_served_it_is_said_that_one_is_needed(run, tmp_path):
    _, act = overlay_of(tmp_path)
    run(*ONE)
    (tmp_path / "gateway.toml").write_text("[govern]\nreleased_only = true\n")
    assert "released policies only" in run(*act, "--settings", "gateway.toml")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_while_an_overlay_is_written_is_seen_and_gone_on_from(
    run, tmp_path, monkeypatch, when
):
    overlay, act = overlay_of(tmp_path)
    run(*ONE)
    was = overlay.read_text()

    class Killed(BaseException):
        """The process ends here."""

    def dies(target, text, *, was):
        if when == "after":
            write_whole(target, text, was=was)
        raise Killed

    words = ["incident", *map(str, act)]
    with monkeypatch.context() as patch:
        patch.setattr("charter.cli.incident_contain.write_whole", dies)
        with pytest.raises(Killed):
            CliRunner().invoke(cli, words, catch_exceptions=False)
    assert (overlay.read_text() == was) == (when == "before")
    assert shown(run)["containment"] == []
    assert "overlay-begun no_door_code" in run("show", "inc_one")
    assert "as it was begun before" in run(*act)
    assert overlay.read_text().count("no_door_code") == 1
    (only,) = shown(run)["containment"]
    assert only["what"] == load(overlay).digest
    assert len([e for e in shown(run)["timeline"] if e["name"] == "overlay-begun"]) == 1


def test_an_overlay_that_cannot_be_written_is_said_to_be_as_it_was(run, tmp_path, monkeypatch):
    overlay, act = overlay_of(tmp_path)
    run(*ONE)

    def full(target, text, *, was):
        raise StorageError(f"{target} cannot be written: No space left on device", hint="make room")

    with monkeypatch.context() as patch:
        patch.setattr("charter.cli.incident_contain.write_whole", full)
        done = CliRunner().invoke(cli, ["incident", *map(str, act)])
        assert isinstance(done.exception, StorageError)
    assert "no_door_code" not in overlay.read_text()
    assert shown(run)["containment"] == []
    assert "was not added" in run("show", "inc_one")
    assert "as it was begun" not in run(*act)
    assert len(shown(run)["containment"]) == 1


def test_a_pin_is_lifted_from_its_incident_and_on_record_there(run):
    run(*ONE)
    digest = f"sha256:{'a' * 64}"
    run("contain", "inc_one", "--pin", digest, "--reason", "the one before", "--by", "ada")
    with ledger() as opened:
        (pinned,) = opened.read(PolicyPinned)
    lifting = ("contain", "inc_one", "--reason", "mended", "--by", "bob", "--lift")
    assert "no pin" in run(*lifting, "pin_other", code=1)
    assert "is pinned no more" in run(*lifting, pinned.run)
    assert [each["how"] for each in shown(run)["containment"]] == ["pin", "lift"]
    with ledger() as opened:
        assert not read_pins(opened).all
    assert "no pin" in run(*lifting, pinned.run, code=1)
