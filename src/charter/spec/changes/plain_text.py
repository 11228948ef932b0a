"""A value of YAML as a few plain lines, for people and for comparing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

MAX_TEXT = 4000
"""Characters; what is longer is cut, with a sign that it is."""
_DEEPEST = 8


def plain_text(value: object) -> str:
    """Return a value as text: mappings as `key: value` lines, lists as `- entry` lines."""
    text = "\n".join(_lines(value, 0))
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} \u2026"


def _lines(value: object, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if depth < _DEEPEST and isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _entry(f"{indent}{key}:", inner, depth)
    elif depth < _DEEPEST and isinstance(value, list) and value:
        for inner in value:
            yield from _entry(f"{indent}-", inner, depth)
    else:
        yield f"{indent}{_scalar(value)}"


def _entry(lead: str, inner: object, depth: int) -> Iterator[str]:
    if isinstance(inner, Mapping | list) and inner:
        yield lead
        yield from _lines(inner, depth + 1)
    else:
        yield f"{lead} {_scalar(inner)}"


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
