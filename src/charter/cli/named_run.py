"""The run that a person named: its id, or `latest`."""

from __future__ import annotations

from charter.errors import LedgerError
from charter.ledger.ledger import Ledger
from charter.records.run import RunStarted

LATEST = "latest"


def named_run(ledger: Ledger, name: str | None) -> RunStarted:
    """Return a run by its id; the newest without one and for `latest`. Raises LedgerError."""
    wanted = None if name in (None, "", LATEST) else name
    found = [run for run in ledger.read(RunStarted) if wanted in (None, run.run)]
    if not found:
        what = f"has no run {wanted!r}" if wanted else "has no run"
        raise LedgerError(f"ledger {ledger.where} {what}", hint="see `charter report --list`")
    return found[-1]
