"""`~~~directive` fences in the text of a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_OPENING = re.compile(
    r"(?:\A|(?<=[\r\n])) {0,3}(~{3,100})[ \t]{0,20}directive[ \t]{0,100}(?:\r\n|[\r\n]|\Z)"
)
_CLOSING = re.compile(r"(?:\A|(?<=[\r\n])) {0,3}(~{3,200})[ \t]{0,100}(?=[\r\n]|\Z)")


class Fence(NamedTuple):
    """A fence in some text; all offsets are characters of it."""

    start: int
    """Of the line that opens it."""
    body_start: int
    body_end: int
    end: int
    closed: bool
    """Whether a line of as many `~` ends it; one that is not closed reaches to the end."""


def may_hold_fence(text: str) -> bool:
    """Whether a text could hold a fence: a fast test that misses none."""
    return "directive" in text and "~~~" in text


def fences(text: str) -> Iterator[Fence]:
    """Yield the fences of a text, in order. Time is linear in the text."""
    position = 0
    while opening := _OPENING.search(text, position):
        mark = len(opening[1])
        closing = _CLOSING.search(text, opening.end())
        while closing is not None and len(closing[1]) < mark:
            closing = _CLOSING.search(text, closing.end())
        if closing is None:
            yield Fence(opening.start(), opening.end(), len(text), len(text), closed=False)
            return
        yield Fence(opening.start(), opening.end(), closing.start(), closing.end(), closed=True)
        position = closing.end()
