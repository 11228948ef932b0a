"""A normalised text that grows, and the original that each part of it came from.

Patterns are matched on a form in which what looks alike is alike: NFKC, without the characters
that have no shape of their own, and on request without differences of case. What is released is
the original. The original is cut into segments that normalisation cannot reach across; each
character of the normalised text knows the segment it came from. The cut depends on the text
alone, never on how it arrived: each character is looked at once, from left to right.

A surrogate pair that arrives as two halves is one character; half a pair alone is U+FFFD.
Look-alike letters of different scripts are left as they are.
Source of the forms: Unicode Standard Annex 15, 9.1 (stable code points) and 13 (stream-safe text:
a run of more than 30 marks is cut, which bounds a segment). Ignorable: DerivedCoreProperties.txt.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from functools import lru_cache

MOST_MARKS = 30
"""Characters in one segment; UAX 15, 13."""
MOST_IGNORED = 256
"""Ignorable characters in a row, unless told otherwise; no script or emoji needs a tenth of it."""

IGNORABLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
_JOINING = ((0x1161, 0x1175), (0x11A8, 0x11C2), (0x16D67, 0x16D67))
"""Letters that compose with the letter before them: vowels and finals of Hangul, Kirat Rai AI."""

_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_ORD_HIGH, _ORD_LOW = 0xD800, 0xDC00


class Text:
    """Original text appended, normalised text to match on, and the way back.

    Offsets into the normalised text and into the original count from their beginnings, also
    after `forget`. `overflowed` is set once more than `most_ignored` ignorable characters follow
    each other: the text then ends before the first of them and takes no more.
    """

    def __init__(self, *, fold: bool = False, most_ignored: int = MOST_IGNORED) -> None:
        self.fold = fold
        self.window = ""
        """Normalised text that is stable and not forgotten."""
        self.base = 0
        """Offset of the window's first character in the normalised text."""
        self.stable = 0
        """Original characters whose normalised form is known."""
        self.overflowed = False
        self._most_ignored = most_ignored
        self._starts = array("q")
        """For each character of the window, where its segment begins in the original."""
        self._pending = ""
        """The last segment, which may still grow, without ignorable characters."""
        self._high = ""
        """A high surrogate that waits for the other half."""
        self._read = 0
        """Original characters looked at."""
        self._ignored = 0
        """Ignorable characters in a row at the end of what was looked at."""
        self._ignored_width = 0
        """Original characters that they are made of."""
        self._made: list[str] = []
        """New pieces of the window, while appending."""

    @property
    def end(self) -> int:
        """Length of the normalised text that is stable."""
        return self.base + len(self.window)

    def copy(self) -> Text:
        """Return another text that goes on from here by itself."""
        made = Text.__new__(Text)
        made.__dict__.update(self.__dict__)
        made._starts = self._starts[:]  # noqa: SLF001 - its own kind
        made._made = list(self._made)  # noqa: SLF001 - the same
        return made

    def append(self, text: str) -> None:
        """Add original text. The last segment stays pending until it can grow no more."""
        for run in _RUN.finditer(text):
            if run[0][0] < "\x80":
                self._add_ascii(run[0])
            else:
                self._add_others(run[0])
        self._publish()

    def finish(self) -> None:
        """Close the last segment: nothing follows."""
        if not self.overflowed:
            self._close_high()
            self._close(self._read)
            self._publish()

    def forget(self, end: int) -> None:
        """Drop the normalised text before offset `end` and what is known of it."""
        count = end - self.base
        if count > 0:
            self.window = self.window[count:]
            del self._starts[:count]
            self.base = end

    def origin(self, index: int) -> int:
        """Return where in the original the segment of the normalised character `index` begins.

        For `index` = `end` this is the end of what is stable.
        """
        place = index - self.base
        return self._starts[place] if place < len(self._starts) else self.stable

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original range that must be held to hold `start` to `end`, not empty."""
        first, last = self.origin(start), self.origin(end - 1)
        while end < self.end and self.origin(end) == last:
            end += 1
        return first, self.origin(end)

    def _add_ascii(self, text: str) -> None:
        """Add characters of which each begins a segment."""
        if self.overflowed:
            return
        self._close_high()
        self._ignored = self._ignored_width = 0
        if self._pending:
            self._close(self._read)
        rest = len(text) - 1
        if rest:
            self._made.append(text[:-1].lower() if self.fold else text[:-1])
            # What came before the first visible character belongs to its segment.
            self._starts.append(self.stable)
            self._starts.extend(range(self._read + 1, self._read + rest))
            self.stable = self._read + rest
        self._pending = text[-1]
        self._read += len(text)

    def _add_others(self, text: str) -> None:
        for char in text:
            if self.overflowed:
                return
            self._add(char)

    def _add(self, char: str) -> None:
        code = ord(char)
        if self._high:
            if _ORD_LOW <= code < _ORD_LOW + 0x400:
                high, self._high = ord(self._high), ""
                pair = 0x10000 + ((high - _ORD_HIGH) << 10) + (code - _ORD_LOW)
                self._place(chr(pair), 2)
                return
            self._close_high()
        if _ORD_HIGH <= code < _ORD_LOW:
            self._high = char
        else:
            self._place("\ufffd" if _ORD_LOW <= code < _ORD_LOW + 0x400 else char, 1)

    def _close_high(self) -> None:
        if self._high:
            self._high = ""
            self._place("\ufffd", 1)

    def _place(self, char: str, width: int) -> None:
        """Put a character of `width` originals into the last segment or begin one with it."""
        if ignorable(char):
            self._ignored += 1
            if self._ignored > self._most_ignored:
                self._overflow(width)
                return
            self._ignored_width += width
        else:
            self._ignored = self._ignored_width = 0
            if self._pending and not (joins(char) and len(self._pending) < MOST_MARKS):
                self._close(self._read)
            self._pending += char
        self._read += width

    def _overflow(self, width: int) -> None:
        self._close(self._read - self._ignored_width)
        self.overflowed = True

    def _close(self, end: int) -> None:
        """Make the pending segment, which ends at `end` of the original, stable."""
        made = _normal(self._pending, fold=self.fold) if self._pending else ""
        self._pending = ""
        self._made.append(made)
        self._starts.extend([self.stable] * len(made))
        self.stable = end

    def _publish(self) -> None:
        if self._made:
            self.window += "".join(self._made)
            self._made.clear()


@lru_cache(maxsize=4096)
def ignorable(char: str) -> bool:
    """Say whether a character has no shape of its own (Default_Ignorable_Code_Point)."""
    code = ord(char)
    return any(first <= code <= last for first, last in IGNORABLE)


@lru_cache(maxsize=4096)
def joins(char: str) -> bool:
    """Say whether a character can change under NFKC with what stands before it."""
    first = unicodedata.normalize("NFKD", char)[0]
    if unicodedata.combining(first) or unicodedata.category(first)[0] == "M":
        return True
    return any(low <= ord(first) <= high for low, high in _JOINING)


@lru_cache(maxsize=4096)
def _normal(segment: str, *, fold: bool) -> str:
    """Return the form of one segment that patterns are matched on.

    Folding is toNFKC_Casefold of The Unicode Standard, 3.13: folded again, it does not change.
    """
    made = unicodedata.normalize("NFKC", segment)
    if fold:
        made = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", made).casefold())
        made = unicodedata.normalize("NFKC", made.casefold())
    return "".join(char for char in made if not ignorable(char))
