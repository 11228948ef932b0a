"""Where the ledger is that a person named: a folder of `charter eval --out`, or the file."""

from __future__ import annotations

from pathlib import Path

import click

from charter.errors import ConfigError
from charter.ledger.open import SCHEMES

LEDGER_FILE = "ledger.sqlite"

_ADDRESSES = tuple(scheme.removesuffix("//") for scheme in SCHEMES)
"""A path has one slash where an address has two."""

ledger_option = click.option(
    "--ledger",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder of `charter eval --out`, or the ledger file in it.",
)


def ledger_file(place: Path) -> Path:
    """Return the file in a folder; a path with a suffix is the file itself.

    Raises ConfigError for the address of a server, without showing it: it may hold a password.
    """
    if str(place).startswith(_ADDRESSES):
        raise ConfigError(
            "evaluations are in a file, and this is the address of a server",
            hint="name the folder of `charter eval --out`",
        )
    return place / LEDGER_FILE if place.is_dir() or not place.suffix else place
