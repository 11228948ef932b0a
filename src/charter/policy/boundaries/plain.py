"""Values as conditions are asked about them: dicts and lists, bounded, no zero characters.

The CEL runtime's Python binding ends a text at its first zero character, which would hide all that
follows from every condition: such a character is read as U+FFFD. It takes no other mappings than
`dict` and no tuples, and walks what it is given on its stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, NamedTuple

MAX_SIZE = 1_000_000
"""Characters and entries of the values that one question may be about."""
MAX_NESTING = 64
"""Of maps and lists in a value."""

_ZERO, _SHOWN = "\0", "\ufffd"
_LEAST, _MOST = -(2**63), 2**63 - 1
_TOO_LARGE = f"it is about more than {MAX_SIZE:,} characters and entries"
_TOO_DEEP = f"it is about values nested more than {MAX_NESTING} deep"
_HIDDEN = "a map has keys that are no texts, or that differ in a zero character only"
_NO_NUMBER = "it is about a number that JSON does not have: infinite, or none at all"


class Plain(NamedTuple):
    """Values that may be asked about."""

    values: dict[str, object]
    size: int
    """Characters and entries, of keys and of everything inside."""


def plain(values: Mapping[str, object]) -> Plain:
    """Return values by variable name, copied where they have to be changed.

    Raises ValueError where they are too large, too deep, or no JSON.
    """
    size = size_as_given(values)
    if size is not None and type(values) is dict:
        return Plain(values, size)
    return Plain(*_map(values, 0, MAX_SIZE))


def size_as_given(values: Mapping[str, object]) -> int | None:
    """Return the size of values that are plain already, and that the runtime will take.

    That is: nothing but dicts, lists, text of Unicode, whole numbers of 64 bits, finite fractions,
    truth values and None. None where one of them is anything else, or beyond the limits.
    """
    if type(values) is not dict:
        return None
    try:
        size = _size_of_parts((values,), -1)
    except (_OtherwiseError, TypeError):  # a key that is no text cannot be joined to others
        return None
    return size


class _OtherwiseError(Exception):
    """Something is not plain, or not within the limits: nearly never."""


def _size_of_parts(parts: Iterable[Any], depth: int) -> int:
    """Return the size of what is inside of a map or list."""
    if depth > MAX_NESTING:
        raise _OtherwiseError
    size = 0
    for part in parts:
        kind = type(part)
        if kind is str:
            if _ZERO in part or not part.isascii():
                _must_be_text(part)
            size += len(part)
        elif kind is dict:
            keys = "".join(part)
            if _ZERO in keys or not keys.isascii():
                _must_be_text(keys)
            size += len(part) + len(keys) + _size_of_parts(part.values(), depth + 1)
        elif kind is list:
            size += len(part) + _size_of_parts(part, depth + 1)
        elif not ((kind is int and _LEAST <= part <= _MOST) or _is_other_scalar(part)):
            raise _OtherwiseError
    if size > MAX_SIZE:
        raise _OtherwiseError
    return size


def _must_be_text(text: str) -> None:
    """Refuse a zero character and a lone surrogate."""
    if _ZERO in text:
        raise _OtherwiseError
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as cause:
            raise _OtherwiseError from cause


def _is_other_scalar(value: object) -> bool:
    return value is None or type(value) is bool or (type(value) is float and isfinite(value))


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
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(_NO_NUMBER)
    if isinstance(value, bool | int | float) or value is None:
        return value, 0
    if depth > MAX_NESTING:
        raise ValueError(_TOO_DEEP)
    if isinstance(value, list | tuple):
        return _list(value, depth, room)
    if isinstance(value, dict | Mapping):
        return _map(value, depth, room)
    raise ValueError(f"it is about a value that JSON does not have: {type(value).__name__:.40}")
