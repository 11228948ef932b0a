"""The four standard rows of alerts, looked at over the whole year: what they find, and when.

Rows of hours need traffic: checks that fail are counted one by one, and found on the first day.
What is sampled once a week rests on few answers a day, and cannot burn beyond chance within three
days: the rows of weeks in `test_objectives_recovered` are for that.
"""

from collections import Counter
from fractions import Fraction

import pytest

from charter.govern.objectives.alerts import FIRING, NO_DATA, TOO_FEW, alerts_of
from charter.govern.objectives.objective import STANDARD, Objective, Scope

from .plan import DRIFT_SECTION, ERRORED_DAYS
from .test_objectives_recovered import milliseconds

STEP = 6
"""Hours between two looks."""
DELAY = 12
"""Hours within which failing checks are found."""
TAIL = 72
"""Hours after which no row looks back on them."""
FALSE = 0.001
"""Share of looks in quiet time that may alarm."""


def looked(year, rollup, wanted, step):
    """Yield the hour of each look over the year, and what it says."""
    plan = year[1].plan
    for hour in range(step, plan.days * 24, step):
        at = milliseconds(plan.day(0, hours=hour))
        yield hour, alerts_of(wanted, lambda minutes, at=at: rollup.measure(wanted, minutes, at))


def standing(target, indicator, **scope):
    rows = tuple(row for row in STANDARD if row.factor * (1 - target) < 1)
    return Objective("o", "O", indicator, Scope(**scope), target, 30, rows)


@pytest.fixture(scope="module")
def checks(year, rollup):
    from fractions import Fraction  # noqa: PLC0415

    wanted = standing(Fraction(99, 100), "checks-errored")
    return list(looked(year, rollup, wanted, STEP))


def test_failing_checks_are_found_within_hours_and_by_the_severest_row(checks):
    """30 % of checks fail where 1 % may: a page within 12 hours, on each of the seven days."""
    fired = [(hour, each.severity) for hour, each in checks if each.state == FIRING]
    begun, over = 24 * ERRORED_DAYS[0], 24 * (ERRORED_DAYS[-1] + 1)
    first = min(hour for hour, _ in fired if hour > begun)
    assert first - begun <= DELAY
    paged = {(hour - 1) // 24 for hour, severity in fired if severity == "page"}
    assert set(ERRORED_DAYS) <= paged
    assert max(hour for hour, _ in fired) <= over + TAIL


def test_nothing_else_of_the_year_alarms(checks):
    begun, over = 24 * ERRORED_DAYS[0], 24 * (ERRORED_DAYS[-1] + 1)
    quiet = [each for hour, each in checks if not begun < hour <= over + TAIL]
    alarms = Counter(each.severity for each in quiet if each.state == FIRING)
    assert len(quiet) > 1400
    assert alarms.total() <= FALSE * len(quiet), alarms


def test_rows_of_hours_say_nothing_of_what_is_sampled_each_week(year, rollup):
    """Neither an alarm nor that all is well: in most looks it is open."""
    wanted = standing(Fraction(95, 100), "accord", section=DRIFT_SECTION)
    states = Counter(each.state for _, each in looked(year, rollup, wanted, 7 * 24))
    assert states[FIRING] == 0
    assert states[TOO_FEW] + states[NO_DATA] > 0
