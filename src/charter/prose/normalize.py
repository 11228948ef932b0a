"""Text made comparable, with a map back to where each character stood.

Two replies that look alike to a reader compare equal: compatibility forms, typographic quotes
and dashes, zero-width characters and the many kinds of white space are made one. Look-alike
letters of different scripts and marks struck through letters are left as they are.
Source of the forms: Unicode Standard Annex 15; of the folding: The Unicode Standard, 3.13.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from charter.source import Span

# UAX 15, 13: a stream-safe text has no longer run of marks; longer ones cost quadratic time.
MAX_MARKS = 30

_QUOTES = dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2035\u02bc\u00b4\uff07\u2039\u203a", "'")
_QUOTES |= dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u301d\u301e\uff02", '"')
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\uff0d", "-")
_LINE_ENDS = frozenset("\n\r\x85\u2028\u2029")
_PLAIN = _QUOTES | _DASHES

# Characters without a shape of their own: joiners, direction marks, variation selectors, fillers.
_INVISIBLE = frozenset(
    [0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0]
    + [code for first, last in (
        (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
        (0xFE00, 0xFE0F), (0xE0000, 0xE0FFF),
    ) for code in range(first, last + 1)]
)  # fmt: skip

_ODD_SPACE = re.compile(r"\s{2,}|[^\S ]")
"""White space of ASCII that is not one space."""
_ODD_BLANKS = re.compile(r"[^\S\r\n]{2,}|[^\S\r\n ]|\r\n?")
"""White space that is neither one space nor one line feed, in runs within a line."""
_NUMBERS = array("q", range(16_385))

_EMPHASIS = re.compile(r"(?<![\w*])\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}(?![\w*])")


@dataclass(frozen=True, slots=True)
class Normalized:
    """A normalized text that knows which characters of the original each of its own came from."""

    text: str
    starts: array[int]
    """For each character of `text`, where its source begins in the original."""
    ends: array[int]
    """For each character of `text`, where its source ends in the original."""
    length: int
    """Characters in the original."""

    def span(self, start: int, end: int) -> Span:
        """Return the range of the original that `text[start:end]` was made from."""
        if start >= end:
            place = self.starts[start] if start < len(self.starts) else self.length
            return Span(place, place)
        return Span(self.starts[start], self.ends[end - 1])


def normalize(
    text: str,
    *,
    fold: bool = False,
    keep_lines: bool = False,
    keep_emphasis: bool = True,
    form: Literal["NFC", "NFKC"] = "NFKC",
) -> Normalized:
    r"""Return `text` in the form that checks compare.

    `fold` removes differences of case. White space shrinks to one space, or with `keep_lines`
    to one space within a line and `\n` at each line end. Without `keep_emphasis` the asterisks
    of Markdown emphasis are dropped. Takes time linear in the length of the text.
    """
    if text.isascii() and (keep_emphasis or "*" not in text):
        return _ascii(text.lower() if fold else text, keep_lines=keep_lines)
    result = _Builder(keep_lines=keep_lines)
    dropped = frozenset[int]()
    if not keep_emphasis:
        dropped = frozenset(i for m in _EMPHASIS.finditer(text) for i in range(*m.span()))
    for start, end, segment in _segments(text, dropped):
        if segment.isascii():
            made = segment.lower() if fold else segment
        else:
            made = _fold(segment, form) if fold else unicodedata.normalize(form, segment)
        for char in made:
            result.add(char, start, end)
    return Normalized("".join(result.chars), result.starts, result.ends, len(text))


def _ascii(text: str, *, keep_lines: bool) -> Normalized:
    """Return the form of a text in which only white space can be out of the ordinary."""
    pattern = _ODD_BLANKS if keep_lines else _ODD_SPACE
    pieces: list[str] = []
    starts, ends = array("q"), array("q")
    done = 0
    for odd in pattern.finditer(text):
        start, end = odd.span()
        pieces.append(text[done:start])
        starts.extend(range(done, start))
        ends.extend(range(done + 1, start + 1))
        pieces.append("\n" if keep_lines and odd[0][0] == "\r" else " ")
        starts.append(start)
        ends.append(end)
        done = end
    length = len(text)
    if not pieces:
        return Normalized(text, _counted(0, length), _counted(1, length + 1), length)
    pieces.append(text[done:])
    starts.extend(range(done, length))
    ends.extend(range(done + 1, length + 1))
    return Normalized("".join(pieces), starts, ends, length)


def _counted(start: int, end: int) -> array[int]:
    """Return the numbers from `start` up to `end`; those of usual texts are copied, not counted."""
    return _NUMBERS[start:end] if end <= len(_NUMBERS) else array("q", range(start, end))


class _Builder:
    """Collects characters, shrinking white space as it comes."""

    def __init__(self, *, keep_lines: bool) -> None:
        self.chars: list[str] = []
        self.starts: array[int] = array("q")
        self.ends: array[int] = array("q")
        self._keep_lines = keep_lines
        self._after_return = False

    def add(self, char: str, start: int, end: int) -> None:
        char = _PLAIN.get(char, char)
        if ord(char) in _INVISIBLE:
            return
        if char.isspace():
            self._add_space(char, start, end)
            return
        self._after_return = False
        self._append(char, start, end)

    def _add_space(self, char: str, start: int, end: int) -> None:
        kind = "\n" if self._keep_lines and char in _LINE_ENDS else " "
        line_feed_of_pair = kind == "\n" and char == "\n" and self._after_return
        self._after_return = char == "\r"
        if line_feed_of_pair or (kind == " " and self.chars and self.chars[-1] == " "):
            self.ends[-1] = max(self.ends[-1], end)
        else:
            self._append(kind, start, end)

    def _append(self, char: str, start: int, end: int) -> None:
        self.chars.append(char)
        self.starts.append(start)
        self.ends.append(end)


def _segments(text: str, dropped: frozenset[int]) -> Iterator[tuple[int, int, str]]:
    """Yield the pieces that normalization cannot reach across: where they stood, and the piece."""
    start = end = 0
    segment = ""
    for index, original in enumerate(text):
        if ord(original) in _INVISIBLE or index in dropped:
            continue
        char = _PLAIN.get(original, original)
        if "\ud800" <= char <= "\udfff":
            char = "\ufffd"  # half a pair is no character and has no UTF-8 form
        if segment and not _continues(segment, char):
            yield start, end, segment
            segment = ""
        if not segment:
            start = index
        segment += char
        end = index + 1
    if segment:
        yield start, end, segment


def _continues(segment: str, char: str) -> bool:
    """Say whether `char` may combine with the segment before it."""
    if char < "\u0300":
        return False
    if unicodedata.combining(char) or unicodedata.category(char)[0] == "M":
        return len(segment) <= MAX_MARKS
    if unicodedata.combining(unicodedata.normalize("NFKD", char)[0]):
        return len(segment) <= MAX_MARKS
    if len(segment) > MAX_MARKS or segment.isascii():
        return False
    apart = unicodedata.normalize("NFC", segment) + unicodedata.normalize("NFC", char)
    compatible = unicodedata.normalize("NFKC", segment) + unicodedata.normalize("NFKC", char)
    joined = segment + char
    return (
        unicodedata.normalize("NFC", joined) != apart
        or unicodedata.normalize("NFKC", joined) != compatible
    )


def _fold(segment: str, form: Literal["NFC", "NFKC"]) -> str:
    """Fold case so that folding again changes nothing (the Standard's toNFKC_Casefold)."""
    once = unicodedata.normalize(form, unicodedata.normalize("NFD", segment).casefold())
    return unicodedata.normalize(form, once.casefold())
