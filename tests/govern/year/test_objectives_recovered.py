"""Accord, refusals and errored checks, held against what was planted: shares, drifts, delays.

The judge is the planted one, corrected by its calibration and by the labels of people who err too.
"""

from dataclasses import replace
from fractions import Fraction

import pytest

from charter.govern.objectives.alerts import FIRING, alerts_of
from charter.govern.objectives.objective import Objective, Scope, Windows

from .plan import (
    APPLICATIONS,
    DRIFT_DAY,
    DRIFT_SECTION,
    ERRORED_DAYS,
    REFUSING_APPLICATION,
    REFUSING_DAY,
    SECTIONS,
)

DAY = 24 * 60


def milliseconds(moment):
    return round(moment.timestamp() * 1000)


def objective(indicator, target, *windows, **scope):
    rows = tuple(
        Windows(f"row-{number}", "ticket", long * DAY, short * DAY, Fraction(1))
        for number, (long, short) in enumerate(windows)
    )
    return Objective("o", "O", indicator, Scope(**scope), Fraction(target), 28, rows)


def firing(year, rollup, wanted, days):
    """Return the days on whose end an objective fires."""
    plan = year[1].plan
    found = []
    for day in days:
        at = milliseconds(plan.day(day))
        read = alerts_of(wanted, lambda minutes, at=at: rollup.measure(wanted, minutes, at))
        if read.state == FIRING:
            found.append(day)
    return found


LOOKS = range(28, 366, 7)
"""Days on which somebody looks: once a week."""


def test_the_drift_of_a_section_is_found(year, rollup):
    """Asked for 95 %, of the last 28 and 14 days: found after 38 days.

    The other sections, and this one before, are quiet: no alarm in 269 looks.
    """
    truth, alarms, quiet = year[1], [], 0
    for section in SECTIONS:
        wanted = objective("accord", "0.95", (28, 14), section=section)
        fired = firing(year, rollup, wanted, LOOKS)
        if section == DRIFT_SECTION:
            after = [day for day in fired if day > DRIFT_DAY]
            assert after
            assert after[0] - DRIFT_DAY <= 42
            fired = [day for day in fired if day <= DRIFT_DAY]
            quiet += sum(day <= DRIFT_DAY for day in LOOKS)
        else:
            assert truth.accord(section=section) > 0.96
            quiet += len(LOOKS)
        alarms += [(section, day) for day in fired]
    assert quiet == 270
    assert len(alarms) <= 0.02 * quiet, alarms


def test_what_one_application_refuses_is_found(year, rollup):
    """Asked for 97 %, of the last 56 and 28 days, by people alone: found after 62 days.

    No alarm before, and none in the two other applications.
    """
    found = {
        name: firing(
            year, rollup, objective("over-refusals", "0.97", (56, 28), application=name), LOOKS
        )
        for name in APPLICATIONS
    }
    mine = found.pop(REFUSING_APPLICATION)
    assert all(day > REFUSING_DAY for day in mine)
    assert mine[0] - REFUSING_DAY <= 70
    assert found == {"shop": [], "tutor": []}


def test_the_week_of_errors_is_found_within_a_day(year, rollup):
    """Asked for 95 %, of the last two days and the last: on the evening of every day, no other."""
    wanted = objective("checks-errored", "0.95", (2, 1))
    fired = firing(year, rollup, wanted, range(1, year[1].plan.days + 1))
    assert fired == [day + 1 for day in ERRORED_DAYS]


def test_checks_are_counted_one_by_one(year, rollup):
    truth = year[1]
    wanted = objective("checks-errored", "0.95")
    whole = rollup.measure(wanted, truth.plan.days * DAY, milliseconds(truth.plan.end))
    boundaries = 2 * truth.answers.total()  # one on each request, one on each answer
    assert whole.bad == truth.errored.total()
    assert whole.total == truth.checks.total() + boundaries


@pytest.mark.parametrize("within", [600, 1800, 7200])
def test_waits_for_approval_are_counted_one_by_one(year, rollup, within):
    """Those that expired are bad, whatever was asked for."""
    truth = year[1]
    wanted = replace(objective("approval-wait", "0.95"), within=within)
    whole = rollup.measure(wanted, truth.plan.days * DAY, milliseconds(truth.plan.end))
    late = sum(wait > within for wait in truth.approval_waits.values())
    assert whole.total == len(truth.approval_waits) + truth.approvals_expired
    assert whole.bad == late + truth.approvals_expired


def test_accord_of_the_year_is_that_which_was_planted(year, rollup):
    """Six intervals of 95 %: more than one miss would have a chance of 3 %."""
    truth, missed = year[1], []
    for section in SECTIONS:
        wanted = objective("accord", "0.95", section=section)
        found = rollup.measure(wanted, truth.plan.days * DAY, milliseconds(truth.plan.end))
        expected = truth.accord(section=section, until=364)
        assert found.fit
        assert found.good.interval.high - found.good.interval.low < 0.06
        if not found.good.interval.low <= expected <= found.good.interval.high:
            missed.append(section)
    assert len(missed) <= 1, missed
