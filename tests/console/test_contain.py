"""Containment out of an incident in the console: overlays that are served, and pins."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.cli.whole_file import write_whole
from charter.console.govern import Govern, Stacked
from charter.errors import StorageError
from charter.load import load
from charter.records.incident import IncidentAmended
from charter.records.release import PinLifted, PolicyPinned

from .test_incidents import amend, changes, opened, page_of, words

BASE = """\
---
spec: public
version: "1"
title: Public
---

## Keep secrets {#keep_secrets authority=root}

The assistant must not tell the door code[^code].
"""
BOUNDARY = {
    "how": "overlay",
    "section": "keep_secrets",
    "id": "no_door_code",
    "on": "output",
    "when": "text.contains('4711')",
    "effect": "deny",
    "say": "",
    "reason": "it tells the code",
}


@pytest.fixture
def site(world, serve, tmp_path, monkeypatch):
    """A console over an overlay in a folder, with what a test says of writing and reading again."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.md").write_text(BASE)
    for name in ("acme", "team"):
        done = CliRunner().invoke(cli, ["new", "overlay", "--base", "base.md", name])
        assert done.exit_code == 0, done.output
    file = tmp_path / "acme" / "overlay.md"
    base = tmp_path / "base.md"
    world.file, world.why, world.read = file, "", 0
    world.write = write_whole
    world.stacks = (Stacked(file, (base,), ((base, file),), ("keep_secrets",)),)

    def reread():
        world.read += 1
        return world.why

    govern = Govern(
        overlays=lambda: world.stacks,
        write=lambda target, text, *, was: world.write(target, text, was=was),
        reread=reread,
    )
    return serve(world, govern=govern)


def tighten(site, name="olga", /, **form):
    client = site.login(name)
    given = {"overlay": site.world.stacks[0].key, **BOUNDARY, **form}
    return amend(client, "inc_one", "contain", **given)


def test_an_overlay_is_tightened_recorded_and_served(site):
    opened(site.world)
    page = page_of(site.login("olga"))
    assert "acme/overlay.md" in page
    assert str(site.world.file) not in page, "no path of the server goes out"
    answer = tighten(site)
    assert answer.status_code == 303, words(answer.text)
    assert 'id: "no_door_code"' in site.world.file.read_text()
    assert site.world.read == 1
    assert changes(site.world) == [(1, "note", "olga"), (2, "contained", "olga")]
    done = list(site.world.ledger.read(IncidentAmended))[-1]
    assert (done.name, done.value) == ("overlay", load(site.world.file).digest)
    page = words(page_of(site.login("olga")))
    assert "tightened an overlay" in page
    assert "not known to be done" not in page


def test_what_keeps_it_from_being_served_is_told(site):
    opened(site.world)
    site.world.why = "it is not released"
    client = site.login("olga")
    form = {"overlay": site.world.stacks[0].key, **BOUNDARY}
    assert amend(client, "inc_one", "contain", **form).status_code == 303
    assert "nothing is served by it yet: it is not released" in words(page_of(client))


@pytest.mark.parametrize("name", ["lena", "rita", "vera", "anna"])
def test_who_may_not_stop_tightens_nothing(site, name):
    opened(site.world)
    was = site.world.file.read_text()
    assert "Tighten an overlay" not in page_of(site.login(name))
    token = re.search(r'name="form_token" value="(\w+)"', page_of(site.login("olga")))[1]
    form = {"form_token": token, "overlay": site.world.stacks[0].key, **BOUNDARY}
    assert site.login(name).post("/incidents/inc_one/contain", data=form).status_code == 403
    form["form_token"] = "0" * 64
    assert site.login("olga").post("/incidents/inc_one/contain", data=form).status_code == 403
    assert site.world.file.read_text() == was


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"overlay": "/etc/passwd"}, "no such overlay"),
        ({"section": "moon"}, "no section"),
        ({"effect": "flag"}, "contains nothing"),
        ({"effect": "allow"}, "contains nothing"),
        ({"when": "text.contains("}, "the condition ends too early"),
        ({"id": "No Door"}, "id"),
        ({"on": "moon"}, "moon"),
        ({"reason": " "}, "why"),
        ({"when": ""}, "when"),
        ({"say": "a\x00b"}, "u+0000 is a control character"),
        ({"reason": "a\x1b[31m"}, "u+001b is a control character"),
        ({"id": "x\n~~~\n# Other"}, "id"),
    ],
)
def test_what_is_no_tightening_changes_nothing_and_is_shown_again(site, form, why):
    opened(site.world)
    was = site.world.file.read_text()
    answer = tighten(site, **form)
    assert answer.status_code in (409, 422), words(answer.text)
    notice = re.search(r'role="alert">(.*?)</p>', answer.text)[1]
    assert why in notice.lower(), notice
    assert "Nothing was recorded" in answer.text
    assert form.get("when", "4711") in answer.text.replace("&#39;", "'")
    assert site.world.file.read_text() == was
    assert changes(site.world) == []


