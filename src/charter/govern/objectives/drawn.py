"""Answers drawn by chance, as people and judges found them -> the share of good ones.

Answers count by the number they stand for: strata are put together by their population. Where a
judge speaks, its error is taken out: by answers of the same sample that people judged as well, or
by its calibration. What is left uncorrected is shown, and may neither alarm nor spend a budget.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from charter.estimates.estimate import LIKE_THESE, Corrected, Estimate, Refused
from charter.estimates.interval import wilson
from charter.estimates.prediction_powered import LEAST, prediction_powered
from charter.estimates.rogan_gladen import Counts, rogan_gladen
from charter.estimates.stratified import stratified
from charter.govern.objectives.indicator import Answer, Drawn
from charter.govern.objectives.measure import Measure

NOTHING = Measure(0, 0, None, exact=False)


@dataclass(frozen=True, slots=True)
class Errors:
    """How a judge did on labelled answers: right ones and all, of violations and of the others."""

    sensitivity: Counts
    """Of answers that people found violated."""
    specificity: Counts
    """Of answers that people found in accord."""


@dataclass(slots=True)
class _Stratum:
    """What is known of the answers of one stratum."""

    weight: float = 0.0
    """Answers that those drawn stand for, the unjudged included."""
    people: list[tuple[float, bool]] = field(default_factory=list)
    """Weight and finding of answers that people judged."""
    judge: list[tuple[float, bool]] = field(default_factory=list)
    pairs: list[tuple[bool, bool]] = field(default_factory=list)
    """People, and the judge."""
    alone: list[bool] = field(default_factory=list)
    """The judge, of answers that no person judged."""


def measure_of(
    answers: Sequence[Answer], indicator: Drawn, errors: Mapping[str, Errors]
) -> Measure:
    """Return the share of good answers, by the best evidence there is.

    In this order: the judge corrected by labels of each stratum, at least `LEAST` there; what
    people alone say, where they judged as many; the judge corrected by its calibration; what few
    people say; last the raw verdicts, which are not fit. `errors` are those of calibrations, by id.
    """
    strata, calibrations = _gathered(answers, indicator)
    if not strata:
        return NOTHING
    labelled = sum(len(each.people) for each in strata)
    judged = sum(len(each.judge) for each in strata)
    missing = len(answers) - sum(len(e.people) + len(e.alone) for e in strata)
    note = f"{missing} of {len(answers)} answers not judged" if missing else ""
    if judged and labelled:
        powered = _powered(strata)
        if powered is not None:
            return _measure(strata, powered, "judge", note)
    if labelled >= LEAST or (labelled and not judged):
        return _measure(strata, _plain(strata, "people"), "people", note)
    if not judged:
        return NOTHING
    raw = _plain(strata, "judge")
    found = _calibrated(raw, _effective(strata), calibrations, errors)
    if isinstance(found, Corrected):
        return _measure(strata, found, "judge", note)
    if labelled:
        return _measure(strata, _plain(strata, "people"), "people", note)
    why = "; ".join(part for part in (f"the judge is not calibrated: {found}", note) if part)
    bad = sum(finding for each in strata for _, finding in each.judge)
    return Measure(bad, judged, raw, exact=False, fit=False, note=why)


def _gathered(answers: Sequence[Answer], indicator: Drawn) -> tuple[list[_Stratum], set[str]]:
    """Return strata in which something was found, and the calibrations of the judges."""
    strata: dict[str, _Stratum] = {}
    calibrations: set[str] = set()
    for answer in sorted(answers, key=lambda each: each.decision):
        stratum = strata.setdefault(answer.stratum, _Stratum())
        stratum.weight += answer.weight
        people, said = indicator.people(answer), indicator.judge(answer)
        if people is not None:
            stratum.people.append((answer.weight, people))
        if said is not None:
            calibrations.add(said[0])
            stratum.judge.append((answer.weight, said[1]))
            if people is None:
                stratum.alone.append(said[1])
            else:
                stratum.pairs.append((people, said[1]))
    found = [each for _, each in sorted(strata.items()) if each.people or each.judge]
    return found, calibrations


def _measure(strata: Sequence[_Stratum], good: Estimate, by: str, note: str) -> Measure:
    findings = [finding for each in strata for _, finding in getattr(each, by)]
    return Measure(sum(findings), len(findings), good, exact=False, note=note)


def _plain(strata: Sequence[_Stratum], by: str) -> Estimate:
    """Return the share of good answers, each stratum by what it stands for.

    A stratum in which `by` said nothing is left out: what is known speaks for it.
    """
    parts = [(each.weight, _share(getattr(each, by))) for each in strata if getattr(each, by)]
    return stratified(parts)


def _share(findings: Sequence[tuple[float, bool]]) -> Estimate:
    """Return the weighted share of good findings, with Wilson's interval of an effective number.

    The effective number is `(sum w)^2 / sum w^2` (Kish 1965, Survey Sampling, section 11.7).
    """
    weight = math.fsum(each for each, _ in findings)
    good = math.fsum(each for each, bad in findings if not bad) / weight
    effective = weight**2 / math.fsum(each**2 for each, _ in findings)
    return Estimate(
        value=min(1.0, good),
        interval=wilson(min(good * effective, effective), effective),
        method="Wilson, by strata",
        population=LIKE_THESE,
        n=len(findings),
        clusters=len(findings),
        effective=effective,
    )


def _powered(strata: Sequence[_Stratum]) -> Corrected | None:
    """Return the judge's share corrected stratum by stratum; None where one has too few labels."""
    parts: list[tuple[float, Estimate]] = []
    for each in strata:
        pairs = [(float(not people), float(not judge)) for people, judge in each.pairs]
        found = prediction_powered(pairs, [float(not judge) for judge in each.alone])
        if isinstance(found, Refused):
            return None
        parts.append((each.weight, found))
    whole = stratified(parts)
    return whole if isinstance(whole, Corrected) else None


