"""People drawn again with replacement, all their votes with them -> figures of every draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from charter.evolve.opinion.tally import checked_weights, labels_by_vote
from charter.evolve.opinion.votes import Votes

Array = NDArray[np.float64]

DRAWS = 1000
AT_ONCE = 64
"""Draws that are held as counts of people together: bounds the memory at many people."""
DEFINED = 0.95
"""Share of draws in which a figure must be defined for an interval to be stated."""


def drawn_again(  # noqa: PLR0913 - a tally's arguments, and how often
    votes: Votes,
    labels: NDArray[np.integer[Any]] | None = None,
    *,
    groups: int = 1,
    weights: Array | None = None,
    by_vote: bool | None = None,
    draws: int = DRAWS,
    seed: int,
) -> Array:
    """Return a tally's sums for each draw of people: (draws, groups, items, 3).

    Whole people are drawn, as many as there are, so that votes of one person stay together. Labels
    and weights are as in `tally.tally` and go with the person: the groups are held fixed, and
    weights are not raked again. The same seed gives the same draws everywhere.
    Raises ValueError as `tally` does.
    Source: Field and Welsh 2007, J. R. Stat. Soc. B 69, 369-390 (the cluster bootstrap).
    """
    group = labels_by_vote(votes, labels, groups, by_vote)
    weight = checked_weights(votes, weights)
    placed, items, n = group >= 0, len(votes.items), len(votes.people)
    cells = (group * items + votes.columns) * 3 + votes.values + 1
    size = groups * items * 3
    table = sparse.csr_matrix(
        (np.ones(int(placed.sum())), (cells[placed], votes.rows[placed])), shape=(size, n)
    )
    random = np.random.default_rng(seed)
    found = np.zeros((draws, size))
    for start in range(0, draws if n else 0, AT_ONCE):
        stop = min(start + AT_ONCE, draws)
        times = np.empty((n, stop - start))
        for each in range(stop - start):
            times[:, each] = np.bincount(random.integers(0, n, n), minlength=n)
        found[start:stop] = (table @ (times * weight[:, None])).T
    return found.reshape(draws, groups, items, 3)


def shares(sums: Array) -> Array:
    """Return sums as shares of those who saw the statement; NaN where nobody did.

    The last axis is disagreed, passed, agreed.
    """
    seen = sums.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(seen > 0, sums / seen, np.nan)


def percentiles(figures: Array, *, confidence: float = 0.95) -> tuple[Array, Array]:
    """Return the lower and upper bounds of figures of all draws, the first axis.

    Both are NaN where the figure is undefined in more than one draw of twenty; other draws in which
    it is undefined are left out. Both are NaN, too, where all draws have the same figure: people of
    one mind are of one mind in every draw, which does not say that others would be.
    Source: as `drawn_again`; Efron and Tibshirani 1993, chapter 13.
    """
    flat = figures.reshape(figures.shape[0], -1)
    known = ~np.isnan(flat)
    enough = known.mean(axis=0) >= DEFINED
    whole = known.all(axis=0)
    tail = (1 - confidence) / 2
    bounds = np.full((2, flat.shape[1]), np.nan)
    if whole.any():
        bounds[:, whole] = np.quantile(flat[:, whole], [tail, 1 - tail], axis=0)
    for place in np.flatnonzero(enough & ~whole).tolist():
        bounds[:, place] = np.quantile(flat[known[:, place], place], [tail, 1 - tail])
    bounds[:, bounds[0] == bounds[1]] = np.nan
    low, high = bounds.reshape(2, *figures.shape[1:])
    return low, high
