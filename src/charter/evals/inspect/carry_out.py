"""A run carried out by Inspect: the plan as a task, the ledger written as it goes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval_async
from inspect_ai.log import EvalLog
from inspect_ai.model import GenerateConfig
from inspect_ai.model import Model as NativeModel
from inspect_ai.util._display import init_display_type  # `eval` takes it, `eval_async` does not

from charter.errors import CharterError, LedgerError, ModelError, PluginError
from charter.evals import score as scoring
from charter.evals.inspect.api import charter_api
from charter.evals.inspect.scorer import adheres
from charter.evals.inspect.solver import answer
from charter.evals.inspect.task import task_of
from charter.evals.plan import Plan, scored
from charter.evals.reply import failure_record, fatal, reply_of, reply_record
from charter.evals.runner import Job, Progress
from charter.evals.scenario import Scenario
from charter.evals.score import Score
from charter.models.provider import Model, Reply
from charter.models.providers.inspect import InspectModel, failure
from charter.records.log import LogAttached
from charter.records.record import Record
from charter.records.run import ReplyRecorded
from charter.version import VERSION

FOLDER = "inspect"
"""Beside the ledger: where Inspect's logs go."""


async def carry_out(job: Job, model: Model, progress: Progress) -> None:
    """Make and score every reply the ledger lacks, through Inspect.

    Raises what the first error was after which nothing more could be asked.
    """
    book = _Book(job, progress)
    if book.left == 0:
        return
    task = _task(job.plan, model, book)
    log = await _until_stopped(_evaluate(job, task, _native(model)), book)
    if log is not None:
        book.attach(log)
    if book.stopped is not None:
        raise book.stopped
    if log is not None and log.status == "error":
        said = log.error.message if log.error else "it does not say why"
        raise PluginError(f"Inspect ended the task: {said}", hint=f"see {log.location}")
    if book.left > 0:
        raise PluginError(
            f"Inspect left {book.left} replies without any outcome",
            hint=f"see its log in {Path(job.ledger.where).parent / FOLDER}",
        )


def _task(plan: Plan, model: Model, book: _Book) -> Task:
    """Return the plan as a task whose every step is told to the book."""
    find = {scenario.id: scenario for scenario in plan.suite.scenarios}.__getitem__
    calls_tools, path = model.calls_tools, plan.suite.spec.source.path
    settings = plan.settings
    return task_of(
        plan.suite,
        spec_digest=plan.suite.spec.digest,
        solver=[answer(find, calls_tools=calls_tools, keeper=book)],
        scorer=[adheres(path, find=find, calls_tools=calls_tools, keeper=book)],
        config=GenerateConfig(
            max_tokens=settings.max_tokens, temperature=settings.temperature, seed=settings.seed
        ),
        plan=plan,
    )


async def _until_stopped(
    evaluation: Coroutine[Any, Any, EvalLog | None], book: _Book
) -> EvalLog | None:
    """Wait for an evaluation; None where it was broken off, as nothing more could be asked."""
    running = asyncio.create_task(evaluation)
    stopping = asyncio.create_task(book.stop.wait())
    try:
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            running.cancel()
        return await running
    except asyncio.CancelledError:
        if book.stopped is None:  # somebody else's doing
            raise
        return None
    except CharterError:
        raise
    except Exception as cause:
        raise PluginError(f"Inspect failed: {type(cause).__name__}: {cause}") from cause
    finally:
        for each in (running, stopping):
            each.cancel()
        await asyncio.gather(running, stopping, return_exceptions=True)


async def _evaluate(job: Job, task: Task, model: NativeModel) -> EvalLog | None:
    """Return the header of the log; None where Inspect was broken off."""
    init_display_type("none")
    logs = await eval_async(
        task,
        model=model,
        log_dir=str(Path(job.ledger.where).parent / FOLDER),
        log_format="eval",
        log_realtime=False,
        log_header_only=True,
        log_model_api=False,
        log_refusals=False,
        score_display=False,
        ctl_server=False,
        max_samples=job.concurrency,
        max_connections=job.concurrency,
    )
    return logs[0] if logs else None


