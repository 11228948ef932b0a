"""The member `charter`, which is for the gateway, taken out of what goes to a model's server.

It stands in a body, in its metadata, in messages and items, and in their parts; servers refuse
members that they do not know. What a tool was called with is the client's, whatever it is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OWN = "charter"
_WRITTEN = b'"charter"'
_TALKS = ("messages", "input", "system", "instructions")
_HOLD = ("content", "output", "source", "summary")
"""Members of a message, an item or a part that hold parts."""


def without(body: Mapping[str, Any], raw: bytes) -> Mapping[str, Any]:
    """Return a body without the member; the body itself where it has none. `raw`: as it came."""
    if _WRITTEN not in raw and OWN not in body:
        return body
    made = {name: value for name, value in body.items() if name != OWN}
    metadata = made.get("metadata")
    if isinstance(metadata, Mapping) and OWN in metadata:
        made["metadata"] = {name: value for name, value in metadata.items() if name != OWN}
    for name in _TALKS:
        if isinstance(made.get(name), list):
            made[name] = _parts(made[name])
    return body if _same(made, body) else made


def _parts(given: list[Any]) -> list[Any]:
    """Return parts without the member; the list itself where none has it."""
    made = [_part(one) if isinstance(one, dict) else one for one in given]
    return given if all(a is b for a, b in zip(made, given, strict=True)) else made


def _part(given: dict[str, Any]) -> dict[str, Any]:
    made = {name: value for name, value in given.items() if name != OWN}
    for name in _HOLD:
        value = made.get(name)
        if isinstance(value, list):
            made[name] = _parts(value)
        elif isinstance(value, dict) and name != "output":
            made[name] = _part(value)
    return given if _same(made, given) else made


def _same(made: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return len(made) == len(given) and all(made[name] is given[name] for name in given)
