"""Text -> blocks: the CommonMark parser's ranges, refined by the dialect's own forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyromark

from charter.source import Span
from charter.syntax.attributes import split_attributes
from charter.syntax.conversation import Problem
from charter.syntax.document import (
    Block,
    Caption,
    Fence,
    FrontMatter,
    Gap,
    Heading,
    Item,
    List,
    Note,
    Other,
    Paragraph,
    YamlFence,
)
from charter.syntax.mapping import load_mapping

YAML_FENCES = frozenset({"boundary", "expect"})
_SURROGATES = re.compile("[\ud800-\udfff]")
_LEVELS = {"H1": 1, "H2": 2, "H3": 3, "H4": 4, "H5": 5, "H6": 6}
_FRONT_MATTER = re.compile(r"---[ \t]*(?:\r\n|\n|\r)")
_FRONT_MATTER_END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)", re.MULTILINE)
_NOTE = re.compile(r'!!![ \t]+(\w+)[ \t]*(?:"([^"\r\n]*)")?[ \t]*(?:\r\n|\n|\r|\Z)')
_NOTE_LINE = re.compile(r"(?:(?:    |\t)[^\r\n]*|[ \t]*)(?:\r\n|\n|\r|\Z)")
_CAPTION = re.compile(r"\*\*(Example|Scenario)\*\*:[ \t]*")
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]*(?:\[[ xX]\][ \t])?")
_IN_LIST = frozenset({"Item", "Paragraph", "List", "CodeBlock", "BlockQuote", "HtmlBlock"})
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(slots=True)
class Cut:
    """What cutting a text yields: blocks that tile it, and what was odd."""

    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _OpenItem:
    """A list item while its events come in; `stops` are blocks that end its own first text."""

    start: int
    end: int
    depth: int
    paragraphs: list[Span] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Piece:
    """A top-level block as the CommonMark parser reports it."""

    tag: Any
    start: int
    end: int
    items: list[_OpenItem] = field(default_factory=list)


def cut(text: str, *, dialect: bool) -> Cut:
    """Cut `text` into blocks whose raw texts join to `text`.

    `dialect` turns on notes, captions, attributes and Charter's YAML fences;
    without it only what CommonMark knows is told apart.
    """
    result = Cut()
    position = _cut_front_matter(text, result)
    for piece in _pieces(text, position):
        if piece.end <= position:  # swallowed by a note, which reaches over blank lines
            continue
        piece.start = max(piece.start, position)
        if piece.start > position:
            result.blocks.append(Gap(text[position : piece.start], position))
        block = _refine(text, piece, result, dialect=dialect)
        result.blocks.append(block)
        position = block.start + len(block.raw)
    if position < len(text):
        result.blocks.append(Gap(text[position:], position))
    return result


def _cut_front_matter(text: str, result: Cut) -> int:
    start = 1 if text.startswith("\ufeff") else 0
    opening = _FRONT_MATTER.match(text, start)
    closing = _FRONT_MATTER_END.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return 0
    if start:
        result.blocks.append(Gap(text[:start], 0))
    fields = load_mapping(text[opening.end() : closing.start()], offset=opening.end())
    if fields.error:
        here = Span(fields.error_offset, fields.error_offset + 1)
        result.problems.append(Problem("front-matter", fields.error, here))
    values = dict(fields.values)
    if isinstance(values.get("version"), int | float):  # 1.10 is a version, not the number 1.1
        values["version"] = fields.spans["version"].of(text)
    result.blocks.append(FrontMatter(text[start : closing.end()], start, values))
    return closing.end()


def _pieces(text: str, offset: int) -> Iterator[_Piece]:
    """Yield the top-level blocks from `offset` on, with the paragraphs of list items."""
    body = _encodable(text[offset:])
    at = _Offsets(body, offset)
    depth = 0
    piece = _Piece(None, 0, 0)
    open_items: list[_OpenItem] = []
    for event, where in pyromark.events_with_range(body):
        if type(event) is str:
            if depth == 0:  # a thematic break is one event, not a pair
                yield _Piece(event, at(where["start"]), at(where["end"]))
        elif "Start" in event:
            tag = event["Start"]
            if depth == 0:
                piece = _Piece(tag, at(where["start"]), at(where["end"]))
            elif piece.tag.__class__ is dict and "List" in piece.tag:
                kind = tag if type(tag) is str else next(iter(tag))
                if kind in _IN_LIST:
                    span = Span(at(where["start"]), at(where["end"]))
                    _open_in_list(piece, open_items, kind, span)
            depth += 1
        elif "End" in event:
            depth -= 1
            if depth == 0:
                yield piece
            elif event["End"] == "Item" and open_items:
                open_items.pop()


def _encodable(body: str) -> str:
    """Return the text with lone surrogates replaced, one character for one."""
    if not body.isascii():
        try:
            body.encode()
        except UnicodeEncodeError:
            return _SURROGATES.sub("\ufffd", body)
    return body


def _open_in_list(piece: _Piece, open_items: list[_OpenItem], kind: str, span: Span) -> None:
    if kind == "Item":
        item = _OpenItem(span.start, span.end, len(open_items))
        piece.items.append(item)
        open_items.append(item)
    elif open_items and kind == "Paragraph":
        open_items[-1].paragraphs.append(span)
    elif open_items:
        open_items[-1].stops.append(span.start)


class _Offsets:
    """UTF-8 byte offsets of a text as characters; cheapest when asked in rising order."""

    __slots__ = ("_byte", "_character", "_data", "_offset")

    def __init__(self, body: str, offset: int) -> None:
        self._data = None if body.isascii() else body.encode()
        self._offset = offset
        self._byte = 0
        self._character = 0

    def __call__(self, byte: int) -> int:
        if self._data is None:
            return byte + self._offset
        if byte >= self._byte:
            self._character += len(self._data[self._byte : byte].decode("utf-8", "replace"))
        else:
            self._character -= len(self._data[byte : self._byte].decode("utf-8", "replace"))
        self._byte = byte
        return self._character + self._offset


def _refine(text: str, piece: _Piece, result: Cut, *, dialect: bool) -> Block:
    """Turn a CommonMark block into one of the dialect's."""
    start, raw = piece.start, text[piece.start : piece.end]
    kind = piece.tag if type(piece.tag) is str else next(iter(piece.tag))
    if kind == "Heading":
        return _heading(raw, start, _LEVELS[piece.tag["Heading"]["level"]], result, dialect=dialect)
    if kind == "List":
        return List(raw, start, tuple(_items(text, piece)))
    if kind == "CodeBlock" and piece.tag["CodeBlock"] != "Indented":
        return _fence(raw, start, piece.tag["CodeBlock"]["Fenced"], result, dialect=dialect)
    if kind == "Paragraph":
        if dialect and raw.startswith("!!!") and _NOTE.match(raw):
            return _note(text, start)
        if dialect and raw.startswith("**") and (caption := _CAPTION.match(raw)):
            return _caption(raw, start, caption, result)
        return Paragraph(raw, start)
    return Other(raw, start)


