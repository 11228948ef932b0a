"""Where the ledger is that a person named: a folder of `charter eval --out`, or the file."""

from __future__ import annotations

from pathlib import Path

LEDGER_FILE = "ledger.sqlite"


def ledger_file(place: Path) -> Path:
    """Return the file in a folder; a path with a suffix is the file itself."""
    return place / LEDGER_FILE if place.is_dir() or not place.suffix else place
