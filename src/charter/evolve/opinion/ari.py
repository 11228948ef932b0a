"""Two ways to put people into groups -> how far they agree beyond chance, with an interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charter.estimates.interval import Interval

Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Likeness:
    """The adjusted Rand index of two groupings."""

    value: float
    """1 where they are the same but for names, about 0 where one says nothing of the other."""
    interval: Interval
    people: int
    """In a group on both sides: whom it speaks of."""
    left_out: int
    """In no group on at least one side."""


def adjusted_rand(first: Labels, second: Labels) -> float:
    """Return the adjusted Rand index of two groupings of the same people, in the same order.

    `(index - expected) / (mean of the two largest possible - expected)` over pairs of people;
    1 where both have everybody in one group, or everybody alone; NaN without people.
    Raises ValueError for unequal lengths.
    Source: Hubert and Arabie 1985, J. Classif. 2, 193-218.
    """
    table = _table(first, second)
    return float(_index(table[None])[0])


def likeness(
    first: Labels,
    second: Labels,
    *,
    seed: int,
    draws: int = 2000,
    confidence: float = 0.95,
) -> Likeness:
    """Return the index with its percentile interval over people drawn again with replacement.

    Whoever has a label below 0 on one side is left out, and counted. The groupings are held fixed:
    the interval says how the index varies with who took part, not what another run of an algorithm
    would find. Bounds are NaN below two people, and where it does not vary at all, as where both
    are the same. Raises ValueError for unequal lengths.
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    if first.shape != second.shape:
        raise ValueError("two groupings need the same people")
    both = (first >= 0) & (second >= 0)
    people = int(both.sum())
    if people < 2:
        nothing = Interval(math.nan, math.nan)
        return Likeness(math.nan, nothing, people, int(first.size) - people)
    table = _table(first[both], second[both])
    random = np.random.default_rng(seed)
    drawn = random.multinomial(people, table.reshape(-1) / people, size=draws)
    found = _index(drawn.reshape(draws, *table.shape))
    tail = (1 - confidence) / 2
    low, high = np.quantile(found, [tail, 1 - tail]).tolist()
    if low == high:
        low = high = math.nan
    value = float(_index(table[None])[0])
    return Likeness(value, Interval(low, high), people, int(first.size) - people)


def _table(first: Labels, second: Labels) -> NDArray[np.int64]:
    if first.shape != second.shape:
        raise ValueError("two groupings need the same people")
    one, other = (np.unique(each, return_inverse=True)[1] for each in (first, second))
    rows, columns = (int(each.max(initial=-1)) + 1 for each in (one, other))
    cells = np.bincount(one * columns + other, minlength=rows * columns)
    return cells.reshape(rows, columns).astype(np.int64)


def _index(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the index of each of many tables: (tables, rows, columns)."""
    counts = tables.astype(np.float64)

    def pairs(each: NDArray[np.float64]) -> NDArray[np.float64]:
        return each * (each - 1) / 2

    together = pairs(counts).sum(axis=(1, 2))
    first = pairs(counts.sum(axis=2)).sum(axis=1)
    second = pairs(counts.sum(axis=1)).sum(axis=1)
    n = counts.sum(axis=(1, 2))
    total = pairs(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(total > 0, first * second / total, 0.0)
        room = (first + second) / 2 - expected
        found = np.where(np.abs(room) > 1e-12, (together - expected) / room, 1.0)
    return np.where(n > 0, found, math.nan)
