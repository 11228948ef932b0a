"""What is left of an error budget."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from charter.estimates.interval import Interval
from charter.govern.objectives.burn import burn_rate
from charter.govern.objectives.measure import Measure
from charter.govern.objectives.objective import Objective

SPENT, LEFT, UNSURE = "spent", "left", "not sure"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Budget:
    """The error budget of one rolling period."""

    state: str
    """left or spent; not sure where the interval of an estimate holds the whole budget; unknown
    where too little happened, or nothing that may be relied on."""
    left: Fraction | None
    """Share of the budget: 1 for all, 0 for none, below 0 where more was used than there was."""
    interval: Interval | None
    """Of `left`, for what is estimated from a sample or a judge; None where events are counted."""

    @property
    def said(self) -> str:
        """What is left, in words, with its interval where it is estimated."""
        if self.state == UNKNOWN or self.left is None:
            return UNKNOWN
        used, left = 1 - float(self.left), 100 * float(self.left)
        spent = "spent" if self.state == SPENT else "perhaps spent"
        what = f"{left:.0f} % left" if used < 1 else f"{spent}: {used:.1f} times what it allows"
        if self.interval is None:
            return what
        return f"{what} ({100 * self.interval.low:.0f} to {100 * self.interval.high:.0f} % left)"


def budget_of(objective: Objective, measure: Measure) -> Budget:
    """Return what a period has left of its budget: one minus its burn rate.

    Counted events are a fact: as many as the target allows, or more, have spent it. An estimate
    has spent it only where its whole interval says so.
    """
    if measure.is_empty or not measure.fit or measure.total < objective.least_events:
        return Budget(UNKNOWN, None, None)
    if measure.exact:
        left = 1 - burn_rate(measure.bad, measure.total, objective.target)
        return Budget(SPENT if left <= 0 else LEFT, left, None)
    assert measure.good is not None  # noqa: S101 - it is not empty
    low, high = (
        1 - burn_rate(1 - Fraction(bound), 1, objective.target)
        for bound in (measure.good.interval.low, measure.good.interval.high)
    )
    left = 1 - burn_rate(measure.bad_share, 1, objective.target)
    state = SPENT if high <= 0 else LEFT if low > 0 else UNSURE
    return Budget(state, left, Interval(float(low), float(high)))
