"""Proposals in the console: words side by side, votes and moves by the file of roles."""

from __future__ import annotations

import json
import re

import pytest
from tests.browser import SIZES, accessible
from tests.evolve.proposals.made import made, wording

from charter.console.accounts import Accounts
from charter.console.govern import Govern
from charter.evolve.surveys.opening import open_survey
from charter.evolve.surveys.survey import Promise, Statement, Survey
from charter.records.proposal import (
    ADOPTED,
    Origin,
    ProposalMoved,
    ProposalVoted,
)

from .conftest import send
from .world import HOSTILE, PASSWORD, PEOPLE, account

AT = "2026-11-22T05:00:00.000Z"
ROLES = """\
format: charter-roles/1
version: "1"
people:
  lena: {name: Lena}
  olga: {name: Olga}
  gus: {name: Gus}
roles:
  - {role: approver, people: [lena, olga, gus]}
"""


@pytest.fixture
def desk(world, serve, tmp_path):
    """A console with a file of roles, and a proposal that gus made."""
    file = tmp_path / "roles.yaml"
    file.write_text(ROLES)
    world.ledger.append(made(), wording())
    people = (*PEOPLE, account("gus", "operator"))
    return serve(world, accounts=Accounts.of(*people), govern=Govern(roles=lambda: file))


def moved(number, state, *, by="olga", reason="why", survey="", findings="", run="prop_1"):
    return ProposalMoved(run, number, AT, by, "approver", state, 1, reason, survey, findings)


def validating(desk):
    desk.world.ledger.append(moved(1, "consultation"), moved(2, "validation", survey="sv"))


def act(client, deed, name="prop_1", **form):
    return send(client, "/proposals", f"/proposals/{name}", deed=deed, **form)


def words(text):
    return " ".join(re.sub("<[^>]+>", " ", text).split())


def votes(desk):
    return [(e.by, e.verdict, e.role) for e in desk.world.ledger.read(ProposalVoted)]


def test_words_stand_side_by_side_with_what_is_known(desk):
    client = desk.login("vera")
    assert "Say enough" in client.get("/proposals").text
    page = client.get("/proposals/prop_1").text
    now = re.search("<h3>Proposed</h3>(.*?)</pre>", page, re.DOTALL)[1]
    assert "the question allows" in " ".join(re.findall("<ins>(.*?)</ins>", now))
    assert "<del>" not in page, "nothing was taken out"
    said = words(page)
    assert "The assistant should answer in" in said
    assert "comment com_1 : too short" in said
    assert "Not known for brief" in said
    assert 'name="deed"' not in page, "viewers only read"


def test_people_vote_while_it_is_validated_and_gus_does_not(desk):
    olga = desk.login("olga")
    assert act(olga, "approve", reason="good").status_code == 409
    validating(desk)
    assert "it needs 1 more owner or approver of brief" in words(olga.get("/proposals/prop_1").text)
    assert act(olga, "approve", reason=" ").status_code == 422
    assert act(olga, "perhaps", reason="good").status_code == 422
    assert act(olga, "approve", reason="good").status_code == 303
    assert "has voted" in act(olga, "deny", reason="no").text
    gus = desk.login("gus")
    assert "Gus proposed it" in gus.get("/proposals/prop_1").text
    assert act(gus, "approve", reason="mine").status_code == 409
    assert act(desk.login("vera"), "approve", reason="x").status_code == 403
    assert votes(desk) == [("olga", "approve", "approver")]
    assert "Take it back" not in desk.login("lena").get("/proposals/prop_1").text
    assert act(desk.login("lena"), "withdraw", reason="x").status_code == 409
    assert "Take it back" in olga.get("/proposals/prop_1").text
    assert act(olga, "withdraw", reason="I misread it").status_code == 303
    page = words(olga.get("/proposals/prop_1").text)
    assert "took back the vote on wording 1" in page
    assert "it needs 1 more owner or approver of brief" in page
    assert "Take it back" not in page
    steps = ("moved it to consultation", "moved it to validation", "agreed to", "took back")
    assert sorted(steps, key=page.index) == list(steps), "what happened stands in its order"


def asking(desk, name, spec, proposal="prop_1"):
    """Open a survey that is to validate a proposal."""
    survey = Survey(
        name, {"en": "S"}, ("en",), Promise({"en": "I agree."}, {"en": "p"}, "a@b.c", 30),
        (Statement("one", ("brief",), {"en": "Yes."}),), spec=spec, spec_name="s",
        validates=proposal,
    )  # fmt: skip
    open_survey(desk.world.ledger, survey, by="ada", at=AT)


def test_every_survey_that_was_to_validate_it_shows(desk):
    asking(desk, "sv1", "sha256:" + "0" * 64)
    asking(desk, "sv2", wording().result)
    page = words(desk.login("vera").get("/proposals/prop_1").text)
    assert "about other words: held against bounds of 95 % intervals" in page
    assert "held against bounds of 98.33 % intervals" in page


def test_what_was_adopted_and_not_written_shows(desk):
    validating(desk)
    desk.world.ledger.append(moved(3, ADOPTED, reason="good", findings="{}"))
    client = desk.login("vera")
    for path in ("/proposals", "/proposals/prop_1"):
        assert "Not yet in the text" in words(client.get(path).text)


