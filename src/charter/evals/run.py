"""Start a run, or carry on one that was interrupted, and finish it in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from charter.evals.carry import CarryOver
from charter.evals.grader import graders
from charter.evals.moment import new_id, stamp
from charter.evals.plan import Plan, scored, unfinished
from charter.evals.runner import Job, Progress, Runner
from charter.evals.score import make_ready
from charter.ledger.ledger import Ledger
from charter.models.provider import Model
from charter.records.run import RunFinished
from charter.registry import discover


@dataclass(frozen=True, slots=True)
class Opened:
    """A run that is ready to go on."""

    run: str
    resumed: int
    """Replies already scored by an earlier attempt; 0 for a new run."""


def open_run(
    ledger: Ledger, plan: Plan, *, fresh: bool = False, carried: CarryOver | None = None
) -> Opened:
    """Find the unfinished run of this plan, or write a new one's beginning into the ledger.

    With `carried`, the run takes over the replies of an earlier one that still hold, except where
    it has replies of its own.
    """
    run = None if fresh else unfinished(ledger, plan)
    resumed = 0
    if run is None:
        now = datetime.now(UTC)
        run = new_id(now)
        ledger.append(plan.started(run, stamp(now)), *plan.planned(run))
    else:
        resumed = len(scored(ledger, run))
    if carried is not None:
        carried.into(ledger, run)
    return Opened(run, resumed)


async def carry_out(  # noqa: PLR0913 - one value for each part of a run
    opened: Opened,
    plan: Plan,
    model: Model,
    *,
    ledger: Ledger,
    concurrency: int,
    progress: Progress,
    runner: str = "local",
) -> None:
    """Make every missing reply and score; mark the run finished when none is left.

    Raises ModelError and LedgerError; what was done until then stays in the ledger.
    """
    make_ready(plan.suite.scenarios, graders())
    known: dict[str, Runner] = discover("charter.evals.runners", "charter.runners")
    job = Job(opened.run, plan, ledger, concurrency)
    await known[runner].run(job, model, progress)
    planned = len(plan.suite.scenarios) * plan.settings.repeat
    if len(scored(ledger, opened.run)) == planned:
        ledger.append(RunFinished(opened.run, stamp(datetime.now(UTC))))
