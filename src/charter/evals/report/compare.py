"""Two Results -> what differs, on the scenarios that both decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from charter.estimates.interval import ENOUGH
from charter.estimates.paired import Paired, paired
from charter.evals.calibration.find import spoken
from charter.evals.case import Case
from charter.evals.report.caution import UNFINISHED, cautions
from charter.evals.report.refusals import RefusalChange, Sides, refusal_change
from charter.evals.report.wording import brief_text
from charter.evals.result import Result
from charter.evals.row import Row
from charter.evals.score import DECIDED, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A scenario that both runs decided, and not alike."""

    first: Case
    """The first reply of each run that stands for its outcome; see `Comparison`."""
    second: Case
    first_mean: float
    """Share of decided replies that adhered: 0 or 1 without repeats."""
    second_mean: float

    @property
    def worse(self) -> bool:
        """Whether it went from adhered towards violated."""
        return self.second_mean < self.first_mean


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One group in both runs: each figure on its own scenarios, the difference on the common."""

    id: str
    title: str
    authority: str | None
    first: Row | None
    """None where the run has no such group."""
    second: Row | None
    paired: Paired
    """As graded: no judge's error is taken out of a difference."""
    refusals: RefusalChange
    """Over- and under-refusal on the common scenarios."""

    @property
    def enough(self) -> bool:
        """Whether enough scenarios are common to state a difference."""
        return self.paired.scenarios >= ENOUGH


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side."""

    first: Result
    second: Result
    whole: ComparedRow
    sections: tuple[ComparedRow, ...]
    families: tuple[ComparedRow, ...]
    authorities: tuple[ComparedRow, ...]
    changes: tuple[Change, ...]
    """In the order of the first run; with repeats every scenario whose mean moved."""
    common: int
    """Scenarios planned in both runs with the same text, expectation and checks."""
    altered: int
    """Scenarios of one id that differ in these: left out, they measure different things."""
    only_first: int
    only_second: int
    cautions: tuple[str, ...]
    """What else differs between the runs, so that no difference is put down to the model alone."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """One scenario that both runs decided."""

    first: list[Case]
    second: list[Case]

    @property
    def means(self) -> tuple[float, float]:
        return _mean(self.first), _mean(self.second)

    @property
    def cluster(self) -> str:
        return self.first[0].cluster

    @property
    def replies(self) -> int:
        return min(len(self.first), len(self.second))


def compare(first: Result, second: Result) -> Comparison:
    """Set two runs side by side. They may stem from different ledgers, specs and models."""
    ours, theirs = _by_scenario(first), _by_scenario(second)
    shared = [name for name in ours if name in theirs]
    same = [name for name in shared if not _differs(ours[name], theirs[name])]
    sides = [(ours[name], theirs[name]) for name in same]
    pairs = list(_pairs(sides))
    return Comparison(
        first=first,
        second=second,
        whole=_row(first.whole, second.whole, sides),
        sections=_rows(first.sections, second.sections, sides, key=lambda c: c.scenario.section),
        families=_rows(first.families, second.families, sides, key=lambda c: c.scenario.family),
        authorities=_rows(
            first.authorities,
            second.authorities,
            sides,
            key=lambda c: c.scenario.authority or "none",
        ),
        changes=tuple(_changes(pairs)),
        common=len(same),
        altered=len(shared) - len(same),
        only_first=len(ours) - len(shared),
        only_second=len(theirs) - len(shared),
        cautions=tuple(_cautions(first, second)),
    )


def _by_scenario(result: Result) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in result.cases:
        found.setdefault(case.scenario.scenario, []).append(case)
    return found


def _pairs(sides: Iterable[Sides]) -> Iterable[_Pair]:
    """Yield the scenarios that both runs decided."""
    for first, second in sides:
        pair = _Pair(_decided(first), _decided(second))
        if pair.first and pair.second:
            yield pair


def _decided(cases: Iterable[Case]) -> list[Case]:
    return [case for case in cases if case.verdict in DECIDED]


def _mean(cases: Sequence[Case]) -> float:
    return sum(case.verdict == Verdict.ADHERED for case in cases) / len(cases)


def _differs(first: Sequence[Case], second: Sequence[Case]) -> bool:
    """Whether the scenario asks or expects something else in the second run."""
    one, other = first[0].scenario, second[0].scenario
    if (one.messages, one.outcome, one.rubric) != (other.messages, other.outcome, other.rubric):
        return True
    checks = [_checks(cases) for cases in (first, second)]
    return bool(checks[0] and checks[1] and checks[0] != checks[1])


def _checks(cases: Iterable[Case]) -> list[tuple[str, str]]:
    """Return the checks of a scenario, which only the score of a reply records."""
    for case in cases:
        if case.score is not None and case.score.checks:
            return [(check.name, check.arguments) for check in case.score.checks]
    return []


def _rows(
    first: Sequence[Row],
    second: Sequence[Row],
    sides: Sequence[Sides],
    *,
    key: Callable[[Case], str],
) -> tuple[ComparedRow, ...]:
    ours, theirs = ({row.id: row for row in rows} for rows in (first, second))
    return tuple(
        _row(
            ours.get(name),
            theirs.get(name),
            [side for side in sides if key(side[0][0]) == name == key(side[1][0])],
        )
        for name in dict.fromkeys([*ours, *theirs])
    )


def _row(first: Row | None, second: Row | None, sides: Sequence[Sides]) -> ComparedRow:
    known = second or first
    if known is None:
        raise ValueError("a compared row needs a row of at least one run")
    pairs = list(_pairs(sides))
    return ComparedRow(
        id=known.id,
        title=known.title,
        authority=known.authority,
        first=first,
        second=second,
        paired=paired(
            [pair.means for pair in pairs],
            [pair.cluster for pair in pairs],
            replies=sum(pair.replies for pair in pairs),
        ),
        refusals=refusal_change(sides),
    )


def _changes(pairs: Iterable[_Pair]) -> Iterable[Change]:
    for pair in pairs:
        first, second = pair.means
        if first != second:
            yield Change(_typical(pair.first), _typical(pair.second), first, second)


def _typical(cases: Sequence[Case]) -> Case:
    """Return a reply to show: a violation where there is one, because it says more."""
    return next((case for case in cases if case.verdict == Verdict.VIOLATED), cases[0])


def _cautions(first: Result, second: Result) -> Iterable[str]:
    one, other = first.run, second.run
    if one.spec_digest != other.spec_digest:
        yield "The runs were measured against different texts of the spec."
    if one.suite_digest != other.suite_digest:
        yield "The sets of scenarios differ; only scenarios that are the same in both are paired."
    for name in ("repeat", "max_tokens", "temperature", "seed"):
        values = getattr(one, name), getattr(other, name)
        if values[0] != values[1]:
            yield f"The setting {name} differs: {values[0]} and {values[1]}."
    if one.brief != other.brief:
        given = brief_text(one.brief), brief_text(other.brief)
        yield f"The first run was given {given[0]}; the second {given[1]}."
    yield from _instruments(first, second)


def _instruments(first: Result, second: Result) -> Iterable[str]:
    """Yield what differs in how the replies were graded, and what holds for one of the runs."""
    ours, theirs = set(first.graders), set(second.graders)
    if ours and theirs and ours != theirs:
        parts = [
            f"{', '.join(sorted(found))} in the {which} run only"
            for which, found in (("first", ours - theirs), ("second", theirs - ours))
            if found
        ]
        yield f"The replies were graded by different means: {' and '.join(parts)}."
    judges = _judges(first), _judges(second)
    if judges[0] != judges[1]:
        yield (
            f"The verdicts of the first run rest on {judges[0]}; those of the second on "
            f"{judges[1]}."
        )
    corrected = [result.whole.over.corrected is not None for result in (first, second)]
    classified = all(result.whole.over.raw is not None for result in (first, second))
    if classified and corrected[0] is not corrected[1]:
        yield (
            f"Over- and under-refusal are calibrated in the {'first' if corrected[0] else 'second'}"
            " run only: set their change side by side, not their figures."
        )
    for which, result in (("first", first), ("second", second)):
        if result.finished_at is None:
            yield f"The {which} run is unfinished: its figures may still change."
        for caution in cautions(result):
            if caution.title != UNFINISHED:
                yield f"{caution.title}, {which} run: {caution.text}"


def _judges(result: Result) -> str:
    """Return who decided what checks could not, exactly: another prompt is another judge."""
    if not result.judged or result.grading is None:
        return "checks alone" if result.scorer is None else f"the scorer of a log, {result.scorer}"
    started = result.grading.started
    named = ", ".join(f"{spoken(each)} with prompt {each.prompt[:19]}" for each in started.judges)
    samples = f"{started.samples} samples" if started.samples > 1 else "one sample"
    return f"{named} ({samples}, {started.rule})"
