"""Text -> top-level blocks as CommonMark sees them, with the paragraphs of list items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyromark

from charter.source import Span

_SURROGATES = re.compile("[\ud800-\udfff]")
_IN_LIST = frozenset({"Item", "Paragraph", "List", "CodeBlock", "BlockQuote", "HtmlBlock"})
_CONTINUATION = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 that do not begin a character."""
_STEP = 4096
"""Bytes between two remembered offsets."""


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
    body = _encodable(text[offset:])
    at = _Offsets(body, offset)
    events: Iterator[tuple[Any, Any]] = pyromark.events_with_range(body)
    depth = 0
    piece = Piece("", None, 0, 0)
    items: list[ListItem] | None = None
    for event, where in events:
        if type(event) is str:
            if depth == 0:  # a thematic break is one event, not a pair
                yield Piece(event, None, at(where["start"]), at(where["end"]))
        elif "Start" in event:
            if depth == 0:
                piece = _piece(event["Start"], at(where["start"]), at(where["end"]))
                items = [] if piece.kind == "List" else None
            elif items is not None:
                _start_in_list(piece, items, event["Start"], where, at)
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


def _start_in_list(piece: Piece, items: list[ListItem], tag: Any, where: Any, at: _Offsets) -> None:
    """Note what begins inside a list; `items` are those still open, outermost first."""
    kind = tag if type(tag) is str else next(iter(tag))
    if kind not in _IN_LIST:
        return
    start, end = at(where["start"]), at(where["end"])
    if kind == "Item":
        item = ListItem(start, end, len(items))
        piece.items.append(item)
        items.append(item)
    elif items and kind == "Paragraph":
        items[-1].paragraphs.append(Span(start, end))
    elif items:
        items[-1].stops.append(start)


def _encodable(body: str) -> str:
    """Return the text with lone surrogates replaced, one character for one."""
    if not body.isascii():
        try:
            body.encode()
        except UnicodeEncodeError:
            return _SURROGATES.sub("\ufffd", body)
    return body


class _Offsets:
    """UTF-8 byte offsets of a text as characters of the whole text.

    Near the offset asked for before it counts from there; further away from the nearest
    remembered one. So deep nesting, which asks far ahead and back again, stays cheap.
    """

    __slots__ = ("_byte", "_character", "_data", "_known", "_offset")

    def __init__(self, body: str, offset: int) -> None:
        self._data = None if body.isascii() else body.encode()
        self._offset = offset
        self._byte = 0
        self._character = 0
        self._known: list[int] = []

    def __call__(self, byte: int) -> int:
        if self._data is None:
            return byte + self._offset
        if not -_STEP < byte - self._byte < _STEP:
            self._jump(self._data, byte)
        if byte >= self._byte:
            self._character += _characters(self._data[self._byte : byte])
        else:
            self._character -= _characters(self._data[byte : self._byte])
        self._byte = byte
        return self._character + self._offset

    def _jump(self, data: bytes, byte: int) -> None:
        if not self._known:
            self._known.append(0)
            for start in range(0, len(data), _STEP):
                self._known.append(self._known[-1] + _characters(data[start : start + _STEP]))
        step = byte // _STEP
        self._byte, self._character = step * _STEP, self._known[step]


def _characters(data: bytes) -> int:
    """Count the characters that begin in `data`."""
    return len(data) if data.isascii() else len(data.translate(None, _CONTINUATION))
