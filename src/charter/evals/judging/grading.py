"""A grading in a ledger: begun, found again where it was interrupted, and read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from charter.evals.judging.order import Order
from charter.evals.moment import new_id, stamp
from charter.ledger.ledger import Ledger
from charter.records.grading import GradingFinished, GradingStarted, JudgementRecorded
from charter.records.score import ScoreRecorded


@dataclass(frozen=True, slots=True)
class OpenedGrading:
    """A grading that is ready to go on."""

    grading: str
    judgements: dict[tuple[str, int, int, int], JudgementRecorded]
    """Made by an earlier attempt, by scenario, epoch, judge and sample."""
    scored: frozenset[tuple[str, int]]


def unfinished_grading(ledger: Ledger, order: Order) -> str | None:
    """Return the newest grading of the same order that has not finished, or None."""
    run = order.run.run
    finished = {record.grading for record in ledger.read(GradingFinished, run=run)}
    found = [
        started.grading
        for started in ledger.read(GradingStarted, run=run)
        if started.grading not in finished and started == order.started(started.grading, started.at)
    ]
    return found[-1] if found else None


def open_grading(ledger: Ledger, order: Order, *, fresh: bool = False) -> OpenedGrading:
    """Find the unfinished grading of this order, or write a new one's beginning."""
    run = order.run.run
    earlier = None if fresh else unfinished_grading(ledger, order)
    if earlier is None:
        now = datetime.now(UTC)
        grading = new_id(now)
        ledger.append(order.started(grading, stamp(now)))
        return OpenedGrading(grading, {}, frozenset())
    return recorded(ledger, run, earlier)


def recorded(ledger: Ledger, run: str, grading: str) -> OpenedGrading:
    """Return what a ledger holds of a grading."""
    judgements = {
        (said.scenario, said.epoch, said.judge, said.sample): said
        for said in ledger.read(JudgementRecorded, run=run)
        if said.grading == grading
    }
    scored = frozenset(
        (score.scenario, score.epoch)
        for score in ledger.read(ScoreRecorded, run=run)
        if score.grading == grading
    )
    return OpenedGrading(grading, judgements, scored)