def _native(model: Model) -> NativeModel:
    """Return the model as Inspect asks it: its own, or one of Charter's behind its API."""
    if isinstance(model, InspectModel):
        return model.native
    identity = model.identity
    opened: Any = charter_api  # what the decorator makes of it takes all the API takes
    api = opened(model_name=f"{identity.provider}:{identity.name}", model=model)
    return NativeModel(api, GenerateConfig())


class _Book:
    """Writes the ledger of a run while Inspect carries it out."""

    def __init__(self, job: Job, progress: Progress) -> None:
        self._job, self._progress = job, progress
        self._scored = scored(job.ledger, job.run)
        replies = job.ledger.read(ReplyRecorded, run=job.run)
        self._replies = {(reply.scenario, reply.epoch): reply for reply in replies}
        self._settled = 0
        self._problems: dict[tuple[str, int], ModelError] = {}
        self.stop = asyncio.Event()
        """Set when nothing more is to be asked."""
        self.stopped: Exception | None = None
        """Why."""

    @property
    def left(self) -> int:
        """How many replies have neither a score nor an error."""
        plan = self._job.plan
        planned = len(plan.suite.scenarios) * plan.settings.repeat
        return planned - len(self._scored) - self._settled

    def recorded(self, scenario: str, epoch: int) -> Reply | None:
        """Return a reply of an earlier attempt."""
        found = self._replies.get((scenario, epoch))
        return None if found is None else reply_of(found)

    def problem(self, scenario: str, epoch: int) -> Exception | None:
        """Return why no usable reply came, where none did."""
        return self._problems.pop((scenario, epoch), None)

    def failed(self, scenario: Scenario, epoch: int, cause: Exception) -> None:
        """Record that no usable reply came, or stop where none would come."""
        name = self._job.plan.model.name
        problem = cause if isinstance(cause, ModelError) else failure(cause, name)
        self._problems[scenario.id, epoch] = problem
        if fatal(problem):
            self.broken(problem)
            return
        self._append(failure_record(self._job.run, scenario, epoch, problem))
        self._progress.advance(scoring.Verdict.ERROR)

    def scored(self, scenario: Scenario, epoch: int, reply: Reply | None, result: Score) -> None:
        """Record a reply, unless it is known, and its verdict."""
        step, run = (scenario.id, epoch), self._job.run
        if step in self._scored:
            return
        records: list[Record] = [scoring.record(scenario, epoch, run, result)]
        if reply is not None and step not in self._replies:
            records.insert(0, reply_record(run, scenario, epoch, reply))
        self._append(*records)
        self._progress.advance(result.verdict)

    def attach(self, log: EvalLog) -> None:
        """Record which log was written beside the run, by which packages."""
        file = Path(log.location)
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        total = log.results.total_samples if log.results else 0
        self._append(
            LogAttached(
                run=self._job.run,
                at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
                log=file.name,
                digest=f"sha256:{digest}",
                task=log.eval.task,
                status=log.status,
                taken=False,
                packages=(("charter", VERSION), ("inspect_ai", version("inspect_ai"))),
                declared=total,
                present=total,
                notes=(),
            )
        )

    def _append(self, *records: Record) -> None:
        """Write, and stop everything where the ledger cannot: nothing would be kept."""
        if self.stopped is not None:
            return
        try:
            self._job.ledger.append(*records)
            self._settled += any(not isinstance(r, LogAttached) for r in records)
        except LedgerError as cause:
            self.broken(cause)

    def broken(self, cause: Exception) -> None:
        """Stop everything: what could not be asked, graded or written now cannot be later."""
        self.stopped = self.stopped or cause
        self.stop.set()
