"""Runs a suite in this process: asyncio, a bounded number of replies at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from charter.errors import BadModelReply, ModelError, ModelRefusedRequest, ModelUnavailable
from charter.evals import score as scoring
from charter.evals.grader import graders
from charter.evals.plan import done
from charter.evals.runner import Job, Progress
from charter.evals.scenario import Scenario
from charter.models.provider import Model, Reply, Stop, ToolCall
from charter.records import CallMade, ReplyFailed, ReplyRecorded

FATAL_STATUS = frozenset({401, 403, 404})
"""The endpoint will turn every other request down as well."""


async def run(job: Job, model: Model, progress: Progress) -> None:
    """Make and score every reply the ledger lacks, writing each as it comes."""
    steps = _missing(job, progress)
    workers = [
        asyncio.create_task(_work(job, model, progress, steps)) for _ in range(job.concurrency)
    ]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


def _missing(job: Job, progress: Progress) -> Iterator[tuple[Scenario, int]]:
    """Yield what is to be asked; score replies that an earlier attempt left unscored."""
    already = done(job.ledger, job.run)
    known = graders()
    for scenario, epoch in job.plan.steps():
        step = (scenario.id, epoch)
        if step in already.scored:
            continue
        recorded = already.replies.get(step)
        if recorded is None:
            yield scenario, epoch
            continue
        reply = reply_of(recorded)
        result = scoring.score(scenario, reply, known)
        job.ledger.append(scoring.record(scenario, epoch, job.run, result))
        progress.advance(result.verdict)


async def _work(
    job: Job, model: Model, progress: Progress, steps: Iterator[tuple[Scenario, int]]
) -> None:
    known = graders()
    for scenario, epoch in steps:  # shared by all workers; taking a step never awaits
        impossible = scoring.unanswerable(scenario, calls_tools=model.calls_tools)
        if impossible is not None:
            job.ledger.append(scoring.record(scenario, epoch, job.run, impossible))
            progress.advance(impossible.verdict)
            continue
        try:
            reply = await model.reply(job.plan.request(scenario, epoch))
        except ModelError as failure:
            if _fatal(failure):
                raise
            job.ledger.append(_failure(job.run, scenario, epoch, failure))
            progress.advance(scoring.Verdict.ERROR)
            continue
        recorded = _reply_record(job.run, scenario, epoch, reply)
        result = scoring.score(scenario, reply_of(recorded), known)
        job.ledger.append(recorded, scoring.record(scenario, epoch, job.run, result))
        progress.advance(result.verdict)


def _fatal(failure: ModelError) -> bool:
    """Whether asking again would only fail again."""
    if isinstance(failure, ModelRefusedRequest):
        return failure.status in FATAL_STATUS
    return isinstance(failure, ModelUnavailable) and not isinstance(failure, BadModelReply)


def _failure(run: str, scenario: Scenario, epoch: int, failure: ModelError) -> ReplyFailed:
    said = _storable(str(failure)[:1000])
    return ReplyFailed(run, scenario.id, epoch, type(failure).__name__, said)


def _reply_record(run: str, scenario: Scenario, epoch: int, reply: Reply) -> ReplyRecorded:
    return ReplyRecorded(
        run=run,
        scenario=scenario.id,
        epoch=epoch,
        text=_storable(reply.text),
        stop=reply.stop.value,
        calls=tuple(CallMade(_storable(c.name), _storable(c.arguments)) for c in reply.tool_calls),
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        milliseconds=round(reply.seconds * 1000),
        attempts=reply.attempts,
    )


def reply_of(recorded: ReplyRecorded) -> Reply:
    """Return the reply as it was, from its record."""
    return Reply(
        text=recorded.text,
        stop=Stop(recorded.stop),
        tool_calls=tuple(ToolCall(call.name, call.arguments) for call in recorded.calls),
        input_tokens=recorded.input_tokens,
        output_tokens=recorded.output_tokens,
        seconds=recorded.milliseconds / 1000,
        attempts=recorded.attempts,
    )


def _storable(text: str) -> str:
    """Replace lone surrogates, which JSON may carry and no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