def _effective(strata: Sequence[_Stratum]) -> float:
    """Return how many answers drawn plainly would tell as much about the share of the judge.

    `P (1 - P) / sum of W_h^2 p_h (1 - p_h) / n_h`, each share with one success and one failure
    more, so that it is defined where a stratum, or all, has but one kind.
    Source: Kish 1965, Survey Sampling, section 8.2, with the addition of Agresti and Caffo 2000,
    Am. Stat. 54, 280-288.
    """
    heard = [each for each in strata if each.judge]
    total = math.fsum(each.weight for each in heard)
    share = variance = 0.0
    for each in heard:
        found = _share(each.judge)
        weight, n = each.weight / total, found.effective
        bad = ((1 - found.value) * n + 1) / (n + 2)
        share += weight * bad
        variance += weight**2 * bad * (1 - bad) / n
    return min(float(sum(len(each.judge) for each in heard)), share * (1 - share) / variance)


def _calibrated(
    raw: Estimate, effective: float, calibrations: set[str], errors: Mapping[str, Errors]
) -> Corrected | str:
    """Return the share with the error of a calibrated judge taken out, or why there is none."""
    if len(calibrations) != 1:
        return "several judges, or versions of one, gave the verdicts"
    (calibration,) = calibrations
    known = errors.get(calibration)
    if known is None:
        return "there is no calibration of it in this ledger"
    bad = rogan_gladen(
        min((1 - raw.value) * effective, effective),
        effective,
        sensitivity=known.sensitivity,
        specificity=known.specificity,
    )
    if isinstance(bad, Refused):
        return bad.reason
    return Corrected(
        value=1 - bad.value,
        interval=bad.interval.mirrored(),
        method=bad.method,
        population=bad.population,
        n=raw.n,
        clusters=raw.n,
        effective=bad.effective,
        confidence=bad.confidence,
        raw=raw.value,
        labelled=bad.labelled,
    )
