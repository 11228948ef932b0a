"""Ledgers -> runs in their order, each with its figures and what changed since the one before.

Two runs are comparable on the scenarios that are the same in both, and on no others: shares of
different scenarios differ for that reason alone. Each run is therefore set against the one before
it, of the same model on the same spec, by its paired difference on their common scenarios.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from charter.errors import LedgerError
from charter.estimates.interval import ENOUGH
from charter.estimates.paired import Paired
from charter.evals.report.caution import UNFINISHED, cautions
from charter.evals.report.compare import compare
from charter.evals.report.freedom import Freedom, freedom
from charter.evals.report.refusals import RefusalChange
from charter.evals.result import Result, result_of
from charter.evals.row import Row
from charter.ledger.ledger import Ledger
from charter.records.run import RunStarted


@dataclass(frozen=True, slots=True)
class Step:
    """A run against the one before it of the same model and spec."""

    before: str
    """Id of that run."""
    same_spec: bool
    """Whether both were measured against the same text."""
    same_suite: bool
    """Whether both asked the same scenarios."""
    common: int
    """Scenarios that are the same in both."""
    paired: Paired
    """On those that both decided."""
    refusals: RefusalChange
    cautions: tuple[str, ...]
    """What else differs between the two."""

    @property
    def enough(self) -> bool:
        """Whether enough scenarios are common to state a difference."""
        return self.paired.scenarios >= ENOUGH

    @property
    def alike(self) -> bool:
        """Whether text and scenarios are the same, so that also the shares may be compared."""
        return self.same_spec and self.same_suite


@dataclass(frozen=True, slots=True)
class Point:
    """One run."""

    number: int
    """Its place among all runs of its spec, from 1."""
    run: RunStarted
    finished: bool
    whole: Row
    errors: Freedom
    judged: bool
    """Whether verdicts of judges are part of its figures."""
    uncalibrated: bool
    """Whether these are not known to be fit."""
    withheld: bool
    """Whether there are verdicts of judges that are part of no figure."""
    carried: int
    """Replies that an earlier run gave."""
    cautions: tuple[str, ...]
    step: Step | None
    """None for the first run of a model."""


@dataclass(frozen=True, slots=True)
class Line:
    """One model on one spec, over time."""

    model: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """All runs of one spec."""

    spec: str
    title: str
    lines: tuple[Line, ...]
    """Models in the order of their first run."""

    @property
    def points(self) -> tuple[Point, ...]:
        """All runs, oldest first."""
        every = [point for line in self.lines for point in line.points]
        return tuple(sorted(every, key=lambda point: point.number))


@dataclass(frozen=True, slots=True)
class History:
    """All runs that were asked for."""

    boards: tuple[Board, ...]
    """One for each spec, by name."""

    @property
    def uncalibrated(self) -> bool:
        """Whether any figure rests on judges that are not known to be fit."""
        return any(point.uncalibrated for board in self.boards for point in board.points)


def history(ledgers: Sequence[Ledger], spec: str | None = None) -> History:
    """Return the runs of ledgers, of one spec by its name or of all.

    A run that several ledgers hold counts once. Raises LedgerError where there is none.
    """
    found = list(_runs(ledgers, spec))
    if not found:
        what = f" of spec {spec!r}" if spec is not None else ""
        places = ", ".join(ledger.where for ledger in ledgers)
        raise LedgerError(f"no run{what} in {places}", hint="see `charter report --list`")
    names = sorted({run.spec_name for run, _ in found})
    return History(tuple(_board([each for each in found if each[0].spec_name == n]) for n in names))


def model_of(run: RunStarted) -> str:
    """Return which model answered, and whether it was given a brief."""
    brief = " + brief" if run.brief else ""
    return f"{run.model.provider}:{run.model.name}{brief}"


def _runs(ledgers: Sequence[Ledger], spec: str | None) -> Iterator[tuple[RunStarted, Ledger]]:
    """Yield each run with its ledger, oldest first."""
    found: dict[str, tuple[RunStarted, Ledger]] = {}
    for ledger in ledgers:
        for run in ledger.read(RunStarted):
            if spec in (None, run.spec_name):
                found.setdefault(run.run, (run, ledger))
    yield from sorted(found.values(), key=lambda each: (each[0].at, each[0].run))


def _board(found: Sequence[tuple[RunStarted, Ledger]]) -> Board:
    """Read the runs one after another, keeping only the last of each model."""
    last: dict[str, Result] = {}
    lines: dict[str, list[Point]] = {}
    for number, (run, ledger) in enumerate(found, start=1):
        model = model_of(run)
        result = result_of(ledger, run.run)
        lines.setdefault(model, []).append(_point(number, result, last.get(model)))
        last[model] = result
    newest = found[-1][0]
    return Board(
        spec=newest.spec_name,
        title=newest.spec_title,
        lines=tuple(Line(model, tuple(points)) for model, points in lines.items()),
    )


def _point(number: int, result: Result, before: Result | None) -> Point:
    return Point(
        number=number,
        run=result.run,
        finished=result.finished_at is not None,
        whole=result.whole,
        errors=freedom(result),
        judged=result.judged,
        uncalibrated=result.uncalibrated,
        withheld=bool(result.withheld),
        carried=sum(c.reply is not None and c.reply.carried is not None for c in result.cases),
        cautions=tuple(c.sentence for c in cautions(result) if c.title != UNFINISHED),
        step=None if before is None else _step(before, result),
    )


def _step(before: Result, after: Result) -> Step:
    found = compare(before, after)
    return Step(
        before=before.run.run,
        same_spec=before.run.spec_digest == after.run.spec_digest,
        same_suite=before.run.suite_digest == after.run.suite_digest,
        common=found.common,
        paired=found.whole.paired,
        refusals=found.whole.refusals,
        cautions=found.cautions,
    )
