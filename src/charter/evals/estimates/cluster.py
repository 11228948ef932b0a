"""Values that are not independent of each other -> a mean or share with an honest interval.

Scenarios made from one source, and replies to one scenario, share their chance: they are a
*cluster*. An interval that takes them for independent is too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

from charter.evals.estimates.estimate import LIKE_THESE, Estimate
from charter.evals.estimates.interval import Interval, normal_quantile, t_quantile, wilson

PRIOR_CORRELATION = 0.7
"""How alike scenarios of one source are taken to be until the data say otherwise.

Where next to no scenario fails, nothing can be learned about whether failures come in clusters;
a guess of 0 would then claim the most evidence where there is the least. This one counts as much
as one cluster with a failure in it; simulated coverage decided its value.
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
    values: Sequence[float], clusters: Sequence[Hashable], *, rare: int | None = None
) -> float:
    """Return how many independent outcomes tell as much about a mean as these.

    `n / design effect`, narrowed by the ratio of t quantiles for few clusters, and never above n.
    The design effect is drawn towards that of a correlation of `PRIOR_CORRELATION`, by
    `1 / (1 + rare)`, where `rare` is the number of clusters with the rarer outcome in them, for
    values in [0, 1] those with a failure or those with a success. It never exceeds that of a
    correlation of 1, where every cluster counts once.
    Source: Korn and Graubard 1998, Survey Methodology 24, 193-201, and Dean and Pagano 2015,
    J. Surv. Stat. Methodol. 3, 484-503, for Wilson's interval with an effective number; the drawing
    towards a correlation is ours.
    """
    sums, n, sizes = _deviations(values, clusters)
    count = len(sums)
    if count == n:
        return float(n)
    alike = sum(size * size for size in sizes) / n  # the design effect of a correlation of 1
    prior = 1 + (alike - 1) * PRIOR_CORRELATION
    measured = design_effect(values, clusters) if count > 1 else math.nan
    seen = _clusters_with_the_rarer(values, clusters) if rare is None else rare
    weight = 1 / (1 + max(1, seen))
    effect = (1 - weight) * (1.0 if math.isnan(measured) else measured) + weight * prior
    if count < 2:
        return n / alike
    few = (t_quantile(0.95, count - 1) / t_quantile(0.95, n - 1)) ** 2
    return n / min(max(1.0, effect) * few, alike)


def clustered_share(
    values: Sequence[float], clusters: Sequence[Hashable], *, confidence: float = 0.95
) -> Estimate:
    """Return the share that values in [0, 1] amount to, one value for each scenario.

    Wilson's interval with the effective number of scenarios; plain Wilson where each scenario is
    its own cluster. Behaves at 0 and 1, where a clustered standard error is 0.
    Raises ValueError for no values, unequal lengths, or a value outside of [0, 1].
    Source: see `effective_number`.
    """
    if not all(0 <= value <= 1 for value in values):
        raise ValueError("values of a share lie between 0 and 1")
    effective = effective_number(values, clusters)
    n, groups = len(values), len(set(clusters))
    share = min(1.0, math.fsum(values) / n)
    alone = groups == n
    return Estimate(
        value=share,
        interval=wilson(
            min(share * effective, effective), effective, z=normal_quantile(confidence)
        ),
        method="Wilson" if alone else "Wilson, clustered by source",
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


def _clusters_with_the_rarer(values: Sequence[float], clusters: Sequence[Hashable]) -> int:
    """Return in how many clusters something fails, or something succeeds: what is rarer."""
    failing = {cluster for value, cluster in zip(values, clusters, strict=True) if value < 1}
    passing = {cluster for value, cluster in zip(values, clusters, strict=True) if value > 0}
    return min(len(failing), len(passing))
