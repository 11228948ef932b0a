"""The counts that objectives rest on, brought up to date beside their ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from charter.cli.screen import note
from charter.govern.counted import counted
from charter.govern.objectives.judge_errors import errors_of
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.rollup_open import open_rollups
from charter.ledger.ledger import Ledger


@contextmanager
def rolled_up(ledger: Ledger, place: str, *, to: int | None = None) -> Iterator[Rollup]:
    """Lend the counts of the ledger that lies at a place: of its first `to` records, if said.

    Where another process has counted further already, a note says by how much.
    """
    store, kept = open_rollups(place)
    if not kept:
        note("nothing can be written beside the ledger: it is counted anew each time")
    rollup = Rollup(store, errors=errors_of(ledger))
    try:
        rollup.update(ledger, to=to)
        ahead = 0 if to is None else rollup.counted() - to
        if ahead > 0:
            more = counted(ahead, "record")
            note(f"objectives speak of {more} more, counted by others while this was made")
        yield rollup
    finally:
        rollup.close()
