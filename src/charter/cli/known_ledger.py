"""What a ledger holds before anything is asked: looking creates no file."""

from __future__ import annotations

from pathlib import Path

from charter.ledger.ledger import Ledger
from charter.ledger.stores.empty import EmptyStore
from charter.ledger.stores.sqlite import open_store


def known_ledger(file: Path) -> Ledger:
    """Return the ledger in a file; an empty one where there is no file. Close it when done."""
    if file.is_file():
        return Ledger(open_store(str(file), create=False))
    return Ledger(EmptyStore(str(file)))
