"""Counts -> a share with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)
"""1.959964: the two-sided 95 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of fractions in [0, 1]."""

    low: float
    high: float

    def mirrored(self) -> Interval:
        """Return the range of one minus the fraction."""
        return Interval(1 - self.high, 1 - self.low)

    def holds(self, value: float) -> bool:
        """Whether a value lies in the range, its ends included."""
        return self.low <= value <= self.high


def wilson(successes: float, trials: int, *, z: float = Z95) -> Interval:
    """Return the Wilson score interval of a share.

    Bounds are fractions in [0, 1], not percent; 8 of 10 gives (0.4902, 0.9433).
    `successes` may be fractional: with several replies to one scenario, the scenario is the
    trial and counts with its mean, because replies to one prompt are not independent.
    Raises ValueError when `trials` is 0 or `successes` exceeds it.
    Source: Wilson 1927, J. Am. Stat. Assoc. 22, 209-212.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    share = successes / trials
    scale = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / scale
    spread = math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    half = z * spread / scale
    # at 0 and at all successes the bound is exact; rounding must not cross it
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return Interval(low, high)
