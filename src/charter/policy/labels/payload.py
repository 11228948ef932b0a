"""Parsed JSON of an unknown sender: bounded, and errors that name the place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from charter.errors import ParseError

MAX_DEPTH = 64
"""Of JSON inside of a message: arguments, results."""
MAX_VALUES = 1_000_000
"""Of JSON side by side."""
MAX_NESTING = 8
"""Of content blocks inside of content blocks."""

SCALARS = (str, int, float, bool, type(None))

_WORDS = ("text", "content", "output", "value", "refusal")
_JSON_NAMES = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "a truth value",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def json_text(value: object, where: str) -> str:
    """Return a value as JSON text; texts as they are, nothing for null.

    Raises ParseError where it is nested deeper than MAX_DEPTH or cannot be written as JSON.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    check_depth(value, where)
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError) as cause:
        raise ParseError(f"{where}: not JSON: {cause}") from cause


def check_depth(value: object, where: str) -> None:
    """Raise ParseError where JSON is nested deeper than MAX_DEPTH."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
        if len(level) > MAX_VALUES:
            raise ParseError(f"{where}: more than {MAX_VALUES:,} values", hint="send less JSON")
    raise ParseError(f"{where}: nested deeper than {MAX_DEPTH}", hint="send flatter JSON")


def loose_text(value: object, where: str, depth: int = 0) -> Iterator[str]:
    """Yield the texts of a part whose type is unknown, wherever parts keep texts."""
    if depth > MAX_NESTING:
        raise ParseError(f"{where}: nested deeper than {MAX_NESTING}", hint="send flatter content")
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key in _WORDS:
            if key in value:
                yield from loose_text(value[key], where, depth + 1)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from loose_text(one, where, depth + 1)


def items_of(value: object, where: str) -> Sequence[Any]:
    """Return a list. Raises ParseError for anything else."""
    if isinstance(value, list | tuple):
        return value
    raise ParseError(
        f"{where}: expected a list, not {kind_of(value)}", hint="give the list of messages"
    )


def object_of(value: object, where: str) -> Mapping[str, Any]:
    """Return an object. Raises ParseError for anything else."""
    if type(value) is dict or isinstance(value, Mapping):  # the first spares the cost of the other
        return value
    raise ParseError(
        f"{where}: expected an object, not {kind_of(value)}",
        hint="each is an object such as {'role': 'user', 'content': '...'}",
    )


def kind_of(value: object) -> str:
    """Return what a value is, in the words of JSON."""
    return _JSON_NAMES.get(type(value), "a value of no JSON type")


def shown(value: object) -> str:
    """Return a value for one line of an error: bounded, and never the inside of an object."""
    if isinstance(value, str):
        return repr(value[:80])
    return repr(value)[:80] if isinstance(value, SCALARS) else kind_of(value)


def no_content(value: object, where: str) -> ParseError:
    """Return the error for content that is neither text nor parts."""
    return ParseError(
        f"{where}: expected text or a list of parts, not {kind_of(value)}",
        hint="content is text, or a list of objects with a type",
    )


def _inside(value: object) -> Sequence[object]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list | tuple) else ()
