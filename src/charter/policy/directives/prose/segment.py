"""Prose -> segments: sentences and list items, each without its bullet, number or label.

Prompts are written carelessly: sentences begin in lower case, dots have no blank after them. So
this cuts more often than the reader of specs does, and every line ends a segment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_SEGMENT = 1_000
"""Characters; longer ones are cut, so that a pattern never looks at more."""

_LINE = re.compile(r"[^\r\n]+")
_END = re.compile(r"[.!?;]{1,4}[\"')\]*_]{0,3}(?:(?=\s)|(?<=[.!?])(?=[A-Z][a-zA-Z]))")
_ABBREVIATIONS = frozenset({"e.g", "i.e", "cf", "vs", "approx", "dr", "mr", "mrs", "ms", "no"})
_MAYBE = frozenset({"etc", "inc", "ltd", "co", "u.s", "a.m", "p.m"})
"""Abbreviations that end a sentence where a capital follows."""
_BULLET = re.compile(
    r"[\s>]{0,40}(?:(?:[-*+\u2022\u2023\u2013\u2014]|#{1,6}|\(?[0-9]{1,3}[.)]|\(?[a-z][.)])\s{1,8})?"
)
_MARK = re.compile(r"[\s*_\"'(\[]{0,8}")
_LABEL = re.compile(
    r"/?(?:[A-Za-z][\w'/&-]{0,24}[ ]){0,4}[A-Za-z][\w'/&-]{0,24}[*_]{0,3}:[*_]{0,3}\s{1,8}"
)
_STRAIGHT = {0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 0x00A0: " "}


class Segment(NamedTuple):
    """One sentence or item."""

    start: int
    """Characters of the text, from the label or bullet on."""
    end: int
    words: str
    """Without bullet and labels; straight quotation marks."""
    label: str
    """Labels before it, such as `REQUIRED`; empty without."""
    opens: bool
    """Whether it is the first of its line."""


def segments(text: str) -> Iterator[Segment]:
    """Yield the segments of a text. Time is linear in the text."""
    for line in _LINE.finditer(text):
        first = True
        bullet = _BULLET.match(text, line.start(), line.end())
        at = bullet.end() if bullet else line.start()
        for start, end in _sentences(text, at, line.end()):
            found = _segment(text, start, end, opens=first)
            if found is not None:
                yield found
                first = False


def _segment(text: str, start: int, end: int, *, opens: bool) -> Segment | None:
    mark = _MARK.match(text, start, end)
    begin = at = mark.end() if mark else start
    labels = []
    for _ in range(3):  # `REQUIRED: Sensitive topics: …`
        label = _LABEL.match(text, at, end)
        if label is None:
            break
        labels.append(label[0].strip(" \t:*_"))
        mark = _MARK.match(text, label.end(), end)
        at = mark.end() if mark else label.end()
    words = text[at:end].strip().translate(_STRAIGHT)
    if len(words) < 3:
        return None
    return Segment(begin, begin + len(text[begin:end].rstrip()), words, ": ".join(labels), opens)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences of one line, none longer than MAX_SEGMENT."""
    for stop in _END.finditer(text, start, end):
        if not _ends(text, start, stop, end):
            continue
        yield from _pieces(text, start, stop.end())
        start = stop.end()
    yield from _pieces(text, start, end)


def _ends(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    """Whether a mark ends a sentence, and is no part of an abbreviation or a number."""
    mark = text[stop.start()]
    if mark == ";" or mark in "!?" or stop.end() - stop.start() > 1:
        return True
    before = text[max(start, stop.start() - 12) : stop.start()].rpartition(" ")[2]
    word = before.lstrip("([\"'*_").lower()
    if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word != "i"):
        return False
    if word in _MAYBE:
        following = text[stop.end() : min(end, stop.end() + 3)].strip()
        return following[:1].isupper()
    return True


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_SEGMENT:
        cut = text.rfind(" ", start + 1, start + MAX_SEGMENT)
        cut = start + MAX_SEGMENT if cut < 0 else cut
        yield start, cut
        start = cut
    if start < end:
        yield start, end
