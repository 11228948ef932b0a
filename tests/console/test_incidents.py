"""Incidents in the console: opened, said, contained, closed, by people and programs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from tests.browser import SIZES, accessible

from charter.console.govern import Govern
from charter.console.incident_pages import left, path_of
from charter.console.incidents import Meanwhile, Wish, say
from charter.console.moment import stamp
from charter.errors import LedgerUnavailable
from charter.govern.incidents.closing import Proof, Tried
from charter.records.incident import IncidentAmended, IncidentOpened, Link
from charter.records.release import PolicyPinned
from charter.records.stop import StopOrdered

from .conftest import form_token, send
from .world import HOSTILE, NOW, PASSWORD

HOUR = 3600


@pytest.fixture
def desk(world, serve):
    """A console on which lena leads; scenarios come to what a test says."""
    proofs = {}

    def proves(named):
        return [Proof(each, *proofs.get(each.scenario, (None, None))) for each in named]

    world.proofs = proofs
    return serve(world, govern=Govern(proves=proves))


def opened(world, name="inc_one", *, hours=30, drill=False, title="It gave away a card", links=()):
    at = stamp(world.clock.now() - hours * HOUR)
    record = IncidentOpened(
        name, at, "rita", "reviewer", title, "Read out whole.", "incident", drill, tuple(links)
    )
    world.ledger.append(record)
    return name


def amend(client, incident, change, /, **form):
    return send(client, f"/incidents/{incident}", f"/incidents/{incident}/{change}", **form)


def said(client, incident, change, /, **form):
    """Say something of an incident as it stands now."""
    page = client.get(f"/incidents/{incident}").text
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    token = form_token(page)
    return client.post(
        f"/incidents/{incident}/{change}", data={"form_token": token, "seen": seen, **form}
    )


def changes(world):
    return [(each.number, each.change, each.by) for each in world.ledger.read(IncidentAmended)]


def ago(hours):
    return stamp(NOW - hours * HOUR)


def words(text):
    return " ".join(re.sub("<[^>]+>", " ", text).split())


@pytest.mark.parametrize(
    ("name", "source", "drill"), [("lena", "console", ""), ("rita", "reviewer", "yes")]
)
def test_one_is_opened_with_its_links(desk, name, source, drill):
    client, shown = desk.login(name), desk.world.exchange("What does it cost?", "Nothing.")
    answer = send(
        client,
        f"/incidents/new?links=exchange:{shown}+model:gpt-5",
        "/incidents/new",
        title="It lies",
        summary="Of prices.",
        severity="hazard",
        links=f"exchange:{shown}\nmodel:gpt-5\nmodel:gpt-5\n\n",
        **({"drill": drill} if drill else {}),
    )
    assert answer.status_code == 303
    (record,) = desk.world.ledger.read(IncidentOpened)
    assert (record.by, record.source, record.severity) == (name, source, "hazard")
    assert record.drill is bool(drill)
    assert record.links == (Link("exchange", shown), Link("model", "gpt-5"))
    page = client.get(answer.headers["location"].removeprefix("/console")).text
    assert ("drill" in words(page)) is bool(drill)
    assert f'href="/console/decisions/{shown}"' in page


def test_the_form_is_filled_from_a_decision(lively):
    served, ids = lively
    page = served.login("rita").get(f"/decisions/{ids['flagged']}").text
    link = re.search(r'href="/console(/incidents/new[^"]+)"', page)[1]
    form = served.login("rita").get(link.replace("&amp;", "&")).text
    assert f"exchange:{ids['flagged']}" in form
    assert "application:mail-app" in form
    assert "incidents/new" not in served.login("vera").get(f"/decisions/{ids['flagged']}").text


@pytest.mark.parametrize(
    "form",
    [
        {"title": "", "severity": "hazard"},
        {"title": "x", "severity": "dire"},
        {"title": "x" * 201, "severity": "hazard"},
        {"title": "x", "severity": "hazard", "links": "nothing"},
        {"title": "x", "severity": "hazard", "links": "moon:1"},
        {"title": "x", "severity": "hazard", "links": "\n".join(f"model:{n}" for n in range(101))},
    ],
)
def test_what_is_no_incident_is_refused(desk, form):
    answer = send(desk.login("lena"), "/incidents/new", "/incidents/new", **form)
    assert answer.status_code == 422
    assert not list(desk.world.ledger.read(IncidentOpened))


@pytest.mark.parametrize(("name", "may"), [("vera", 403), ("anna", 403), ("rita", 303)])
def test_who_may_open_one(desk, name, may):
    client = desk.login(name)
    form = {"title": "x", "severity": "hazard"}
    assert send(client, "/incidents", "/incidents/new", **form).status_code == may


@pytest.mark.parametrize("name", ["vera", "anna", "rita"])
def test_who_may_only_read(desk, name):
    opened(desk.world)
    client = desk.login(name)
    assert "It gave away a card" in client.get("/incidents").text
    page = client.get("/incidents/inc_one").text
    assert 'name="seen"' not in page
    assert amend(client, "inc_one", "note", value="x").status_code == 403
    assert amend(client, "inc_one", "contain", how="app", application="a").status_code == 403
    assert changes(desk.world) == []


def test_leads_say_what_is_known_but_stop_nothing(desk):
    opened(desk.world)
    client = desk.login("lena")
    assert said(client, "inc_one", "note", value="seen").status_code == 303
    assert amend(client, "inc_one", "contain", how="app", application="a").status_code == 403


def test_clocks_count_and_are_marked(desk):
    world = desk.world
    opened(world, hours=100)
    client = desk.login("lena")
    for name, when in (("occurred_from", 100), ("aware_at", 80)):
        answer = said(client, "inc_one", "time", name=name, when=ago(when), reason="the log")
        assert answer.status_code == 303
    said(client, "inc_one", "field", name="personal_data_breach", state="value", value="yes")
    page = client.get("/incidents/inc_one").text
    row = next(each for each in page.split("<tr") if "gdpr" in each.lower() or "GDPR" in each)
    assert "overdue by 8 hours" in words(row)
    assert 'class="late"' in "<tr" + row
    assert "the log" in row
    listed = words(client.get("/incidents").text)
    assert "overdue by" in listed
    world.clock.time -= 20 * HOUR
    assert re.search(r"\d+ hours? (\d+ minutes? )?left|1 day", words(page_of(client)))


def page_of(client):
    return client.get("/incidents/inc_one").text


def test_a_submitted_report_stops_its_clock(desk):
    opened(desk.world)
    client = desk.login("lena")
    said(client, "inc_one", "time", name="aware_at", when=ago(20), reason="the alert")
    option = re.search(r'value="(gdpr-33/[^"]+)"', page_of(client))[1]
    answer = said(client, "inc_one", "submitted", name=option, when="", reason="case 12")
    assert answer.status_code == 303
    row = next(e for e in page_of(client).split("<tr") if "GDPR" in e or "2016/679" in e)
    assert "met" in words(row)


@pytest.mark.parametrize(
    ("form", "status", "shown"),
    [
        (("value", "The model of May", ""), 303, "The model of May"),
        (("unknown", "", ""), 303, "unknown"),
        (("withheld", "", "it names a person"), 303, "it names a person"),
        (("withheld", "", ""), 422, ""),
        (("value", "", ""), 422, ""),
        (("perhaps", "x", ""), 422, ""),
    ],
)
def test_fields_have_three_states(desk, form, status, shown):
    opened(desk.world)
    client = desk.login("lena")
    given = dict(zip(("state", "value", "reason"), form, strict=True))
    assert said(client, "inc_one", "field", name="model", **given).status_code == status
    part = page_of(client).partition('id="fields"')[2].partition("</dl>")[0]
    assert shown in part
    assert len(changes(desk.world)) == (status == 303)


@pytest.mark.parametrize(
    ("change", "form"),
    [
        ("time", {"name": "aware_at", "when": "2999-01-01", "reason": "x"}),
        ("time", {"name": "aware_at", "when": "yesterday", "reason": "x"}),
        ("time", {"name": "aware_at", "when": "", "reason": "x"}),
        ("time", {"name": "resolved_at", "when": "2026-01-01", "reason": "x"}),
        ("field", {"name": "moon", "state": "value", "value": "x"}),
        ("submitted", {"name": "moon/first", "reason": "x"}),
        ("submitted", {"name": "gdpr-33/moon", "reason": "x"}),
        ("link", {"name": "moon", "value": "x"}),
        ("severity", {"value": "dire", "reason": "x"}),
        ("reviewed", {"state": "accepted"}),
        ("closed", {}),
    ],
)
def test_what_cannot_be_said_shows_what_was_written(desk, change, form):
    opened(desk.world)
    client = desk.login("lena")
    answer = said(client, "inc_one", change, **form)
    assert answer.status_code in (409, 422)
    assert "Nothing was recorded" in answer.text
    assert all(text in answer.text for text in form.values() if text)
    assert changes(desk.world) == []


def test_of_two_people_the_later_is_told_and_loses_no_word(desk):
    opened(desk.world)
    one, two = desk.login("lena"), desk.login("olga")
    shown = two.get("/incidents/inc_one").text
    said(one, "inc_one", "cause", value="A prompt of May")
    late = {"form_token": form_token(shown), "seen": "0", "value": "No: a boundary of June"}
    answer = two.post("/incidents/inc_one/cause", data=late)
    assert answer.status_code == 409
    text = words(answer.text)
    assert "somebody else has changed this incident meanwhile" in text.lower()
    assert "A prompt of May" in text
    assert "No: a boundary of June" in text
    assert [each[1:] for each in changes(desk.world)] == [("cause", "lena")]
    note = {"form_token": form_token(shown), "value": "A note adds up all the same"}
    assert two.post("/incidents/inc_one/note", data=note).status_code == 303


def test_two_at_the_same_moment_make_one_record(desk, monkeypatch):
    world = desk.world
    opened(world)
    inner = world.ledger.append

    def append(*records, **given):
        monkeypatch.setattr(world.ledger, "append", inner)
        other = IncidentAmended("inc_one", 1, ago(1), "olga", "cause", value="Mine")
        inner(other)
        return inner(*records, **given)

    monkeypatch.setattr(world.ledger, "append", append)
    answer = said(desk.login("lena"), "inc_one", "cause", value="Theirs")
    assert answer.status_code == 409
    assert [each[1:] for each in changes(world)] == [("cause", "olga")]


def test_a_stop_out_of_an_incident(desk):
    opened(desk.world)
    client = desk.login("olga")
    answer = amend(
        client, "inc_one", "contain", how="app", application="mail-app", reason="it leaks"
    )
    assert answer.status_code == 303
    (stop,) = desk.world.ledger.read(StopOrdered)
    assert (stop.reach, stop.name, stop.by, stop.reason) == (
        "app", "mail-app", "olga", "inc_one: it leaks",
    )  # fmt: skip
    assert changes(desk.world) == [(1, "contained", "olga")]
    assert "Stopped:" in client.get("/decisions").text


def test_a_pin_out_of_an_incident(desk):
    world = desk.world
    world.service()
    opened(world)
    client = desk.login("olga")
    assert f'<option value="{world.policy.digest}">' in page_of(client)
    form = {"how": "pin", "policy": world.policy.digest, "reason": "the last that was good"}
    assert amend(client, "inc_one", "contain", **form).status_code == 303
    (pin,) = world.ledger.read(PolicyPinned)
    assert (pin.policy, pin.by, pin.incident) == (world.policy.digest, "olga", "inc_one")
    assert "is in force" in page_of(client)
    assert "Pinned:" in client.get("/releases").text


@pytest.mark.parametrize(
    "form",
    [
        {"how": "app", "reason": "x"},
        {"how": "tool", "tool": "t", "reason": " "},
        {"how": "pin", "policy": "sha256:1", "reason": "x"},
        {"how": "pin", "policy": "sha256:" + "f" * 64, "reason": "nobody ever served it"},
        {"how": "moon", "reason": "x"},
    ],
)
def test_what_contains_nothing_is_refused(desk, form):
    opened(desk.world)
    assert amend(desk.login("olga"), "inc_one", "contain", **form).status_code == 422
    assert changes(desk.world) == []


def test_a_form_that_is_sent_twice_opens_one(desk):
    client = desk.login("rita")
    page = client.get("/incidents/new").text
    once = re.search(r'name="once" value="([\w-]+)"', page)[1]
    form = {"form_token": form_token(page), "once": once, "title": "It", "severity": "incident"}
    places = [client.post("/incidents/new", data=form).headers["location"] for _ in range(2)]
    assert places[0] == places[1]
    assert len(list(desk.world.ledger.read(IncidentOpened))) == 1
    other = client.get("/incidents/new").text
    assert once not in other
    again = desk.login("remy")
    token = form_token(again.get("/incidents/new").text)
    again.post("/incidents/new", data={**form, "form_token": token})
    assert len(list(desk.world.ledger.read(IncidentOpened))) == 2


def test_runs_that_cannot_be_read_hide_no_incident(world, serve):
    def proves(named):
        raise LedgerUnavailable("its file is damaged")

    served = serve(world, govern=Govern(proves=proves))
    opened(world)
    client = served.login("lena")
    said(client, "inc_one", "regression", name="card", value="r_1")
    page = client.get("/incidents/inc_one")
    assert (page.status_code, "card" in page.text) == (200, True)
    assert served.bearer("lena").get("/api/incidents/inc_one").status_code == 200


def test_a_drill_stops_nothing(desk):
    opened(desk.world, drill=True)
    client = desk.login("olga")
    form = {"how": "app", "application": "mail-app", "reason": "x"}
    assert amend(client, "inc_one", "contain", **form).status_code == 303
    assert not list(desk.world.ledger.read(StopOrdered))
    assert "Rehearsed" in words(page_of(client))


def test_it_closes_once_everything_is_there_and_by_no_one_alone(desk):
    world = desk.world
    opened(world)
    lena, olga = desk.login("lena"), desk.login("olga")
    missing = words(page_of(lena).partition('class="missing"')[2].partition("</ul>")[0])
    for each in ("not resolved", "no root cause", "no scenario", "no post-mortem"):
        assert each in missing
    assert "Close the incident" not in page_of(lena)
    for change, form in (
        ("resolved", {"when": ago(1), "reason": "stopped"}),
        ("cause", {"value": "A prompt"}),
        ("regression", {"name": "card", "value": "run_1", "reason": "run_2"}),
        ("postmortem", {"value": "# What we learned\n\nMuch."}),
    ):
        assert said(lena, "inc_one", change, **form).status_code == 303, change
    assert "run run_1 has no such scenario" in words(page_of(lena))
    bad = Tried("run_1", "card", ago(50), "sha256:1", ("violated",) * 5)
    world.proofs["card"] = (bad, Tried("run_2", "card", ago(2), "sha256:1", ("adhered",) * 5))
    assert "Review the post-mortem" not in page_of(lena), "who wrote it does not review it"
    assert said(lena, "inc_one", "reviewed", state="accepted").status_code == 409
    assert said(olga, "inc_one", "reviewed", state="accepted").status_code == 303
    page = words(page_of(lena))
    assert "Nothing keeps it from closing" in page
    assert "adhered in 5 of 5 in run run_2" in page
    assert said(lena, "inc_one", "closed").status_code == 303
    assert changes(world)[-1] == (6, "closed", "lena")
    after = page_of(olga)
    assert 'class="danger"' not in after
    assert amend(olga, "inc_one", "cause", value="x", seen="6").status_code == 409


def test_hostile_words_stay_words(desk):
    opened(
        desk.world, title=HOSTILE[:190].replace("\x1b", ""), links=[Link("model", HOSTILE[:200])]
    )
    client = desk.login("lena")
    said(client, "inc_one", "note", value=HOSTILE)
    said(client, "inc_one", "cause", value=HOSTILE)
    for path in ("/incidents", "/incidents/inc_one"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<svg/" not in page


@pytest.mark.parametrize(
    "path", ["/incidents/inc_none", "/incidents/%00", "/incidents/" + "x" * 400, "/incidents/inc_"]
)
def test_what_is_not_there_is_not_found(desk, path):
    assert desk.login("lena").get(path).status_code == 404


def test_the_newest_state_is_needed_unless_it_adds_up(world, desk):
    opened(world)
    client = desk.login("lena")
    assert amend(client, "inc_one", "cause", value="x").status_code == 409
    assert amend(client, "inc_one", "moon", value="x").status_code == 404
    assert issubclass(Meanwhile, Exception)
    assert say.__doc__
    assert Wish("note").seen is None


def test_time_left_is_told_in_words():
    class Clock:
        left = timedelta(hours=25)

    assert left(Clock) == "1 day 1 hour left"
    Clock.left = timedelta(minutes=-90)
    assert left(Clock) == "overdue by 1 hour 30 minutes"
    Clock.left = None
    assert left(Clock) == ""
    assert path_of("decision", "x_1.2") == "/decisions/x_1"
    assert path_of("model", "gpt") == ""


# By programs


def test_a_program_opens_one_and_reads_it(desk):
    client, shown = desk.bearer("olga"), desk.world.exchange("What does it cost?", "Nothing.")
    body = {"title": "It lies", "severity": "incident", "links": ["exchange:x_1"], "drill": True}
    answer = client.post("/api/incidents", json=body)
    assert answer.status_code == 409
    assert "no record has the exchange 'x_1'" in answer.text
    answer = client.post("/api/incidents", json=body | {"links": [f"exchange:{shown}"]})
    assert answer.status_code == 201, answer.text
    found = answer.json()
    (record,) = desk.world.ledger.read(IncidentOpened)
    assert (record.source, record.by, record.drill) == ("api", "olga", True)
    assert found["incident"]["format"] == "charter-incident/1"
    assert found["incident"]["links"] == [{"kind": "exchange", "id": shown}]
    assert "it is not resolved" in found["missing"]
    again = desk.bearer("vera").get(f"/api/incidents/{record.run}").json()
    assert again == found
    (row,) = desk.bearer("vera").get("/api/incidents").json()["incidents"]
    assert (row["id"], row["drill"], row["overdue"]) == (record.run, True, 0)
    for query in ("drills=false", "status=closed"):
        assert desk.bearer("vera").get(f"/api/incidents?{query}").json()["total"] == 0


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("vera", {"title": "x", "severity": "hazard"}, 403),
        ("olga", {"title": "", "severity": "hazard"}, 422),
        ("olga", {"title": "x", "severity": "dire"}, 422),
        ("olga", {"title": "x", "severity": "hazard", "links": ["moon:1"]}, 422),
        ("olga", {"title": "x", "severity": "hazard", "by": "ada"}, 422),
        ("olga", {"title": "x" * 201, "severity": "hazard"}, 422),
    ],
)
def test_a_program_is_told_what_is_wrong(desk, name, body, status):
    assert desk.bearer(name).post("/api/incidents", json=body).status_code == status
    assert desk.bearer("vera").get("/api/incidents/inc_none").status_code == 404
    assert not list(desk.world.ledger.read(IncidentOpened))


def test_a_program_sees_the_clock_that_runs_out_first(desk):
    opened(desk.world, hours=100)
    said(desk.login("lena"), "inc_one", "time", name="aware_at", when=ago(80), reason="the log")
    (row,) = desk.bearer("vera").get("/api/incidents").json()["incidents"]
    assert row["nearest"]["state"] == "overdue"
    assert row["nearest"]["left"] < 0
    clocks = desk.bearer("vera").get("/api/incidents/inc_one").json()["clocks"]
    gdpr = next(each for each in clocks if each["regime"] == "gdpr-33")
    assert gdpr["left"] == -8 * HOUR


# In a browser


def full(world):
    """Incidents of every kind of state, the first with everything."""
    world.service()
    world.exchange("Read me the card.", "It is 4111 1111 1111 1111.")
    links = [Link("exchange", "x_" + "1" * 32), Link("policy", world.policy.digest)]
    opened(world, hours=100, links=[*links, Link("model", HOSTILE[:150])])
    opened(world, "inc_two", drill=True, title="A drill " + "W" * 150)
    opened(world, "inc_six", title=HOSTILE[:150])
    texts = (
        ("time", "aware_at", "", ago(80), "the alert"),
        ("field", "personal_data_breach", "value", "yes", ""),
        ("field", "harm", "unknown", "", ""),
        ("field", "affected", "withheld", "", "it names a person"),
        ("contained", "stop", "", "stp_1", "app mail-app: it leaks"),
        ("cause", "", "", "A prompt. " * 30 + HOSTILE, ""),
        ("regression", "card", "", "run_1 run_2", ""),
        ("postmortem", "", "", "# What we learned\n\n" + HOSTILE * 3, ""),
    )
    for number, (change, name, state, value, reason) in enumerate(texts, 1):
        world.ledger.append(
            IncidentAmended(
                "inc_one", number, ago(70 - number), "rita", change, name, state, value, reason
            )
        )


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(desk, visit, size, scheme):
    full(desk.world)
    tab = visit(desk.base, size, scheme)
    tab.goto(f"{desk.base}/login")
    tab.fill("input[name=name]", "olga")
    tab.fill("input[name=password]", PASSWORD)
    tab.click("button.main")
    for path in ("/incidents", "/incidents/new?links=model:gpt-5", "/incidents/inc_one"):
        tab.goto(desk.base + path)
        for each in tab.query_selector_all("details:not([open]) > summary"):
            each.click()
        accessible(tab, path)
    tab.fill("form[action$='/cause'] textarea", "Another cause")
    seen = IncidentAmended("inc_one", 9, ago(1), "lena", "note", value="Somebody was here")
    desk.world.ledger.append(seen)
    tab.click("form[action$='/cause'] button")
    assert "Somebody was here" in tab.inner_text("main")
    accessible(tab, "unsaid")
    assert [each for each in tab.troubles if "409" not in each] == []
    assert tab.foreign == []
