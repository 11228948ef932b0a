"""Draws of clusters with replacement, as weights: what the intervals of agreement rest on.

All figures here are functions of sums over clusters, so a draw is a row of weights and needs no
copy of the data. Clusters are taken in the order of their names, so the order of rows is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from charter.estimates.interval import Interval
from charter.evals.calibration.draws import DRAWS, SEED

CHUNK = 200
"""Draws held at once."""
ENOUGH_DRAWS = 0.95
"""Share of draws in which a figure must be defined, or it has no interval."""

Floats = NDArray[np.float64]
Figure = tuple[float, Interval | None]
"""A value, NaN where it is undefined, and its interval."""


def figure_of(sums: Floats, statistic: Callable[[Floats], Floats]) -> Figure:
    """Return one figure of sums over clusters, which come with the cluster as their first axis."""
    shape = sums.shape[1:]
    flat = sums.reshape(len(sums), -1)

    def drawn(totals: Floats) -> Floats:
        return statistic(totals.reshape(-1, *shape))[:, None]

    value = float(drawn(flat.sum(axis=0)[None])[0, 0])
    return value, percentiles(flat, drawn)[0] if np.isfinite(value) else None


def percentiles(
    sums: Floats, statistic: Callable[[Floats], Floats], *, draws: int = DRAWS, seed: int = SEED
) -> list[Interval | None]:
    """Return the 95 % percentile interval of each figure, clusters drawn with replacement.

    `sums` has one row for each cluster; `statistic` takes rows of totals, one for each draw, and
    returns a row of figures for each, NaN where one is undefined. None where that is too often so.
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    found = np.concatenate([statistic(totals) for totals in _totals(sums, draws, seed)])
    return [_interval(figure, draws) for figure in found.T]


def _interval(found: Floats, draws: int) -> Interval | None:
    defined = found[np.isfinite(found)]
    if len(defined) < ENOUGH_DRAWS * draws:
        return None
    low, high = np.quantile(defined, (0.025, 0.975))
    return Interval(float(low), float(high))


def _totals(sums: Floats, draws: int, seed: int) -> Iterator[Floats]:
    """Yield totals of draws. Clusters with equal sums are drawn together: there are few sums."""
    _, first, numbers = np.unique(sums, axis=0, return_index=True, return_counts=True)
    order = np.argsort(first)  # by name, where sorting by sums would go by the names of labels
    kinds, count = sums[first[order]], len(sums)
    source = np.random.default_rng(seed)
    shares = numbers[order] / count
    for start in range(0, draws, CHUNK):
        weights = source.multinomial(count, shares, size=min(CHUNK, draws - start))
        yield weights.astype(np.float64) @ kinds
