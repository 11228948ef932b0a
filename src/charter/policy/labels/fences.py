"""Code fences, by the rules of CommonMark, and `~~~directive` among them.

A fence opens with three or more backticks or tildes at the start of a line, also of a list item.
It closes with a line of as many of the same character, and nothing else; one that is not closed
reaches to the end.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from charter.policy.conversation import Kind

_LINE = re.compile(r"(`{3,}+|~{3,}+)([^\n]*+)")
_PREFIX = re.compile(r"[ \t]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?+")
_INDENT = 200
"""No fence is indented further."""
_CLOSING = {
    "`": re.compile(r"\n([ \t]*+)(`{3,}+)[ \t]*+(?=\n|\Z)"),
    "~": re.compile(r"\n([ \t]*+)(~{3,}+)[ \t]*+(?=\n|\Z)"),
}


class Fence(NamedTuple):
    """A fence, from the start of its first line to the end of its last, line end left out."""

    start: int
    end: int
    kind: Kind
    line_end: int
    """Of its first line."""
    mark: str
    closed: bool
    bare: bool
    """Whether nothing follows the mark: it could also be meant to close."""


def fence_at(text: str, mark: int, names: frozenset[str]) -> Fence | None:
    """Return the fence whose first mark character is at `mark`; None where none opens there.

    `names` are the words after the mark that make it an untrusted block. Lines end in LF, or
    follow a range that was taken out.
    """
    line = _line_start(text, mark)
    prefix = None if line is None else _PREFIX.match(text, line, mark)
    if line is None or prefix is None or prefix.end() != mark:
        return None
    found = _LINE.match(text, mark)
    if found is None:
        return None
    character, info = found[1][0], found[2].strip()
    if character == "`" and "`" in info:
        return None
    indent = text[line:mark].expandtabs(4)
    listed = not indent.isspace() and bool(indent)
    end = _closing(text, found.end(), len(found[1]), character, len(indent) + 3)
    word = info.partition(" ")[0].lower()
    kind = Kind.UNTRUSTED if word in names else Kind.CODE
    if info == "directive" and character == "~" and line == mark and end >= 0:
        kind = Kind.DIRECTIVE
    start = mark if listed else line
    closed = end >= 0
    last = end if closed else len(text)
    return Fence(start, last, kind, found.end(), character, closed, not info)


def _line_start(text: str, mark: int) -> int | None:
    """Return where the line of a mark begins; None where it is too far away to matter."""
    floor = max(mark - _INDENT, 0)
    line = max(text.rfind("\n", floor, mark), text.rfind("\ufffc", floor, mark))
    if line < 0 and floor:
        return None
    return line + 1 if line >= 0 else 0


def _closing(text: str, start: int, length: int, character: str, indent: int) -> int:
    """Return the end of the line that closes a fence, or -1."""
    for found in _CLOSING[character].finditer(text, start):
        if len(found[2]) >= length and len(found[1].expandtabs(4)) <= indent:
            return found.end()
    return -1
