"""Verdicts on drawn answers -> the share of all answers that adhere, with its interval. Pure.

Each stratum counts with its population, and a judge's error is taken out: see
`charter.estimates.drawn`.

Answers of which nothing is kept cannot be judged. The figure speaks of the others, says which share
those are, and `bounds` holds whatever the rest would turn out to be: `[(1-M) low, (1-M) high + M]`
with the share M that is not known, from above where it is an estimate itself.
Source of the bounds: Manski 1989, J. Hum. Resour. 24, 343-360.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from charter.estimates.drawn import (
    COUNTS,
    Basis,
    Judged,
    JudgeErrors,
    Part,
    best,
    counted,
    weighted,
)
from charter.estimates.estimate import Estimate, Refused
from charter.estimates.interval import ENOUGH, Interval
from charter.govern.counted import counted as counted_noun
from charter.govern.sampling.strata import UNKEPT, section_of
from charter.records.sample import Stratum

NO_SECTION = "(no section)"
"""Names the answers held against no section: no section has such an id, and they are not all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A drawn answer, and what was said of it: True adheres, False violates, None says nothing."""

    stratum: str
    judge: bool | None = None
    people: bool | None = None
    lost: bool = False
    """Nothing is kept of it any more, or the judge could not say: it will get no verdict."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a sample says of one row: all answers, or those of a section."""

    name: str
    """Of the section, or `NO_SECTION`; empty for all."""
    population: int
    drawn: int
    judged: int
    """With a verdict that counts."""
    lost: int
    """Drawn, and without a verdict for good."""
    waiting: int
    """Drawn, and not judged yet."""
    estimate: Estimate | Refused
    """Of the answers that can be judged, or why there is none."""
    basis: Basis | None
    covered: float
    """Share of the population that the estimate speaks of."""
    bounds: Interval
    """Holds the share of the whole population, whatever the rest would turn out to be."""


Verdicts: TypeAlias = Mapping[str, Sequence[Answer]]


def figures(
    strata: Sequence[Stratum], answers: Sequence[Answer], errors: JudgeErrors | Refused
) -> tuple[Figure, ...]:
    """Return the figure of all answers, then that of each section, by name.

    `errors` are those of the judge, or why its word does not count. Raises ValueError for an answer
    of no stratum.
    """
    by_stratum: dict[str, list[Answer]] = {each.name: [] for each in strata}
    for answer in answers:
        if answer.stratum not in by_stratum:
            raise ValueError(f"an answer of {answer.stratum!r}, which is no stratum")
        by_stratum[answer.stratum].append(answer)
    sections = sorted({section_of(each.name) for each in strata})
    rows = [_figure("", strata, by_stratum, errors)]
    for section in sections:
        mine = [each for each in strata if section_of(each.name) == section]
        rows.append(_figure(section or NO_SECTION, mine, by_stratum, errors))
    return tuple(rows)


def _figure(
    name: str, strata: Sequence[Stratum], verdicts: Verdicts, errors: JudgeErrors | Refused
) -> Figure:
    population = sum(each.population for each in strata)
    trusted = isinstance(errors, JudgeErrors)
    mine = {
        each.name: [a if trusted else replace(a, judge=None) for a in verdicts[each.name]]
        for each in strata
        if not each.name.endswith(UNKEPT)
    }
    found, basis = _best(strata, mine, errors)
    parts = counted(_parts(strata, mine), basis)
    judged = sum(len(part.answers) for part in parts)
    settled = sum(not _waits(each) for answers in mine.values() for each in answers)
    drawn = sum(each.drawn for each in strata)
    covered = math.fsum(part.weight for part in parts) / population if population else 0.0
    bounds = Interval(0.0, 1.0)
    if isinstance(found, Refused):
        covered = 0.0
    else:
        least = _least_covered(strata, mine, basis, covered)
        high = found.interval.high * least + max(0.0, 1 - least)
        bounds = Interval(found.interval.low * least, min(1.0, high))
    return Figure(
        name=name,
        population=population,
        drawn=drawn,
        judged=judged,
        lost=settled - judged,
        waiting=drawn - settled,
        estimate=found,
        basis=basis,
        covered=covered,
        bounds=bounds,
    )


def _best(
    strata: Sequence[Stratum], verdicts: Verdicts, errors: JudgeErrors | Refused
) -> tuple[Estimate | Refused, Basis]:
    """Return the estimate on the best basis there is, where enough answers have a verdict."""
    parts = _parts(strata, verdicts)
    found, basis = best(parts, errors, finite=True)
    n = sum(len(part.answers) for part in counted(parts, basis))
    if n >= ENOUGH or basis is Basis.LABELS:
        return found, basis
    if basis is Basis.CALIBRATION:
        have = "answer has" if n == 1 else "answers have"
        return Refused(f"{n} {have} a verdict, and {ENOUGH} are needed"), basis
    few = f"people judged {counted_noun(n, 'answer')}, and {ENOUGH} are needed"
    why = errors.reason if isinstance(errors, Refused) else ""
    return Refused("; ".join(filter(None, (why, few))), n), basis


def _parts(strata: Sequence[Stratum], verdicts: Verdicts) -> list[Part]:
    """Return the strata with what can be said of them by now."""
    parts = []
    for stratum in strata:
        settled = [each for each in verdicts.get(stratum.name, ()) if not _waits(each)]
        if settled:
            said = [Judged(each.judge, each.people) for each in settled]
            parts.append(Part(float(stratum.population), said))
    return parts


def _least_covered(
    strata: Sequence[Stratum], verdicts: Verdicts, basis: Basis, covered: float
) -> float:
    """Return the share that can be judged, from below: with lost answers it is a figure too."""
    counts = COUNTS[basis]
    parts = _parts(strata, verdicts)
    if all(counts(each) for part in parts for each in part.answers):
        return covered
    known = sum(part.weight for part in parts) / sum(each.population for each in strata)
    return min(covered, known * weighted(parts, counts, finite=True).interval.low)


def _waits(answer: Answer) -> bool:
    return answer.judge is None and answer.people is None and not answer.lost
