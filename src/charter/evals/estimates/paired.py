"""Two results on the same scenarios -> their difference with its interval and p-value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from charter.evals.estimates.interval import Interval, wilson


@dataclass(frozen=True, slots=True)
class Paired:
    """How two runs differ on the scenarios both decided."""

    scenarios: int
    first: float
    """Mean of the first run on these scenarios; 0 without any."""
    second: float
    better: int
    """Scenarios on which the second run did better."""
    worse: int
    interval: Interval | None
    """95 % interval of `difference`; bounds in [-1, 1]; None without scenarios."""
    p: float
    """Two-sided; 1 where nothing changed."""

    @property
    def difference(self) -> float:
        """Second minus first."""
        return self.second - self.first


def paired(pairs: Sequence[tuple[float, float]]) -> Paired:
    """Compare (first, second) outcomes in [0, 1], one pair for each scenario.

    With one reply to a scenario outcomes are 0 or 1; with repeats they are means, and the
    p-value is that of the sign test, which McNemar's is where outcomes are 0 or 1.
    """
    better = sum(second > first for first, second in pairs)
    worse = sum(second < first for first, second in pairs)
    n = len(pairs)
    return Paired(
        scenarios=n,
        first=math.fsum(first for first, _ in pairs) / n if n else 0.0,
        second=math.fsum(second for _, second in pairs) / n if n else 0.0,
        better=better,
        worse=worse,
        interval=difference_interval(pairs) if n else None,
        p=mcnemar(better, worse),
    )


def mcnemar(better: int, worse: int) -> float:
    """Return the exact two-sided p-value of the changed pairs; (46, 21) gives 0.003065.

    `2 * sum of C(b+c, i) / 2^(b+c) for i up to min(b, c)`, at most 1.
    Source: McNemar 1947, Psychometrika 12, 153-157, in its exact binomial form.
    """
    changed = better + worse
    tail = sum(math.comb(changed, i) for i in range(min(better, worse) + 1))
    return min(1.0, 2 * tail / (1 << changed))


def difference_interval(pairs: Sequence[tuple[float, float]]) -> Interval:
    """Return the 95 % interval of `second - first`, from the Wilson intervals of both.

    36 both right, 12 second only, 2 first only, none neither: (0.0569, 0.3404).
    Raises ValueError without pairs.
    Source: Newcombe 1998, Stat. Med. 17, 2635-2650, method 10. For means of repeats the same
    construction with the plain correlation: Zou 2007, Psychol. Methods 12, 399-413.
    """
    n = len(pairs)
    first = math.fsum(first for first, _ in pairs)
    second = math.fsum(second for _, second in pairs)
    a, b = wilson(min(second, n), n), wilson(min(first, n), n)
    p, q, phi = second / n, first / n, _correlation(pairs)
    below = _length(p - a.low, b.high - q, phi)
    above = _length(a.high - p, q - b.low, phi)
    return Interval(max(-1.0, p - q - below), min(1.0, p - q + above))


def _length(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the correlation of both runs, for yes-or-no outcomes with Newcombe's correction."""
    n = len(pairs)
    sum_x = math.fsum(x for x, _ in pairs)
    sum_y = math.fsum(y for _, y in pairs)
    products = n * math.fsum(x * y for x, y in pairs) - sum_x * sum_y
    spread_x = n * math.fsum(x * x for x, _ in pairs) - sum_x * sum_x
    spread_y = n * math.fsum(y * y for _, y in pairs) - sum_y * sum_y
    if spread_x <= 0 or spread_y <= 0:
        return 0.0
    if all(outcome in (0, 1) for pair in pairs for outcome in pair) and products > 0:
        products = max(0.0, products - n / 2)
    return products / math.sqrt(spread_x * spread_y)
