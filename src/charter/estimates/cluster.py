"""Values that are not independent of each other -> a mean or share with an honest interval.

Scenarios made from one source, and replies to one scenario, share their chance: they are a
*cluster*. An interval that takes them for independent is too narrow.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence

from charter.estimates.estimate import LIKE_THESE, Estimate
from charter.estimates.interval import Interval, normal_quantile, t_quantile, wilson

PRIOR_CORRELATION = 0.7
"""How alike scenarios of one source are taken to be until the data say otherwise.

Where next to no scenario fails, nothing can be learned about whether failures come in clusters;
a guess of 0 would then claim the most evidence where there is the least. This one counts as much
as one cluster with a failure in it; simulated coverage decided its value.
"""
PRIOR_GAIN = 5.0
"""Clusters that must differ before half of what repeats seem to gain is believed.

With fewer, one reply that fails would make a lower bound rise.
"""


def clustered_se(
    values: Sequence[float], clusters: Sequence[Hashable], *, few: bool = True
) -> float:
    """Return the standard error of the mean of clustered values.

    `(1/n) sqrt(sum over g of (sum over i in g of (x_i - mean))^2)`; with `few`, times
    `sqrt(G / (G - 1))` for G clusters, which goes with t and G - 1 degrees of freedom.
    NaN with one cluster and `few`. Raises ValueError for no values or unequal lengths.
    Source: Miller 2024, arXiv 2411.00640, section 2.2; Liang and Zeger 1986, Biometrika 73, 13-22.
    """
    sums, n, _ = _deviations(values, clusters)
    count = len(sums)
    if few and count < 2:
        return math.nan
    factor = count / (count - 1) if few else 1.0
    return math.sqrt(factor * math.fsum(total * total for total in sums)) / n


def design_effect(values: Sequence[float], clusters: Sequence[Hashable]) -> float:
    """Return how many times larger clustering makes the variance of the mean; 1 for none.

    As measured, so below 1 where values of a cluster differ more than chance would have it;
    NaN where all values are equal or there is one cluster.
    Source: Kish 1965, Survey Sampling, section 8.2.
    """
    sums, n, _ = _deviations(values, clusters)
    count = len(sums)
    mean = math.fsum(values) / n
    plain = math.fsum((value - mean) ** 2 for value in values)
    if plain <= 0 or count < 2:
        return math.nan
    clustered = math.fsum(total * total for total in sums) * count / (count - 1)
    return clustered / (plain * n / (n - 1))


def effective_number(
    values: Sequence[float],
    clusters: Sequence[Hashable],
    *,
    variance: float | None = None,
    replies: int | None = None,
) -> float:
    """Return how many independent outcomes tell as much about a mean as these values.

    `n / design effect`, narrowed by the ratio of t quantiles for few clusters, and never above n.
    `variance` is that of a single outcome, by default p (1 - p) for values in [0, 1], else what was
    measured. The design effect is drawn towards that of a correlation of `PRIOR_CORRELATION`, by
    `1 / (1 + r)`, where r is the number of clusters in which some value differs from the most
    common one, at least 1; it never exceeds that of a correlation of 1, where every cluster counts
    once. Where values are means over `replies` single outcomes, they may tell more than as many
    single ones would, up to that number: what they gain counts by `r / (r + PRIOR_GAIN)`.
    Raises ValueError for no values or unequal lengths.
    Source: Korn and Graubard 1998, Survey Methodology 24, 193-201, and Dean and Pagano 2015,
    J. Surv. Stat. Methodol. 3, 484-503, for Wilson's interval with an effective number; the drawing
    towards what is assumed is ours.
    """
    most = max(len(values), replies or 0)
    if values and len(set(clusters)) == len(clusters) == len(values) == most:
        return float(most)
    sums, n, sizes = _deviations(values, clusters)
    count = len(sums)
    alike = sum(size * size for size in sizes) / n  # the design effect of a correlation of 1
    if count < 2:
        return n / alike
    prior = 1 + (alike - 1) * PRIOR_CORRELATION
    measured = _measured(values, sums, variance)
    differing = max(1, _differing(values, clusters))
    weight = 1 / (1 + differing)
    effect = max(1.0, (1 - weight) * measured + weight * prior)
    if most > n:
        effect *= 1 - (1 - min(1.0, measured)) * differing / (differing + PRIOR_GAIN)
    few = (t_quantile(0.95, count - 1) / t_quantile(0.95, n - 1)) ** 2
    return n / max(min(effect * few, alike), n / most)


def clustered_share(
    values: Sequence[float],
    clusters: Sequence[Hashable],
    *,
    replies: int | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Return the share that values in [0, 1] amount to, one value for each scenario.

    Wilson's interval with the effective number of scenarios; plain Wilson where each scenario is
    its own cluster. Behaves at 0 and 1, where a clustered standard error is 0. Where values are
    means, `replies` is the number of replies they rest on, all scenarios together.
    Raises ValueError for no values, unequal lengths, or a value outside of [0, 1].
    Source: see `effective_number`.
    """
    if not all(0 <= value <= 1 for value in values):
        raise ValueError("values of a share lie between 0 and 1")
    effective = effective_number(values, clusters, replies=replies)
    n, groups = len(values), len(set(clusters))
    share = min(1.0, math.fsum(values) / n)
    return Estimate(
        value=share,
        interval=wilson(
            min(share * effective, effective), effective, z=normal_quantile(confidence)
        ),
        method="Wilson" if groups == n else "Wilson, clustered by source",
        population=LIKE_THESE,
        n=n,
        clusters=groups,
        effective=effective,
        confidence=confidence,
    )


