"""Clocks of incidents: when somebody is told, of what, and under which name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.govern.incidents.made import GPAI, field, incident, submitted, time

from charter.govern.incidents.clocks import clocks
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.notices.due import clock_due

AWARE = datetime.fromisoformat("2026-11-01T00:00:00Z")
KNOWN = (*GPAI, field("harm_kinds", "property"), time("aware_at", AWARE))  # 15 days: 16 November


def told(now, *changes, **more):
    found = incident(*KNOWN, *changes, now=now, at="2026-11-01T00:00:00.000Z", **more)
    every = clocks(found, load_regimes(None), now=now)
    return [due for each in every if (due := clock_due(found, each)) and "gpai" in due.about]


@pytest.mark.parametrize(
    ("days", "events"),
    [
        (1, []),
        (11.24, []),  # a quarter of 15 days is left at 11.25
        (11.26, ["clock.warning"]),
        (15, ["clock.warning"]),
        (15.01, ["clock.overdue"]),
        (400, ["clock.overdue"]),
    ],
)
def test_a_clock_is_told_of_in_its_last_quarter_and_when_it_is_over(days, events):
    found = told(AWARE + timedelta(days=days))
    assert [each.event for each in found] == events
    for each in found:
        assert each.about == "inc_one/eu-gpai-code/initial/2026-11-16T00:00:00.000Z"
        since = {"clock.warning": "2026-11-12T06:00:00.000Z"}
        assert each.at == since.get(each.event, "2026-11-16T00:00:00.000Z")


def test_what_was_submitted_is_owed_no_more():
    report = submitted("eu-gpai-code/initial", AWARE + timedelta(days=3))
    found = told(AWARE + timedelta(days=15.01), report)
    assert [each for each in found if "/initial/" in each.about] == []


def test_an_earlier_time_is_another_clock():
    """A death is possible now: ten days, so that it is told again, under another name."""
    (first,) = told(AWARE + timedelta(days=16))
    (second,) = told(AWARE + timedelta(days=16), field("harm_kinds", "property, death?"))
    assert second.about == "inc_one/eu-gpai-code/initial/2026-11-11T00:00:00.000Z"
    assert first.about != second.about
    assert second.facts["undecided"] == "harm_kinds"
    assert (", if it applies:" in first.title, ", if it applies:" in second.title) == (False, True)


def test_drills_say_so():
    (found,) = told(AWARE + timedelta(days=16), drill=True)
    assert (found.drill, found.title[:7]) == (True, "DRILL: ")
