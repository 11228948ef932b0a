"""Verdicts on answers drawn by chance from strata -> the share of good ones, with its interval.

Each stratum counts by what it stands for, so that the estimate stays that of all answers however
unevenly they were drawn. What a judge says is never taken as it is: where people labelled a random
part of each stratum it is prediction-powered, else its error by calibration is taken out. What
people said counts as the truth.

Source: strata: Cochran 1977, Sampling Techniques, 3rd ed., 5.6; unequal weights: Kish 1965, Survey
Sampling, 11.7; the interval: Korn and Graubard 1998, Survey Methodology 24, 193-201; Franco et al.
2019, J. Surv. Stat. Methodol. 7, 334-364.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from charter.estimates.estimate import LIKE_THESE, Estimate, Refused
from charter.estimates.interval import Interval, clopper_pearson
from charter.estimates.prediction_powered import prediction_powered
from charter.estimates.rogan_gladen import Counts, rogan_gladen
from charter.estimates.stratified import stratified

DRAWN = 4
"""Answers by which a stratum's share is drawn towards that of all, in the variance alone."""
ADDED = 1
"""Good answers, and bad ones, that all strata together are taken to have more, each its part of
them by weight, in the variance alone: none of 200 bad is not as good as none at all."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of a drawn answer: True that it is good, False bad, None nothing."""

    judge: bool | None = None
    people: bool | None = None
    weight: float = 1.0
    """Answers that it stands for, in proportion to others of its stratum."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum."""

    weight: float
    """Answers that it stands for."""
    answers: Sequence[Judged]


@dataclass(frozen=True, slots=True)
class JudgeErrors:
    """How a judge did on labelled answers; numbers may be effective ones."""

    specificity: Counts
    """Of the answers that are good: those it left alone, and all."""
    sensitivity: Counts
    """Of the answers that are bad: those it found, and all."""


class Basis(StrEnum):
    """What a figure rests on."""

    PEOPLE = "people alone"
    LABELS = "a judge, corrected by people's labels of a random part"
    CALIBRATION = "a judge, corrected by its calibration"


COUNTS: Mapping[Basis, Callable[[Judged], bool]] = {
    Basis.PEOPLE: lambda answer: answer.people is not None,
    Basis.LABELS: lambda answer: answer.judge is not None,
    Basis.CALIBRATION: lambda answer: answer.judge is not None,
}
"""Whether an answer has the verdict that a basis needs."""


def best(
    parts: Sequence[Part],
    errors: JudgeErrors | Refused,
    *,
    finite: bool,
    confidence: float = 0.95,
) -> tuple[Estimate | Refused, Basis]:
    """Return the estimate on the best basis there is: people, labels, calibration, in this order.

    People alone where they judged every answer that anybody did. `errors` are those of the judge,
    or why nothing can be taken out of what it says. With `finite` a stratum is the whole of its
    answers, so that what was judged whole is known; else it is a draw from answers like these.
    """
    every = [each for part in parts for each in part.answers]
    said = [each for each in every if each.judge is not None or each.people is not None]
    if not said:
        return Refused(errors.reason if isinstance(errors, Refused) else ""), Basis.PEOPLE
    if all(each.people is not None for each in said):
        return by_people(parts, finite=finite, confidence=confidence), Basis.PEOPLE
    labelled = _by_labels(parts, finite=finite, confidence=confidence)
    if labelled is not None:
        return labelled, Basis.LABELS
    if isinstance(errors, Refused):
        return errors, Basis.CALIBRATION
    return _by_calibration(parts, errors, confidence), Basis.CALIBRATION


def by_people(parts: Sequence[Part], *, finite: bool, confidence: float = 0.95) -> Estimate:
    """Return the share of good answers as people found them, who judged one at least."""
    said = counted(parts, Basis.PEOPLE)
    return weighted(said, lambda each: bool(each.people), finite=finite, confidence=confidence)


def by_judge(parts: Sequence[Part]) -> Estimate:
    """Return the raw share of good answers as the judge found them: never fit to act upon.

    A judge errs by chance on a whole population too: none is `finite`.
    """
    return weighted(counted(parts, Basis.CALIBRATION), lambda each: bool(each.judge), finite=False)


def counted(parts: Sequence[Part], basis: Basis) -> list[Part]:
    """Return the strata with a verdict that counts, each weighed by what can be judged of it."""
    found = []
    for part in parts:
        mine = [each for each in part.answers if COUNTS[basis](each)]
        if mine:
            found.append(Part(part.weight * len(mine) / len(part.answers), mine))
    return found


