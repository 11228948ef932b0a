"""The place of a ledger -> where its counts are kept."""

from __future__ import annotations

from pathlib import Path

from charter.errors import LedgerUnavailable
from charter.govern.objectives.rollup_sqlite import SqliteRollups
from charter.govern.objectives.rollup_store import RollupStore
from charter.ledger.open import FILE as LEDGER_FILE
from charter.ledger.open import SCHEMES

FILE = "rollups.sqlite"


def open_rollups(place: str | Path | None) -> tuple[RollupStore, bool]:
    """Open the counts of the ledger at a place; whether they are kept.

    They are not kept where there is no place, or where nothing may be written beside the ledger.
    Raises LedgerUnavailable.
    """
    if place is None:
        return SqliteRollups(None), False
    if isinstance(place, str) and place.startswith(SCHEMES):
        from charter.govern.objectives.rollup_postgres import (  # noqa: PLC0415 - an extra
            PostgresRollups,
        )

        return PostgresRollups("postgresql" + place[place.index("://") :]), True
    path = Path(place)
    folder = path if path.is_dir() or not path.suffix else path.parent
    name = FILE if path == folder or path.name == LEDGER_FILE else f"{path.name}.rollups.sqlite"
    try:
        return SqliteRollups(folder / name), True
    except LedgerUnavailable:
        if (folder / name).exists():
            raise
        return SqliteRollups(None), False
