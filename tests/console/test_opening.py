"""An incident opened by hand: what decides its clocks is said at once, and no word is lost."""

from __future__ import annotations

import pytest

from charter.records.incident import IncidentAmended, IncidentOpened

from .conftest import send
from .test_incidents import ago, words

TITLE = {"title": "It lies", "severity": "hazard"}


@pytest.fixture
def desk(world, serve):
    """A console."""
    return serve(world)


def clocks(desk, incident):
    page = desk.login("vera").get(f"/incidents/{incident}").text
    return words(page.partition("<table")[2].partition("</table")[0])


def said(world):
    return {each.name: (each.value, each.reason) for each in world.ledger.read(IncidentAmended)}


def opens(desk, name="lena", /, **form):
    return send(desk.login(name), "/incidents/new", "/incidents/new", **{**TITLE, **form})


def test_it_was_discovered_when_it_was_opened_unless_said(desk):
    assert opens(desk).status_code == 303
    (opened,) = desk.world.ledger.read(IncidentOpened)
    at, why = said(desk.world)["discovered_at"]
    assert (at, "correct it" in why) == (opened.at, True)


def test_another_time_or_none_may_be_said(desk):
    assert opens(desk, discovered=ago(5)).status_code == 303
    assert said(desk.world)["discovered_at"][0] == ago(5)
    assert opens(desk, discovered="unknown").status_code == 303
    assert len(list(desk.world.ledger.read(IncidentAmended))) == 1


def test_places_and_roles_decide_which_clocks_may_run(desk):
    form = {"jurisdictions.eu": "yes", "roles.data_controller": "yes", "roles.moon": "yes"}
    answer = opens(desk, "rita", **form)
    assert answer.status_code == 303
    found = said(desk.world)
    assert (found["jurisdictions"][0], found["roles"][0]) == ("eu", "data_controller")
    incident = answer.headers["location"].rpartition("/")[2]
    assert "GDPR" in clocks(desk, incident)
    assert "SB 53" not in clocks(desk, incident)
    assert opens(desk).status_code == 303
    other = [each.run for each in desk.world.ledger.read(IncidentOpened)][-1]
    assert "SB 53" in clocks(desk, other), "what is open counts"


@pytest.mark.parametrize(
    "form", [{"discovered": "2999-01-01"}, {"discovered": "soon"}, {"links": "moon:1"}]
)
def test_what_is_refused_is_shown_again_as_it_was_written(desk, form):
    given = {"summary": "Of <prices>.", "jurisdictions.eu": "yes", "drill": "yes", **form}
    answer = opens(desk, **given)
    assert answer.status_code in (409, 422)
    assert "Nothing was recorded" in answer.text
    for text in ('value="It lies"', "Of &lt;prices&gt;.", 'value="hazard" required checked'):
        assert text in answer.text
    for name in ("jurisdictions.eu", "drill"):
        assert f'name="{name}" value="yes" checked' in answer.text
    assert not list(desk.world.ledger.read(IncidentOpened))
    assert not list(desk.world.ledger.read(IncidentAmended))


def test_a_program_says_the_same(desk):
    client = desk.bearer("olga")
    body = {**TITLE, "discovered": "unknown", "jurisdictions": ["eu", "california?"]}
    answer = client.post("/api/incidents", json=body)
    assert answer.status_code == 201, answer.text
    assert said(desk.world) == {"jurisdictions": ("eu, california?", "")}
    for wrong in ({"jurisdictions": ["moon"]}, {"roles": ["a b"]}, {"discovered": "soon"}):
        assert client.post("/api/incidents", json={**TITLE, **wrong}).status_code == 422
    assert len(list(desk.world.ledger.read(IncidentOpened))) == 1
