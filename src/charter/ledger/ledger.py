"""Records in and out of a store, as canonical JSON with a digest each, and proofs over them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from charter.errors import LedgerTampered
from charter.ledger.body import body_of, canonical, digest_of_body, entry_of
from charter.ledger.integrity import HINT, check
from charter.ledger.store import Entry, Head, Sealed, Store
from charter.ledger.tlog.merkle import Hashes, consistency_proof, inclusion_proof
from charter.ledger.tlog.tile import Tile, pack, reader
from charter.records.record import RECORDS, Record, key_of, thread_of

__all__ = ["Ledger", "body_of", "canonical", "digest_of_body", "entry_of"]

R = TypeVar("R", bound=Record)

_KINDS: dict[str, type[Record]] = {kind.__name__: kind for kind in RECORDS}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


class Ledger:
    """The append-only log of facts, over any store. May be used from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the store."""
        self._store.close()

    @property
    def store(self) -> Store:
        """Where the entries are, with payloads, keys and checkpoints beside them."""
        return self._store

    @property
    def where(self) -> str:
        """The place of the ledger, as shown to people."""
        return self._store.location

    def append(self, *records: Record, payloads: Sequence[Sealed] = ()) -> int:
        """Keep all records and payloads or none. They are durable when this returns.

        Returns the index of the last record of the ledger. Raises LedgerUnavailable (no room,
        no permission) and AlreadyRecorded.
        """
        return self._store.append([entry_of(record) for record in records], payloads)

    def read(  # noqa: PLR0913 - each narrows the answer
        self,
        kind: type[R],
        *,
        run: str | None = None,
        thread: str | None = None,
        after: int = 0,
        newest: bool = False,
        limit: int | None = None,
    ) -> Iterator[R]:
        """Yield the records of one kind, oldest first (or newest first), with an index > `after`.

        `thread` is the exchange they belong to. Raises LedgerTampered when a record is not what
        was appended; it names the first that is not.
        """
        found = self._store.read(
            kind=kind.__name__, run=run, thread=thread, after=after, newest=newest, limit=limit
        )
        for index, entry in found:
            yield cast("R", self._record(index, entry))

    def read_any(  # noqa: PLR0913 - the same
        self,
        kinds: Collection[type[Record]] = (),
        *,
        run: str | None = None,
        thread: str | None = None,
        after: int = 0,
        newest: bool = False,
        limit: int | None = None,
    ) -> Iterator[tuple[int, Record]]:
        """Yield records of several kinds with their index, in one order; of all for none named.

        Raises LedgerTampered as `read` does.
        """
        names = [kind.__name__ for kind in kinds] or None
        found = self._store.read(
            kinds=names, run=run, thread=thread, after=after, newest=newest, limit=limit
        )
        for index, entry in found:
            yield index, self._record(index, entry)

    def get(self, index: int) -> Record | None:
        """Return the record at an index, from 1. Raises LedgerTampered as `read` does."""
        entry = self._store.entry(index)
        return None if entry is None else self._record(index, entry)

    def size(self) -> int:
        """Return how many records there are."""
        return self._store.size()

    def head(self) -> Head:
        """Return size and root of the tree over all records."""
        return self._store.head()

    def hashes(self, size: int) -> Hashes:
        """Return a reader of the complete nodes of the tree of `size`."""
        kept: dict[str, bytes] = {}  # a proof asks for neighbours: the same tiles again

        def fetch(tile: Tile) -> bytes:
            if tile.path not in kept:
                kept[tile.path] = self._store.hashes(tile.level or 0, tile.index, tile.width)
            return kept[tile.path]

        return reader(size, fetch)

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the proof that record `index` (from 1) is in the tree of `size`, else of now.

        Raises ValueError where there is no such record.
        """
        size = self.head().size if size is None else size
        return inclusion_proof(index - 1, size, self.hashes(size))

    def consistency(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """Return the proof that the tree of size `new`, else of now, extends that of `old`.

        Raises ValueError where they are no sizes of this tree in this order.
        """
        new = self.head().size if new is None else new
        return consistency_proof(old, new, self.hashes(new))

    def tile(self, tile: Tile) -> bytes:
        """Return a tile or a bundle of entries as it is published (C2SP tlog-tiles).

        Raises ValueError where the tree has not grown as far.
        """
        if tile.level is not None:
            return self._store.hashes(tile.level, tile.index, tile.width)
        start = tile.index * 256
        leaves = self._store.digests(start, start + tile.width)
        if len(leaves) != tile.width:
            raise ValueError(f"{tile.path} is not complete yet")
        return pack([leaf.data for leaf in leaves])

    def check(self) -> Head:
        """Read everything; return the head that it makes.

        Raises LedgerTampered that names the first record that is not what was appended.
        """
        return check(self._store, self._record)

    def _record(self, index: int, entry: Entry) -> Record:
        # a damaged file can hold bytes or a number where the text was
        if not isinstance(entry.body, str) or digest_of_body(entry.body) != entry.digest:
            raise self._tampered(index, entry, "does not match its digest")
        kind = _KINDS.get(entry.kind)
        if kind is None:
            raise self._tampered(index, entry, "is of no kind that this version knows")
        try:
            record = cast("Record", _adapter(kind).validate_json(entry.body))
        except ValidationError as cause:
            what = f"is no {entry.kind} that this version reads: {cause.errors()[0]['msg']}"
            raise self._tampered(index, entry, what) from cause
        if (record.run, key_of(record)) != (entry.run, entry.key):
            raise self._tampered(index, entry, "is filed under another run or key")
        if thread_of(record) != entry.thread:
            raise self._tampered(index, entry, "is filed under another exchange")
        return record

    def _tampered(self, index: int, entry: Entry, what: str) -> LedgerTampered:
        return LedgerTampered(
            f"{self.where}: ledger record {index} ({entry.kind}) {what}", index=index, hint=HINT
        )


def _adapter(kind: type[Record]) -> TypeAdapter[Any]:
    """Return the reader of one kind; built when first needed."""
    name = kind.__name__
    if name not in _ADAPTERS:
        _ADAPTERS[name] = TypeAdapter(kind)
    return _ADAPTERS[name]
