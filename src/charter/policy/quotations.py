"""Quoted words inside of lines: quotation marks, backticks, block quotes, YAML lines.

A quotation stays within its paragraph and within MAX_QUOTATION characters: a mark without a
partner must not silence the rest of a message. What such a mark leaves open is doubted instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from charter.policy.blocks import MAX_MARKS
from charter.policy.conversation import Doubt, Kind
from charter.policy.excise import NOTHING, Doubted, Found, Region
from charter.policy.yaml_block import next_yaml

MAX_QUOTATION = 10_000
"""Characters. A longer one is doubted, not quoted."""

UNBALANCED = Doubt("unbalanced_quotation", 50)

_FAMILIES: tuple[dict[str, str], ...] = (
    {"\u201c": "\u201d", "\u201e": "\u201c\u201d", "\u201d": "\u201d"},
    {"\u00ab": "\u00bb", "\u00bb": "\u00ab"},
    {"\u2039": "\u203a", "\u203a": "\u2039"},
    {"\u300c": "\u300d"},
    {"\u300e": "\u300f"},
    {"\u2018": "\u2019"},
    {"\uff02": "\uff02"},
)
"""Opening marks and what closes them. A mark that could open or close, closes."""
_FAMILY = {
    mark: at
    for at, family in enumerate(_FAMILIES)
    for opening, closing in family.items()
    for mark in opening + closing
}
_FOREIGN = re.compile(f"[{''.join(_FAMILY)}]")
_BREAK = re.compile(r"\n(?:[ \t]*+\n|[ ]{0,3}+>)")
_APOSTROPHE = re.compile(
    r"(?<!\w)'(?!tis\b|twas\b|em\b|cause\b|til\b|n\b|round\b|bout\b|\d0s)(?=\S)"
    r"(?:[^'\n]++|(?<=\w)'(?=\w)){1,400}+(?<=\S)'(?!\w)"
)
_SINGLE = (" '", "\n'", "('", "\ufffc'")
_QUOTED_LINE = re.compile(r"\n[ ]{0,3}+>")
_QUOTED_LINES = re.compile(r"[ ]{0,3}+>[^\n]*+(?:\n[ ]{0,3}+>[^\n]*+)*+")
_RUN = re.compile("`++")


def quotations(text: str) -> Found:
    """Return the quoted ranges of a text without its blocks."""
    scanner = _Scanner(text)
    return scanner.scan() if scanner.heads else NOTHING


class _Scanner:
    """One pass over a text, from mark to mark."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.regions: list[Region] = []
        self.doubted: list[Doubted] = []
        self.problems: dict[str, str] = {}
        self.paragraph = (-1, 0)
        """The paragraph last looked at: where it was asked for, and its end."""
        self.first: dict[str, tuple[int, int]] = {}
        """By mark: the end of a paragraph, and where its first quotation begins."""
        self.open: dict[str, int] = {}
        """By mark: one without a partner, in an earlier paragraph."""
        self.runs: dict[int, list[int]] | None = None
        self.partners: dict[int, int] | None = None
        self.yaml: tuple[int, int] | None = None
        self.heads: dict[str, int] = {}
        self._begin()

    def _begin(self) -> None:
        text, heads = self.text, self.heads
        if '"' in text:
            heads['"'] = text.index('"')
        if "`" in text:
            heads["`"] = text.index("`")
        if "'" in text:
            for needle in _SINGLE:
                self._head(needle, text.find(needle))
            if text[0] == "'":
                heads["'"] = 0
        if ">" in text:
            self._head(">", 0 if _QUOTED_LINES.match(text) else self._next(">", 0))
        if not text.isascii():
            self._head("foreign", self._next("foreign", 0))
        if ":" in text and "\n" in text:
            self._head("yaml", self._next("yaml", 0))

    def _head(self, name: str, at: int) -> None:
        if at >= 0:
            self.heads[name] = at

    def scan(self) -> Found:
        takers: dict[str, Callable[[int], int]] = {
            '"': self._straight,
            "`": self._code,
            ">": self._block_quote,
            "foreign": self._foreign,
            "yaml": self._yaml,
            "'": self._single,
        }
        heads = self.heads
        marks = 0
        while heads:
            name = min(heads, key=heads.__getitem__)
            marks += 1
            if marks > MAX_MARKS:
                self._give_up(heads[name])
                break
            position = takers.get(name, self._single)(heads[name])
            for other, at in list(heads.items()):
                if at < position:
                    following = self._next(other, position)
                    if following < 0:
                        del heads[other]
                    else:
                        heads[other] = following
        return Found(self.regions, self.doubted, list(self.problems.items()))

    def _next(self, name: str, position: int) -> int:
        if name == ">":
            line = _QUOTED_LINE.search(self.text, max(position - 1, 0))
            return line.start() + 1 if line else -1
        if name == "foreign":
            found = _FOREIGN.search(self.text, position)
            return found.start() if found else -1
        if name == "yaml":
            self.yaml = next_yaml(self.text, position)
            return self.yaml[0] if self.yaml else -1
        return self.text.find(name, position) if name != "'" else -1

    def _give_up(self, start: int) -> None:
        self.problems["too-many-marks"] = f"more than {MAX_MARKS:,} delimiters: the rest is data"
        self.regions.append(Region(start, len(self.text), Kind.UNTRUSTED))

    def _end_of_paragraph(self, position: int) -> int:
        asked, end = self.paragraph
        if not asked <= position < end:
            found = _BREAK.search(self.text, position)
            end = found.start() if found else len(self.text)
            self.paragraph = (position, end)
        return end

    def _straight(self, start: int) -> int:
        """Take a quotation in straight marks. `5"` is a measure, not an opening mark."""
        text = self.text
        if start and text[start - 1].isdigit() and not text[start + 1 : start + 2].isalnum():
            return start + 1
        escaped = start > 0 and text[start - 1] == "\\"
        limit = min(self._end_of_paragraph(start), start + MAX_QUOTATION)
        close = text.find('"', start + 1, limit)
        while close >= 0 and (text[close - 1] == "\\") is not escaped:
            close = text.find('"', close + 1, limit)
        return self._took('"', start, close + 1 if close >= 0 else -1, Kind.QUOTE)

    def _code(self, start: int) -> int:
        """Take code in backticks: up to the next run of as many."""
        if self.runs is None:
            self.runs = {}
            for found in reversed(list(_RUN.finditer(self.text))):
                self.runs.setdefault(found.end() - found.start(), []).append(found.start())
        found_run = _RUN.match(self.text, start)
        length = found_run.end() - start if found_run else 1
        closers = self.runs.get(length, [])
        while closers and closers[-1] <= start:
            closers.pop()
        limit = min(self._end_of_paragraph(start), start + MAX_QUOTATION)
        end = closers[-1] + length if closers and closers[-1] < limit else -1
        position = self._took("`", start, end, Kind.CODE)
        return max(position, start + length)

    def _foreign(self, start: int) -> int:
        """Take a quotation in marks that open and close differently; they nest."""
        if self.partners is None:
            self.partners = _partners(self.text)
        mark = self.text[start]
        end = self.partners.get(start, -1)
        if end < 0 and mark == "\u2019":
            return start + 1  # an apostrophe
        return self._took(mark, start, end, Kind.QUOTE)

    def _single(self, start: int) -> int:
        """Take a quotation in straight single marks, where it can be no apostrophe."""
        at = self.text.index("'", start)
        found = _APOSTROPHE.match(self.text, at)
        if found is None:
            return at + 1
        self.regions.append(Region(at, found.end(), Kind.QUOTE))
        return found.end()

    def _block_quote(self, start: int) -> int:
        found = _QUOTED_LINES.match(self.text, start)
        if found is None:
            return start + 1
        self.regions.append(Region(start, found.end(), Kind.QUOTE))
        return found.end()

    def _yaml(self, start: int) -> int:
        if self.yaml is None or self.yaml[0] != start:
            return start + 1
        self.regions.append(Region(start, self.yaml[1], Kind.YAML))
        return self.yaml[1]

    def _took(self, mark: str, start: int, end: int, kind: Kind) -> int:
        """Note a quotation, or a mark without a partner; return where to go on."""
        paragraph = self._end_of_paragraph(start)
        first = self.first.get(mark)
        if end >= 0:
            if first is None or first[0] != paragraph:
                self.first[mark] = (paragraph, start)
            self.regions.append(Region(start, end, kind))
            return end
        self.problems["unbalanced-quote"] = f"{mark} has no partner in its paragraph"
        if first is not None and first[0] == paragraph:
            self.doubted.append(Doubted(first[1], start + 1, UNBALANCED))
        if mark in self.open:
            self.doubted.append(Doubted(self.open.pop(mark), start + 1, UNBALANCED))
        else:
            self.open[mark] = start
        return start + 1


def _partners(text: str) -> dict[int, int]:
    """Return the end of each quotation in directional marks, by its start: one pass for all."""
    ends: dict[int, int] = {}
    open_by_family: list[list[int]] = [[] for _ in _FAMILIES]
    limit = 0
    for found in _FOREIGN.finditer(text):
        at, mark = found.start(), found[0]
        if at >= limit:
            broken = _BREAK.search(text, at)
            limit = broken.start() if broken else len(text)
            for stack in open_by_family:
                stack.clear()
        family = _FAMILY[mark]
        stack = open_by_family[family]
        if stack and mark in _FAMILIES[family][text[stack[-1]]]:
            if mark == "\u2019" and text[at + 1 : at + 2].isalnum():
                continue  # an apostrophe
            start = stack.pop()
            if at - start < MAX_QUOTATION:
                ends[start] = at + 1
        elif mark in _FAMILIES[family]:
            stack.append(at)
    return ends
