"""Whether a group of answers is judged wrongly more often than the others, exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Stratum:
    """Counts among answers of one truth: a judge may well find it easier to see one than the other.

    `errors` of `size` in the group, and of all such answers.
    """

    errors: int
    size: int
    all_errors: int
    all_size: int


def exact_p(strata: Sequence[Stratum], *, design_effect: float = 1.0) -> float:
    """Return the two-sided p-value that the group is judged as well as the others.

    Exact and conditional: within each stratum errors fall on the group as if drawn by chance
    (hypergeometric), and their sum over the strata is tested by its distance from what is to be
    expected. Where errors come in clusters, that distance counts for less, by the square root of
    the design effect. (3 of 4 against 1 of 4 in one stratum: 0.485714.)
    Source: Fisher 1935; for several strata Gart 1970, Biometrika 57, 471-475; for the design effect
    Rao and Scott 1992, Biometrics 48, 577-585.
    """
    sums = np.ones(1)
    least = 0
    for stratum in strata:
        low, shares = _hypergeometric(stratum)
        least += low
        sums = np.convolve(sums, shares)
    found = sum(stratum.errors for stratum in strata)
    expected = math.fsum(
        stratum.size * stratum.all_errors / stratum.all_size for stratum in strata if stratum.size
    )
    distances = np.abs(np.arange(least, least + len(sums)) - expected)
    limit = abs(found - expected) / math.sqrt(design_effect) - 1e-9
    return min(1.0, math.fsum(sums[distances >= limit]))


def _hypergeometric(stratum: Stratum) -> tuple[int, list[float]]:
    """Return the least number of errors in the group, and the chance of each from there on."""
    low = max(0, stratum.size + stratum.all_errors - stratum.all_size)
    high = min(stratum.size, stratum.all_errors)
    rest = stratum.all_size - stratum.all_errors
    whole = _log_choose(stratum.all_size, stratum.size)
    return low, [
        math.exp(
            _log_choose(stratum.all_errors, errors)
            + _log_choose(rest, stratum.size - errors)
            - whole
        )
        for errors in range(low, high + 1)
    ]


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
