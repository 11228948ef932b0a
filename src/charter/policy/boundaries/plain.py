"""Values as conditions are asked about them: dicts and lists, bounded, no zero characters.

The CEL runtime's Python binding ends a text at its first zero character, which would hide all that
follows from every condition: such a character is read as U+FFFD. It takes no other mappings than
`dict` and no tuples, and walks what it is given on its stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

MAX_SIZE = 1_000_000
"""Characters and entries of the values that one question may be about."""
MAX_NESTING = 64
"""Of maps and lists in a value."""

_SCALARS = frozenset({bool, int, float, type(None)})
_ZERO, _SHOWN = "\0", "\ufffd"
_TOO_LARGE = f"it is about more than {MAX_SIZE:,} characters and entries"
_TOO_DEEP = f"it is about values nested more than {MAX_NESTING} deep"
_HIDDEN = "a map has keys that are no texts, or that differ in a zero character only"


class Plain(NamedTuple):
    """Values that may be asked about."""

    values: dict[str, object]
    size: int
    """Characters and entries, of keys and of everything inside."""


def plain(values: Mapping[str, object]) -> Plain:
    """Return values by variable name, copied where they have to be changed.

    Raises ValueError where they are too large, or too deep.
    """
    try:
        if type(values) is dict:
            return Plain(values, _size_of_map(values, 0))
    except _OtherwiseError:
        pass
    return Plain(*_map(values, 0, MAX_SIZE))


class _OtherwiseError(Exception):
    """Something is not plain, or not within the limits: nearly never."""


def _size_of_map(given: dict[str, object], depth: int) -> int:
    """Return the size of a map that is plain."""
    try:
        keys = "".join(given)
    except TypeError as cause:
        raise _OtherwiseError from cause
    size = len(given) + len(keys) + _size_of_parts(given.values(), depth)
    if _ZERO in keys or size > MAX_SIZE:
        raise _OtherwiseError
    return size


def _size_of_parts(parts: Iterable[Any], depth: int) -> int:
    if depth > MAX_NESTING:
        raise _OtherwiseError
    size = 0
    for part in parts:
        kind = type(part)
        if kind is str:
            if _ZERO in part:
                raise _OtherwiseError
            size += len(part)
        elif kind is dict:
            size += _size_of_map(part, depth + 1)
        elif kind is list:
            size += len(part) + _size_of_parts(part, depth + 1)
        elif kind not in _SCALARS:
            raise _OtherwiseError
    return size


def _map(given: Mapping[str, object], depth: int, room: int) -> tuple[dict[str, object], int]:
    made: dict[str, object] = {}
    size = len(given)
    for key, value in given.items():
        if not isinstance(key, str):
            raise ValueError(_HIDDEN)  # noqa: TRY004 - of what is asked about, whatever its type
        size += len(key)
        if isinstance(value, str):
            size += len(value)
            made[key] = value.replace(_ZERO, _SHOWN) if _ZERO in value else value
        elif isinstance(value, bool | int | float) or value is None:
            made[key] = value
        else:
            made[key], inner = _inside(value, depth + 1, room - size)
            size += inner
        if size > room:
            raise ValueError(_TOO_LARGE)
    if any(_ZERO in key for key in made):
        made = {key.replace(_ZERO, _SHOWN): value for key, value in made.items()}
        if len(made) < len(given):
            raise ValueError(_HIDDEN)
    return made, size


def _list(given: Iterable[object], depth: int, room: int) -> tuple[list[object], int]:
    made: list[object] = []
    size = 0
    for value in given:
        plain_value, inner = _inside(value, depth + 1, room - size)
        made.append(plain_value)
        size += 1 + inner
        if size > room:
            raise ValueError(_TOO_LARGE)
    return made, size


def _inside(value: object, depth: int, room: int) -> tuple[object, int]:
    if isinstance(value, str):
        return (value.replace(_ZERO, _SHOWN) if _ZERO in value else value), len(value)
    if isinstance(value, bool | int | float) or value is None:
        return value, 0
    if depth > MAX_NESTING:
        raise ValueError(_TOO_DEEP)
    if isinstance(value, list | tuple):
        return _list(value, depth, room)
    if isinstance(value, dict | Mapping):
        return _map(value, depth, room)
    return value, 0  # the runtime refuses it, with its own words
