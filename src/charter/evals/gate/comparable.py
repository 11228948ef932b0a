"""Two Results -> whether their difference says anything about the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from charter.evals.gate.pairs import Pairs
from charter.evals.report.wording import brief_text, percent, plural
from charter.evals.result import Result
from charter.evals.score import instruments
from charter.records.grading import GradingStarted
from charter.records.run import ScenarioPlanned

Wanted = Callable[[ScenarioPlanned], bool]


class Ground(StrEnum):
    """Why two runs cannot be set against each other."""

    SPEC = "spec"
    SUITE = "suite"
    GRADERS = "graders"
    JUDGES = "judges"
    UNCALIBRATED = "uncalibrated"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One such reason; a person may set it aside, and then every output says so."""

    ground: Ground
    text: str
    hint: str


def obstacles(base: Result, candidate: Result, pairs: Pairs, wanted: Wanted) -> Iterator[Obstacle]:
    """Yield what would let a difference come from something other than the model.

    `wanted` says which scenarios the gate is about: what differs elsewhere is no obstacle.
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
    yield from _judges(base, candidate, wanted)
    yield from _trusted(base, candidate, wanted)


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
        if result.judged and result.grading is not None and not result.grading.finished:
            yield f"The grading of the {which} is unfinished."
    shown = _shown(candidate)
    if shown is not None and shown < 1:
        yield (
            f"By their calibration the judges show {percent(max(0.0, shown))} of a difference on "
            "what they decide, where they err alike on both models: the margin counts as smaller "
            "by as much."
        )


def _shown(result: Result) -> float | None:
    """Return how much of a difference the judges show: sensitivity + specificity - 1."""
    errors = result.trust.errors if result.judged and result.trust is not None else None
    if errors is None or not (errors.sensitivity[1] and errors.specificity[1]):
        return None
    (right, of_right), (wrong, of_wrong) = errors.sensitivity, errors.specificity
    return right / of_right + wrong / of_wrong - 1


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
            (sum(map(wanted, pairs.altered)), "of one id but another content"),
            (sum(map(wanted, pairs.only_base)), "in the base only"),
            (sum(map(wanted, pairs.only_candidate)), "in the candidate only"),
        )
        if count
    ]
    if parts:
        yield Obstacle(
            Ground.SUITE,
            f"the sets of scenarios differ: {', '.join(parts)}",
            "measure both with one suite",
        )


def _judges(base: Result, candidate: Result, wanted: Wanted) -> Iterator[Obstacle]:
    judged = [_judged(result, wanted) for result in (base, candidate)]
    if not any(judged):
        return
    started = [result.grading.started if result.grading else None for result in (base, candidate)]
    if not all(judged) or _instrument(started[0]) != _instrument(started[1]):
        yield Obstacle(
            Ground.JUDGES,
            "the replies were judged by different judges, or in different ways",
            "grade both runs alike with `charter grade`",
        )


def _trusted(base: Result, candidate: Result, wanted: Wanted) -> Iterator[Obstacle]:
    """Yield what is known against the judges of either run."""
    for which, result in (("base", base), ("candidate", candidate)):
        if result.withheld and any(wanted(c.scenario) and c.scenario.rubric for c in result.cases):
            yield Obstacle(
                Ground.WITHHELD,
                f"the verdicts of the judges of the {which} are withheld: {result.withheld[0]}",
                "measure them with `charter calibrate`, grade again with --uncalibrated",
            )
        if result.trust is not None and result.uncalibrated and _judged(result, wanted):
            yield Obstacle(
                Ground.UNCALIBRATED,
                f"the {which} was graded by judges that are not known to be fit: "
                f"{result.trust.objections[0]}",
                "measure them with `charter calibrate`",
            )


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
        part
        for case in result.cases
        if case.score is not None and not case.score.grading and wanted(case.scenario)
        for part in instruments(case.score.grader)
    }
