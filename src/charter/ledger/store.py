"""What a ledger store is: an append-only sequence of entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as stored."""

    kind: str
    """Class name of the record."""
    run: str
    key: str | None
    """Unique in the store where not None."""
    body: str
    """Canonical JSON."""
    digest: str
    """SHA-256 of `body`, hex."""


class Store(Protocol):
    """A place where entries are kept in order. Raises LedgerUnavailable when it fails."""

    @property
    def location(self) -> str:
        """Where the entries are, as shown to people."""
        ...

    def append(self, entries: Sequence[Entry]) -> int:
        """Keep all entries or none, durably; return the index of the last.

        Raises LedgerError when a key is there already.
        """
        ...

    def read(
        self, *, kind: str | None = None, run: str | None = None
    ) -> Iterator[tuple[int, Entry]]:
        """Yield entries with their index, oldest first."""
        ...

    def close(self) -> None: ...
