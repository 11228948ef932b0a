"""The counts of objectives over a ledger of the year."""

from __future__ import annotations

from pathlib import Path

from charter.govern.objectives.judge_errors import errors_of
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.rollup_open import open_rollups
from charter.ledger.open import open_ledger


def counted(file: Path, folder: Path) -> Rollup:
    """Count everything in a ledger; the counts are to be closed."""
    store, _ = open_rollups(folder / "counts.sqlite")
    with open_ledger(file, create=False) as ledger:
        made = Rollup(store, errors=errors_of(ledger))
        made.update(ledger)
    return made
