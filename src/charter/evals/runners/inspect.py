"""Runs a suite as a task of Inspect AI, with its log beside the ledger.

Each reply and verdict goes into the ledger as it comes, as with the runner `local`: a run that is
stopped loses nothing, and either runner carries on what the other began. Replies that the ledger
holds already are put into the log without asking again, so that a log is always of the whole run.
"""

from __future__ import annotations

from charter.errors import PluginError
from charter.evals.runner import Job, Progress
from charter.models.provider import Model


async def run(job: Job, model: Model, progress: Progress) -> None:
    """Make and score every reply the ledger lacks, writing each as it comes.

    Raises PluginError where inspect_ai is missing, or where Inspect ends the task with an error.
    """
    try:
        from charter.evals.inspect.carry_out import carry_out  # noqa: PLC0415 - an extra
    except ImportError as cause:
        raise PluginError(
            f"the runner 'inspect' needs inspect_ai: {cause}", hint="pip install 'charter[inspect]'"
        ) from cause
    await carry_out(job, model, progress)