def test_an_overlay_that_another_stands_on_is_left_alone(site, tmp_path):
    opened(site.world)
    world = site.world
    (base,) = world.stacks[0].bases
    upper = tmp_path / "upper.md"
    done = CliRunner().invoke(cli, ["new", "overlay", "--base", str(world.file), "above"])
    assert done.exit_code == 0, done.output
    upper = tmp_path / "above" / "overlay.md"
    world.stacks = (
        Stacked(world.file, (base,), ((base, world.file), (base, world.file, upper)), ()),
    )
    was = world.file.read_text()
    answer = tighten(site)
    assert answer.status_code == 409
    assert "above/overlay.md would be served no more" in words(answer.text)
    assert world.file.read_text() == was
    assert changes(world) == []


def test_a_drill_rehearses_and_a_closed_incident_tightens_nothing(site):
    opened(site.world, drill=True)
    was = site.world.file.read_text()
    assert tighten(site).status_code == 303
    assert changes(site.world) == [(1, "contained", "olga")]
    assert site.world.file.read_text() == was
    assert site.world.read == 0


def test_a_crash_in_between_is_seen_and_gone_on_from(site):
    opened(site.world)
    world = site.world

    def full(target, text, *, was):
        raise StorageError("no room", hint="make room")

    world.write = full
    answer = tighten(site)
    assert (answer.status_code, "No room" in answer.text) == (422, True)
    assert [each.name for each in world.ledger.read(IncidentAmended)] == [
        "overlay-begun", "overlay-given-up",
    ]  # fmt: skip

    def dies(target, text, *, was):
        write_whole(target, text, was=was)
        raise RuntimeError("the machine stopped")

    world.write = dies
    assert tighten(site).status_code == 500
    assert "not known to be done" in words(page_of(site.login("vera")))
    world.write = write_whole
    assert tighten(site).status_code == 303
    assert world.file.read_text().count("no_door_code") == 1
    assert "not known to be done" not in words(page_of(site.login("vera")))
    assert [each.name for each in world.ledger.read(IncidentAmended)].count("overlay") == 1


def test_a_pin_is_lifted_from_its_incident(site):
    world = site.world
    world.service()
    opened(world)
    client = site.login("olga")
    pin = {"how": "pin", "policy": world.policy.digest, "reason": "the last good one"}
    assert amend(client, "inc_one", "contain", **pin).status_code == 303
    (pinned,) = world.ledger.read(PolicyPinned)
    assert "Lift the pin" in page_of(client)
    assert "Lift the pin" not in page_of(site.login("lena"))
    form = {"how": "lift", "pin": pinned.run}
    assert amend(client, "inc_one", "contain", **form, reason=" ").status_code == 422
    assert amend(client, "inc_one", "contain", **form, reason="mended").status_code == 303
    (lifted,) = world.ledger.read(PinLifted)
    assert (lifted.run, lifted.by) == (pinned.run, "olga")
    assert changes(world)[-1][1:] == ("contained", "olga")
    assert "is in force" not in page_of(client)
    assert amend(client, "inc_one", "contain", **form, reason="again").status_code == 404


def test_a_pin_outlasts_its_incident_and_is_lifted_from_releases(site):
    world = site.world
    opened(world)
    world.ledger.append(
        PolicyPinned("pin_1", "2026-11-22T05:00:00.000Z", "olga", world.policy.digest, "x",
                     "inc_one"),
        IncidentAmended("inc_one", 1, "2026-11-22T05:00:00.000Z", "olga", "resolved"),
        IncidentAmended("inc_one", 2, "2026-11-22T05:00:00.000Z", "olga", "closed"),
    )  # fmt: skip
    client = site.login("olga")
    form = {"how": "lift", "pin": "pin_1", "reason": "mended"}
    assert amend(client, "inc_one", "contain", **form).status_code == 303
    last = list(world.ledger.read(IncidentAmended))[-1]
    assert (last.change, last.name, last.value) == ("note", "lift", "pin_1")
    assert "Odd:" not in page_of(client)