def clustered_mean(
    values: Sequence[float], clusters: Sequence[Hashable], *, confidence: float = 0.95
) -> Estimate:
    """Return the mean of any numbers, such as ratings or differences, with a t interval.

    Raises ValueError for no values, unequal lengths, or fewer than two clusters.
    Source: see `clustered_se`.
    """
    error = clustered_se(values, clusters)
    if math.isnan(error):
        raise ValueError("a mean of one cluster has no interval")
    n, groups = len(values), len(set(clusters))
    mean = math.fsum(values) / n
    half = t_quantile(confidence, groups - 1) * error
    effect = design_effect(values, clusters)
    return Estimate(
        value=mean,
        interval=Interval(mean - half, mean + half),
        method="t" if groups == n else "t, clustered by source",
        population=LIKE_THESE,
        n=n,
        clusters=groups,
        effective=n if math.isnan(effect) else min(float(n), n / max(effect, 1.0)),
        confidence=confidence,
    )


def _deviations(
    values: Sequence[float], clusters: Sequence[Hashable]
) -> tuple[list[float], int, list[int]]:
    """Return each cluster's sum of deviations from the mean, the number of values, the sizes."""
    n = len(values)
    if not n or n != len(clusters):
        raise ValueError("every value needs its cluster, and there must be values")
    mean = math.fsum(values) / n
    sums: dict[Hashable, float] = {}
    sizes: dict[Hashable, int] = {}
    for value, cluster in zip(values, clusters, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + value - mean
        sizes[cluster] = sizes.get(cluster, 0) + 1
    return list(sums.values()), n, list(sizes.values())


def _measured(values: Sequence[float], sums: Sequence[float], variance: float | None) -> float:
    """Return the measured design effect against the variance of a single outcome; 1 for none."""
    n, count = len(values), len(sums)
    mean = math.fsum(values) / n
    if variance is None:
        shares = all(0 <= value <= 1 for value in values)
        spread = math.fsum((value - mean) ** 2 for value in values) / n
        variance = mean * (1 - mean) if shares else spread
    if variance <= 0:
        return 1.0
    clustered = math.fsum(total * total for total in sums) * count / (count - 1) / (n * n)
    return clustered * (n - 1) / variance


def _differing(values: Sequence[float], clusters: Sequence[Hashable]) -> int:
    """Return in how many clusters some value is not the most common one."""
    usual = Counter(values).most_common(1)[0][0]
    return len({c for value, c in zip(values, clusters, strict=True) if value != usual})
