"""A record as canonical JSON: sorted keys, no blanks, no floats by construction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from operator import attrgetter
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import orjson

from charter.ledger.store import Entry
from charter.records.record import Record, key_of, thread_of

NUMBERED = "sequence"
"""The field that a writer fills in when it commits."""


class _Shape(NamedTuple):
    """How records of one class are taken apart; looked up once."""

    names: tuple[str, ...]
    """Its fields, sorted."""
    values: Callable[[Any], tuple[Any, ...]]
    """Returns their values in that order."""
    rows: tuple[tuple[str, tuple[str, ...], Callable[[Any], tuple[Any, ...]]], ...]
    """Fields that are tuples of one flat class, with its names and values."""
    nested: tuple[str, ...]
    """Other fields that may hold records."""


_SHAPES: dict[type, _Shape | None] = {}


def canonical(value: Any) -> str:
    """Return canonical JSON: sorted keys, no blanks, UTF-8 text, no floats by construction."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of_body(body: str) -> str:
    """Return the hex SHA-256 of a record's canonical JSON."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def body_of(record: Record) -> str:
    """Return the canonical JSON of a record."""
    return _json(record, {}).decode()


def entry_of(record: Record, sequence: int | None = None) -> Entry:
    """Return a record as it is stored, with another `sequence` where one is given."""
    data = _json(record, {} if sequence is None else {NUMBERED: sequence})
    digest = hashlib.sha256(data).hexdigest()
    kind = type(record).__name__
    key = key_of(record) if sequence is None else key_of(record, sequence)
    return Entry(kind, record.run, key, data.decode(), digest, thread_of(record))


def _json(record: Record, changed: Mapping[str, Any]) -> bytes:
    try:
        value = _plain(record)
        value.update(changed)
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        # Names of files may hold lone surrogates, which no database takes.
        return canonical(asdict(record) | dict(changed)).encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    """Return a record as mappings with sorted keys: four times as quick as `asdict`."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    kind = type(value)
    try:
        shape = _SHAPES[kind]
    except KeyError:
        shape = _SHAPES[kind] = _shape(kind)
    if shape is None:
        return value
    found = dict(zip(shape.names, shape.values(value), strict=True))
    for name, names, values in shape.rows:
        found[name] = [dict(zip(names, values(row), strict=True)) for row in found[name]]
    for name in shape.nested:
        found[name] = _plain(found[name])
    return found


def _shape(kind: type) -> _Shape | None:
    if not is_dataclass(kind):
        return None
    names = tuple(sorted(field.name for field in fields(kind)))
    hints = get_type_hints(kind)
    rows, nested = [], []
    for name in names:
        row = _row(hints[name])
        if row is not None:
            rows.append((name, row.names, row.values))
        elif _holds_records(hints[name]):
            nested.append(name)
    return _Shape(names, _values(names), tuple(rows), tuple(nested))


def _row(hint: Any) -> _Shape | None:
    """Return the shape of the items, where the type is a tuple of one flat class."""
    parts = get_args(hint)
    if get_origin(hint) is not tuple or len(parts) != 2 or parts[1] is not Ellipsis:
        return None
    shape = _shape(parts[0])
    return shape if shape is not None and not shape.rows and not shape.nested else None


def _values(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


def _holds_records(hint: Any) -> bool:
    """Tell whether a field's type is or contains a dataclass."""
    return is_dataclass(hint) or any(map(_holds_records, get_args(hint)))
