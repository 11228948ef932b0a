"""Events of an hour in one row, those of its minutes packed in it.

Windows begin and end at any minute of any time, so no minute is ever thrown away. A row for each
would be thirty times as many: the minutes of a row are bytes, read only at the ends of windows.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from charter.errors import LedgerUnavailable
from charter.govern.objectives.rollup_store import Session

HOUR = 60
"""Minutes."""
_SIZES = {b"B": 1, b"H": 2, b"I": 4, b"Q": 8}
"""Codes of unsigned numbers and their bytes: a row has the least that holds all of its own."""
_AT_ONCE = 16
"""Hours asked for in one statement."""
_UPSERT = (
    "INSERT INTO hours (series, place, hour, application, model, bad, total, minutes)"
    " VALUES (:series, :place, :hour, :application, :model, :bad, :total, :minutes)"
    " ON CONFLICT (series, place, hour, application, model)"
    " DO UPDATE SET bad = excluded.bad, total = excluded.total, minutes = excluded.minutes"
)
_STANDING = (
    "SELECT hour, application, model, minutes FROM hours WHERE series = :series"  # noqa: S608 - names of parameters only
    f" AND place = :place AND hour IN ({', '.join(f':h{at}' for at in range(_AT_ONCE))})"
)
_NEWEST = "newest-hour"


class Cell(NamedTuple):
    """What one row is of; sorts as the table does."""

    series: str
    place: str
    hour: int
    """Since 1970."""
    application: str
    model: str


Minutes = dict[int, list[int]]
"""Bad and all events by minute of the hour, 0 to 59."""


def packed(minutes: Mapping[int, Sequence[int]]) -> bytes:
    """Return minutes as bytes: the code of the numbers' size, then minute, bad, total of each."""
    flat = [number for minute in sorted(minutes) for number in (minute, *minutes[minute])]
    most = max(flat, default=0)
    if most < 1 << 8:
        return b"B" + bytes(flat)
    code = next(code for code, size in _SIZES.items() if most < 1 << 8 * size)
    return code + struct.pack(f"<{len(flat)}{code.decode()}", *flat)


def unpacked(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Return minute, bad and total of each minute. Raises LedgerUnavailable for damaged bytes."""
    size = _SIZES.get(data[:1])
    if size is None or (len(data) - 1) % (3 * size):
        raise LedgerUnavailable(
            "counts of the ledger are damaged", hint="delete them: they are counted anew from it"
        )
    code = data[:1].decode()
    flat = iter(struct.unpack(f"<{(len(data) - 1) // size}{code}", data[1:]))
    return zip(flat, flat, flat, strict=True)


def add(session: Session, found: Mapping[Cell, Minutes]) -> None:
    """Add events to what stands in the table; `found` is used up."""
    newest = session.all("SELECT value FROM meta WHERE name = :name", {"name": _NEWEST})
    known_to = int(newest[0][0]) if newest else None
    if known_to is not None:
        for cell, data in _standing(session, [each for each in found if each.hour <= known_to]):
            if cell not in found:
                continue
            minutes = found[cell]
            for minute, bad, total in unpacked(data):
                sums = minutes.setdefault(minute, [0, 0])
                sums[0] += bad
                sums[1] += total
    session.many(_UPSERT, [_row(cell, found[cell]) for cell in sorted(found)])
    last = max((cell.hour for cell in found), default=known_to)
    if last is not None and last != known_to:
        session.run(
            "INSERT INTO meta VALUES (:name, :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            {"name": _NEWEST, "value": str(last if known_to is None else max(last, known_to))},
        )


def _row(cell: Cell, minutes: Minutes) -> dict[str, object]:
    series, place, hour, application, model = cell
    bad = total = 0
    for sums in minutes.values():
        bad += sums[0]
        total += sums[1]
    return {
        "series": series,
        "place": place,
        "hour": hour,
        "application": application,
        "model": model,
        "bad": bad,
        "total": total,
        "minutes": packed(minutes),
    }


def _standing(session: Session, cells: Iterable[Cell]) -> Iterator[tuple[Cell, bytes]]:
    """Yield the rows there are of the hours of these cells, others of these hours among them."""
    hours: dict[tuple[str, str], set[int]] = {}
    for cell in cells:
        hours.setdefault((cell.series, cell.place), set()).add(cell.hour)
    for (series, place), wanted in hours.items():
        left = iter(sorted(wanted))
        while chunk := list(islice(left, _AT_ONCE)):
            chunk += [chunk[-1]] * (_AT_ONCE - len(chunk))  # one statement, whatever the number
            values = {f"h{at}": hour for at, hour in enumerate(chunk)}
            rows = session.all(_STANDING, values | {"series": series, "place": place})
            for hour, application, model, minutes in rows:
                yield Cell(series, place, hour, application, model), bytes(minutes)
