"""Releases in the console: lines, what speaks against requests, votes by the file of roles."""

from __future__ import annotations

import json
import re

import pytest
from tests.browser import SIZES, accessible

from charter.console.accounts import Accounts
from charter.console.govern import Govern
from charter.govern.releases.facts import FORMAT
from charter.records.release import (
    PinLifted,
    PolicyPinned,
    Refusal,
    ReleaseAsked,
    Released,
    ReleaseDecided,
    ReleaseOverridden,
    ReleaseVoted,
    ReleaseWithdrawn,
)

from .conftest import form_token, send
from .world import HOSTILE, PASSWORD, PEOPLE, account

AT = "2026-11-22T05:00:00.000Z"
ROLES = """\
format: charter-roles/1
version: "1"
people:
  lena: {name: Lena}
  olga: {name: Olga}
  otto: {name: Otto, revoked_at: "2026-01-01T00:00:00Z"}
  asker: {name: Asker}
roles:
  - {role: approver, people: [lena, olga, otto, asker]}
"""


@pytest.fixture
def desk(world, serve, tmp_path):
    """A console with a file of roles; lena leads."""
    file = tmp_path / "roles.yaml"
    file.write_text(ROLES)
    world.roles = file
    people = (*PEOPLE, account("asker", "operator"))
    return serve(world, accounts=Accounts.of(*people), govern=Govern(roles=lambda: file))


def facts(people=2):
    need = {"section": "privacy", "authority": "root", "people": people, "roles": ["approver"]}
    change = {"kind": "changed", "effect": "stronger", "section": "privacy", "what": "One word."}
    return json.dumps(
        {
            "format": FORMAT,
            "needs": [need],
            "stale": {"count": 3, "first": []},
            "differences": [
                {
                    "document": "house-rules",
                    "sentences": ["The section privacy is stricter."],
                    "changes": {"count": 2, "first": [change]},
                }
            ],
        }
    )


def asked(name="rel_1", *, before="", refusals=(), version="1.0", by="asker", says=None):
    return ReleaseAsked(
        name, AT, by, "house-rules", version, "sha256:" + name[-1] * 64, ("sha256:0",), before,
        "root", says or facts(), tuple(refusals), 2, ("approver",), "sha256:1",
    )  # fmt: skip


def released(name="rel_1", number=1, *, overridden=False):
    return Released(
        "house-rules", number, AT, "asker", name, f"{number}.0", "sha256:" + name[-1] * 64, (),
        overridden, "",
    )  # fmt: skip


REFUSAL = Refusal("gate", "whole", "the gate whole failed: privacy is worse")
OVERRIDE = ReleaseOverridden(
    "rel_2", AT, "otto", "override", "the law asks for it", ("gate whole",)
)


def votes(world):
    return [(each.by, each.verdict, each.role) for each in world.ledger.read(ReleaseVoted)]


def vote(client, verdict="approve", name="rel_1", **form):
    return send(client, "/releases", f"/releases/{name}", verdict=verdict, **form)


def words(text):
    return " ".join(re.sub("<[^>]+>", " ", text).split())


def test_two_people_approve_by_the_file_of_roles(desk):
    desk.world.ledger.append(asked())
    lena, olga = desk.login("lena"), desk.login("olga")
    page = words(lena.get("/releases/rel_1").text)
    assert "waiting" in page
    assert "it needs 2 more approvers of privacy" in page
    assert "The section privacy is stricter." in page
    assert vote(lena, note="read").status_code == 303
    assert vote(lena).status_code in (403, 409)
    assert "you have voted" in lena.get("/releases/rel_1").text.lower()
    assert vote(olga).status_code == 303
    assert votes(desk.world) == [("lena", "approve", "approver"), ("olga", "approve", "approver")]
    assert "approved" in words(olga.get("/releases/rel_1").text)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("asker", "whoever asks"),
        ("otto", "gives you no role"),
        ("mona", "gives you no role"),
    ],
)
def test_who_cannot_approve_is_told_why(desk, name, why):
    desk.world.ledger.append(asked())
    client = desk.login(name)
    assert why in client.get("/releases/rel_1").text.lower()
    answer = vote(client)
    assert answer.status_code == 403
    assert why in answer.text.lower()
    assert votes(desk.world) == []


