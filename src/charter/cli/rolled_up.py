"""The counts that objectives rest on, brought up to date beside their ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from charter.cli.screen import note
from charter.govern.objectives.judge_errors import errors_of
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.rollup_open import open_rollups
from charter.ledger.ledger import Ledger


@contextmanager
def rolled_up(ledger: Ledger, place: str) -> Iterator[Rollup]:
    """Lend the counts of the ledger that lies at a place."""
    store, kept = open_rollups(place)
    if not kept:
        note("nothing can be written beside the ledger: it is counted anew each time")
    rollup = Rollup(store, errors=errors_of(ledger))
    try:
        rollup.update(ledger)
        yield rollup
    finally:
        rollup.close()
