"""Bytes of a request -> a JSON value, strictly and within bounds; each refusal is one ValueError.

Refused is what readers of JSON disagree on, since the model's server must not see another request
than was decided on: a key given twice, NaN and infinities, bytes that are no UTF-8, half of a
surrogate pair, numbers that no double holds.
Source: RFC 8259, sections 4, 6, 8.1 and 8.2; RFC 7493 (I-JSON), section 2.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson
from pydantic_core import from_json

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_DOUBLE_BITS = 1024
"""A whole number of more bits is beyond every double."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a body may be."""

    size: int = 32 * 1024 * 1024
    """Bytes."""
    depth: int = 100
    """Of lists and objects inside each other."""
    nodes: int = 1_000_000
    """Values and keys together."""


USUAL = Limits()


def read_json(body: bytes, limits: Limits = USUAL) -> Any:
    """Return the value of a body. Raises ValueError, in one line, for what is refused."""
    if len(body) > limits.size:
        raise ValueError(f"the body is larger than {limits.size:,} bytes")
    found = _quick(body, limits)
    return _strict(body, limits) if found is _UNSURE else found


_UNSURE = object()
_SCALARS = frozenset({bool, type(None)})
_WHOLE = float(2**53)
"""Numbers from here on are left to the strict reader, which knows the bounds of doubles."""


def _quick(body: bytes, limits: Limits) -> Any:
    """Return the value of a body with which nothing is wrong; `_UNSURE` of every other."""
    if b"\\u" in body:  # behind an escape may be anything
        return _UNSURE
    try:
        value = parse(body)
    except ValueError:
        return _UNSURE
    small = len(body) <= limits.nodes and body.count(b"{") + body.count(b"[") <= limits.depth
    # What is written again to the byte was read to the byte: so are most bodies of SDKs.
    sure = (small and body == _again(value)) or _is_whole(value, body, limits)
    return value if sure else _UNSURE


def parse(data: bytes | str) -> Any:
    """Return the value of JSON that others wrote: the last of two equal keys, inf past a double.

    orjson must not read it: it keeps the keys it has read by a hash that anybody can find another
    text for, and then gives the one for the other, to every later reader in the process.
    Raises ValueError; also for halves of surrogate pairs, and what is nested more than 200 deep.
    """
    return from_json(data, allow_inf_nan=False, cache_strings="none")


def _again(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # a whole number of more than 64 bits
        return b""


def _is_whole(value: Any, body: bytes, limits: Limits) -> bool:
    """Whether nothing of a body without escapes was lost in reading it, and limits are kept.

    The parser keeps the last of two equal keys. None was dropped where as many colons stand in the
    body as there are keys, and colons in texts.
    """
    level, nodes, depth, colons = [value], 0, 0, 0
    while level:
        nodes += len(level)
        inside: list[Any] = []
        nested = False
        for one in level:
            kind = type(one)
            if kind is str:
                colons += one.count(":")
            elif kind is dict:
                nested = True
                colons += len(one)
                inside += one
                inside += one.values()
            elif kind is list:
                nested = True
                inside += one
            elif kind not in _SCALARS and not -_WHOLE < one < _WHOLE:
                return False
        depth += nested
        if nodes > limits.nodes or depth > limits.depth:
            return False
        level = inside
    return colons == body.count(b":")


def _strict(body: bytes, limits: Limits) -> Any:
    """Return the value of any body, or say what is wrong with it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise ValueError(f"the body is not UTF-8: byte {cause.start}") from None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError:
        raise ValueError(_too_deep(limits)) from None
    except json.JSONDecodeError as cause:
        raise ValueError(f"the body is not JSON: {cause.msg} at character {cause.pos}") from None
    except _Refused:
        raise
    except ValueError:  # more digits than Python converts
        raise ValueError("the body has a number that no double holds") from None
    _check(value, limits, surrogates=_SURROGATE.search(body) is not None)
    return value


class _Refused(ValueError):
    """Refused while it was parsed, with a text of its own."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Refused(f"the body has the key {key[:80]!a} twice in one object")
            seen.add(key)
    return found


def _constant(name: str) -> NoReturn:
    raise _Refused(f"the body has {name}, which is not JSON")


def _check(value: Any, limits: Limits, *, surrogates: bool) -> None:
    """Check depth, nodes, numbers and texts, level by level; nothing here recurses."""
    level, nodes, depth = [value], 0, 0
    while level:
        nodes += len(level)
        if nodes > limits.nodes:
            raise ValueError(f"the body has more than {limits.nodes:,} values")
        inside: list[Any] = []
        nested = False
        for one in level:
            if isinstance(one, dict):
                nested = True
                inside += one
                inside += one.values()
            elif isinstance(one, list):
                nested = True
                inside += one
            else:
                _check_scalar(one, surrogates=surrogates)
        depth += nested
        if depth > limits.depth:
            raise ValueError(_too_deep(limits))
        level = inside


def _check_scalar(one: Any, *, surrogates: bool) -> None:
    if isinstance(one, str):
        if surrogates and not _is_text(one):
            raise ValueError("the body has half of a surrogate pair in a text")
    elif isinstance(one, float):
        if not math.isfinite(one):
            raise ValueError("the body has a number that no double holds")
    elif isinstance(one, int) and one.bit_length() > _DOUBLE_BITS:
        raise ValueError("the body has a number that no double holds")


def _is_text(one: str) -> bool:
    try:
        one.encode()
    except UnicodeEncodeError:
        return False
    return True


def _too_deep(limits: Limits) -> str:
    return f"the body is nested deeper than {limits.depth}"