@pytest.mark.parametrize("name", ["vera", "rita", "anna"])
def test_others_only_read(desk, name):
    desk.world.ledger.append(asked())
    client = desk.login(name)
    assert 'name="verdict"' not in client.get("/releases/rel_1").text
    assert vote(client).status_code == 403


def test_whoever_asked_can_take_it_back_with_a_reason(desk):
    desk.world.ledger.append(asked())
    client = desk.login("asker")
    page = client.get("/releases/rel_1").text
    assert 'value="take back"' in page
    assert 'value="deny"' not in page
    assert vote(client, "deny", note="a typing error").status_code == 403
    assert vote(client, "take back").status_code == 422
    assert vote(client, "take back", note="a\x00b").status_code == 422
    assert vote(client, "take back", note="a typing error").status_code == 303
    assert votes(desk.world) == []
    (gone,) = desk.world.ledger.read(ReleaseWithdrawn)
    assert (gone.by, gone.reason) == ("asker", "a typing error")
    assert "withdrawn" in words(client.get("/releases/rel_1").text)
    assert vote(desk.login("olga")).status_code == 409


def test_nobody_else_takes_it_back(desk):
    desk.world.ledger.append(asked())
    assert vote(desk.login("olga"), "take back", note="not mine").status_code == 403
    assert not list(desk.world.ledger.read(ReleaseWithdrawn))


def test_who_denies_while_it_is_published_is_told(desk, monkeypatch):
    world = desk.world
    world.ledger.append(asked())
    inner = world.ledger.append

    def append(*records, **given):
        monkeypatch.setattr(world.ledger, "append", inner)
        inner(released(), ReleaseDecided("rel_1", AT, "asker", "released"))
        return inner(*records, **given)

    monkeypatch.setattr(world.ledger, "append", append)
    answer = vote(desk.login("olga"), "deny", note="too early")
    assert answer.status_code == 409
    assert "asker made it official as #1" in words(answer.text.replace("Asker", "asker"))
    assert votes(world) == []


def test_a_denial_ends_it(desk):
    desk.world.ledger.append(asked())
    assert vote(desk.login("olga"), "deny", note="too early").status_code == 303
    lena = desk.login("lena")
    assert "denied" in words(lena.get("/releases/rel_1").text)
    answer = vote(lena)
    assert answer.status_code == 409
    assert "is denied" in answer.text


def test_without_a_file_of_roles_nobody_votes(world, serve, tmp_path):
    world.ledger.append(asked())
    assert "name no file of roles" in serve(world).login("olga").get("/releases/rel_1").text
    broken = tmp_path / "broken.yaml"
    broken.write_text("nothing: [")
    client = serve(world, govern=Govern(roles=lambda: broken)).login("olga")
    assert vote(client).status_code == 403
    assert "cannot be read" in client.get("/releases/rel_1").text
    assert str(tmp_path) not in client.get("/releases/rel_1").text
    assert votes(world) == []


def test_an_override_shows_in_the_line_and_on_its_page(desk):
    desk.world.ledger.append(
        asked(), released(), asked("rel_2", before="rel_1", refusals=[REFUSAL], version="2.0"),
        OVERRIDE, released("rel_2", 2, overridden=True),
    )  # fmt: skip
    client = desk.login("vera")
    for path in ("/releases", "/releases/rel_2"):
        page = words(client.get(path).text)
        assert "Overridden by otto" in page
        assert "the law asks for it" in page
    assert "gate, set aside" in words(client.get("/releases/rel_2").text)
    rows = client.get("/releases").text.partition('aria-label="Releases of house-rules"')[2]
    assert rows.index("2.0") < rows.index("1.0"), "the newest first"
    assert words(rows).count("official") == 1


