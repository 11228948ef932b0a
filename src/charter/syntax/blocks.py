"""Text -> blocks: the CommonMark parser's ranges, refined by the dialect's own forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from charter.source import Span
from charter.syntax.attributes import Attributed, split_attributes
from charter.syntax.commonmark import MASK, ListItem, Piece, pieces
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

YAML_FENCES = frozenset({"boundary", "directive", "expect"})
_BOM = "\ufeff"
_LEVELS = {"H1": 1, "H2": 2, "H3": 3, "H4": 4, "H5": 5, "H6": 6}
_LINE_END = re.compile(r"\r\n|\n|\r")
_FRONT_MATTER = re.compile(r"---[ \t]*(?:\r\n|\n|\r)")
_FRONT_MATTER_END = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_ATX = re.compile(r"#{1,6}(?=[ \t]|\Z)")
_NOTE = re.compile(r'!!![ \t]+(\w+)[ \t]*(?:"([^"\r\n]*)")?[ \t]*(?:\r\n|\n|\r|\Z)')
_NOTE_LINE = re.compile(r"(?:(?:    |\t)[^\r\n]*|[ \t]*)(?:\r\n|\n|\r|\Z)")
_CAPTION = re.compile(r"\*\*(Example|Scenario)\*\*:[ \t]*")
# Below a tab the parser lets an item begin with the line end before it.
_BULLET = re.compile(r"[ \t\r\n]*(?:[-*+]|\d{1,9}[.)])[ \t]*(?:\[[ xX]\][ \t])?")


@dataclass(slots=True)
class Cut:
    """What cutting a text yields: blocks that tile it, and what was odd."""

    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, kind: str, message: str, start: int, end: int) -> None:
        """Add a problem."""
        self.problems.append(Problem(kind, message, Span(start, end)))


def cut(text: str, *, dialect: bool) -> Cut:
    """Cut `text` into blocks whose raw texts join to `text`.

    `dialect` turns on notes, captions, attributes and Charter's YAML fences;
    without it only what CommonMark knows is told apart.
    """
    result = Cut()
    position = _cut_front_matter(text, result)
    add = result.blocks.append
    for piece in pieces(text, position):
        if piece.end <= position:  # swallowed by a note, which reaches over blank lines
            continue
        if piece.start > position:
            add(Gap(text[position : piece.start], position))
        else:
            piece.start = position
        if dialect and piece.kind == "Paragraph" and text.startswith("!!!", piece.start):
            piece.start = _cut_notes(text, piece, result)
        position = piece.start
        if position < piece.end:
            add(_refine(text, piece, result, dialect=dialect))
            position = piece.end
    if position < len(text):
        result.blocks.append(Gap(text[position:], position))
    return result


def _cut_front_matter(text: str, result: Cut) -> int:
    """Cut a byte order mark and the YAML between `---` lines; return where they end."""
    start = 1 if text.startswith(_BOM) else 0
    if start:
        result.blocks.append(Gap(_BOM, 0))
    opening = _FRONT_MATTER.match(text, start)
    closing = _FRONT_MATTER_END.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return start
    fields = load_mapping(text[opening.end() : closing.start()], offset=opening.end())
    if fields.error:
        result.note("front-matter", fields.error, fields.error_offset, fields.error_offset + 1)
    values = dict(fields.values)
    if isinstance(values.get("version"), int | float):  # 1.10 is a version, not the number 1.1
        values["version"] = fields.spans["version"].of(text)
    result.blocks.append(FrontMatter(text[start : closing.end()], start, values))
    return closing.end()


def _refine(text: str, piece: Piece, result: Cut, *, dialect: bool) -> Block:
    """Turn a CommonMark block into one of the dialect's."""
    start, raw = piece.start, text[piece.start : piece.end]
    block: Block
    match piece.kind:
        case "Paragraph":
            caption = _CAPTION.match(raw) if dialect and raw.startswith("**") else None
            block = _caption(raw, start, caption, result) if caption else Paragraph(raw, start)
        case "Heading":
            level = _LEVELS[piece.detail["level"]]
            block = _heading(raw, start, level, result, dialect=dialect)
        case "List":
            block = List(raw, start, tuple(_items(text, piece.items)))
        case "CodeBlock" if piece.detail != "Indented":
            block = _fence(raw, start, piece.detail["Fenced"], result, dialect=dialect)
        case _:
            block = Other(raw, start)
    return block


