"""Which alerts fire: two windows each, both burning too quickly, and not by a chance event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from charter.govern.objectives.burn import burn_rate
from charter.govern.objectives.guard import is_enough
from charter.govern.objectives.measure import Measure
from charter.govern.objectives.objective import SEVERITIES, Objective, Windows

OK, FIRING, TOO_FEW, NO_DATA, NOT_FIT = "ok", "firing", "too few events", "no data", "not fit"


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of the alert table, read."""

    windows: Windows
    state: str
    """ok, firing, too few events, no data or not fit."""
    bad: int
    total: int
    """Events in the long window."""
    long_burn: Fraction | None
    short_burn: Fraction | None


@dataclass(frozen=True, slots=True)
class Alerts:
    """The state of all alerts of an objective."""

    state: str
    severity: str
    """The most severe that fires; empty where none does."""
    readings: tuple[Reading, ...]

    def firing(self, severity: str) -> Reading | None:
        """Return the row of a severity that fires with the highest burn rate."""
        found = [
            each
            for each in self.readings
            if each.state == FIRING and each.windows.severity == severity
        ]
        return max(found, key=lambda each: each.long_burn or 0, default=None)


def alerts_of(objective: Objective, measured: Callable[[int], Measure]) -> Alerts:
    """Read every row; `measured` gives the measure of the newest so many minutes.

    One row that fires makes the objective fire. Where none does, what cannot be told comes first:
    not fit, then no data in any window, then too few events to confirm a burn.
    """
    known: dict[int, Measure] = {}

    def once(minutes: int) -> Measure:
        if minutes not in known:
            known[minutes] = measured(minutes)
        return known[minutes]

    readings = tuple(
        reading_of(objective, row, once(row.long_minutes), once(row.short_minutes))
        for row in objective.windows
    )
    states = {each.state for each in readings}
    for severity in SEVERITIES:
        if any(e.state == FIRING and e.windows.severity == severity for e in readings):
            return Alerts(FIRING, severity, readings)
    if NOT_FIT in states:
        return Alerts(NOT_FIT, "", readings)
    if states == {NO_DATA}:
        return Alerts(NO_DATA, "", readings)
    return Alerts(TOO_FEW if TOO_FEW in states else OK, "", readings)


def reading_of(objective: Objective, row: Windows, long: Measure, short: Measure) -> Reading:
    """Return the state of one row.

    It fires where both windows burn more than the factor, and the long one does so beyond chance:
    for counted events by an exact test and a least number of bad ones, for an estimate by the least
    share of bad ones that the same chance of error allows.
    """
    burns = [_burn(objective, measure) for measure in (long, short)]
    return Reading(row, _state(objective, row, (long, short), burns), long.bad, long.total, *burns)


def _state(
    objective: Objective,
    row: Windows,
    measures: tuple[Measure, Measure],
    burns: list[Fraction | None],
) -> str:
    long, short = measures
    if long.is_empty:
        return NO_DATA
    if not long.fit or not (short.fit or short.is_empty):
        return NOT_FIT
    if any(burn is None or burn <= row.factor for burn in burns):
        return OK
    return FIRING if _is_confirmed(objective, row, long) else TOO_FEW


def _is_confirmed(objective: Objective, row: Windows, long: Measure) -> bool:
    if long.exact:
        return is_enough(
            long.bad,
            long.total,
            factor=row.factor,
            target=objective.target,
            least_bad=objective.least_bad,
        )
    at_least = Fraction(long.bad_at_least or 0)
    return long.bad >= objective.least_bad and at_least > row.factor * objective.allowed


def _burn(objective: Objective, measure: Measure) -> Fraction | None:
    return None if measure.is_empty else burn_rate(measure.bad_share, 1, objective.target)
