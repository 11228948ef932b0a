"""Quoted words inside of lines: quotation marks, backticks, block quotes, YAML lines.

A quotation stays within its paragraph and within MAX_QUOTATION characters: a mark without a
partner must not silence the rest of a message. What such a mark leaves open is doubted instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from charter.policy.conversation import Doubt, Kind
from charter.policy.labels.blocks import MAX_MARKS
from charter.policy.labels.excise import NOTHING, Doubted, Found, Region
from charter.policy.labels.yaml_block import KEY_LINE, yaml_block

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
_CURLY_APOSTROPHE = "\u2019"

_NO_BREAK = r"\n(?![ \t]*+\n|[ ]{0,3}+>)"
_BREAK = re.compile(r"\n(?:[ \t]*+\n|[ ]{0,3}+>)")
_BLOCK_QUOTE = re.compile(r"[ ]{0,3}+>[^\n]*+(?:\n[ ]{0,3}+>[^\n]*+)*+")
_RUN = re.compile("`++")
_CONTRACTED = r"tis\b|twas\b|em\b|cause\b|til\b|n\b|round\b|bout\b|\d0s"

_FULL, _TICKS, _APOSTROPHES, _LINES, _YAML, _RUNS, _ODD, _OPENING = range(8)
_ALTERNATIVES = {
    _FULL: rf'"(?<![\d\\]")(?:[^"\\\n]++|\\[^\n]?+|{_NO_BREAK})*+"',
    _TICKS: r"`(?<!``)[^`\n]++`(?!`)",
    _APOSTROPHES: rf"'(?<!\w')(?!{_CONTRACTED})(?=\S)"
    r"(?:[^'\n]++|(?<=\w)'(?=\w)){1,400}+'(?<!\s')(?!\w)",
    _LINES: r"\n[ ]{0,3}+>[^\n]*+(?:\n[ ]{0,3}+>[^\n]*+)*+",
    _YAML: rf"\n(?={KEY_LINE})",
    _RUNS: "`",
    _ODD: '"',
}
"""All quantifiers are possessive: a failure costs no second look."""
_KINDS = {_FULL: Kind.QUOTE, _TICKS: Kind.CODE, _APOSTROPHES: Kind.QUOTE}
_FIRST = re.compile(rf"[ ]{{0,3}}+>|{KEY_LINE}")
_LATER = re.compile(rf"\n(?:[ ]{{0,3}}+>|{KEY_LINE})")
_SINGLE = re.compile(r"'(?<!\w')(?=\S)")


@cache
def _pattern(holds: tuple[bool, bool, bool]) -> tuple[re.Pattern[str], list[int]]:
    """Return a pattern for the marks a text may hold, and which alternative each group is.

    `holds` says whether single marks, marked lines and foreign marks occur. Every alternative
    begins with a literal character, so that the engine skips over what cannot match.
    """
    single, lines, foreign = holds
    left_out = set() if lines else {_LINES, _YAML}
    left_out |= set() if single else {_APOSTROPHES}
    chosen = [which for which in _ALTERNATIVES if which not in left_out]
    parts = [_ALTERNATIVES[which] + "()" for which in chosen]
    if foreign:
        openings = [opening for family in _FAMILIES for opening in family]
        parts += [f"{opening}()" for opening in openings]
        chosen += [_OPENING] * len(openings)
    return re.compile("|".join(parts)), [-1, *chosen]


def quotations(text: str, names: frozenset[str] = frozenset()) -> Found:
    """Return the quoted ranges of a text without its blocks; no names mark any."""
    single = "'" in text and _SINGLE.search(text) is not None
    lines = _LATER.search(text) is not None
    foreign = not text.isascii()
    first = _FIRST.match(text) is not None
    if not (single or lines or foreign or first or '"' in text or "`" in text):
        return NOTHING
    pattern, alternatives = _pattern((single, lines, foreign))
    return _Scanner(text).scan(pattern, alternatives)


class _Scanner:
    """One pass over a text, from mark to mark."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.regions: list[Region] = []
        self.doubted: list[Doubted] = []
        self.problems: dict[str, str] = {}
        self.open: dict[str, int] = {}
        """By mark: one without a partner, in an earlier paragraph."""
        self.runs: dict[int, list[int]] | None = None
        self.partners: dict[int, int] | None = None
        self.paragraph_start, self.paragraph_end, self.checked, self.seen = -1, 0, 0, 0
        self.firsts: dict[str, int] = {}
        """By mark: where its first quotation in this paragraph begins."""
        self.tried = 0
        """The end of the lines last found to be no YAML."""

    def scan(self, pattern: re.Pattern[str], alternatives: list[int]) -> Found:
        takers: dict[int, Callable[[int], int]] = {
            _YAML: self._yaml,
            _RUNS: self._code,
            _ODD: self._odd,
            _OPENING: self._foreign,
        }
        text, regions, search = self.text, self.regions, pattern.search
        position = self._first_line() if _FIRST.match(text) else 0
        marks = 0
        while found := search(text, position):
            which = alternatives[found.lastindex or 0]
            start, end = found.span()
            marks += 1
            if marks > MAX_MARKS:
                self._give_up(start)
                break
            kind = _KINDS.get(which)
            if kind is None and which != _LINES:
                position = takers[which](start)
            elif kind is None:
                regions.append(Region(start + 1, end, Kind.QUOTE))
                position = end
            elif end - start <= MAX_QUOTATION:
                regions.append(Region(start, end, kind))
                position = end
            else:
                position = self._unpaired(text[start], start)
        return Found(regions, self.doubted, list(self.problems.items()))

    def _first_line(self) -> int:
        """Take a block that begins with the text: there is no line end before it."""
        found = _BLOCK_QUOTE.match(self.text)
        if found:
            self.regions.append(Region(0, found.end(), Kind.QUOTE))
            return found.end()
        end, self.tried = yaml_block(self.text, 0)
        if end:
            self.regions.append(Region(0, end, Kind.YAML))
        return end

    def _yaml(self, start: int) -> int:
        if start < self.tried:
            return start + 1
        end, self.tried = yaml_block(self.text, start + 1)
        if end:
            self.regions.append(Region(start + 1, end, Kind.YAML))
        return end or start + 1

    def _odd(self, start: int) -> int:
        """Take a straight mark that opens no plain quotation.

        `5"` is a measure. After a backslash it closes with one that has a backslash too, and after
        a digit it opens only a word.
        """
        text = self.text
        before = text[start - 1] if start else ""
        after = text[start + 1 : start + 2]
        if before.isdigit() and not after.isalnum():
            return start + 1
        if before == "\\" or before.isdigit():
            limit = min(self._end_of_paragraph(start), start + MAX_QUOTATION)
            close = text.find('\\"' if before == "\\" else '"', start + 1, limit)
            if close >= 0:
                end = close + 1 + (before == "\\")
                self.regions.append(Region(start, end, Kind.QUOTE))
                return end
        return self._unpaired('"', start)

    def _code(self, start: int) -> int:
        """Take code in backticks: up to the next run of as many."""
        if self.runs is None:
            self.runs = {}
            for found in reversed(list(_RUN.finditer(self.text))):
                self.runs.setdefault(found.end() - found.start(), []).append(found.start())
        run = _RUN.match(self.text, start)
        length = run.end() - start if run else 1
        closers = self.runs.get(length, [])
        while closers and closers[-1] <= start:
            closers.pop()
        limit = min(self._end_of_paragraph(start), start + MAX_QUOTATION) if closers else 0
        if closers and closers[-1] < limit:
            end = closers[-1] + length
            self.regions.append(Region(start, end, Kind.CODE))
            return end
        self._unpaired("`", start)
        return start + length

    def _foreign(self, start: int) -> int:
        """Take a quotation in marks that open and close differently; they nest."""
        if self.partners is None:
            self.partners = _partners(self.text)
        end = self.partners.get(start)
        if end is None:
            return self._unpaired(self.text[start], start)
        self.regions.append(Region(start, end, Kind.QUOTE))
        return end

    def _unpaired(self, mark: str, start: int) -> int:
        """Note a mark without a partner, and what it leaves open; return where to go on."""
        self.problems["unbalanced-quote"] = f"{mark} has no partner in its paragraph"
        first = self._first_of(mark, start)
        if first is not None:
            self.doubted.append(Doubted(first, start + 1, UNBALANCED))
        if mark in self.open:
            self.doubted.append(Doubted(self.open.pop(mark), start + 1, UNBALANCED))
        else:
            self.open[mark] = start
        return start + 1

    def _first_of(self, mark: str, before: int) -> int | None:
        """Return where the first quotation in this mark begins in the paragraph so far."""
        broken = self.text.rfind("\n\n", self.checked, before)
        self.checked = max(before - 1, 0)
        if broken >= 0:
            self.paragraph_start = broken
            self.firsts.clear()
        for region in self.regions[self.seen :]:
            if region.start > self.paragraph_start:
                self.firsts.setdefault(self.text[region.start], region.start)
        self.seen = len(self.regions)
        return self.firsts.get(mark)

    def _end_of_paragraph(self, position: int) -> int:
        """Return the end of the paragraph; positions are asked for in ascending order."""
        if position >= self.paragraph_end:
            found = _BREAK.search(self.text, position)
            self.paragraph_end = found.start() if found else len(self.text)
        return self.paragraph_end

    def _give_up(self, start: int) -> None:
        self.problems["too-many-marks"] = f"more than {MAX_MARKS:,} delimiters: the rest is data"
        self.regions.append(Region(start, len(self.text), Kind.UNTRUSTED))


def _partners(text: str) -> dict[int, int]:
    """Return the end of each quotation in directional marks, by its start: one pass for all."""
    ends: dict[int, int] = {}
    opened: list[list[int]] = [[] for _ in _FAMILIES]
    limit = 0
    for found in _FOREIGN.finditer(text):
        at, mark = found.start(), found[0]
        if at >= limit:
            broken = _BREAK.search(text, at)
            limit = broken.start() if broken else len(text)
            for stack in opened:
                stack.clear()
        family = _FAMILY[mark]
        stack = opened[family]
        if stack and mark in _FAMILIES[family][text[stack[-1]]]:
            if mark == _CURLY_APOSTROPHE and text[at + 1 : at + 2].isalnum():
                continue
            start = stack.pop()
            if at - start < MAX_QUOTATION:
                ends[start] = at + 1
        elif mark in _FAMILIES[family]:
            stack.append(at)
    return ends