def _heading(raw: str, start: int, level: int, result: Cut, *, dialect: bool) -> Heading:
    lines = _LINE_END.split(raw.strip())
    if opening := _ATX.match(lines[0]):
        title = lines[0][opening.end() :].strip()
        if (bare := title.rstrip("#")) != title and (not bare or bare[-1] in " \t"):
            title = bare.rstrip()
    else:  # underlined with = or -
        title = " ".join(line.strip() for line in lines[:-1])
    if not dialect:
        return Heading(raw, start, level, title, None, ())
    parts = _attributed(title, raw, start, "heading", result)
    return Heading(raw, start, level, parts.text, parts.id, parts.attributes)


def _caption(raw: str, start: int, head: re.Match[str], result: Cut) -> Caption:
    parts = _attributed(raw[head.end() :], raw, start, "caption", result)
    return Caption(raw, start, head[1], parts.text, parts.id, parts.attributes)


def _attributed(line: str, raw: str, start: int, where: str, result: Cut) -> Attributed:
    parts = split_attributes(line)
    if parts.unread:
        message = f"cannot read {parts.unread!r} in the {where}'s braces"
        result.note(f"{where}-attributes", message, start, start + len(raw))
    return parts


def _items(text: str, items: list[ListItem]) -> Iterator[Item]:
    for item in items:
        first = _BULLET.match(text, item.start, item.end)
        begin = first.end() if first else item.start
        texts = item.paragraphs
        if not texts:  # a tight list: the text is not wrapped in a paragraph
            texts = [Span(begin, max(begin, min([*item.stops, item.end])))]
        yield Item(tuple(_trimmed(text, span) for span in texts), item.depth)


def _trimmed(text: str, span: Span) -> Span:
    part = span.of(text)
    start = span.end - len(part.lstrip())
    return Span(start, max(start, span.start + len(part.rstrip())))


def _fence(raw: str, start: int, info: str, result: Cut, *, dialect: bool) -> Fence | YamlFence:
    opening = _LINE_END.search(raw)
    body_start = opening.end() if opening else len(raw)
    body_end, mark = _fence_end(raw, body_start)
    if MASK in info:
        info = raw[:body_start].strip().removeprefix(mark).strip()
    closed = body_end is not None
    body = Span(start + body_start, start + (len(raw) if body_end is None else body_end))
    if not closed:
        result.note("unclosed-fence", f"fence {mark}{info} is never closed", start, body.start)
    if not (dialect and info in YAML_FENCES):
        return Fence(raw, start, info, body, closed)
    deep = info == "directive"  # its fields are nested
    fields = load_mapping(raw[body_start : body.end - start], offset=body.start, deep=deep)
    if fields.error:
        end = min(fields.error_offset + 1, start + len(raw))
        result.note(f"{info}-yaml", fields.error, min(fields.error_offset, end), end)
    return YamlFence(raw, start, info, body, fields.values, fields.spans)


def _fence_end(raw: str, body_start: int) -> tuple[int | None, str]:
    """Return where the closing line begins, if there is one, and the mark that opened."""
    if raw.startswith("~~~xml\n") and raw.endswith("\n~~~"):  # as nearly every fence does
        return len(raw) - 3, "~~~"
    first = raw.lstrip(" ")
    mark = first[: len(first) - len(first.lstrip(first[:1]))]
    trimmed = raw.rstrip("\r\n")
    last_start = max(trimmed.rfind("\n"), trimmed.rfind("\r")) + 1
    last = trimmed[last_start:].rstrip(" \t")
    indent = len(last) - len(last.lstrip(" "))
    closes = last[indent:].startswith(mark) and not last[indent:].strip(mark[:1])
    return (last_start if closes and indent < 4 and last_start >= body_start else None), mark


def _cut_notes(text: str, piece: Piece, result: Cut) -> int:
    """Cut the notes that a paragraph begins with; return where what is left of it begins.

    A note takes indented and blank lines, further than the paragraph reaches if need be.
    """
    start = piece.start
    while start < piece.end and text.startswith("!!!", start):
        head = _NOTE.match(text, start)
        if head is None:
            break
        end = solid_end = head.end()
        while end < len(text) and (line := _NOTE_LINE.match(text, end)):
            end = line.end()
            if not text[line.start() : end].isspace():
                solid_end = end
        lines = _LINE_END.split(text[head.end() : solid_end])
        body = "\n".join(line[4:] if line.startswith("    ") else line.strip() for line in lines)
        note = Note(text[start:solid_end], start, head[1], head[2] or "", body.strip("\n"))
        result.blocks.append(note)
        start = solid_end
    return start
