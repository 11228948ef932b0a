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
MAX_DIGITS = 400
"""Of a whole number; one of more is beyond every double."""

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
        orjson.loads(body)  # for what is wrong, and where; its value is not used: see `_value`
    except orjson.JSONDecodeError as problem:
        at = start + min(problem.pos, max(0, len(body) - 1))
        return JsonText(error=_cause(problem), span=Span(at, min(at + 1, whole.end)))
    if _depth(body) > MAX_DEPTH:
        return JsonText(error=f"it is nested deeper than {MAX_DEPTH}", span=whole)
    value, repeated = _value(body)
    if repeated:
        return JsonText(error=f"the key {repeated[0][:80]!r} is given twice", span=whole)
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


def _value(valid: str) -> tuple[Any, list[str]]:
    """Return the value of valid JSON, and the keys that one object holds twice.

    orjson keeps the keys it has read by a hash that anybody can find another text for, and then
    gives the one for the other. What is read here, a model wrote.
    """
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        made: dict[str, object] = {}
        for key, value in pairs:
            if key in made:
                repeated.append(key)
            made[key] = value
        return made

    return json.loads(valid, object_pairs_hook=unique, parse_int=_whole), repeated


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)
