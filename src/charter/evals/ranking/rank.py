"""A ranking: every question put to a ranker as often as wanted, each order a fact as it comes.

The same ranking carries on where it was interrupted. A question that brings no order is recorded
with its failure, never dropped; where no reply came, it is asked once more after all others, as an
outage must not pass for a failure of the ranker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

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


def open_ranking(ledger: Ledger, started: RankingStarted, *, fresh: bool = False) -> Opened:
    """Find the unfinished ranking of the same order, or write a new one's beginning.

    `run` and `at` of `started` do not count: they are set here. Raises LedgerError.
    """
    if not fresh:
        finished = {each.run for each in ledger.read(RankingFinished)}
        for earlier in ledger.read(RankingStarted, newest=True):
            same = replace(started, run=earlier.run, at=earlier.at) == earlier
            if same and earlier.run not in finished:
                ranked = ledger.read(AnswersRanked, run=earlier.run)
                return Opened(earlier.run, frozenset((each.item, each.repeat) for each in ranked))
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
) -> None:
    """Make every missing order, then mark the ranking finished. Does not close the ranker.

    Raises ModelError and LedgerError, after which the same order carries on.
    """
    missing = [
        (question, repeat)
        for repeat in range(repeats)
        for question in questions
        if (question.id, repeat) not in opened.done
    ]
    work = _Work(opened, ranker, ledger, progress)
    await _all(work, missing, concurrency)
    deferred, work.deferred = work.deferred, None
    await _all(work, deferred or [], concurrency)
    ledger.append(RankingFinished(opened.run, stamp(datetime.now(UTC))))


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

    def __init__(self, opened: Opened, ranker: Ranker, ledger: Ledger, progress: Progress) -> None:
        self.opened, self.ranker, self.ledger, self.progress = opened, ranker, ledger, progress
        self.deferred: list[tuple[Question, int]] | None = []
        """Where no reply came; None where this is the second time."""

    async def take(self, waiting: Iterator[tuple[Question, int]]) -> None:
        """Rank one after another until none is left; what came is durable before the next."""
        for question, repeat in waiting:  # shared by all workers; taking one never awaits
            said = await self.ranker.rank(question, repeat=repeat)
            if said.unavailable and self.deferred is not None:
                self.deferred.append((question, repeat))
                continue
            self.ledger.append(_record(self.opened.run, question, repeat, said))
            self.progress.advance("failed" if said.failure else "ranked")


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
    )
