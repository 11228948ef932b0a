"""What a suite runner is: a plan and a model in, facts in a ledger out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from charter.evals.plan import Plan
from charter.ledger.ledger import Ledger
from charter.models.provider import Model


class Progress(Protocol):
    """Is told of every step. Must not raise."""

    def advance(self, verdict: str) -> None:
        """One planned reply has its verdict."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """A run to carry out or to carry on."""

    run: str
    plan: Plan
    ledger: Ledger
    concurrency: int


class Runner(Protocol):
    """A module in `evals/runners/`."""

    async def run(self, job: Job, model: Model, progress: Progress) -> None:
        """Make and score every reply the ledger lacks, writing each as it comes.

        Raises ModelUnavailable, ModelRefusedRequest and LedgerError, after which the same job
        can be run again; other model errors are recorded and do not stop it.
        """
        ...
