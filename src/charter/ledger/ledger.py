"""Records in and out of a store, as canonical JSON with a digest each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from charter.errors import LedgerTampered
from charter.ledger.store import Entry, Store
from charter.records.record import RECORDS, Record, key_of

R = TypeVar("R", bound=Record)

_ADAPTERS: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in RECORDS}


class Ledger:
    """The append-only log of facts, over any store."""

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
        self._store.close()

    @property
    def where(self) -> str:
        """The place of the ledger, as shown to people."""
        return self._store.location

    def append(self, *records: Record) -> None:
        """Keep all records or none. They are durable when this returns.

        Raises LedgerUnavailable (no room, no permission) and LedgerError (recorded before).
        """
        self._store.append([_entry(record) for record in records])

    def read(self, kind: type[R], *, run: str | None = None) -> Iterator[R]:
        """Yield the records of one kind, oldest first.

        Raises LedgerTampered when a record is not what was appended.
        """
        adapter = _ADAPTERS[kind.__name__]
        for index, entry in self._store.read(kind=kind.__name__, run=run):
            # a damaged file can hold bytes or a number where the text was
            if not isinstance(entry.body, str) or digest_of_body(entry.body) != entry.digest:
                raise self._tampered(index, entry, "does not match its digest")
            try:
                record: R = adapter.validate_json(entry.body)
            except ValidationError as cause:
                what = f"is no {entry.kind} that this version reads: {cause.errors()[0]['msg']}"
                raise self._tampered(index, entry, what) from cause
            if (record.run, key_of(record)) != (entry.run, entry.key):
                raise self._tampered(index, entry, "is filed under another run or key")
            yield record

    def _tampered(self, index: int, entry: Entry, what: str) -> LedgerTampered:
        return LedgerTampered(
            f"{self.where}: ledger record {index} ({entry.kind}) {what}",
            index=index,
            hint="the file was changed or damaged, or is of another version: restore a copy",
        )


def canonical(value: Any) -> str:
    """Return canonical JSON: sorted keys, no blanks, UTF-8 text, no floats by construction."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of_body(body: str) -> str:
    """Return the hex SHA-256 of a record's canonical JSON."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def body_of(record: Record) -> str:
    """Return the canonical JSON of a record."""
    try:
        return orjson.dumps(_plain(record)).decode()
    except orjson.JSONEncodeError:
        # Names of files may hold lone surrogates, which no database takes.
        return canonical(asdict(record)).encode("utf-8", "replace").decode()


def _plain(value: Any) -> Any:
    """Return a record as mappings with sorted keys: twice as quick as `asdict`."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    names = _names(type(value))
    return {name: _plain(getattr(value, name)) for name in names} if names else value


def _names(kind: type) -> tuple[str, ...]:
    names = _NAMES.get(kind)
    if names is None:
        found = fields(kind) if is_dataclass(kind) else ()
        names = _NAMES[kind] = tuple(sorted(field.name for field in found))
    return names


_NAMES: dict[type, tuple[str, ...]] = {}
"""The fields of each record, so that they are not looked up for each again."""


def _entry(record: Record) -> Entry:
    body = body_of(record)
    return Entry(type(record).__name__, record.run, key_of(record), body, digest_of_body(body))
