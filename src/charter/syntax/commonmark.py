"""Text -> top-level blocks as CommonMark sees them, with the paragraphs of list items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyromark

from charter.source import Span

_IN_LIST = frozenset({"Item", "Paragraph", "List", "CodeBlock", "BlockQuote", "HtmlBlock"})
_LONE_RETURN = re.compile(r"\r(?!\n)")
MASK = "\x1a"
"""Stands for every character outside ASCII while the block structure is found."""
_SWAP = bytes.maketrans(b"?\x1a", b"\x1a?")


@dataclass(slots=True)
class ListItem:
    """A list item; `stops` are the blocks that end its own first text."""

    start: int
    end: int
    depth: int
    paragraphs: list[Span] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Piece:
    """A top-level block: its kind, what the parser says of it, and where it stands."""

    kind: str
    detail: Any
    """Heading level and the like, as the parser gives it; None for most kinds."""
    start: int
    end: int
    items: list[ListItem] = field(default_factory=list)


def pieces(text: str, offset: int) -> Iterator[Piece]:
    """Yield the top-level blocks from `offset` on, in text order."""
    events: Iterator[tuple[Any, Any]] = pyromark.events_with_range(
        _masked(text[offset:]), merge_text=True
    )
    depth = 0
    piece = Piece("", None, 0, 0)
    items: list[ListItem] | None = None
    for event, where in events:
        if type(event) is str:
            if depth == 0:  # a thematic break is one event, not a pair
                yield Piece(event, None, where["start"] + offset, where["end"] + offset)
        elif "Start" in event:
            if depth == 0:
                piece = _piece(event["Start"], where["start"] + offset, where["end"] + offset)
                items = [] if piece.kind == "List" else None
            elif items is not None:
                _start_in_list(piece, items, event["Start"], where, offset)
            depth += 1
        elif "End" in event:
            depth -= 1
            if depth == 0:
                yield piece
            elif items and event["End"] == "Item":
                items.pop()


def _piece(tag: Any, start: int, end: int) -> Piece:
    if type(tag) is str:
        return Piece(tag, None, start, end)
    ((kind, detail),) = tag.items()
    return Piece(kind, detail, start, end)


def _start_in_list(piece: Piece, items: list[ListItem], tag: Any, where: Any, offset: int) -> None:
    """Note what begins inside a list; `items` are those still open, outermost first."""
    kind = tag if type(tag) is str else next(iter(tag))
    if kind not in _IN_LIST:
        return
    start, end = where["start"] + offset, where["end"] + offset
    if kind == "Item":
        item = ListItem(start, end, len(items))
        piece.items.append(item)
        items.append(item)
    elif items and kind == "Paragraph":
        items[-1].paragraphs.append(Span(start, end))
    elif items:
        items[-1].stops.append(start)


def _masked(body: str) -> str:
    """Return the text with one neutral ASCII character for each that is not ASCII.

    The parser counts in bytes of UTF-8; of the mask, bytes are characters. Only ASCII has a
    meaning for block structure, so the blocks are the same; text is taken from the original.
    A carriage return alone ends a line, but the parser reads past it in a fence's first line.
    """
    if "\r" in body:
        body = _LONE_RETURN.sub("\n", body)
    if body.isascii():
        return body
    if MASK in body:
        body = body.replace(MASK, "\x1b")
    swapped = body.replace("?", MASK).encode("ascii", "replace")
    return swapped.translate(_SWAP).decode("ascii")
