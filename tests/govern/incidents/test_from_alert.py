"""The incident of an alert: its id, its links, how bad it is, and which times it says."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from tests.govern.objectives.kept import decision

from charter.govern.incidents.fold import fold
from charter.govern.incidents.from_alert import (
    incident_of,
    links_of,
    opened_by,
    severity_of,
    without_incident,
)
from charter.records.incident import Link
from charter.records.objective import AlertRaised

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DECIDED, CONFIRMED, RAISED = (f"2026-03-01T{hour}:00:00.000Z" for hour in ("08", "10", "11"))
ONE = decision(1, DECIDED)
NAME = ONE.decision


def alert(number=1, severity="breach", links=(NAME,), objective="root:greet"):
    return AlertRaised(
        f"{objective}/{severity}", number, RAISED, objective, severity, "d", 0, 2, 3, "", "", links
    )


def test_it_is_linked_to_all_that_the_decision_names():
    (record, *_) = opened_by(alert(), [ONE], now=NOW)
    assert record.links == (
        Link("alert", "root:greet/breach/1"),
        Link("decision", NAME),
        Link("exchange", ONE.exchange),
        Link("section", "greet"),
        Link("policy", "a" * 64),
        Link("model", "m"),
        Link("application", "shop"),
    )
    assert (record.source, record.by, record.drill) == ("alert", "charter", False)


def test_the_times_are_those_of_the_answer_and_of_the_review_that_confirmed_it():
    found = fold(opened_by(alert(), [ONE], now=NOW, found_at=CONFIRMED), now=NOW)
    hours = {name: moment.at.hour for name, moment in found.times.items()}
    assert hours == {"occurred_from": 8, "discovered_at": 10, "aware_at": 10}
    assert (found.oddities, found.status) == ((), "open")


@pytest.mark.parametrize("at", ["2026-03-02T00:00:00.000Z", "soon", ""])
def test_clocks_that_are_wrong_keep_nothing_from_being_opened(at):
    found = fold(opened_by(alert(), [decision(1, at)], now=NOW, found_at=at), now=NOW)
    assert found.oddities == ()
    assert found.times["discovered_at"].at <= NOW
    assert "occurred_from" not in found.times


@pytest.mark.parametrize(
    ("done", "released", "severity"),
    [
        ("forwarded", 9, "incident"),
        ("edited", 9, "incident"),
        ("cut", 9, "incident"),
        ("held", 0, "hazard"),
        ("refused", 0, "hazard"),
        ("failed", 0, "hazard"),
        ("failed", 9, "incident"),
    ],
)
def test_what_was_held_back_is_a_hazard(done, released, severity):
    assert severity_of(alert(), [decision(1, DECIDED, done=done, released=released)]) == severity


def test_what_is_not_known_is_no_hazard_and_a_budget_is():
    assert severity_of(alert(), []) == "incident"
    held = decision(1, DECIDED, done="held")
    assert severity_of(alert(links=(NAME, "x_2.1")), [held]) == "incident"
    assert severity_of(alert(severity="page", objective="answers"), []) == "hazard"


def test_a_page_says_when_it_was_discovered_and_no_more():
    page = alert(severity="page", objective="answers", links=())
    record, *times = opened_by(page, [], now=NOW)
    assert record.title == "answers burns its error budget"
    assert [each.name for each in times] == ["discovered_at"]


def test_an_alert_has_one_incident_whoever_opened_it():
    assert incident_of(alert(1)) != incident_of(alert(2))
    every = (alert(1), alert(2), alert(3, severity="page"))

    def known(name, *links, drill=False):
        return SimpleNamespace(id=name, drill=drill, links=links)

    def left(*incidents):
        return [each.number for each in without_incident(every, {"breach"}, incidents)]

    assert left() == [1, 2]
    assert left(known(incident_of(alert(1)))) == [2]
    assert left(known("inc_x", Link("alert", "root:greet/breach/2"))) == [1]
    assert left(known("inc_x", Link("alert", "root:greet/breach/2"), drill=True)) == [1, 2]
    assert left(known("inc_x", Link("decision", "root:greet/breach/2"))) == [1, 2]


def test_hostile_names_are_no_links_and_keep_one_line():
    strange = decision(1, DECIDED, model="m\x1b[2J", application="a" * 5000)
    assert {each.kind for each in links_of([strange])} == {
        "decision",
        "exchange",
        "section",
        "policy",
    }
    (record, *_) = opened_by(alert(objective="root:a\r\nb\x1b", links=("x\n",)), [], now=NOW)
    assert record.title.isprintable()
    many = [decision(number, DECIDED) for number in range(200)]
    assert len(opened_by(alert(), many, now=NOW)[0].links) <= 100
