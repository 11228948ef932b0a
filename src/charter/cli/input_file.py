"""A file or standard input -> text or JSON values, bounded and checked; one clear line if not."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any, NoReturn

from charter.errors import ParseError, StorageError

STDIN = "-"
MAX_BYTES = 8 * 1024 * 1024
"""More than a model can be given to read."""
MAX_DEPTH = 100
"""Of JSON; every reader of it may then recurse."""

MAX_DIGITS = 300
"""Of a whole number: no double is larger."""

_TOO_DEEP = f"nested deeper than {MAX_DEPTH}"
_JSON_STARTS = ("{", "[")


def read_text(path: str) -> str:
    """Return the text of a file, or of standard input for `-`.

    Raises ParseError (no such file, a folder, too large, not UTF-8, empty) and StorageError.
    """
    where = place(path)
    try:
        content = _bytes(path)
    except FileNotFoundError as cause:
        raise ParseError(f"{where}: no such file", hint="check the path") from cause
    except IsADirectoryError as cause:
        raise ParseError(f"{where} is a folder", hint="name a file in it") from cause
    except OSError as cause:
        what = f"{where} cannot be read: {cause.strerror or cause}"
        raise StorageError(what, hint="check the permissions") from cause
    except ValueError as cause:  # a zero byte in the path
        raise ParseError(f"{path!r} is no path: {cause}", hint="check the path") from cause
    if len(content) > MAX_BYTES:
        hint = "give only the part that matters"
        raise ParseError(f"{where} is larger than {MAX_BYTES // 2**20} MB", hint=hint)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        what = f"{where} is not UTF-8: byte 0x{content[cause.start]:02x} at {cause.start}"
        raise ParseError(what, hint="save it as UTF-8") from cause
    if not text.strip():
        raise ParseError(f"{where} is empty", hint="write something into it")
    return text


def read_json(path: str) -> Any:
    """Return the JSON value in a file. Raises as `read_text` and `parse_json` do."""
    return parse_json(read_text(path), place(path))


def looks_like_json(text: str) -> bool:
    """Whether a text begins as a JSON object or list does."""
    return text.lstrip().startswith(_JSON_STARTS)


def place(path: str) -> str:
    """Return how a message speaks of an input."""
    return "standard input" if path == STDIN else path


def parse_json(text: str, where: str) -> Any:
    """Return a JSON value, strictly.

    Raises ParseError for what is not JSON, and for what readers of JSON disagree on: NaN and
    infinities, a key given twice, numbers that no double holds, nesting beyond MAX_DEPTH.
    """
    strict = _Strict(where)
    try:
        value = json.loads(
            text,
            object_pairs_hook=strict.pairs,
            parse_float=strict.number,
            parse_int=strict.whole,
            parse_constant=strict.constant,
        )
    except json.JSONDecodeError as cause:
        what = f"not JSON: {cause.msg.lower()} (line {cause.lineno}, column {cause.colno})"
        raise ParseError(f"{where}: {what}", hint="check the file") from cause
    except RecursionError:
        strict.refuse(_TOO_DEEP)
    if _deeper(value, MAX_DEPTH):
        strict.refuse(_TOO_DEEP)
    return value


class _Strict:
    """What the reader of the standard library would let pass."""

    def __init__(self, where: str) -> None:
        self.where = where

    def refuse(self, what: str) -> NoReturn:
        raise ParseError(f"{self.where}: {what}", hint="write plain JSON")

    def number(self, literal: str) -> float:
        found = float(literal)
        if not math.isfinite(found):
            self.refuse(f"the number {literal:.40} is too large")
        return found

    def whole(self, literal: str) -> int:
        if len(literal) > MAX_DIGITS:
            self.refuse(f"a whole number of {len(literal):,} digits is too large")
        return int(literal)

    def constant(self, literal: str) -> NoReturn:
        self.refuse(f"{literal} is no JSON number")

    def pairs(self, found: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(found)
        if len(values) < len(found):
            keys = [key for key, _ in found]
            twice = next(key for at, key in enumerate(keys) if key in keys[:at])
            self.refuse(f"the key {twice!r:.80} is given twice")
        return values


def _deeper(value: Any, limit: int) -> bool:
    """Whether a value nests deeper than a limit; looks at one layer after the other."""
    layer = [value]
    for _ in range(limit + 1):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not layer:
            return False
    return True


def _bytes(path: str) -> bytes:
    if path == STDIN:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(path).open("rb") as stream:
        return stream.read(MAX_BYTES + 1)