def test_what_speaks_against_a_request_is_listed(desk):
    desk.world.ledger.append(asked(refusals=[REFUSAL]))
    client = desk.login("lena")
    assert "1 speak against it" in words(client.get("/releases").text)
    page = words(client.get("/releases/rel_1").text)
    assert "the gate whole failed" in page
    assert "refused" in page


def test_a_withdrawal_and_a_pin_are_said(desk):
    desk.world.ledger.append(
        asked(), released(), ReleaseWithdrawn("rel_1", AT, "olga", "approver", "it lies"),
        PolicyPinned("pin_1", AT, "olga", "sha256:" + "2" * 64, "the last good one", ""),
    )  # fmt: skip
    page = words(desk.login("vera").get("/releases").text)
    assert "withdrawn by olga: it lies" in page
    assert "Pinned:" in page
    assert "Nothing else is served until it is lifted" in page
    assert "Lift it" not in page, "viewers only read"
    assert "official" not in page


def test_a_pin_is_lifted_by_whoever_may_stop_and_once(desk):
    world = desk.world
    world.ledger.append(PolicyPinned("pin_1", AT, "olga", "sha256:" + "2" * 64, "good", ""))
    assert send(desk.login("lena"), "/releases", "/releases/pins/pin_1/lift", reason="x"
                ).status_code == 403  # fmt: skip
    client = desk.login("olga")
    page = client.get("/releases").text
    assert "Lift it" in page
    token = {"form_token": form_token(page)}
    path = "/releases/pins/pin_1/lift"
    assert client.post(path, data=token).status_code == 422
    assert client.post(path, data={"reason": "x"}).status_code == 403, "no token, no deed"
    assert client.post(path, data={**token, "reason": "mended"}).status_code == 303
    (lifted,) = world.ledger.read(PinLifted)
    assert (lifted.run, lifted.by, lifted.reason) == ("pin_1", "olga", "mended")
    assert "Pinned:" not in client.get("/releases").text
    assert client.post(path, data={**token, "reason": "again"}).status_code == 404


@pytest.mark.parametrize("says", ["", "[]", "{}", "[" * 5000, '{"format": "other"}'])
def test_facts_that_cannot_be_read_break_no_page(desk, says):
    desk.world.ledger.append(asked(says=says or " "))
    client = desk.login("lena")
    page = client.get("/releases/rel_1")
    assert page.status_code == 200
    assert "cannot be read" in page.text
    assert vote(client).status_code == 403


def test_what_is_not_there_is_not_found(desk):
    client = desk.login("olga")
    assert client.get("/releases/rel_none").status_code == 404
    assert vote(client, name="rel_none").status_code == 404
    desk.world.ledger.append(asked())
    assert vote(client, "perhaps").status_code == 422
    assert vote(client, note="x" * 2001).status_code == 422


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(desk, visit, size, scheme):
    hostile = Refusal("gate", HOSTILE[:100], HOSTILE)
    desk.world.ledger.append(
        asked(), released(), asked("rel_2", before="rel_1", refusals=[REFUSAL, hostile]),
        OVERRIDE, released("rel_2", 2, overridden=True),
        asked("rel_3", before="rel_2", refusals=[hostile]),
        ReleaseVoted("rel_3", AT, "olga", "approver", "approve", HOSTILE),
        asked("rel_4", before="rel_1"),
        PolicyPinned("pin_1", AT, "olga", "sha256:" + "2" * 64, HOSTILE, "inc_one"),
    )  # fmt: skip
    tab = visit(desk.base, size, scheme)
    tab.goto(f"{desk.base}/login")
    tab.fill("input[name=name]", "lena")
    tab.fill("input[name=password]", PASSWORD)
    tab.click("button.main")
    for path in ("/releases", "/releases/rel_2", "/releases/rel_3"):
        tab.goto(desk.base + path)
        for each in tab.query_selector_all("details:not([open]) > summary"):
            each.click()
        accessible(tab, path)
    assert tab.troubles == []
    assert tab.foreign == []
