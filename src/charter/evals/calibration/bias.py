"""What a judge's errors go with, although it should not matter: length, place, order, section.

Errors are compared among answers of the same truth only. Where short answers happen to be the bad
ones, a judge that errs by chance would else seem to have a bias.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from charter.evals.calibration.agree import NOTHING, Measured
from charter.evals.calibration.answer import Answer
from charter.evals.calibration.exact import Stratum, exact_p, permuted_ps
from charter.evals.calibration.rate import Rate, rate
from charter.evals.calibration.resample import Floats, percentiles
from charter.evals.calibration.scale import DISPUTED, Scale
from charter.evals.estimates.interval import Interval, wilson
from charter.evals.estimates.multiplicity import benjamini_hochberg, holm
from charter.records import CalibrationItem

ALPHA = 0.05
MOST_APART = 0.1
"""Share of conversations that may lie in two groups, and still change places as a whole."""


@dataclass(frozen=True, slots=True)
class LengthBias:
    """Whether longer answers are judged more kindly than shorter ones of the same truth.

    The thirds are those of each truth: the longest third of the bad answers and of the good ones.
    """

    slope: Measured
    """Change of the lean (1 too kind, -1 too harsh) when the answer is twice as long."""
    difference: Measured
    """Lean of the longest third less that of the shortest, truths weighted by their answers."""
    error_rates: tuple[Rate, Rate, Rate]
    """Wrong verdicts in the shortest, middle and longest third."""


@dataclass(frozen=True, slots=True)
class OrderBias:
    """Whether the verdict hangs on the order in which the options were shown."""

    flips: Rate
    """Answers with another verdict when the options were reversed."""
    difference: Measured
    """Share judged kindly with the options reversed, less that without, on the same answers."""


@dataclass(frozen=True, slots=True)
class Group:
    """The errors on the answers that have something in common."""

    name: str
    errors: int
    decided: int
    failed: int
    interval: Interval | None
    """Wilson 95 % of the share of errors."""
    too_kind: int
    too_harsh: int
    p: float
    """That the group is judged as well as the others: answers of one truth compared, and several
    answers to one conversation not taken for independent."""
    holm: float
    """The same, accounting for all groups of the dimension: for a claim about one."""
    discovery: float
    """By Benjamini and Hochberg: for a list of groups to look at."""

    @property
    def differs(self) -> bool:
        """Whether its errors differ from those elsewhere, with 5 % for all groups together."""
        return self.holm < ALPHA

    @property
    def suspected(self) -> bool:
        """Whether it belongs on a list of which 5 % may be there by chance."""
        return self.discovery < ALPHA


@dataclass(frozen=True, slots=True)
class Dimension:
    """All groups of one kind, such as sections."""

    name: str
    groups: tuple[Group, ...]


DIMENSIONS: tuple[tuple[str, Callable[[CalibrationItem], str]], ...] = (
    ("section", lambda item: item.section or "-"),
    ("authority", lambda item: item.authority or "none"),
    ("outcome", lambda item: item.expected or "any"),
    ("position", lambda item: ("first", "second", "third or later")[min(item.position, 2)]),
    ("wording", lambda item: "elided" if item.elided else "literal"),
)


def dimensions(answers: Sequence[Answer], scale: Scale) -> tuple[Dimension, ...]:
    """Return the errors by each thing answers have in common; none where all have the same."""
    known = [answer for answer in answers if answer.truth != DISPUTED]
    found = []
    for name, key in DIMENSIONS:
        groups: dict[str, list[Answer]] = {}
        for answer in known:
            groups.setdefault(key(answer.item), []).append(answer)
        if len(groups) > 1:
            found.append(Dimension(name, _groups(groups, known, scale)))
    return tuple(found)


def _groups(
    groups: dict[str, list[Answer]], known: Sequence[Answer], scale: Scale
) -> tuple[Group, ...]:
    names = sorted(groups)
    ps = _ps([groups[name] for name in names], known, scale)
    by_holm, by_rate = holm(ps), benjamini_hochberg(ps)
    return tuple(
        _group(name, groups[name], (p, one, other))
        for name, p, one, other in zip(names, ps, by_holm, by_rate, strict=True)
    )


def _ps(groups: Sequence[Sequence[Answer]], known: Sequence[Answer], scale: Scale) -> list[float]:
    """Return for each group the p-value that it is judged as well as the others.

    Where conversations with several answers lie in one group, as those of a section do, they change
    places as a whole. Otherwise the exact test takes answers for independent.
    """
    left = _residuals(known)
    units = [_by_cluster(group, left) for group in groups]
    clusters = {answer.cluster for answer in known}
    apart = sum(map(len, units)) - len(clusters)
    if len(known) == len(clusters) or apart > MOST_APART * len(clusters):
        return [exact_p(_strata(group, known, scale)) for group in groups]
    return permuted_ps(units)


def _residuals(known: Sequence[Answer]) -> dict[str, float]:
    """Return the error of each decided answer less the share of errors on its truth."""
    found = {}
    for truth in {answer.truth for answer in known}:
        mine = [answer for answer in known if answer.truth == truth and answer.right is not None]
        wrong = sum(not answer.right for answer in mine)
        for answer in mine:
            found[answer.item.item] = (not answer.right) - wrong / len(mine)
    return found


def _by_cluster(group: Sequence[Answer], left: dict[str, float]) -> list[float]:
    sums: dict[str, list[float]] = {}
    for answer in group:
        sums.setdefault(answer.cluster, []).append(left.get(answer.item.item, 0.0))
    return [math.fsum(sums[cluster]) for cluster in sorted(sums)]


def _group(name: str, answers: Sequence[Answer], ps: tuple[float, float, float]) -> Group:
    decided = [answer for answer in answers if answer.right is not None]
    errors = sum(not answer.right for answer in decided)
    return Group(
        name=name,
        errors=errors,
        decided=len(decided),
        failed=len(answers) - len(decided),
        interval=wilson(errors, len(decided)) if decided else None,
        too_kind=sum(answer.lean > 0 for answer in decided),
        too_harsh=sum(answer.lean < 0 for answer in decided),
        p=ps[0],
        holm=ps[1],
        discovery=ps[2],
    )


def _strata(group: Sequence[Answer], known: Sequence[Answer], scale: Scale) -> list[Stratum]:
    def counts(answers: Sequence[Answer], truth: str) -> tuple[int, int]:
        mine = [a.right for a in answers if a.truth == truth and a.right is not None]
        return mine.count(False), len(mine)

    return [Stratum(*counts(group, truth), *counts(known, truth)) for truth in scale.labels]


def length_bias(answers: Sequence[Answer]) -> LengthBias | None:
    """Return how the lean goes with length; None with too few answers to say anything."""
    decided = [a for a in answers if a.verdict is not None and a.truth != DISPUTED]
    lengths = {answer.item.characters for answer in decided}
    if len(decided) < 6 or len(lengths) < 2:
        return None
    truths = {truth: place for place, truth in enumerate(sorted({a.truth for a in decided}))}
    clusters = {name: place for place, name in enumerate(sorted({a.cluster for a in decided}))}
    third_of = _thirds(decided)
    slopes = np.zeros((len(clusters), len(truths), 5))
    thirds = np.zeros((len(clusters), len(truths), 3, 2))
    for answer in decided:
        at, truth = clusters[answer.cluster], truths[answer.truth]
        x, e = math.log2(max(1, answer.item.characters)), answer.lean
        slopes[at, truth] += (1, x, x * x, e, x * e)
        thirds[at, truth, third_of[answer.item.item]] += (1, e)

    def errors(third: int) -> Rate:
        mine = [answer for answer in decided if third_of[answer.item.item] == third]
        return rate([not answer.right for answer in mine], [answer.cluster for answer in mine])

    return LengthBias(
        slope=_measured(slopes, _slope),
        difference=_measured(thirds, _difference),
        error_rates=(errors(0), errors(1), errors(2)),
    )


def _thirds(decided: Sequence[Answer]) -> dict[str, int]:
    """Return for each answer the third, by length, of the answers with its truth."""
    found = {}
    for truth in {answer.truth for answer in decided}:
        mine = [answer for answer in decided if answer.truth == truth]
        mine.sort(key=lambda answer: (answer.item.characters, answer.item.item))
        for rank, answer in enumerate(mine):
            found[answer.item.item] = 3 * rank // len(mine)
    return found


def _measured(sums: Floats, statistic: Callable[[Floats], Floats]) -> Measured:
    """Return a figure of sums over clusters, which come with the cluster as their first axis."""
    shape = sums.shape[1:]
    flat = sums.reshape(len(sums), -1)
    value = float(statistic(flat.sum(axis=0).reshape(1, *shape))[0])
    if not math.isfinite(value):
        return NOTHING

    def drawn(totals: Floats) -> Floats:
        return statistic(totals.reshape(-1, *shape))[:, None]

    return Measured(value, percentiles(flat, drawn)[0])


def _slope(sums: Floats) -> Floats:
    """Return the common slope within truths: least squares with an intercept for each."""
    n, x, xx, e, xe = (sums[..., place] for place in range(5))
    with np.errstate(divide="ignore", invalid="ignore"):
        across = np.where(n > 0, xe - x * e / n, 0.0).sum(axis=-1)
        along = np.where(n > 0, xx - x * x / n, 0.0).sum(axis=-1)
        found: Floats = across / np.where(along > 1e-9, along, np.nan)
    return found


def _difference(sums: Floats) -> Floats:
    """Return longest less shortest third within each truth, weighted by the answers of each."""
    counts, leans = sums[..., 0], sums[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = leans / counts
        differences = means[..., 2] - means[..., 0]
        weights = np.where(np.isfinite(differences), counts.sum(axis=-1), 0.0)
        total = np.where(weights > 0, weights * np.nan_to_num(differences), 0.0).sum(axis=-1)
        found: Floats = total / weights.sum(axis=-1)
    return found


def order_bias(answers: Sequence[Answer], scale: Scale) -> OrderBias | None:
    """Compare the verdicts with the options in either order; None unless both were shown."""
    pairs = []
    for answer in answers:
        by_order: dict[bool, str | None] = {}
        for sample in answer.samples:
            by_order.setdefault(sample.flipped, sample.verdict)
        if len(by_order) == 2:
            pairs.append((answer.cluster, by_order[False], by_order[True]))
    if not pairs:
        return None
    names = sorted({cluster for cluster, _, _ in pairs})
    clusters = {name: place for place, name in enumerate(names)}
    sums = np.zeros((len(clusters), 2))
    for cluster, plain, flipped in pairs:
        if plain is not None and flipped is not None:
            kinder = int(scale.is_sought(plain)) - int(scale.is_sought(flipped))
            sums[clusters[cluster]] += (1, kinder)

    def mean(totals: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = totals[..., 1] / totals[..., 0]
        return found

    flips = [None if None in (one, other) else one != other for _, one, other in pairs]
    return OrderBias(rate(flips, [cluster for cluster, _, _ in pairs]), _measured(sums, mean))
