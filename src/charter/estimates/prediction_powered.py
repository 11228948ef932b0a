"""A few labels and many judgements of the same run -> the mean that people would find."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from charter.estimates.cluster import effective_number
from charter.estimates.estimate import LIKE_THESE, Corrected, Refused
from charter.estimates.interval import Interval, normal_quantile, t_quantile

Pair: TypeAlias = tuple[float, float]
"""What people found, and what the judge found, of one answer."""

LEAST = 30
"""Labelled answers without which nothing is corrected.

With 20, simulated coverage of the interval falls to 92 % in some settings; with 30 it stays above
93.5 % in all that were tried.
"""


@dataclass(frozen=True, slots=True)
class Classic:
    """The textbook estimate, for comparison: too sure of itself with few labels."""

    value: float
    standard_error: float
    weight: float
    """How much the judge counts: lambda, 1 in the classic form."""


def prediction_powered(  # noqa: PLR0913 - two samples, their clusters, and how
    labelled: Sequence[Pair],
    unlabelled: Sequence[float],
    *,
    labelled_clusters: Sequence[Hashable] | None = None,
    unlabelled_clusters: Sequence[Hashable] | None = None,
    tuned: bool = True,
    confidence: float = 0.95,
) -> Corrected | Refused:
    """Estimate a mean from pairs (people, judge) and from what the judge alone found.

    `theta = w mean(F') + mean(Y - w F)`, with w = 1, or `tuned` for the least variance; then a
    useless judge is ignored and a perfect one believed. The labelled answers must be a random
    sample of all of them: picked ones bias it. Values may be any numbers.

    Where all values lie in [0, 1] the interval is that of the same data with two answers more, half
    of one of each of the four pairs of 0 and 1, and with Wilson's addition to the unlabelled ones:
    the textbook error is 0 where people and judge happen to agree on all labelled answers. With
    clusters the numbers of answers are the effective ones. Quantiles are those of t.

    Refused, as a value, with fewer than `LEAST` labelled or 2 unlabelled answers.
    Source: Angelopoulos et al. 2023, Science 382, 669-674; tuned: Angelopoulos, Duchi and Zrnic
    2023, arXiv 2311.01453; the addition: Agresti and Min 2005, Stat. Med. 24, 729-740; degrees of
    freedom: Satterthwaite 1946, Biom. Bull. 2, 110-114.
    """
    refused = _unusable(labelled, unlabelled)
    if refused is not None:
        return refused
    # where the labels, or the judge on them, are all alike, they cannot tell how far to trust it
    tuned = tuned and len({y for y, _ in labelled}) > 1 and len({f for _, f in labelled}) > 1
    found = classic(labelled, unlabelled, tuned=tuned)
    mine = _clusters(labelled_clusters, len(labelled), "labelled")
    others = _clusters(unlabelled_clusters, len(unlabelled), "unlabelled")
    sample = _Sample(labelled, unlabelled, mine, others, _bounded(labelled, unlabelled))
    spread = sample.spread(found.weight, tuned=tuned, z=normal_quantile(confidence))
    half = t_quantile(confidence, spread.freedom) * spread.error
    low, high, value = spread.centre - half, spread.centre + half, found.value
    if sample.bounded:
        low, high, value = (min(1.0, max(0.0, x)) for x in (low, high, value))
    n = len(labelled) + len(unlabelled)
    return Corrected(
        value=value,
        interval=Interval(min(low, value), max(high, value)),
        method="prediction-powered, tuned" if tuned else "prediction-powered",
        population=LIKE_THESE,
        n=n,
        clusters=len(set(mine) | set(others)),
        effective=min(float(n), spread.variance_of_one / spread.error**2) if spread.error else n,
        confidence=confidence,
        raw=(math.fsum(f for _, f in labelled) + math.fsum(unlabelled)) / n,
        labelled=len(labelled),
    )


def _unusable(labelled: Sequence[Pair], unlabelled: Sequence[float]) -> Refused | None:
    if len(labelled) < LEAST:
        return Refused(
            f"only {len(labelled)} answers drawn at random are labelled, and {LEAST} are needed",
            len(labelled),
        )
    if len(unlabelled) < 2:
        return Refused("every answer is labelled: there is nothing to predict", len(labelled))
    return None


def _bounded(labelled: Sequence[Pair], unlabelled: Sequence[float]) -> bool:
    """Whether all values lie in [0, 1]."""
    known = all(0 <= y <= 1 and 0 <= f <= 1 for y, f in set(labelled))
    return known and all(0 <= f <= 1 for f in set(unlabelled))


def classic(
    labelled: Sequence[Pair], unlabelled: Sequence[float], *, tuned: bool = False
) -> Classic:
    """Return the textbook estimate and error, from variances of the population.

    `SE^2 = w^2 var(F')/N + var(Y - w F)/n`; tuned
    `w = cov(Y, F) / ((1 + n/N) var(F and F'))`, kept in [0, 1].
    Raises ValueError without labelled or without unlabelled answers.
    Source: see `prediction_powered`.
    """
    if not labelled or not unlabelled:
        raise ValueError("there must be labelled and unlabelled answers")
    pairs = _Moments.of(labelled, len(labelled), 0.0)
    alone = _Moments.of([(f, f) for f in unlabelled], len(unlabelled), 0.0)
    weight = pairs.weight(alone) if tuned else 1.0
    value = weight * alone.mean_f + pairs.mean_y - weight * pairs.mean_f
    variance = weight**2 * alone.var_f / alone.n + pairs.rest(weight) / pairs.n
    return Classic(value, math.sqrt(variance), weight)


@dataclass(frozen=True, slots=True)
class _Spread:
    centre: float
    error: float
    freedom: float
    variance_of_one: float
    """Of what people find of a single answer."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """Both parts with their clusters."""

    labelled: Sequence[Pair]
    unlabelled: Sequence[float]
    mine: Sequence[Hashable]
    others: Sequence[Hashable]

    bounded: bool
    """Whether all values lie in [0, 1]."""

    def spread(self, weight: float, *, tuned: bool, z: float) -> _Spread:
        """Return centre, error and degrees of freedom of the interval.

        `weight` is that of the sample as it is, by which design effects are measured.
        """
        n = _effective([y - weight * f for y, f in self.labelled], self.mine)
        others = _effective(self.unlabelled, self.others)
        pairs = _Moments.of(self.labelled, n, 0.5 if self.bounded else 0.0)
        alone = _Moments.of([(f, f) for f in self.unlabelled], others, 0.0)
        lost = 0
        if self.bounded:
            alone = alone.joined(_Moments(z * z, 0.5, 0.5, 0.25, 0.25, 0.25))
        else:
            lost = 1
        chosen = pairs.weight(alone) if tuned else 1.0
        judged = chosen**2 * alone.var_f / max(alone.n - lost, 1.0)
        people = pairs.rest(chosen) / max(pairs.n - lost * (2 if tuned else 1), 1.0)
        total = judged + people + self._shared(chosen)
        parts = judged**2 / max(others - 1, 1.0) + people**2 / max(n - 1, 1.0)
        freedom = max(1.0, (judged + people) ** 2 / parts) if parts > 0 else math.inf
        centre = chosen * alone.mean_f + pairs.mean_y - chosen * pairs.mean_f
        return _Spread(centre, math.sqrt(total), freedom, pairs.var_y)

    def _shared(self, weight: float) -> float:
        """Return what clusters with labelled and unlabelled answers add to the variance."""
        both = set(self.mine) & set(self.others)
        if not both:
            return 0.0
        rest = [y - weight * f for y, f in self.labelled]
        ours = _sums(rest, self.mine)
        theirs = _sums([weight * f for f in self.unlabelled], self.others)
        product = math.fsum(ours[cluster] * theirs[cluster] for cluster in both)
        return max(0.0, 2 * product / (len(self.labelled) * len(self.unlabelled)))


@dataclass(frozen=True, slots=True)
class _Moments:
    """Means and population variances of pairs, on an effective number of them."""

    n: float
    mean_y: float
    mean_f: float
    var_y: float
    var_f: float
    cov: float

    @classmethod
    def of(cls, pairs: Sequence[Pair], n: float, added: float) -> _Moments:
        """Return the moments of pairs that count as `n`, with `added` of each corner of 0 and 1."""
        scale = n / len(pairs)
        counts = {pair: scale * number for pair, number in Counter(pairs).items()}
        if added:
            for corner in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)):
                counts[corner] = counts.get(corner, 0.0) + added
        total = n + 4 * added
        mean_y = math.fsum(number * y for (y, _), number in counts.items()) / total
        mean_f = math.fsum(number * f for (_, f), number in counts.items()) / total
        apart = [(y - mean_y, f - mean_f, number) for (y, f), number in counts.items()]
        return cls(
            n=total,
            mean_y=mean_y,
            mean_f=mean_f,
            var_y=math.fsum(number * y * y for y, _, number in apart) / total,
            var_f=math.fsum(number * f * f for _, f, number in apart) / total,
            cov=math.fsum(number * y * f for y, f, number in apart) / total,
        )

    def joined(self, other: _Moments) -> _Moments:
        """Return the moments of both samples of judgements together."""
        total = self.n + other.n
        mean = (self.n * self.mean_f + other.n * other.mean_f) / total
        between = self.n * other.n * (self.mean_f - other.mean_f) ** 2 / (total * total)
        variance = (self.n * self.var_f + other.n * other.var_f) / total + between
        return _Moments(total, mean, mean, variance, variance, variance)

    def rest(self, weight: float) -> float:
        """Return the variance of `Y - w F`."""
        return max(0.0, self.var_y - 2 * weight * self.cov + weight**2 * self.var_f)

    def weight(self, alone: _Moments) -> float:
        """Return the weight of the least variance, in [0, 1]."""
        variance = self.joined(alone).var_f
        if variance <= 0:
            return 0.0
        return min(1.0, max(0.0, self.cov / ((1 + self.n / alone.n) * variance)))


def _effective(values: Sequence[float], clusters: Sequence[Hashable]) -> float:
    """Return the effective number of values, whose variance is the one that was measured."""
    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / len(values)
    return effective_number(values, clusters, variance=variance)


def _sums(values: Sequence[float], clusters: Sequence[Hashable]) -> dict[Hashable, float]:
    mean = math.fsum(values) / len(values)
    sums: dict[Hashable, float] = {}
    for value, cluster in zip(values, clusters, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + value - mean
    return sums


def _clusters(given: Sequence[Hashable] | None, n: int, what: str) -> Sequence[Hashable]:
    if given is None:
        return [(what, place) for place in range(n)]
    if len(given) != n:
        raise ValueError(f"every {what} answer needs its cluster")
    return given
