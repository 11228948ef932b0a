"""What an indicator came to in a window."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from charter.estimates.estimate import LIKE_THESE, Estimate
from charter.estimates.interval import wilson


@dataclass(frozen=True, slots=True)
class Measure:
    """Events of a window, and the share of good ones with its interval."""

    bad: int
    total: int
    """Events counted, or answers judged."""
    good: Estimate | None
    """None where nothing was found."""
    exact: bool
    """Whether each event was counted, rather than inferred from a sample or a judge."""
    fit: bool = True
    """Whether it may raise an alarm or spend a budget: not the raw verdicts of a judge."""
    note: str = ""
    bad_at_least: float | None = None
    """Of an estimate: the least share of bad events, wrong with the chance `guard.ALPHA`."""

    @property
    def bad_share(self) -> Fraction:
        """The share of bad events, as counted or as estimated. Raises ValueError for no event."""
        if self.exact:
            if not self.total:
                raise ValueError("nothing was counted")
            return Fraction(self.bad, self.total)
        if self.good is None:
            raise ValueError("nothing was found")
        return 1 - Fraction(self.good.value)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to go by."""
        return self.total == 0 or self.good is None


def counted(bad: int, total: int, *, note: str = "") -> Measure:
    """Return the measure of events that were all counted, with Wilson's interval."""
    if not total:
        return Measure(0, 0, None, exact=True, note=note)
    good = total - bad
    estimate = Estimate(
        value=good / total,
        interval=wilson(good, total),
        method="Wilson",
        population=LIKE_THESE,
        n=total,
        clusters=total,
        effective=float(total),
    )
    return Measure(bad, total, estimate, exact=True, note=note)