def _heading(raw: str, start: int, level: int, result: Cut, *, dialect: bool) -> Heading:
    lines = raw.strip().splitlines() or [""]
    if lines[0].startswith("#"):
        title = lines[0].lstrip("#").strip()
        if (bare := title.rstrip("#")) != title and (not bare or bare[-1] in " \t"):
            title = bare.rstrip()
    else:  # underlined with = or -
        title = " ".join(line.strip() for line in lines[:-1])
    if not dialect:
        return Heading(raw, start, level, title, None, ())
    parts = split_attributes(title)
    if parts.unread:
        message = f"cannot read {parts.unread!r} in the heading's braces"
        result.problems.append(
            Problem("heading-attributes", message, Span(start, start + len(raw)))
        )
    return Heading(raw, start, level, parts.text, parts.id, parts.attributes)


def _items(text: str, piece: _Piece) -> Iterator[Item]:
    for item in piece.items:
        first = _BULLET.match(text, item.start, item.end)
        begin = first.end() if first else item.start
        texts = item.paragraphs
        if not texts:  # a tight list: the text is not wrapped in a paragraph
            texts = [Span(begin, min([*item.stops, item.end]))]
        yield Item(tuple(_trimmed(text, span) for span in texts), item.depth)


def _trimmed(text: str, span: Span) -> Span:
    part = span.of(text)
    return Span(
        span.end - len(part.lstrip()),
        max(span.start + len(part.rstrip()), span.end - len(part.lstrip())),
    )


def _fence(raw: str, start: int, info: str, result: Cut, *, dialect: bool) -> Fence | YamlFence:
    opening = _LINE_END.search(raw)
    body_start = opening.end() if opening else len(raw)
    first = raw.lstrip(" ")
    mark = first[: len(first) - len(first.lstrip(first[0]))] if first else ""
    trimmed = raw.rstrip("\r\n")
    last_start = max(trimmed.rfind("\n"), trimmed.rfind("\r")) + 1
    last = trimmed[last_start:].strip(" \t")
    closed = last_start >= body_start > 0 and last.startswith(mark) and not last.strip(mark[:1])
    body_end = last_start if closed else len(raw)
    body = Span(start + body_start, start + max(body_start, body_end))
    span = Span(start, start + len(raw))
    if not closed:
        hint = f"fence {mark}{info} is never closed"
        result.problems.append(Problem("unclosed-fence", hint, Span(start, start + body_start)))
    if not (dialect and info in YAML_FENCES):
        return Fence(raw, start, info, body, closed)
    fields = load_mapping(raw[body_start : max(body_start, body_end)], offset=body.start)
    if fields.error:
        here = Span(fields.error_offset, min(fields.error_offset + 1, span.end))
        result.problems.append(Problem(f"{info}-yaml", fields.error, here))
    return YamlFence(raw, start, info, body, fields.values, fields.spans)


def _note(text: str, start: int) -> Note:
    head = _NOTE.match(text, start)
    if head is None:  # the caller has matched it
        return Note("", start, "", "", "")
    end = solid_end = head.end()
    while end < len(text) and (line := _NOTE_LINE.match(text, end)) and line.end() > end:
        end = line.end()
        if line[0].strip():
            solid_end = end
    lines = text[head.end() : solid_end].splitlines()
    body = "\n".join(line[4:] if line.startswith("    ") else line.strip() for line in lines)
    return Note(text[start:solid_end], start, head[1], head[2] or "", body.strip("\n"))


def _caption(raw: str, start: int, head: re.Match[str], result: Cut) -> Caption:
    parts = split_attributes(raw[head.end() :])
    if parts.unread:
        message = f"cannot read {parts.unread!r} in the caption's braces"
        result.problems.append(
            Problem("caption-attributes", message, Span(start, start + len(raw)))
        )
    return Caption(raw, start, head[1], parts.text, parts.id, parts.attributes)
