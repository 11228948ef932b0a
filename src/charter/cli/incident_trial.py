"""What scenarios came to, looked up in the ledger of evaluations for an incident."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from charter.cli.ledger_file import ledger_file
from charter.errors import LedgerError
from charter.evals.result import result_of, runs
from charter.govern.incidents.closing import Proof, Tried
from charter.govern.incidents.state import Regression
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store

runs_option = click.option(
    "--runs",
    "evaluations",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder of `charter eval --out`, or the ledger file in it.",
)


def proofs_of(named: Sequence[Regression], evaluations: Path) -> tuple[Proof, ...]:
    """Return what the named scenarios came to. What is not there is said by each proof.

    Raises LedgerTampered and LedgerUnavailable for a ledger that cannot be read.
    """
    if not named:
        return ()
    file = ledger_file(evaluations)
    if not file.exists():
        return tuple(Proof(each, None, None) for each in named)
    with Ledger(open_store(str(file), create=False)) as ledger:
        known = {run.run for run in runs(ledger)}
        return tuple(
            Proof(
                each,
                _tried(ledger, each.before, each.scenario, known),
                _tried(ledger, each.after, each.scenario, known),
            )
            for each in named
        )


def latest_run(evaluations: Path) -> str:
    """Return the newest run of evaluations. Raises LedgerError."""
    with Ledger(open_store(str(ledger_file(evaluations)), create=False)) as ledger:
        found = runs(ledger)
    if not found:
        raise LedgerError(f"{evaluations} has no run", hint="run charter eval first")
    return found[-1].run


def _tried(ledger: Ledger, run: str, scenario: str, known: set[str]) -> Tried | None:
    """Return what a scenario came to in a run: verdicts are those that its report counts."""
    if run not in known:
        return None
    result = result_of(ledger, run)
    cases = [case for case in result.cases if case.scenario.scenario == scenario]
    if not cases:
        return None
    return Tried(
        run=run,
        scenario=scenario,
        started_at=result.run.at,
        digest=cases[0].scenario.digest,
        verdicts=tuple(str(case.verdict) for case in cases),
    )