def weighted(
    parts: Sequence[Part],
    is_good: Callable[[Judged], bool],
    *,
    finite: bool,
    confidence: float = 0.95,
) -> Estimate:
    """Return the share of good answers over strata, none of them empty.

    The interval is the exact one with the effective number `p (1-p) / V`, where V is the variance
    of the stratified mean, p and V with a few answers more: see `DRAWN` and `ADDED`. Without
    `finite` a population counts as endless. In simulations with 1 to 30 strata, of 3 answers and of
    100,000, it covers 93 to 99.5 %, where MOVER falls to 85 % with many strata near 100 %.
    """
    total = math.fsum(part.weight for part in parts)
    n = sum(len(part.answers) for part in parts)
    shares = [_share(part.answers, is_good) for part in parts]
    value = math.fsum(p.weight * share for p, (share, _) in zip(parts, shares, strict=True)) / total
    value = min(1.0, max(0.0, value))
    middle = (value * n + 1) / (n + 2)
    variance = math.fsum(
        _variance(part, share, number, middle, part.weight / total, finite=finite)
        for part, (share, number) in zip(parts, shares, strict=True)
    )
    if variance > 0:
        effective = middle * (1 - middle) / variance
        good = min(value * effective, effective)
        interval = clopper_pearson(good, effective, confidence=confidence)
        method = "stratified, exact with the effective number"
    else:
        effective, interval, method = float(n), Interval(value, value), "all of them"
    return Estimate(
        value=value,
        interval=Interval(min(interval.low, value), max(interval.high, value)),
        method=method,
        population=LIKE_THESE,
        n=n,
        clusters=n,
        effective=effective,
        confidence=confidence,
    )


def _share(answers: Sequence[Judged], is_good: Callable[[Judged], bool]) -> tuple[float, float]:
    """Return the weighted share of good ones, and the effective number `(sum w)^2 / sum w^2`."""
    total = math.fsum(each.weight for each in answers)
    good = math.fsum(each.weight for each in answers if is_good(each)) / total
    return good, total**2 / math.fsum(each.weight**2 for each in answers)


def _variance(  # noqa: PLR0913 - the terms of one formula
    part: Part, good: float, number: float, middle: float, weight: float, *, finite: bool
) -> float:
    """Return what a stratum, drawn without replacement, adds to the variance of the whole."""
    n, population = len(part.answers), part.weight
    if finite and n >= population - 1e-9:
        return 0.0
    more = ADDED * weight
    share = (number * good + DRAWN * middle + more) / (number + DRAWN + 2 * more)
    left = (population - n) / (population - 1) if finite else 1.0
    return weight**2 * share * (1 - share) / number * left


def _by_labels(parts: Sequence[Part], *, finite: bool, confidence: float) -> Estimate | None:
    """Return the estimate from people's labels; None where a stratum has too few of them."""
    rows: list[tuple[float, Estimate]] = []
    for part in counted(parts, Basis.LABELS):
        alone = [float(each.judge or False) for each in part.answers if each.people is None]
        if not alone:
            rows.append((part.weight, by_people([part], finite=finite, confidence=confidence)))
            continue
        pairs = [
            (float(each.people), float(each.judge or False))
            for each in part.answers
            if each.people is not None
        ]
        found = prediction_powered(pairs, alone, confidence=confidence)
        if isinstance(found, Refused):
            return None
        rows.append((part.weight, found))
    return stratified(rows) if rows else None


def _by_calibration(
    parts: Sequence[Part], errors: JudgeErrors, confidence: float
) -> Estimate | Refused:
    """Take the judge's error out of the weighted share of bad answers.

    Once for all: the error is the same in all strata, and correcting them one by one would count
    its uncertainty as if it were independent.
    """
    raw = by_judge(parts)
    found = rogan_gladen(
        min((1 - raw.value) * raw.effective, raw.effective),
        raw.effective,
        specificity=errors.specificity,
        sensitivity=errors.sensitivity,
        confidence=confidence,
    )
    if isinstance(found, Refused):
        return found
    return replace(
        found,
        value=1 - found.value,
        interval=found.interval.mirrored(),
        raw=1 - found.raw,
        n=raw.n,
        clusters=raw.n,
    )
