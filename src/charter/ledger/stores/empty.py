"""The ledger that nobody has written yet: what is only estimated creates no file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from charter.errors import LedgerUnavailable
from charter.ledger.store import Entry


class EmptyStore:
    """Holds nothing and keeps nothing; `location` is where a ledger would be."""

    def __init__(self, location: str) -> None:
        self._location = location

    @property
    def location(self) -> str:
        """Where a ledger would be."""
        return self._location

    def append(self, entries: Sequence[Entry]) -> int:
        """Raise LedgerUnavailable: what would be lost is never taken."""
        raise LedgerUnavailable(f"{self._location}: no such ledger", hint="open it for writing")

    def read(
        self, *, kind: str | None = None, run: str | None = None
    ) -> Iterator[tuple[int, Entry]]:
        """Yield nothing."""
        return iter(())

    def close(self) -> None:
        """Do nothing."""
