"""Two results on the same scenarios -> their difference with its interval and p-value."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from charter.estimates.cluster import clustered_se, effective_number
from charter.estimates.interval import Interval, normal_quantile

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
    pairs: Sequence[tuple[float, float]],
    clusters: Sequence[Hashable] | None = None,
    *,
    replies: int | None = None,
) -> Paired:
    """Compare (first, second) outcomes in [0, 1], one pair for each scenario.

    With one reply to a scenario outcomes are 0 or 1; with repeats they are means, and the
    p-value is that of the sign test, which McNemar's is where outcomes are 0 or 1. With `clusters`
    of more than one scenario the p-value is that of `sign_flip`, and the interval is wider.
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
        interval=difference_interval(pairs, groups, replies=replies) if n else None,
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
    pairs: Sequence[tuple[float, float]],
    clusters: Sequence[Hashable] | None = None,
    *,
    replies: int | None = None,
    confidence: float = 0.95,
) -> Interval:
    """Return the interval of `second - first`: the differences a score test would not reject.

    36 both right, 12 second only, 2 first only, none neither: (0.0611, 0.3447). With repeats or
    clusters it is that of as many pairs of single outcomes as tell as much: of their effective
    number, where the mean rise and the mean fall stand for the shares of both kinds of change.
    `replies` is the number of pairs of replies, where outcomes are means.
    Raises ValueError without pairs, or where one has no cluster.
    Source: Tango 1998, Stat. Med. 17, 891-908; that it is close to its confidence for few and many
    changes: Fagerland, Lydersen and Laake 2014, Stat. Med. 33, 2850-2875. Effective number: see
    `cluster.effective_number`.
    """
    differences = [second - first for first, second in pairs]
    n = len(differences)
    if not n:
        raise ValueError("without pairs there is no difference")
    rise = math.fsum(each for each in differences if each > 0) / n
    fall = -math.fsum(each for each in differences if each < 0) / n
    number = effective_number(
        differences,
        range(n) if clusters is None else clusters,
        variance=rise + fall - (rise - fall) ** 2,
        replies=replies,
    )
    z = normal_quantile(confidence)
    high = _score_bound(rise, fall, number, z)
    return Interval(-_score_bound(fall, rise, number, z), high)


def _score_bound(rise: float, fall: float, n: float, z: float) -> float:
    """Return the largest difference that the score test does not reject, by bisection."""
    low, high = rise - fall, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _score(rise, fall, n, middle) < -z:
            high = middle
        else:
            low = middle
    return high


def _score(rise: float, fall: float, n: float, difference: float) -> float:
    """Return Tango's statistic for shares that rose and fell, against a difference."""
    b = (2 - rise + fall) * difference - rise - fall
    c = -fall * difference * (1 - difference)
    least = (math.sqrt(max(0.0, b * b - 8 * c)) - b) / 4
    variance = 2 * least + difference * (1 - difference)
    apart = rise - fall - difference
    if variance <= 0:
        return math.copysign(math.inf, apart) if apart else 0.0
    return apart * math.sqrt(n / variance)
