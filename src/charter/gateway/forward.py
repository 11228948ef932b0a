"""The body that goes to the upstream: the bytes as they came, unless something has to change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from charter.gateway.verdict import Edit

OWN = "charter"
"""The member of a body, and of its metadata, that is for the gateway."""


def forwarded(raw: bytes, body: Mapping[str, Any], edits: Sequence[tuple[str, Edit]]) -> bytes:
    """Return the bytes for the upstream: the original ones where nothing is edited or taken out.

    Raises ValueError for an edit that stands nowhere.
    """
    metadata = body.get("metadata")
    inner = isinstance(metadata, dict) and OWN in metadata
    if not edits and not inner and OWN not in body:
        return raw
    made = {name: value for name, value in body.items() if name != OWN}
    if isinstance(metadata, dict) and inner:
        made["metadata"] = {name: value for name, value in metadata.items() if name != OWN}
    by_pointer: dict[str, list[Edit]] = {}
    for pointer, edit in edits:
        by_pointer.setdefault(pointer, []).append(edit)
    whole: Any = made
    for pointer, found in by_pointer.items():
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        whole = _edited(whole, steps, found, pointer)
    try:
        return orjson.dumps(whole)
    except TypeError:  # whole numbers of more than 64 bits
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _edited(value: Any, steps: list[str], edits: list[Edit], pointer: str) -> Any:
    """Return a value with the text at the end of `steps` edited; only what is on the way is new."""
    if not steps:
        if not isinstance(value, str):
            raise ValueError(f"no text stands at {pointer!r:.200}")
        return apply_edits(value, edits)
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict) and step in value:
        return value | {step: _edited(value[step], rest, edits, pointer)}
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        made = list(value)
        made[int(step)] = _edited(made[int(step)], rest, edits, pointer)
        return made
    raise ValueError(f"nothing stands at {pointer!r:.200}")


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with ranges replaced. They must not overlap; the last is applied first."""
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
