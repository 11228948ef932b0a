"""The body that is forwarded: a copy with edits, which shares everything else with the original."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from charter.gateway.verdict import Edit

_INDEX = re.compile("0|[1-9][0-9]{0,9}")


def edited_body(
    body: Mapping[str, Any],
    edits: Sequence[tuple[str, Edit]],
    inserts: Sequence[tuple[str, Any]] = (),
) -> dict[str, Any]:
    """Return a body with texts edited and values inserted; the original is not changed.

    `edits` name a text by JSON pointer; those of one text are sorted and apart. `inserts` are made
    after them, as `add` of RFC 6902: into a list at an index, or as a member of an object.
    Raises ValueError where a pointer leads to no such place.
    """
    made: dict[str, Any] = dict(body)
    copied = {id(made)}
    by_place: dict[str, list[Edit]] = {}
    for pointer, edit in edits:
        by_place.setdefault(pointer, []).append(edit)
    for pointer, own in by_place.items():
        owner, last = _owner(made, pointer, copied)
        key = _key(owner, last, pointer)
        text = owner[key]
        if not isinstance(text, str):
            raise ValueError(f"no text stands at {pointer!r:.200}")  # noqa: TRY004 - of the place
        owner[key] = edited(text, own)
    for pointer, value in inserts:
        owner, last = _owner(made, pointer, copied)
        if isinstance(owner, list):
            owner.insert(len(owner) if last == "-" else int(last), value)
        else:
            owner[last] = value
    return made


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits, which are sorted and apart."""
    pieces, place = [], 0
    for start, end, by in edits:
        if not place <= start <= end <= len(text):
            raise ValueError("edits of one text overlap, or lie outside of it")
        pieces += [text[place:start], by]
        place = end
    return "".join([*pieces, text[place:]])


def _owner(root: dict[str, Any], pointer: str, copied: set[int]) -> tuple[Any, str]:
    """Return what holds the place of a pointer, copied from there up, and the last step."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    if not steps:
        raise ValueError("a body cannot be replaced as a whole")
    owner: Any = root
    for step in steps[:-1]:
        key = _key(owner, step, pointer)
        inner = owner[key]
        if id(inner) not in copied:
            if not isinstance(inner, dict | list):
                raise ValueError(f"nothing stands at {pointer!r:.200}")
            inner = owner[key] = inner.copy()
            copied.add(id(inner))
        owner = inner
    return owner, steps[-1]


def _key(owner: Any, step: str, pointer: str) -> Any:
    if isinstance(owner, dict) and step in owner:
        return step
    if isinstance(owner, list) and _INDEX.fullmatch(step) and int(step) < len(owner):
        return int(step)
    raise ValueError(f"nothing stands at {pointer!r:.200}")
