"""What a ledger store is: an append-only sequence of entries under a tree of hashes.

Beside the entries, and never under the tree, it keeps what may be destroyed: encrypted payloads
and the wrapped keys of the people they are about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from charter.errors import LedgerError
from charter.ledger.tlog.merkle import leaf_hash


class Entry(NamedTuple):
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
    thread: str | None = None
    """What it can be found by besides `run`: see `records.record.thread_of`."""


class Since(NamedTuple):
    """Entries that came after one has looked: of a kind, and of a run where one is named."""

    kind: str
    after: int
    run: str | None = None


class Overtaken(LedgerError):
    """An entry came in since one has looked, so that nothing was done: look again."""


Told = Callable[[int], Sequence[Entry]]
"""How many payloads were deleted -> the entries that record it, kept in the same transaction."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted payload, as `ledger.vault` makes and opens it."""

    id: str
    subject: str
    at: str
    """UTC, RFC 3339 to the millisecond: retention counts from here."""
    blob: bytes
    digest: str
    """SHA-256 of `blob`, hex."""


class Head(NamedTuple):
    """How many entries the tree has, and its root."""

    size: int
    root: bytes
    """32 bytes."""


class Leaf(NamedTuple):
    """What the tree says of one entry."""

    at: int
    """Index of the entry, from 1; the number of the leaf in the tree is one less."""
    kind: str
    digest: str
    """SHA-256 of the entry's body, hex."""

    @property
    def data(self) -> bytes:
        """The bytes under the tree, as they are published."""
        return leaf_data(self.at, self.kind, self.digest)

    @property
    def hash(self) -> bytes:
        """The hash of the leaf (RFC 6962)."""
        return leaf_hash(self.data)


def leaf_data(index: int, kind: str, digest: str) -> bytes:
    """Return what is hashed for the entry at `index`, from 1, with a body of that SHA-256."""
    return f"charter-record/v1\n{index}\n{kind}\n{digest}\n".encode()


class Store(Protocol):
    """A place where entries are kept in order. Raises LedgerUnavailable when it fails.

    Every method may be called from any thread.
    """

    @property
    def location(self) -> str:
        """Where the entries are, as shown to people; holds no password."""
        ...

    def append(self, entries: Sequence[Entry], payloads: Sequence[Sealed] = ()) -> int:
        """Keep all entries and payloads or none, durably; return the index of the last entry.

        The tree over the entries is part of the same transaction. Indices are contiguous from 1.
        Raises LedgerError when a key is there already, and LedgerTampered when the tree that is
        stored is not the one this store has seen grow.
        """
        ...

    def append_now(self, entries: Sequence[Entry], payloads: Sequence[Sealed] = ()) -> bool:
        """Do as `append`, where that needs no waiting for others; else return False.

        Nothing was kept then. A store for which every commit is a wait always returns False.
        """
        ...

    def known(self, keys: Collection[str]) -> set[str]:
        """Return those of the keys that entries have already."""
        ...

    def probe(self) -> None:
        """Write a little and take it back, durably: fails where `append` would."""
        ...

    def read(  # noqa: PLR0913 - each narrows the answer
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
        """Yield entries with their index, oldest first, or the newest first.

        All those that are there now, and none that come later.
        """
        ...

    def ask(self, question: str, values: Mapping[str, str]) -> list[tuple[Any, ...]]:
        """Return the rows of a question in SQL about the entries: see `ledger.question`.

        For counts over many entries. Digests are not looked at: `charter verify` does that.
        """
        ...

    def entry(self, index: int) -> Entry | None:
        """Return the entry at an index, from 1."""
        ...

    def size(self) -> int:
        """Return the index of the last entry, 0 for none."""
        ...

    def head(self) -> Head:
        """Return the head of the tree as stored. Raises LedgerTampered where it cannot be."""
        ...

    def digests(self, start: int, end: int) -> list[Leaf]:
        """Return the leaves number `start` to `end` - 1 of the tree, counted from 0."""
        ...

    def tile(self, level: int, n: int) -> bytes | None:
        """Return the full tile as stored (8,192 bytes); None where it is not full yet."""
        ...

    def hashes(self, level: int, n: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile, full or not.

        Raises ValueError where the tree does not have as many.
        """
        ...

    def save_checkpoint(self, size: int, note: bytes) -> None:
        """Keep the signed note over the tree of `size`, in place of an earlier one of that size."""
        ...

    def checkpoint(self, size: int | None = None) -> tuple[int, bytes] | None:
        """Return size and note of the latest checkpoint, or of the one of `size`."""
        ...

    def checkpoints(self, last: int) -> Iterator[tuple[int, bytes]]:
        """Yield size and note of the checkpoints of at most `last` entries, by size."""
        ...

    def payload(self, id: str) -> Sealed | None:  # noqa: A002 - the field's name
        """Return an encrypted payload; None where it never was, was erased or expired."""
        ...

    def payloads(self) -> Iterator[Sealed]:
        """Yield the encrypted payloads by their ids; those that come or go meanwhile, or not."""
        ...

    def payload_ids(self, subject: str) -> list[str]:
        """Return the ids of the payloads kept about a subject, oldest first."""
        ...

    def key(self, subject: str) -> bytes | None:
        """Return the wrapped key of a subject."""
        ...

    def has_keys(self) -> bool:
        """Return whether any subject has a key here."""
        ...

    def put_key(self, subject: str, wrapped: bytes) -> bytes:
        """Keep a wrapped key unless there is one; return the one that is stored: first wins."""
        ...

    def destroy(
        self, subject: str, *, told: Told | None = None, unless: Since | None = None
    ) -> int:
        """Delete the key and all payloads of a subject; return how many payloads there were.

        What was deleted is overwritten, as far as the storage can. What `told` returns is kept in
        the same transaction. Raises Overtaken, with nothing done, where there is an entry that
        `unless` names.
        """
        ...

    def expire(
        self,
        before: str,
        except_subjects: Collection[str] = (),
        *,
        told: Told | None = None,
        unless: Since | None = None,
        limit: int | None = None,
    ) -> int:
        """Delete payloads kept before a moment, but for those subjects; return how many.

        With `limit` the oldest, at most so many and fewer of large ones: for as long as it does
        not return 0, there may be more. `told`, `unless` and what is raised are those of `destroy`.
        """
        ...

    def close(self) -> None:
        """Release what is held. Nothing else may be called afterwards."""
        ...
