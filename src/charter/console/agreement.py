"""How far reviewers agree: Krippendorff's alpha for labels without order, with an interval.

    alpha = 1 - observed / expected disagreement,

over the values of units with at least two ratings, each pair of a unit with m ratings weighted
1 / (m - 1). Source: Krippendorff 2019, Content Analysis, 4th edition, chapter 12. The interval is
the percentile bootstrap over units: Efron and Tibshirani 1993, chapter 13.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

DRAWS = 1000
SEED = 20_260_101
ENOUGH = 20
"""Units with two opinions, below which no figure is stated."""
_DEFINED = 0.95
"""Share of draws in which alpha must be defined."""


class Agreement(NamedTuple):
    """What can be said."""

    units: int
    """With at least two opinions."""
    opinions: int
    """On those units."""
    unanimous: int
    """Units on which all say the same."""
    alpha: float | None
    """None where it is undefined: fewer than two units, or one label everywhere."""
    low: float | None
    high: float | None

    @property
    def too_few(self) -> bool:
        """Whether there are too few units for a figure to mean anything."""
        return self.units < ENOUGH


def agreement(units: Iterable[Sequence[str]]) -> Agreement:
    """Measure agreement. Each unit has the labels it was given; those with one are left out."""
    counts = [Counter(unit) for unit in units]
    rated = [count for count in counts if count.total() >= 2]
    labels = sorted({label for count in rated for label in count})
    rows = Counter(_row(count, labels) for count in rated)
    value = _alpha(rows)
    low, high = _interval(rows) if value is not None else (None, None)
    return Agreement(
        units=len(rated),
        opinions=sum(count.total() for count in rated),
        unanimous=sum(len(count) == 1 for count in rated),
        alpha=value,
        low=low,
        high=high,
    )


_Row = tuple[float, tuple[int, ...]]
"""Weighted disagreeing pairs of a unit, and how often each label was given."""


def _row(count: Counter[str], labels: Sequence[str]) -> _Row:
    given = tuple(count[label] for label in labels)
    total = sum(given)
    pairs = total * total - sum(number * number for number in given)
    return pairs / (total - 1), given


def _alpha(rows: Counter[_Row]) -> float | None:
    observed = sum(row[0] * times for row, times in rows.items())
    given = [sum(column) for column in zip(*_given(rows), strict=True)]
    total = sum(given)
    expected = total * total - sum(number * number for number in given)
    if expected == 0:
        return None
    return float(1 - (total - 1) * observed / expected)


def _given(rows: Counter[_Row]) -> list[list[int]]:
    return [[number * times for number in row[1]] for row, times in rows.items()]


def _interval(rows: Counter[_Row]) -> tuple[float | None, float | None]:
    source = random.Random(SEED)  # noqa: S311 - the same figure for the same reviews
    kinds, weights = list(rows), list(rows.values())
    found = []
    for _ in range(DRAWS):
        value = _alpha(Counter(source.choices(kinds, weights, k=rows.total())))
        if value is not None:
            found.append(value)
    if len(found) < _DEFINED * DRAWS:
        return None, None
    found.sort()
    return found[round(0.025 * (len(found) - 1))], found[round(0.975 * (len(found) - 1))]
