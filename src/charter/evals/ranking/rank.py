"""A ranking: every question put to a ranker as often as wanted, each order a fact as it comes.

The same ranking carries on where it was interrupted. A question that brings no order is recorded
with its failure, never dropped; where no reply came, it is asked once more after all others, as an
outage must not pass for a failure of the ranker. At the end of its budget it stops, unfinished.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from charter.config import Price
from charter.evals.judging.cost import UNLIMITED, Budget, Meter, Tokens
from charter.evals.moment import new_id, stamp
from charter.evals.ranking.ranker import Question, Ranked, Ranker
from charter.evals.runner import Progress
from charter.ledger.ledger import Ledger
from charter.records.ranking import AnswersRanked, RankingFinished, RankingStarted

MOST_REPEATS = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """A ranking that is ready to go on."""

    run: str
    done: frozenset[tuple[str, int]]
    """Items and repeats that an earlier attempt recorded."""


@dataclass(frozen=True, slots=True)
class Carried:
    """How a ranking ended."""

    finished: bool
    """False where its budget stopped it: the rest can be carried on."""
    requests: int
    spent: Tokens
    money: float
    """In the currency of the price; 0 without one."""


def unfinished_ranking(ledger: Ledger, started: RankingStarted) -> Opened | None:
    """Return the unfinished ranking of the same order; None without. Raises LedgerError."""
    run = next(_same(ledger, started, finished=False), None)
    if run is None:
        return None
    ranked = ledger.read(AnswersRanked, run=run)
    return Opened(run, frozenset((each.item, each.repeat) for each in ranked))


def finished_ranking(ledger: Ledger, started: RankingStarted) -> str:
    """Return the id of the newest finished ranking of the same order; empty without one."""
    return next(_same(ledger, started, finished=True), "")


def _same(ledger: Ledger, started: RankingStarted, *, finished: bool) -> Iterator[str]:
    over = {each.run for each in ledger.read(RankingFinished)}
    for earlier in ledger.read(RankingStarted, newest=True):
        same = replace(started, run=earlier.run, at=earlier.at) == earlier
        if same and (earlier.run in over) is finished:
            yield earlier.run


def open_ranking(ledger: Ledger, started: RankingStarted, *, fresh: bool = False) -> Opened:
    """Find the unfinished ranking of the same order, or write a new one's beginning.

    `run` and `at` of `started` do not count: they are set here. Raises LedgerError.
    """
    earlier = None if fresh else unfinished_ranking(ledger, started)
    if earlier is not None:
        return earlier
    now = datetime.now(UTC)
    run = new_id(now)
    ledger.append(replace(started, run=run, at=stamp(now)))
    return Opened(run, frozenset())


async def carry_out_ranking(  # noqa: PLR0913 - one value for each part of a ranking
    opened: Opened,
    ranker: Ranker,
    questions: Sequence[Question],
    *,
    repeats: int,
    ledger: Ledger,
    progress: Progress,
    concurrency: int = 4,
    budget: Budget = UNLIMITED,
    price: Price | None = None,
) -> Carried:
    """Make every missing order, then mark the ranking finished. Does not close the ranker.

    Nothing is asked that could exceed the budget: then it stops, and the same order with a larger
    one carries on. Raises ModelError and LedgerError, after which the same order carries on.
    """
    missing = missing_of(opened, questions, repeats)
    work = _Work(opened, ranker, ledger, progress, meter=Meter(budget), price=price)
    await _all(work, missing, concurrency)
    deferred, work.deferred = work.deferred, None
    await _all(work, deferred or [], concurrency)
    if not work.stopped:
        ledger.append(RankingFinished(opened.run, stamp(datetime.now(UTC))))
    meter = work.meter
    return Carried(not work.stopped, work.requests, meter.spent, meter.spent_money)


def missing_of(
    opened: Opened | None, questions: Sequence[Question], repeats: int
) -> list[tuple[Question, int]]:
    """Return what is still to be ranked: all items once, then all of them again."""
    done = frozenset() if opened is None else opened.done
    return [
        (question, repeat)
        for repeat in range(repeats)
        for question in questions
        if (question.id, repeat) not in done
    ]


async def _all(work: _Work, steps: Sequence[tuple[Question, int]], concurrency: int) -> None:
    """Have workers take all steps; the first error of one ends the others."""
    waiting = iter(steps)
    workers = [asyncio.create_task(work.take(waiting)) for _ in range(concurrency)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


class _Work:
    """What the workers of one ranking share."""

    def __init__(  # noqa: PLR0913 - what the workers share
        self,
        opened: Opened,
        ranker: Ranker,
        ledger: Ledger,
        progress: Progress,
        *,
        meter: Meter,
        price: Price | None,
    ) -> None:
        self.opened, self.ranker, self.ledger, self.progress = opened, ranker, ledger, progress
        self.meter, self.price = meter, price
        self.stopped, self.requests = False, 0
        self.deferred: list[tuple[Question, int]] | None = []
        """Where no reply came; None where this is the second time."""

    async def take(self, waiting: Iterator[tuple[Question, int]]) -> None:
        """Rank one after another until none is left; what came is durable before the next."""
        for question, repeat in waiting:  # shared by all workers; taking one never awaits
            said = None if self.stopped else await self._ask(question, repeat)
            if said is None:
                self.stopped = True
                return
            if said.unavailable and self.deferred is not None:
                self.deferred.append((question, repeat))
                continue
            self.ledger.append(_record(self.opened.run, question, repeat, said))
            self.progress.advance("failed" if said.failure else "ranked")

    async def _ask(self, question: Question, repeat: int) -> Ranked | None:
        """Rank once, within the budget; None where it has no room."""
        need = self.ranker.need(question)
        if not await self.meter.reserve(need.tokens, self.price):
            return None
        used = Tokens()
        try:
            said = await self.ranker.rank(question, repeat=repeat)
            used = said.used
            self.requests += need.requests
        finally:
            await self.meter.settle(need.tokens, used, self.price)
        return said


def _record(run: str, question: Question, repeat: int, said: Ranked) -> AnswersRanked:
    return AnswersRanked(
        run=run,
        item=question.id,
        repeat=repeat,
        at=stamp(datetime.now(UTC)),
        order=said.order,
        section=said.section,
        clauses=said.clauses,
        relevance=said.relevance,
        failure=said.failure,
        reason=said.reason,
        shown=said.shown,
        text=said.text,
        input_tokens=said.used.input,
        output_tokens=said.used.output,
    )
