"""A grading: judges over the replies of a run that checks alone could not decide.

Everything is a fact in the ledger as it comes, so that the same grading carries on where it was
interrupted. The model under test is never asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from charter.evals.judge import Judgement, JudgeOutcome
from charter.evals.judging.combine import combine
from charter.evals.judging.cost import Cost, Meter, Tokens, used_of
from charter.evals.judging.grading import OpenedGrading
from charter.evals.judging.order import Order
from charter.evals.judging.replies import Replies, ask
from charter.evals.judging.task import Task
from charter.evals.moment import stamp
from charter.evals.runner import Progress
from charter.evals.score import Verdict, instruments
from charter.records.grading import GradingFinished, JudgementRecorded
from charter.records.record import Record
from charter.records.score import ScoreRecorded
from charter.version import VERSION

GRADER = f"charter-judges {VERSION}"


@dataclass(frozen=True, slots=True)
class Graded:
    """How a grading ended."""

    grading: str
    finished: bool
    """False where its budget stopped it: the rest is undecided, and can be carried on."""
    cost: Cost


class Recorder(Protocol):
    """What judging has to know of a ledger: `Ledger.append`."""

    def append(self, *records: Record) -> object: ...


async def carry_out_grading(  # noqa: PLR0913 - one value for each part of a grading
    opened: OpenedGrading,
    order: Order,
    tasks: Sequence[Task],
    *,
    ledger: Recorder,
    replies: Replies,
    progress: Progress,
    currency: str | None = None,
) -> Graded:
    """Make every missing judgement and score; mark the grading finished when none is left.

    At the end of its budget it stops: what was done stays, and the same order carries on. Raises
    ModelError and LedgerError, after which it can be carried on too. Does not close the judges.
    """
    work = _Work(opened, order, ledger, replies, progress)
    missing = [task for task in tasks if _step(task) not in opened.scored]
    await _all(work, missing, order.settings.concurrency)
    deferred, work.deferred = work.deferred, None
    await _all(work, deferred or [], order.settings.concurrency)
    if not work.stopped:
        ended = stamp(datetime.now(UTC))
        ledger.append(GradingFinished(order.run.run, opened.grading, ended))
    cost = replace(
        work.cost,
        tokens=work.meter.spent,
        money=work.meter.spent_money if currency is not None else None,
        currency=currency,
    )
    return Graded(opened.grading, not work.stopped, cost)


async def _all(work: _Work, tasks: Sequence[Task], concurrency: int) -> None:
    """Have workers take all tasks; the first error of one ends the others."""
    waiting = iter(tasks)
    workers = [asyncio.create_task(work.take(waiting)) for _ in range(concurrency)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


class _Work:
    """What the workers of one grading share."""

    def __init__(
        self,
        opened: OpenedGrading,
        order: Order,
        ledger: Recorder,
        replies: Replies,
        progress: Progress,
    ) -> None:
        self.opened = opened
        self.order = order
        self.ledger = ledger
        self.replies = replies
        self.progress = progress
        self.meter = Meter(order.settings.budget)
        self.cost = Cost()
        self.stopped = False
        self.made = dict(opened.judgements)
        self.deferred: list[Task] | None = []
        """Replies for which a judge could not be had, to be tried again after all others: an
        outage must not pass for a judge's failure. None where this is the second time."""

    async def take(self, waiting: Iterator[Task]) -> None:
        """Judge one reply after another until none is left or the budget is."""
        for task in waiting:  # shared by all workers; taking one never awaits
            if self.stopped:
                return
            if task.failed:
                self.ledger.append(self._known_failure(task))
                self.progress.advance(Verdict.VIOLATED)
                continue
            await self._judge(task)

    async def _judge(self, task: Task) -> None:
        """Ask every judge about one reply and score it, unless the budget is at its end.

        What was paid for is durable before anything else is asked.
        """
        known: list[JudgementRecorded] = []
        unwritten: list[JudgementRecorded] = []
        for judge, sample in self.order.steps():
            place = (*_step(task), judge, sample)
            judgement = self.made.get(place)
            if judgement is None:
                said = await self._ask(task, judge, sample)
                later = said is not None and said.outcome is JudgeOutcome.UNAVAILABLE
                if said is None or (later and self.deferred is not None):
                    if unwritten:
                        self.ledger.append(*unwritten)
                    self.stopped = self.stopped or said is None
                    if self.deferred is not None:
                        self.deferred.append(task)
                    return
                judgement = self._record(task, judge, sample, said)
                unwritten.append(judgement)
                self.made[place] = judgement
                self._count(cached=said.cached, requests=not said.cached)
                if not said.cached and len(known) + 1 < self._wanted:
                    self.ledger.append(*unwritten)
                    unwritten.clear()
            elif place in self.opened.judgements and self.deferred is not None:
                self._count(recorded=True)
            known.append(judgement)
        score = self._score(task, known)
        self.ledger.append(*unwritten, score)
        self.progress.advance(score.verdict)

    @property
    def _wanted(self) -> int:
        return len(self.order.judges) * self.order.settings.samples

    async def _ask(self, task: Task, judge: int, sample: int) -> Judgement | None:
        """Ask a judge once, within the budget; None where it has no room."""
        asked, price = self.order.judges[judge], self.order.price(judge)
        if self.replies.get(asked.request(task.item, sample=sample)) is not None:
            return await ask(asked, task.item, sample=sample, replies=self.replies)
        most = Tokens(asked.tokens(task.item), asked.reply_tokens)
        if not await self.meter.reserve(most, price):
            return None
        used = Tokens()
        try:
            said = await ask(asked, task.item, sample=sample, replies=self.replies)
            used = used_of(said, most)
        finally:
            await self.meter.settle(most, used, price)
        return said

    def _count(
        self, *, recorded: bool = False, cached: bool = False, requests: bool = False
    ) -> None:
        cost = self.cost
        self.cost = replace(
            cost,
            judgements=cost.judgements + 1,
            recorded=cost.recorded + recorded,
            cached=cost.cached + cached,
            requests=cost.requests + requests,
        )

    def _record(self, task: Task, judge: int, sample: int, said: Judgement) -> JudgementRecorded:
        adhered = said.adhered if said.outcome is JudgeOutcome.VERDICT else None
        verdict = None if adhered is None else _word(adhered=adhered)
        return JudgementRecorded(
            run=self.order.run.run,
            grading=self.opened.grading,
            scenario=task.scenario.scenario,
            epoch=task.epoch,
            judge=judge,
            sample=sample,
            outcome=said.outcome.value,
            verdict=verdict,
            rating=said.rating if verdict is not None else None,
            cites=said.cites,
            quotes=said.quotes,
            reason=said.reason,
            request=said.request,
            text=said.text,
            stop=said.stop,
            input_tokens=said.input_tokens,
            output_tokens=said.output_tokens,
            cached=said.cached,
        )

    def _known_failure(self, task: Task) -> ScoreRecorded:
        return replace(
            task.score,
            verdict=Verdict.VIOLATED.value,
            reason=task.failed[0].reason,
            grading=self.opened.grading,
        )

    def _score(self, task: Task, judgements: Sequence[JudgementRecorded]) -> ScoreRecorded:
        order = self.order
        found = combine(
            judgements,
            order.settings.rule,
            judges=len(order.judges),
            samples=order.settings.samples,
        )
        section = f"{task.scenario.section}/"
        mine = [name for name in found.cites if name.startswith(section)]
        return replace(
            task.score,
            verdict=found.verdict.value,
            reason=found.reason,
            cites=mine[0] if mine and task.scenario.clause is None else task.score.cites,
            grader="; ".join((GRADER, *instruments(task.score.grader)[1:])),
            grading=self.opened.grading,
        )


def _step(task: Task) -> tuple[str, int]:
    return task.scenario.scenario, task.epoch


def _word(*, adhered: bool) -> str:
    return Verdict.ADHERED.value if adhered else Verdict.VIOLATED.value
