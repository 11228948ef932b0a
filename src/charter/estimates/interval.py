"""Counts -> a share with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)
"""1.959964: the two-sided 95 % quantile of the normal distribution."""
ENOUGH = 4
"""Scenarios that must be decided before a share is stated at all.

With fewer, not even a clean sweep tells the model from a coin: the Wilson 95 % interval of 3 of 3
reaches down to 43.9 %, that of 4 of 4 to 51.0 %.
"""


def normal_quantile(confidence: float) -> float:
    """Return the two-sided quantile of the normal distribution: 1.96 for 0.95.

    Raises ValueError unless `confidence` lies between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def t_quantile(confidence: float, freedom: float) -> float:
    """Return the two-sided quantile of Student's t: 2.262 for 0.95 and 9 degrees of freedom.

    Degrees of freedom may be fractional, and infinite for the normal distribution; with less
    than one there is no interval, which raises ValueError.
    """
    if freedom == math.inf:
        return normal_quantile(confidence)
    if not 0 < confidence < 1 or not freedom >= 1:
        raise ValueError(f"no t quantile for {confidence} with {freedom} degrees of freedom")
    from scipy import special  # noqa: PLC0415 - slow to import, and not all verbs need it

    return float(special.stdtrit(freedom, 0.5 + confidence / 2))


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of fractions in [0, 1], or of differences in [-1, 1]."""

    low: float
    high: float

    def mirrored(self) -> Interval:
        """Return the range of one minus the fraction."""
        return Interval(1 - self.high, 1 - self.low)

    def holds(self, value: float) -> bool:
        """Whether a value lies in the range, its ends included."""
        return self.low <= value <= self.high


def wilson(successes: float, trials: float, *, z: float = Z95) -> Interval:
    """Return the Wilson score interval of a share.

    Bounds are fractions in [0, 1], not percent; 8 of 10 gives (0.4902, 0.9433).
    `successes` may be fractional: with several replies to one scenario, the scenario is the
    trial and counts with its mean, because replies to one prompt are not independent.
    `trials` may be fractional: the effective number of clustered trials.
    Raises ValueError when `trials` is not above 0 or `successes` exceeds it.
    Source: Wilson 1927, J. Am. Stat. Assoc. 22, 209-212.
    """
    _check(successes, trials)
    share = successes / trials
    scale = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / scale
    spread = math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    half = z * spread / scale
    # at 0 and at all successes the bound is exact; rounding must not cross it
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return Interval(low, high)


def clopper_pearson(successes: float, trials: float, *, confidence: float = 0.95) -> Interval:
    """Return the exact interval of a share: never below its confidence, so wider than Wilson's.

    9 of 10 gives (0.554984, 0.997471). Fractions are taken as effective numbers.
    Raises ValueError when `trials` is not above 0 or `successes` exceeds it.
    Source: Clopper and Pearson 1934, Biometrika 26, 404-413, by quantiles of the beta
    distribution.
    """
    _check(successes, trials)
    from scipy import special  # noqa: PLC0415 - slow to import, and not all verbs need it

    tail = (1 - confidence) / 2
    failures = trials - successes
    low = special.betaincinv(successes, failures + 1, tail) if successes > 0 else 0.0
    high = special.betaincinv(successes + 1, failures, 1 - tail) if failures > 0 else 1.0
    return Interval(float(low), float(high))


def jeffreys(successes: float, trials: float, *, confidence: float = 0.95) -> Interval:
    """Return the beta interval of a share: the posterior under the prior Beta(1/2, 1/2).

    The end at 0 or at all successes is 0 or 1, as the authors advise.
    Raises ValueError when `trials` is not above 0 or `successes` exceeds it.
    Source: Brown, Cai and DasGupta 2001, Stat. Sci. 16, 101-133, section 3.1.2.
    """
    _check(successes, trials)
    from scipy import special  # noqa: PLC0415 - slow to import, and not all verbs need it

    tail = (1 - confidence) / 2
    a, b = successes + 0.5, trials - successes + 0.5
    low = special.betaincinv(a, b, tail) if successes > 0 else 0.0
    high = special.betaincinv(a, b, 1 - tail) if successes < trials else 1.0
    return Interval(float(low), float(high))


def zero_failure_bound(trials: float, *, confidence: float = 0.95) -> float:
    """Return the one-sided upper bound of a rate of failures after none in `trials`.

    `1 - (1 - confidence)^(1/n)`: 9.50 % for 30 trials, 0.99 % for 300. Raises ValueError
    when `trials` is not above 0.
    Source: the one-sided bound of Clopper and Pearson; Hanley and Lippman-Hand 1983, JAMA 249,
    1743-1745, for its rule of three.
    """
    _check(0, trials)
    return 1.0 - float((1 - confidence) ** (1 / trials))


def _check(successes: float, trials: float) -> None:
    if not trials > 0 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
