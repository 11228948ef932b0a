"""Runs a suite in this process: asyncio, a bounded number of replies at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from charter.errors import CharterError, ModelError
from charter.evals import score as scoring
from charter.evals.grader import graders
from charter.evals.plan import done
from charter.evals.reply import failure_record, fatal, reply_of, reply_record
from charter.evals.runner import Job, Progress
from charter.evals.scenario import Scenario
from charter.ledger.ledger import Ledger
from charter.models.provider import Model
from charter.records.record import Record


async def run(job: Job, model: Model, progress: Progress) -> None:
    """Make and score every reply the ledger lacks, writing each as it comes."""
    steps = _missing(job, progress)
    journal = _Journal(job.ledger)
    workers = [
        asyncio.create_task(_work(job, model, progress, steps, journal))
        for _ in range(job.concurrency)
    ]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


class _Journal:
    """Writes in one transaction what several workers have at the same time.

    Each waits until its own records are durable. Making many durable takes as long as one.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[tuple[tuple[Record, ...], asyncio.Future[None]]] = []

    async def append(self, *records: Record) -> None:
        """Return when all records are kept. Raises LedgerError."""
        loop = asyncio.get_running_loop()
        kept = loop.create_future()
        self._waiting.append((records, kept))
        if len(self._waiting) == 1:
            loop.call_soon(self._write)  # after the workers whose turn it is already
        await kept

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        failure: Exception | None = None
        try:
            self._ledger.append(*(record for records, _ in waiting for record in records))
        except Exception as cause:  # noqa: BLE001 - each worker raises it
            failure = cause
        for _, kept in waiting:
            if kept.done():  # its worker was cancelled
                continue
            if failure is None:
                kept.set_result(None)
            else:
                kept.set_exception(failure)


def _missing(job: Job, progress: Progress) -> Iterator[tuple[Scenario, int]]:
    """Yield what is to be asked; score replies that an earlier attempt left unscored."""
    already = done(job.ledger, job.run)
    known = graders()
    for scenario, epoch in job.plan.steps():
        step = (scenario.id, epoch)
        if step in already.scored:
            continue
        recorded = already.unscored.get(step)
        if recorded is None:
            yield scenario, epoch
            continue
        reply = reply_of(recorded)
        result = scoring.score(scenario, reply, known)
        job.ledger.append(scoring.record(scenario, epoch, job.run, result))
        progress.advance(result.verdict)


async def _work(
    job: Job,
    model: Model,
    progress: Progress,
    steps: Iterator[tuple[Scenario, int]],
    journal: _Journal,
) -> None:
    known = graders()
    for scenario, epoch in steps:  # shared by all workers; taking a step never awaits
        impossible = scoring.unanswerable(scenario, calls_tools=model.calls_tools)
        if impossible is not None:
            await journal.append(scoring.record(scenario, epoch, job.run, impossible))
            progress.advance(impossible.verdict)
            continue
        try:
            reply = await model.reply(job.plan.request(scenario, epoch))
        except ModelError as failure:
            if fatal(failure):
                raise
            await journal.append(failure_record(job.run, scenario, epoch, failure))
            progress.advance(scoring.Verdict.ERROR)
            continue
        recorded = reply_record(job.run, scenario, epoch, reply)
        try:
            result = scoring.score(scenario, reply_of(recorded), known)
        except CharterError:
            await journal.append(recorded)  # it may have been paid for
            raise
        await journal.append(recorded, scoring.record(scenario, epoch, job.run, result))
        progress.advance(result.verdict)
