"""Where the ledger is that a person named: a folder of `charter eval --out`, or the file."""

from __future__ import annotations

from pathlib import Path

import click

LEDGER_FILE = "ledger.sqlite"

ledger_option = click.option(
    "--ledger",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder of `charter eval --out`, or the ledger file in it.",
)


def ledger_file(place: Path) -> Path:
    """Return the file in a folder; a path with a suffix is the file itself."""
    return place / LEDGER_FILE if place.is_dir() or not place.suffix else place