def test_it_is_moved_with_a_reason_and_a_survey(desk):
    lena = desk.login("lena")
    assert "takes a survey" in act(lena, "move:consultation", reason="ask").text
    survey = Survey(
        "sv", {"en": "S"}, ("en",), Promise({"en": "I agree."}, {"en": "p"}, "a@b.c", 30),
        (Statement("one", ("brief",), {"en": "Yes."}),),
    )  # fmt: skip
    open_survey(desk.world.ledger, survey, by="ada", at=AT)
    assert act(lena, "move:consultation", reason="ask", survey="sv").status_code == 303
    assert "moved it to consultation with survey sv" in words(lena.get("/proposals/prop_1").text)
    assert act(lena, "move:adopted", reason="now").status_code == 409
    assert act(lena, "move:deferred", reason="later").status_code == 303
    assert "Deferred" in words(lena.get("/proposals").text)
    assert [e.state for e in desk.world.ledger.read(ProposalMoved)] == ["consultation", "deferred"]


def test_who_has_no_role_moves_nothing(desk, world, serve):
    otto = desk.login("otto")
    assert "move:" not in otto.get("/proposals/prop_1").text
    assert act(otto, "move:deferred", reason="x").status_code == 409
    assert "no file of roles" in words(serve(world).login("olga").get("/proposals/prop_1").text)
    assert not list(world.ledger.read(ProposalMoved))


def test_an_override_shows_in_the_list_and_on_its_page(desk):
    validating(desk)
    findings = json.dumps({"validation": None, "overridden": True})
    desk.world.ledger.append(moved(3, ADOPTED, reason="the law", findings=findings))
    client = desk.login("vera")
    for path in ("/proposals", "/proposals/prop_1"):
        assert "Overridden" in words(client.get(path).text)
    assert "the law" in client.get("/proposals/prop_1").text


def test_what_cannot_be_read_breaks_no_page(desk):
    from dataclasses import replace  # noqa: PLC0415

    broken = replace(wording(run="prop_2"), edits="no", facts="[" * 4000)
    desk.world.ledger.append(made("prop_2"), broken)
    client = desk.login("olga")
    page = client.get("/proposals/prop_2")
    assert page.status_code == 200
    assert "cannot be read" in page.text
    assert act(client, "move:deferred", "prop_2", reason="x").status_code == 409
    assert client.get("/proposals/prop_none").status_code == 404


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(desk, visit, size, scheme):
    long = "as few words as the question " + HOSTILE.replace("\x1b", "") + " allows."
    desk.world.ledger.append(
        made("prop_2", title=HOSTILE, reason=HOSTILE, kind="principle",
             origins=(Origin("incident", HOSTILE[:60], HOSTILE), Origin("survey", "sv#a", ""))),
        wording(run="prop_2", new=long),
        moved(1, "consultation", run="prop_2", survey=HOSTILE, reason=HOSTILE),
        moved(2, "validation", run="prop_2", survey="sv"),
        ProposalVoted("prop_2", 1, ADOPTED, AT, "gus", "approver", "approve", HOSTILE),
        ProposalVoted("prop_2", 1, ADOPTED, AT, "lena", "approver", "approve", HOSTILE),
        made("prop_3"),
        wording(run="prop_3"),
        moved(1, "consultation", run="prop_3"),
        moved(2, "validation", run="prop_3", survey="sv"),
        moved(3, ADOPTED, run="prop_3", findings="{}"),
    )  # fmt: skip
    asking(desk, "sv1", "sha256:" + "0" * 64, "prop_2")
    asking(desk, "sv2", wording(run="prop_2", new=long).result, "prop_2")
    tab = visit(desk.base, size, scheme)
    tab.goto(f"{desk.base}/login")
    tab.fill("input[name=name]", "lena")
    tab.fill("input[name=password]", PASSWORD)
    tab.click("button.main")
    for path in ("/proposals", *(f"/proposals/prop_{n}" for n in (1, 2, 3))):
        tab.goto(desk.base + path)
        for each in tab.query_selector_all("details:not([open]) > summary"):
            each.click()
        accessible(tab, path)
    assert tab.troubles == []
    assert tab.foreign == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_somebody_votes_and_takes_it_back_by_keyboard_alone(desk, visit, size):
    validating(desk)
    tab = visit(desk.base, size, "light")
    tab.goto(f"{desk.base}/login")
    tab.fill("input[name=name]", "lena")
    tab.fill("input[name=password]", PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url(lambda url: "/login" not in url)
    tab.goto(f"{desk.base}/proposals")
    reach(tab, "Say enough")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/proposals/prop_1")
    for field, button, told in (
        ("Why", "Approve", "Your vote is recorded."),
        ("Why you take it back", "Take it back", "Your vote is taken back."),
    ):
        reach(tab, field)
        tab.keyboard.type("It was read.")
        reach(tab, button)
        with tab.expect_navigation():
            tab.keyboard.press("Enter")
        assert told in tab.inner_text("main")
    assert votes(desk) == [("lena", "approve", "approver"), ("lena", "withdraw", "approver")]
    assert tab.troubles == []


def reach(tab, name):
    """Press Tab until what has the focus is called so; by its label, or its own words."""
    for _ in range(80):
        tab.keyboard.press("Tab")
        found = tab.evaluate(
            "() => { const e = document.activeElement;"
            " return (e.labels && e.labels[0] ? e.labels[0].innerText : e.innerText) || ''; }"
        )
        if found.strip() == name:
            return
    raise AssertionError(f"nothing called {name!r} takes the focus")
