"""Answers drawn by chance, as people and judges found them -> the share of good ones.

Estimated as `charter sample estimate` does: see `charter.estimates.drawn`. An objective speaks of
answers like those of its window, so that no population counts as known whole. What is left
uncorrected is shown, and may neither alarm nor spend a budget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from charter.estimates.drawn import (
    Basis,
    Judged,
    JudgeErrors,
    Part,
    best,
    by_judge,
    by_people,
    counted,
)
from charter.estimates.estimate import Estimate, Refused
from charter.govern.counted import counted as counted_noun
from charter.govern.objectives.guard import ALPHA
from charter.govern.objectives.indicator import Answer, Drawn
from charter.govern.objectives.measure import Measure
from charter.govern.oversight.truth import caution

NOTHING = Measure(0, 0, None, exact=False)
ONE_SIDED = 1 - 2 * ALPHA
"""Confidence of an interval either end of which is wrong with the chance `ALPHA`."""


@dataclass(slots=True)
class _Stratum:
    """What is known of the answers of one stratum."""

    weight: float = 0.0
    """Answers that those drawn stand for, the unjudged included."""
    judged: list[Judged] = field(default_factory=list)


def measure_of(
    answers: Sequence[Answer], indicator: Drawn, errors: Mapping[str, JudgeErrors]
) -> Measure:
    """Return the share of good answers, by the best evidence there is.

    Where nothing can be taken out of what a judge says, people count alone, however few; without
    any of them its raw verdicts, which are not fit. `errors` are those of calibrations, by id.
    """
    parts, calibrations = _gathered(answers, indicator)
    if not parts:
        return NOTHING
    missing = len(answers) - sum(len(part.answers) for part in parts)
    note = f"{missing} of {counted_noun(len(answers), 'answer')} not judged" if missing else ""
    known = _known(calibrations, errors)
    found, basis = best(parts, known, finite=False)
    sure, _ = best(parts, known, finite=False, confidence=ONE_SIDED)
    if isinstance(found, Refused) and counted(parts, Basis.PEOPLE):
        found, basis = by_people(parts, finite=False), Basis.PEOPLE
        sure = by_people(parts, finite=False, confidence=ONE_SIDED)
    if isinstance(found, Estimate) and isinstance(sure, Estimate):
        doubt = "" if basis is Basis.CALIBRATION else _doubt(answers, indicator)
        said = "; ".join(filter(None, (note, doubt)))
        return _measure(parts, found, basis, note=said, sure=sure)
    reason = found.reason if isinstance(found, Refused) else ""
    why = "; ".join(part for part in (f"the judge is not calibrated: {reason}", note) if part)
    return _measure(parts, by_judge(parts), Basis.CALIBRATION, note=why)


def _doubt(answers: Sequence[Answer], indicator: Drawn) -> str:
    """Return what is to be said of people whose word counts: see `oversight.truth`."""
    counts = [each for each in answers if indicator.people(each) is not None]
    people = {said.by: said.tested for each in counts for said in each.opinions}
    return caution(people, {name for name, tested in people.items() if tested})


def _gathered(answers: Sequence[Answer], indicator: Drawn) -> tuple[list[Part], set[str]]:
    """Return strata in which something was found, and the calibrations of the judges.

    Verdicts that rely on no calibration count for nothing where others rely on one: they were
    recorded with the warning that no estimate would rest on them.
    """
    strata: dict[str, _Stratum] = {}
    verdicts = {id(each): indicator.judge(each) for each in answers}
    every = {said[0] for said in verdicts.values() if said is not None}
    calibrations = every - {""} or every
    for answer in sorted(answers, key=lambda each: each.decision):
        stratum = strata.setdefault(answer.stratum, _Stratum())
        stratum.weight += answer.weight
        people, said = indicator.people(answer), verdicts[id(answer)]
        if said is not None and said[0] not in calibrations:
            said = None
        if people is not None or said is not None:
            judge = None if said is None else not said[1]
            good = None if people is None else not people
            stratum.judged.append(Judged(judge, good, answer.weight))
    found = [Part(each.weight, each.judged) for _, each in sorted(strata.items()) if each.judged]
    return found, calibrations


def _known(calibrations: set[str], errors: Mapping[str, JudgeErrors]) -> JudgeErrors | Refused:
    """Return the errors of the judge, or why they are not known."""
    if len(calibrations) != 1:
        return Refused("several judges, or versions of one, gave the verdicts")
    known = errors.get(*calibrations)
    return known or Refused("there is no calibration of it in this ledger")


def _measure(
    parts: Sequence[Part], good: Estimate, basis: Basis, *, note: str, sure: Estimate | None = None
) -> Measure:
    """Return an estimate with the findings that it rests on, as they were counted.

    Without an estimate that one can be `sure` of, it is not fit.
    """
    every = [each for part in counted(parts, basis) for each in part.answers]
    said = [each.people if basis is Basis.PEOPLE else each.judge for each in every]
    return Measure(
        bad=said.count(False),
        total=len(said),
        good=good,
        exact=False,
        fit=sure is not None,
        note=note,
        bad_at_least=None if sure is None else 1 - sure.interval.high,
    )
