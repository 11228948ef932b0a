"""Which statements divide people: over all of them, and between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from charter.estimates.multiplicity import benjamini_hochberg
from charter.evolve.opinion.bootstrap import percentiles, shares
from charter.evolve.opinion.tally import AGREED, DISAGREED, Tally

Array: TypeAlias = NDArray[np.float64]

PERMUTATIONS = 999


@dataclass(frozen=True, slots=True)
class Divided:
    """How far people are divided on each statement: arrays (items,); NaN where not known."""

    split: Array
    """`4 * share agreeing * share disagreeing`: 1 where half are for and half against."""
    split_low: Array
    split_high: Array
    gap: Array
    """Highest less lowest share of agreement among groups of which somebody saw the statement."""
    gap_low: Array
    gap_high: Array
    by_chance: Array
    """Mean gap if groups did not differ: a gap is never below 0, and larger with few people."""
    p: Array
    """Of a gap that large without any difference between groups."""
    q: Array
    """The same, accounting for there being many statements (Benjamini-Hochberg)."""


def split_of(sums: Array) -> Array:
    """Return `4 p_agree p_disagree` of all groups together: sums (..., groups, items, 3)."""
    all_of_them = shares(sums.sum(axis=-3))
    found: Array = 4 * all_of_them[..., AGREED] * all_of_them[..., DISAGREED]
    return found


def gap_of(sums: Array) -> Array:
    """Return the largest difference between groups' shares of agreement: (..., items).

    NaN where fewer than two groups saw the statement.
    """
    agreed = shares(sums)[..., AGREED]
    known = ~np.isnan(agreed)
    high = np.where(known, agreed, -np.inf).max(axis=-2)
    low = np.where(known, agreed, np.inf).min(axis=-2)
    enough = known.sum(axis=-2) >= 2
    return np.where(enough, np.where(enough, high, 0) - np.where(enough, low, 0), np.nan)


def divided(
    tally: Tally,
    drawn: Array,
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
    confidence: float = 0.95,
) -> Divided:
    """Return how divided people are, with intervals from `bootstrap.drawn_again` of the same votes.

    For groups that were found in these votes, tally `Groups.vote_labels`: a person is then placed
    by their other votes, so that a gap is none of the grouping's own making. `split` is over those
    in the tally. The interval of a gap is of percentiles and lies high where the gap is small: read
    `by_chance` and `q` beside it. The null deals agreement out anew among all who saw the statement
    (counts of people, from the multivariate hypergeometric distribution, which is what permuting
    labels gives).
    Source: split: variance of a vote, scaled; permutation p-value: Phipson and Smyth 2010; false
    discoveries: `estimates.multiplicity`.
    """
    split_low, split_high = percentiles(split_of(drawn), confidence=confidence)
    gap_low, gap_high = percentiles(gap_of(drawn), confidence=confidence)
    by_chance, p = _null(tally.counts, np.random.default_rng(seed), permutations)
    q = np.full(p.shape, np.nan)
    known = ~np.isnan(p)
    q[known] = benjamini_hochberg(p[known].tolist())
    return Divided(
        split=split_of(tally.sums),
        split_low=split_low,
        split_high=split_high,
        gap=gap_of(tally.sums),
        gap_low=gap_low,
        gap_high=gap_high,
        by_chance=by_chance,
        p=p,
        q=q,
    )


def _null(
    counts: NDArray[np.int64], random: np.random.Generator, permutations: int
) -> tuple[Array, Array]:
    """Return the mean gap by chance, and the p-value of the gap found, of every statement."""
    items = counts.shape[1]
    mean, p = np.full(items, np.nan), np.full(items, np.nan)
    seen, agreed = counts.sum(axis=2), counts[:, :, AGREED].sum(axis=0)
    found = gap_of(counts.astype(np.float64))
    for item in np.flatnonzero(~np.isnan(found)).tolist():
        sizes = seen[:, item]
        dealt = random.multivariate_hypergeometric(
            sizes, int(agreed[item]), size=permutations, method="marginals"
        )
        rates = dealt[:, sizes > 0] / sizes[sizes > 0]
        gaps = rates.max(axis=1) - rates.min(axis=1)
        mean[item] = gaps.mean()
        p[item] = (1 + int((gaps >= found[item] - 1e-12).sum())) / (1 + permutations)
    return mean, p
