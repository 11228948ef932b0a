"""Reading JSON that a model wrote, strictly and in bounded depth."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import orjson

from charter.source import Span

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 100

_FENCE = re.compile(r"```(?:json)?[ \t]*\r?\n(?P<body>.*?)\r?\n[ \t]*```", re.DOTALL)
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')


_NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class JsonText:
    """What was read, or why it is not JSON."""

    value: Any = None
    error: str | None = None
    """The rest of a sentence that begins `The reply is not JSON:`; None when it is."""
    span: Span = _NOWHERE
    """The JSON in the text, or where it stops being JSON."""


def read_json(text: str, *, fenced: bool = False) -> JsonText:
    """Read a text that is JSON from end to end; with `fenced`, a Markdown fence may enclose it.

    Refused, though some readers take them: repeated keys, NaN and infinities, lone surrogates,
    nesting deeper than MAX_DEPTH and texts longer than MAX_CHARACTERS. Never raises.
    """
    start = len(text) - len(text.lstrip())
    body = text.strip()
    if not body:
        return JsonText(error="it is empty")
    if len(body) > MAX_CHARACTERS:
        return JsonText(error=f"it is longer than {MAX_CHARACTERS} characters")
    if fenced and (fence := _FENCE.fullmatch(body)):
        start, body = start + fence.start("body"), fence["body"]
    whole = Span(start, start + len(body))
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        at = start + min(problem.pos, max(0, len(body) - 1))
        return JsonText(error=_cause(problem), span=Span(at, min(at + 1, whole.end)))
    if _depth(body) > MAX_DEPTH:
        return JsonText(error=f"it is nested deeper than {MAX_DEPTH}", span=whole)
    repeated = _repeated_key(body)
    if repeated is not None:
        return JsonText(error=f"the key {repeated[:80]!r} is given twice", span=whole)
    return JsonText(value, span=whole)


def _cause(problem: orjson.JSONDecodeError) -> str:
    return f"{problem.msg.partition(': line')[0]} (character {problem.pos + 1})"


def _depth(valid: str) -> int:
    """Return how deep valid JSON nests; on valid JSON the pattern never backtracks."""
    deepest = depth = 0
    for token in _TOKENS.finditer(valid):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        deepest = max(deepest, depth)
    return deepest


def _repeated_key(valid: str) -> str | None:
    """Return a key that one object of valid JSON holds twice."""
    repeated: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                repeated.append(key)
            seen.add(key)

    # Numbers stay text: only the keys are looked at, and a long number costs nothing.
    json.loads(valid, object_pairs_hook=note, parse_int=str, parse_float=str)
    return repeated[0] if repeated else None
