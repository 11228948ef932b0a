"""The ledger that nobody has written yet: what is only estimated creates no file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from charter.errors import LedgerUnavailable
from charter.ledger.store import Entry, Head, Leaf, Sealed, Since, Told
from charter.ledger.tlog.merkle import EMPTY_ROOT


class EmptyStore:
    """Holds nothing and keeps nothing; `location` is where a ledger would be."""

    def __init__(self, location: str) -> None:
        self._location = location

    @property
    def location(self) -> str:
        """Where a ledger would be."""
        return self._location

    def append(self, entries: Sequence[Entry], payloads: Sequence[Sealed] = ()) -> int:
        """Raise LedgerUnavailable: what would be lost is never taken."""
        raise self._absent()

    def append_now(self, entries: Sequence[Entry], payloads: Sequence[Sealed] = ()) -> bool:
        """Return False: nothing is kept."""
        return False

    def known(self, keys: Collection[str]) -> set[str]:
        """Return none."""
        return set()

    def probe(self) -> None:
        """Raise LedgerUnavailable, as `append` would."""
        raise self._absent()

    def read(  # noqa: PLR0913 - as the protocol has it
        self,
        *,
        kind: str | None = None,
        kinds: Collection[str] | None = None,
        run: str | None = None,
        thread: str | None = None,
        after: int = 0,
        newest: bool = False,
        limit: int | None = None,
    ) -> Iterator[tuple[int, Entry]]:
        """Yield nothing."""
        return iter(())

    def ask(self, question: str, values: Mapping[str, str]) -> list[tuple[Any, ...]]:
        """Return no row."""
        return []

    def entry(self, index: int) -> Entry | None:
        """Return None."""
        return None

    def size(self) -> int:
        """Return 0."""
        return 0

    def head(self) -> Head:
        """Return the head of the empty tree."""
        return Head(0, EMPTY_ROOT)

    def digests(self, start: int, end: int) -> list[Leaf]:
        """Return none."""
        return []

    def tile(self, level: int, n: int) -> bytes | None:
        """Return None."""
        return None

    def hashes(self, level: int, n: int, width: int) -> bytes:
        """Raise ValueError: there is none."""
        raise ValueError("the tree is empty")

    def save_checkpoint(self, size: int, note: bytes) -> None:
        """Raise LedgerUnavailable."""
        raise self._absent()

    def checkpoint(self, size: int | None = None) -> tuple[int, bytes] | None:
        """Return None."""
        return None

    def checkpoints(self, last: int) -> Iterator[tuple[int, bytes]]:
        """Yield nothing."""
        return iter(())

    def payloads(self) -> Iterator[Sealed]:
        """Yield nothing."""
        return iter(())

    def payload(self, id: str) -> Sealed | None:  # noqa: A002 - the field's name
        """Return None."""
        return None

    def payload_ids(self, subject: str) -> list[str]:
        """Return none."""
        return []

    def key(self, subject: str) -> bytes | None:
        """Return None."""
        return None

    def has_keys(self) -> bool:
        """Return False."""
        return False

    def put_key(self, subject: str, wrapped: bytes) -> bytes:
        """Raise LedgerUnavailable."""
        raise self._absent()

    def destroy(
        self, subject: str, *, told: Told | None = None, unless: Since | None = None
    ) -> int:
        """Return 0: nothing is kept."""
        return 0

    def expire(
        self,
        before: str,
        except_subjects: Collection[str] = (),
        *,
        told: Told | None = None,
        unless: Since | None = None,
        limit: int | None = None,
    ) -> int:
        """Return 0: nothing is kept."""
        return 0

    def close(self) -> None:
        """Do nothing."""

    def _absent(self) -> LedgerUnavailable:
        return LedgerUnavailable(f"{self._location}: no such ledger", hint="open it for writing")
