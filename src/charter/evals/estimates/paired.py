"""Two results on the same scenarios -> their difference with its interval and p-value."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from charter.evals.estimates.cluster import clustered_se, design_effect
from charter.evals.estimates.interval import Interval, t_quantile, wilson

MAX_SUMS = 200_000
"""Different sums that the exact test keeps apart; beyond them it counts clusters by sign."""


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
    clusters: int = 0
    """Groups of scenarios that are independent of each other."""
    standard_error: float = math.nan
    """Of the difference, clustered where scenarios are; NaN with fewer than two clusters."""
    test: str = "McNemar"
    """What `p` comes from: McNemar, sign test, or exact permutation of clusters."""

    @property
    def difference(self) -> float:
        """Second minus first."""
        return self.second - self.first


def paired(
    pairs: Sequence[tuple[float, float]], clusters: Sequence[Hashable] | None = None
) -> Paired:
    """Compare (first, second) outcomes in [0, 1], one pair for each scenario.

    With one reply to a scenario outcomes are 0 or 1; with repeats they are means, and the
    p-value is that of the sign test, which McNemar's is where outcomes are 0 or 1. With `clusters`
    of more than one scenario the p-value is that of `sign_flip`, and the interval is widened.
    Raises ValueError where a pair has no cluster.
    """
    groups: Sequence[Hashable] = range(len(pairs)) if clusters is None else clusters
    if len(groups) != len(pairs):
        raise ValueError("every pair needs its cluster")
    better = sum(second > first for first, second in pairs)
    worse = sum(second < first for first, second in pairs)
    n, count = len(pairs), len(set(groups))
    alone = count == n
    differences = [second - first for first, second in pairs]
    exact = all(outcome in (0, 1) for pair in pairs for outcome in pair)
    return Paired(
        scenarios=n,
        first=math.fsum(first for first, _ in pairs) / n if n else 0.0,
        second=math.fsum(second for _, second in pairs) / n if n else 0.0,
        better=better,
        worse=worse,
        interval=difference_interval(pairs, None if alone else groups) if n else None,
        p=mcnemar(better, worse) if alone else sign_flip(differences, groups),
        clusters=count,
        standard_error=clustered_se(differences, groups) if n else math.nan,
        test=("McNemar" if exact else "sign test") if alone else "permutation of clusters",
    )


def sign_flip(differences: Sequence[float], clusters: Sequence[Hashable]) -> float:
    """Return the exact two-sided p-value of a mean difference, clusters being independent.

    Were the two results alike, the sum of each cluster could as well have had the other sign:
    the share of all ways to set signs whose total is at least as far from 0. Without clusters and
    with differences of -1, 0 and 1 it is McNemar's exact test. Where the sums are so unlike that
    there are more than `MAX_SUMS` totals, only the signs of clusters count.
    Source: Fisher 1935, The Design of Experiments, section 21.
    """
    sums: dict[Hashable, Fraction] = {}
    for difference, cluster in zip(differences, clusters, strict=True):
        exact = Fraction(difference).limit_denominator(1000)
        sums[cluster] = sums.get(cluster, Fraction(0)) + exact
    moved = [total for total in sums.values() if total]
    scale = math.lcm(*(total.denominator for total in moved)) if moved else 1
    steps = [int(total * scale) for total in moved]
    chances: dict[int, float] = {0: 1.0}
    for step in steps:
        following: dict[int, float] = {}
        for total, chance in chances.items():
            for reached in (total - step, total + step):
                following[reached] = following.get(reached, 0.0) + chance / 2
        if len(following) > MAX_SUMS:
            return mcnemar(sum(step > 0 for step in steps), sum(step < 0 for step in steps))
        chances = following
    observed = abs(sum(steps))
    return min(1.0, math.fsum(c for total, c in chances.items() if abs(total) >= observed))


def mcnemar(better: int, worse: int) -> float:
    """Return the exact two-sided p-value of the changed pairs; (46, 21) gives 0.003065.

    `2 * sum of C(b+c, i) / 2^(b+c) for i up to min(b, c)`, at most 1.
    Source: McNemar 1947, Psychometrika 12, 153-157, in its exact binomial form.
    """
    changed = better + worse
    tail = sum(math.comb(changed, i) for i in range(min(better, worse) + 1))
    return min(1.0, 2 * tail / (1 << changed))


def difference_interval(
    pairs: Sequence[tuple[float, float]], clusters: Sequence[Hashable] | None = None
) -> Interval:
    """Return the 95 % interval of `second - first`, from the Wilson intervals of both.

    36 both right, 12 second only, 2 first only, none neither: (0.0569, 0.3404). With clusters both
    lengths grow by the root of the design effect of the differences, never below 1, and by the
    ratio of t quantiles; with a single cluster there is nothing to tell: (-1, 1).
    Raises ValueError without pairs.
    Source: Newcombe 1998, Stat. Med. 17, 2635-2650, method 10. For means of repeats the same
    construction with the plain correlation: Zou 2007, Psychol. Methods 12, 399-413.
    """
    n = len(pairs)
    first = math.fsum(first for first, _ in pairs)
    second = math.fsum(second for _, second in pairs)
    a, b = wilson(min(second, n), n), wilson(min(first, n), n)
    p, q, phi = second / n, first / n, _correlation(pairs)
    wider = 1.0 if clusters is None else _widening(pairs, clusters)
    below = wider * _length(p - a.low, b.high - q, phi)
    above = wider * _length(a.high - p, q - b.low, phi)
    return Interval(max(-1.0, p - q - below), min(1.0, p - q + above))


def _widening(pairs: Sequence[tuple[float, float]], clusters: Sequence[Hashable]) -> float:
    """Return by how much clustering lengthens the interval."""
    n, count = len(pairs), len(set(clusters))
    if count == n:
        return 1.0
    if count < 2:
        return math.inf
    effect = design_effect([second - first for first, second in pairs], clusters)
    few = t_quantile(0.95, count - 1) / t_quantile(0.95, n - 1)
    return few * math.sqrt(max(1.0, 1.0 if math.isnan(effect) else effect))


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
