"""Whether a group of answers is judged wrongly more often than the others, exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charter.evals.calibration.draws import SEED

CHUNK = 200
"""Draws held at once."""
PERMUTATIONS = 5000


@dataclass(frozen=True, slots=True)
class Stratum:
    """Counts among answers of one truth: a judge may well find it easier to see one than the other.

    `errors` of `size` in the group, and of all such answers.
    """

    errors: int
    size: int
    all_errors: int
    all_size: int


def exact_p(strata: Sequence[Stratum]) -> float:
    """Return the two-sided p-value that the group is judged as well as the others.

    Exact and conditional: within each stratum errors fall on the group as if drawn by chance
    (hypergeometric), and the sum over strata is tested; as likely or less likely sums count.
    (3 of 4 against 1 of 4 in one stratum: 0.485714.)
    Source: Fisher 1935; for several strata Gart 1970, Biometrika 57, 471-475.
    """
    sums = np.ones(1)
    least = 0
    for stratum in strata:
        low, shares = _hypergeometric(stratum)
        least += low
        sums = np.convolve(sums, shares)
    found = sum(stratum.errors for stratum in strata) - least
    limit = sums[found] * (1 + 1e-9)
    return min(1.0, math.fsum(sums[sums <= limit]))


def permuted_ps(
    groups: Sequence[Sequence[float]], *, draws: int = PERMUTATIONS, seed: int = SEED
) -> list[float]:
    """Return for each group the two-sided p-value that its sum is one of as many drawn by chance.

    A group is a row of numbers, one for each conversation: its errors less what is to be expected.
    Whole conversations change places, so that errors which share one are not taken for independent.
    Source: Pitman 1937, J. R. Stat. Soc. Suppl. 4, 119-130; counting what was seen as one draw,
    Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9, article 39.
    """
    every = np.array([value for group in groups for value in group])
    sizes = np.array([len(group) for group in groups])
    found = np.array([abs(math.fsum(group)) for group in groups]) - 1e-9
    source = np.random.default_rng(seed)
    reached = np.zeros(len(groups))
    for start in range(0, draws, CHUNK):
        order = source.random((min(CHUNK, draws - start), len(every))).argsort(axis=1)
        sums = np.abs(every[order].cumsum(axis=1))[:, sizes - 1]
        reached += (sums >= found).sum(axis=0)
    return [float((count + 1) / (draws + 1)) for count in reached]


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
