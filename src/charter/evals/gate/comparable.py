"""Two Results -> whether their difference says anything about the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from charter.evals.gate.pairs import Pairs
from charter.evals.report.wording import brief_text, plural
from charter.evals.result import Result
from charter.records import GradingStarted, ScenarioPlanned

FIT = "fit"

Wanted = Callable[[ScenarioPlanned], bool]


class Ground(StrEnum):
    """Why two runs cannot be set against each other."""

    SPEC = "spec"
    SUITE = "suite"
    GRADERS = "graders"
    JUDGES = "judges"
    UNCALIBRATED = "uncalibrated"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One such reason; a person may set it aside, and then every output says so."""

    ground: Ground
    text: str
    hint: str


def obstacles(
    base: Result, candidate: Result, pairs: Pairs, wanted: Wanted, fitness: Mapping[str, str]
) -> Iterator[Obstacle]:
    """Yield what would let a difference come from something other than the model.

    `wanted` says which scenarios the gate is about: what differs elsewhere is no obstacle.
    `fitness` is what calibrations found, by their id.
    """
    yield from _spec(base, candidate, pairs, wanted)
    yield from _suite(pairs, wanted)
    checks = [_checks(result, wanted) for result in (base, candidate)]
    if all(checks) and checks[0] != checks[1]:
        named = " and by ".join(", ".join(sorted(found)) for found in checks)
        yield Obstacle(
            Ground.GRADERS,
            f"the replies were graded by different checks: by {named}",
            "measure the base again with this version",
        )
    yield from _judges(base, candidate, wanted, fitness)


def cautions(base: Result, candidate: Result) -> Iterator[str]:
    """Yield what else differs: the gate then decides on all of it together."""
    one, other = base.run, candidate.run
    if one.spec_digest != other.spec_digest:
        yield "The texts of the spec differ."
    for name in ("repeat", "max_tokens", "temperature", "seed"):
        values = getattr(one, name), getattr(other, name)
        if values[0] != values[1]:
            yield f"The setting {name} differs: {values[0]} and {values[1]}."
    if one.brief != other.brief:
        yield (
            f"The base was given {brief_text(one.brief)}; the candidate {brief_text(other.brief)}."
        )
    for which, result in (("base", base), ("candidate", candidate)):
        if result.finished_at is None:
            yield (
                f"The run of the {which} is unfinished. Looking at it is allowed: replies that "
                "are still to be made count as the worst they could be."
            )
        if result.grading is not None and not result.grading.finished:
            yield f"The grading of the {which} is unfinished."


def _spec(base: Result, candidate: Result, pairs: Pairs, wanted: Wanted) -> Iterator[Obstacle]:
    if base.run.spec_digest == candidate.run.spec_digest:
        return
    known = all(pair.scenario.basis for pair in pairs.pairs if wanted(pair.scenario))
    changed = sum(map(wanted, pairs.rebased))
    if known and not changed and not _judged(base, wanted) and not _judged(candidate, wanted):
        return  # the rules these scenarios test are the same, and no judge read the others
    what = f": {plural(changed, 'scenario')} test rules that changed" if changed else ""
    yield Obstacle(
        Ground.SPEC,
        f"the runs were measured against different texts of the spec{what}",
        "measure the base against the new text, e.g. with `charter eval --stale`",
    )


def _suite(pairs: Pairs, wanted: Wanted) -> Iterator[Obstacle]:
    parts = [
        f"{count} {words}"
        for count, words in (
            (sum(map(wanted, pairs.altered)), "have one id but another content"),
            (sum(map(wanted, pairs.only_base)), "are in the base only"),
            (sum(map(wanted, pairs.only_candidate)), "are in the candidate only"),
        )
        if count
    ]
    if parts:
        yield Obstacle(
            Ground.SUITE,
            f"the sets of scenarios differ: {', '.join(parts)}",
            "measure both with one suite",
        )


def _judges(
    base: Result, candidate: Result, wanted: Wanted, fitness: Mapping[str, str]
) -> Iterator[Obstacle]:
    sides = [("base", base), ("candidate", candidate)]
    judged = [_judged(result, wanted) for _, result in sides]
    if not any(judged):
        return
    started = [result.grading.started if result.grading else None for _, result in sides]
    if not all(judged) or _instrument(started[0]) != _instrument(started[1]):
        yield Obstacle(
            Ground.JUDGES,
            "the replies were judged by different judges, or in different ways",
            "grade both runs alike with `charter grade`",
        )
    for (which, _), grading in zip(sides, started, strict=True):
        lacking = _uncalibrated(grading, fitness) if grading else None
        if lacking:
            yield Obstacle(
                Ground.UNCALIBRATED,
                f"the {which} was graded by a judge {lacking}",
                "measure the judge with `charter calibrate`",
            )


def _uncalibrated(grading: GradingStarted, fitness: Mapping[str, str]) -> str | None:
    ids = [*grading.calibrations, *[""] * (len(grading.judges) - len(grading.calibrations))]
    for calibration in ids:
        found = fitness.get(calibration)
        if found is None:
            return "that is not calibrated"
        if found != FIT:
            return f"that its calibration found {found}" + (" only" if found == "screening" else "")
    return "although it was not known to be fit" if grading.uncalibrated else None


def _instrument(grading: GradingStarted | None) -> object:
    if grading is None:
        return None
    return (grading.judges, grading.samples, grading.rule, grading.spec_digest, grading.checks)


def _judged(result: Result, wanted: Wanted) -> bool:
    return any(
        case.judged or (case.score is not None and bool(case.score.grading))
        for case in result.cases
        if wanted(case.scenario)
    )


def _checks(result: Result, wanted: Wanted) -> set[str]:
    return {
        case.score.grader
        for case in result.cases
        if case.score is not None and not case.score.grading and wanted(case.scenario)
    }
