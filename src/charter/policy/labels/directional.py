"""Quotation marks that open and close differently, in the habits of many languages.

They nest, and stay within a paragraph. A pair that a paragraph or its length breaks is doubted.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from charter.policy.conversation import Doubt
from charter.policy.labels.excise import Doubted

MAX_QUOTATION = 10_000
"""Characters. A longer one is doubted, not quoted."""

UNBALANCED = Doubt("unbalanced_quotation", 50)

CONTRACTED = r"tis\b|twas\b|em\b|cause\b|til\b|n\b|round\b|bout\b|\d0s"
"""What begins with an apostrophe."""

BREAK = re.compile(r"\n(?:[ \t]*+\n|[ ]{0,3}+>)")
"""Where a paragraph ends."""

_FAMILIES: tuple[dict[str, str], ...] = (
    {"\u201c": "\u201d", "\u201e": "\u201c\u201d", "\u201d": "\u201d", "\u201f": "\u201d"},
    {"\u00ab": "\u00bb", "\u00bb": "\u00ab\u00bb"},
    {"\u2039": "\u203a", "\u203a": "\u2039\u203a"},
    {"\u300c": "\u300d"},
    {"\u300e": "\u300f"},
    {"\u301d": "\u301e\u301f"},
    {"\u2018": "\u2019", "\u201a": "\u2018\u2019", "\u201b": "\u2019"},
    {"\uff02": "\uff02"},
)
"""Opening marks and what closes them. A mark that could open or close, closes."""
_FAMILY = {
    mark: at
    for at, family in enumerate(_FAMILIES)
    for opening, closing in family.items()
    for mark in opening + closing
}
OPENINGS = tuple(opening for family in _FAMILIES for opening in family)
_MARK = re.compile(f"[{''.join(_FAMILY)}]")
_APOSTROPHE = "\u2019"
_TURNED = re.compile(rf"\u2018(?i:{CONTRACTED})")
"""An apostrophe that a typewriter turned the wrong way."""


class Pairs(NamedTuple):
    """The quotations of one text."""

    ends: dict[int, int]
    """The end of each by its start."""
    doubted: list[Doubted]
    """Around marks without a partner."""


def pairs(text: str) -> Pairs:
    """Return the quotations of a text in these marks: one pass for all."""
    ends: dict[int, int] = {}
    families = [_Family(family, ends) for family in _FAMILIES]
    limit = 0
    for found in _MARK.finditer(text):
        at, mark = found.start(), found[0]
        family = families[_FAMILY[mark]]
        if at >= limit:
            paragraph = BREAK.search(text, at)
            opens_anew = not text[limit:at].strip()
            for each in families:
                each.end_paragraph(limit if opens_anew and each is family else None)
            limit = paragraph.start() if paragraph else len(text)
        follows = text[at + 1 : at + 2]
        if mark == _APOSTROPHE and (not family.opened or follows.isalnum()):
            continue
        if _TURNED.match(text, at):
            continue
        family.take(at, mark)
    for each in families:
        each.end_paragraph()
    return Pairs(ends, [doubted for each in families for doubted in each.doubted])


class _Family:
    """Marks that belong together, in one text."""

    def __init__(self, closings: dict[str, str], ends: dict[int, int]) -> None:
        self.closings = closings
        self.ends = ends
        self.opened: list[tuple[int, str]] = []
        self.first: int | None = None
        """Where the first quotation of this paragraph begins."""
        self.lost: int | None = None
        """The first mark that earlier paragraphs left open."""
        self.doubted: list[Doubted] = []

    def take(self, at: int, mark: str) -> None:
        """Close what is open, or open."""
        if self.opened and mark in self.closings[self.opened[-1][1]]:
            start, _ = self.opened.pop()
            if at - start >= MAX_QUOTATION:
                self._doubt(start, at + 1)
                return
            self.ends[start] = at + 1
            self.first = start if self.first is None else min(self.first, start)
        elif mark in self.closings:
            self.opened.append((at, mark))
        elif self.first is not None:
            self._doubt(self.first, at + 1)
        elif self.lost is not None:
            self._doubt(self.lost, at + 1)
            self.lost = None

    def end_paragraph(self, anew: int | None = None) -> None:
        """Forget the quotations of a paragraph, and doubt what its odd marks leave open.

        `anew` is where it ends, if the next one begins with a mark of these: in a quotation of
        several paragraphs each of them opens, and only the last one closes.
        """
        if self.opened:
            start, last = self.opened[0][0], self.opened[-1][0]
            if self.first is not None:
                self._doubt(min(start, self.first), last + 1)
            if self.lost is not None:
                self._doubt(self.lost, last + 1)
                self.lost = None
            elif anew is not None:
                self._doubt(start, anew)
            else:
                self.lost = start
            self.opened.clear()
        self.first = None

    def _doubt(self, start: int, end: int) -> None:
        self.doubted.append(Doubted(start, end, UNBALANCED))
