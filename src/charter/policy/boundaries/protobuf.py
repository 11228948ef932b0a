"""The protobuf wire format, as much of it as reading a compiled expression takes.

Bounded: nothing is read outside of the bytes given, no number is longer than 10 bytes.
Source: protobuf.dev, Encoding.
"""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """A field of a message: a range of bytes, or a number with `stop` -1."""

    number: int
    start: int
    stop: int


def signed(number: int) -> int:
    """Return a number as an int64."""
    return number - (1 << 64) if number >> 63 else number


def text_of(data: bytes, place: Field) -> str:
    """Return a field as text. Raises ValueError when it is none."""
    if place.stop < 0:
        raise ValueError("a number where a text was expected")
    return data[place.start : place.stop].decode()


def only(parts: list[Field], number: int) -> Field:
    """Return the first field of a number. Raises ValueError when there is none."""
    for part in parts:
        if part.number == number:
            return part
    raise ValueError(f"field {number} is missing")


def entry(data: bytes, place: Field) -> tuple[int, Field]:
    """Read an entry of a map field: its number, and its value. A value of 0 may be left out."""
    node_id, value = 0, Field(2, 0, -1)
    for part in fields(data, place.start, place.stop):
        if part.number == 1:
            node_id = part.start
        elif part.number == 2:
            value = part
    return node_id, value


def fields(data: bytes, start: int, stop: int) -> list[Field]:
    """Return the fields of one message. Raises ValueError and IndexError outside of it."""
    found = []
    at = start
    while at < stop:
        key, at = _varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(data, at)
            found.append(Field(key >> 3, value, -1))
            continue
        if wire == 2:
            length, at = _varint(data, at)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire}")
        end = at + length
        if end > stop:
            raise ValueError("it ends too early")
        found.append(Field(key >> 3, at, end))
        at = end
    if at != stop:
        raise ValueError("it ends too early")
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    if byte < 0x80:  # nearly all are
        return byte, at + 1
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & 0xFFFF_FFFF_FFFF_FFFF, at
        shift += 7
        if shift > 63:
            raise ValueError("a number longer than 10 bytes")
