"""The result that a person named: a run's id, `latest`, or a folder that holds runs."""

from __future__ import annotations

from pathlib import Path

from charter.cli.ledger_file import ledger_file
from charter.cli.named_run import LATEST
from charter.evals.result import Result, result_of
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store


def named_result(name: str | None, ledger: Path, *, grading: str | None = None) -> Result:
    """Return a result by the id of its run, or the newest of a folder or ledger file.

    Without a name, and for `latest`, it is the newest of `ledger`. Raises LedgerError.
    """
    run = None if name in (None, LATEST) else name
    place = ledger
    if run is not None and Path(run).exists():
        place, run = Path(run), None
    with Ledger(open_store(str(ledger_file(place)), create=False)) as opened:
        return result_of(opened, run, grading=grading)
