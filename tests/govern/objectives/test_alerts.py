"""Alerts, budgets and what is recorded of them."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates.estimate import LIKE_THESE, Estimate
from charter.estimates.interval import Interval
from charter.govern.objectives.alerts import (
    FIRING,
    NO_DATA,
    NOT_FIT,
    OK,
    TOO_FEW,
    alerts_of,
)
from charter.govern.objectives.budget import budget_of
from charter.govern.objectives.measure import Measure, counted
from charter.govern.objectives.objective import STANDARD, Objective, Scope
from charter.govern.objectives.recorded import Lines, changes, lines_of
from charter.govern.objectives.status import Status
from charter.records.objective import AlertEnded, AlertRaised

OBJECTIVE = Objective("o", "O", "failures", Scope(), Fraction("0.99"), 30, STANDARD)


def told(**found):
    """Return measures by window from `w60=(bad, total)`; all others are clean."""
    given_ = {int(name[1:]): counted(*pair) for name, pair in found.items()}
    return lambda minutes: given_.get(minutes, counted(0, 1000))


def estimated(value, low, high, *, total=100, fit=True):
    found = Estimate(value, Interval(low, high), "m", LIKE_THESE, total, total, total)
    bad = round(total * (1 - value))
    at_least = 1 - found.interval.high
    return Measure(bad, total, found, exact=False, fit=fit, bad_at_least=at_least)


@pytest.mark.parametrize(
    ("windows", "state", "severity"),
    [
        ({}, OK, ""),
        ({"w60": (200, 1000), "w5": (20, 100)}, FIRING, "page"),
        ({"w60": (200, 1000), "w5": (14, 100)}, OK, ""),  # the short window is over it
        ({"w60": (144, 1000), "w5": (20, 100)}, OK, ""),  # 14.4 exactly is not above
        ({"w4320": (30, 1000), "w360": (30, 1000)}, FIRING, "ticket"),
        ({"w60": (200, 1000), "w5": (20, 100), "w4320": (30, 1000), "w360": (30, 1000)},
         FIRING, "page"),
        ({"w60": (1, 3), "w5": (1, 1)}, TOO_FEW, ""),
        ({"w60": (200, 1000), "w5": (0, 0)}, OK, ""),  # nothing of late burns nothing
        ({f"w{m}": (0, 0) for m in (5, 30, 60, 120, 360, 1440, 4320)}, NO_DATA, ""),
    ],
)  # fmt: skip
def test_an_objective_is_in_one_state(windows, state, severity):
    found = alerts_of(OBJECTIVE, told(**windows))
    assert (found.state, found.severity) == (state, severity)


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 400), st.integers(1, 400))
def test_it_fires_only_where_both_windows_burn(bad, bad_short, total, total_short):
    long = counted(min(bad, total), total)
    short = counted(min(bad_short, total_short), total_short)
    one = replace(OBJECTIVE, windows=STANDARD[:1])
    found = alerts_of(one, lambda minutes: long if minutes == 60 else short)
    both = all(each.bad_share / one.allowed > Fraction("14.4") for each in (long, short))
    assert found.state in ((FIRING, TOO_FEW) if both else (OK,))


def test_raw_verdicts_of_a_judge_never_alarm():
    found = alerts_of(OBJECTIVE, lambda _: estimated(0.2, 0.1, 0.3, fit=False))
    assert (found.state, found.severity) == (NOT_FIT, "")
    assert budget_of(OBJECTIVE, estimated(0.2, 0.1, 0.3, fit=False)).state == "unknown"


@pytest.mark.parametrize(("high", "state"), [(0.85, FIRING), (0.86, TOO_FEW)])
def test_an_estimate_alarms_by_the_end_of_its_interval(high, state):
    one = replace(OBJECTIVE, windows=STANDARD[:1])  # 14.4 burns 14.4 % of events
    assert alerts_of(one, lambda _: estimated(0.5, 0.4, high)).state == state


@pytest.mark.parametrize(
    ("measure", "state", "left"),
    [
        (counted(0, 1000), "left", 1),
        (counted(5, 1000), "left", Fraction(1, 2)),
        (counted(10, 1000), "spent", 0),
        (counted(20, 1000), "spent", -1),
        (counted(0, 9), "unknown", None),
        (counted(0, 0), "unknown", None),
    ],
)
def test_a_budget_is_what_counted_events_leave(measure, state, left):
    found = budget_of(OBJECTIVE, measure)
    assert (found.state, found.left, found.interval) == (state, left, None)


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [(0.991, 0.999, "left"), (0.98, 0.999, "not sure"), (0.9, 0.989, "spent")],
)
def test_an_estimated_budget_is_spent_where_all_of_its_interval_says_so(low, high, state):
    found = budget_of(OBJECTIVE, estimated((low + high) / 2, low, high))
    assert found.state == state
    assert found.interval.low == pytest.approx(1 - (1 - low) / 0.01)
    assert found.interval.high == pytest.approx(1 - (1 - high) / 0.01)


def status(**windows):
    measured = told(**windows)
    return Status(OBJECTIVE, measured(0), budget_of(OBJECTIVE, measured(0)),
                  alerts_of(OBJECTIVE, measured))  # fmt: skip


BURNS = {"w60": (200, 1000), "w5": (20, 100)}
AT = "2026-03-01T00:00:00.000Z"


def recorded(found, lines=None):
    return changes([found], lines or Lines(), at=AT, definition="d")


def test_an_alert_is_raised_once_ended_once_and_numbered_on():
    (raised,) = recorded(status(**BURNS))
    assert (raised.run, raised.number, raised.long_minutes) == ("o/page", 1, 60)
    assert (raised.bad, raised.total, raised.burn, raised.short_burn) == (
        200,
        1000,
        "20.000",
        "20.000",
    )
    assert recorded(status(**BURNS), lines_of([raised])) == ()
    (ended,) = recorded(status(), lines_of([raised]))
    assert isinstance(ended, AlertEnded)
    assert (ended.run, ended.number) == ("o/page", 1)
    assert recorded(status(), lines_of([raised, ended])) == ()
    (again,) = recorded(status(**BURNS), lines_of([raised, ended]))
    assert (again.run, again.number) == ("o/page", 2)


def test_data_that_stay_away_end_no_alert():
    (raised,) = recorded(status(**BURNS))
    nothing = {f"w{m}": (0, 0) for m in (5, 30, 60, 120, 360, 1440, 4320)}
    assert recorded(status(**nothing), lines_of([raised])) == ()
    assert recorded(status(w60=(1, 3), w5=(1, 1)), lines_of([raised])) == ()


def test_an_outage_does_not_end_its_own_alert():
    (raised,) = recorded(status(**BURNS))
    gone = {f"w{m}": (200, 1000) for m in (60, 120, 360, 1440, 4320)} | {
        "w5": (0, 0),
        "w30": (0, 0),
    }
    assert [
        each for each in recorded(status(**gone), lines_of([raised])) if each.run == "o/page"
    ] == []
    back = {f"w{m}": (0, 1000) for m in (5, 30, 60, 120, 360, 1440, 4320)}
    (ended,) = recorded(status(**back), lines_of([raised]))
    assert isinstance(ended, AlertEnded)


def test_page_and_ticket_are_lines_of_their_own():
    both = status(**BURNS, w4320=(30, 1000), w360=(30, 1000))
    found = recorded(both)
    assert [each.run for each in found] == ["o/page", "o/ticket"]
    assert isinstance(found[1], AlertRaised)
    assert (found[1].long_minutes, found[1].burn) == (4320, "3.000")
