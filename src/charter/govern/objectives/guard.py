"""Whether a few bad events are more than chance: what keeps one of them from waking somebody.

One bad event alone burns more than 14.4 where the window holds fewer than 1/(14.4 (1 - target))
events: below 7 at 99 %, below 695 at 99.99 %.
"""

from __future__ import annotations

from fractions import Fraction

from charter.estimates.state import tails_of_counts

ALPHA = 0.05
"""Chance, at a rate just at the threshold, of as many bad events; from here on no alert fires."""


def chance(bad: int, total: int, share: Fraction) -> float:
    """Return `P(X >= bad)` of a binomial with `total` events that are bad with chance `share`.

    Exact. 1 for no bad event. Raises ValueError for counts that are none, and for a share outside
    of (0, 1].
    """
    return tails_of_counts(bad, total, float(share)).met


def is_enough(  # noqa: PLR0913 - counts, a threshold, and what is asked of them
    bad: int,
    total: int,
    *,
    factor: Fraction,
    target: Fraction,
    least_bad: int,
    alpha: float = ALPHA,
) -> bool:
    """Whether bad events are at least `least_bad` and unlikely at a burn rate of only `factor`."""
    if bad < least_bad or total <= 0:
        return False
    return chance(bad, total, factor * (1 - target)) < alpha
