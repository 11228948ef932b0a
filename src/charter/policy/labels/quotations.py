"""Quoted words inside of lines: quotation marks, backticks, block quotes, YAML lines.

A quotation stays within its paragraph and within MAX_QUOTATION characters: a mark without a
partner must not silence the rest of a message. What such a mark leaves open is doubted instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from charter.policy.conversation import Kind
from charter.policy.labels.blocks import MAX_MARKS
from charter.policy.labels.directional import (
    BREAK,
    CONTRACTED,
    MAX_QUOTATION,
    OPENINGS,
    UNBALANCED,
    pairs,
)
from charter.policy.labels.excise import NOTHING, Doubted, Found, Region
from charter.policy.labels.yaml_block import KEY_LINE, yaml_block

_NO_BREAK = r"\n(?![ \t]*+\n|[ ]{0,3}+>)"
_QUOTED = r"[ ]{0,3}+>(?!=|[:;]-?[()DP|/]|[._]<)"
"""How a quoted line begins: no comparison, and no face such as `>:(`."""
_BLOCK_QUOTE = re.compile(rf"{_QUOTED}[^\n]*+(?:\n[ ]{{0,3}}+>[^\n]*+)*+")
_NEAR = 40
"""Characters of space between paragraphs, at most."""
_RUN = re.compile("`++")

_FULL, _TICKS, _APOSTROPHES, _LINES, _YAML, _RUNS, _ODD, _OPENING = range(8)
_ALTERNATIVES = {
    _FULL: rf'"(?<![\d\\]")(?:[^"\\\n]++|\\[^\n]?+|{_NO_BREAK})*+"',
    _TICKS: r"`(?<!``)[^`\n]++`(?!`)",
    _APOSTROPHES: rf"'(?<![\w']')(?!(?i:{CONTRACTED}))(?=\S)"
    r"(?:[^'\n]++|(?<=\w)'(?=\w)|''){1,400}+'(?<!\s')(?!\w)",
    _LINES: rf"\n{_QUOTED}[^\n]*+(?:\n[ ]{{0,3}}+>[^\n]*+)*+",
    _YAML: rf"\n(?={KEY_LINE})",
    _RUNS: "`",
    _ODD: '"',
}
"""All quantifiers are possessive: a failure costs no second look."""
_TYPESET = "''"
"""What closes two backticks in the habit of typesetters: ``so''."""
_KINDS = {_FULL: Kind.QUOTE, _TICKS: Kind.CODE, _APOSTROPHES: Kind.QUOTE}
_FIRST = re.compile(rf"{_QUOTED}|{KEY_LINE}")
_LATER = re.compile(rf"\n(?:{_QUOTED}|{KEY_LINE})")
_SINGLE = re.compile(r"'(?<![\w']')(?=\S)")


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
        parts += [f"{opening}()" for opening in OPENINGS]
        chosen += [_OPENING] * len(OPENINGS)
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
        """Take code in backticks: up to the next run of as many, or a quotation in ``these''."""
        if self.runs is None:
            self.runs = {}
            for found in reversed(list(_RUN.finditer(self.text))):
                self.runs.setdefault(found.end() - found.start(), []).append(found.start())
        run = _RUN.match(self.text, start)
        length = run.end() - start if run else 1
        closers = self.runs.get(length, [])
        while closers and closers[-1] <= start:
            closers.pop()
        limit = min(self._end_of_paragraph(start), start + MAX_QUOTATION)
        if length == len(_TYPESET):
            close = self.text.find(_TYPESET, start, min(limit, closers[-1] if closers else limit))
            if close >= 0:
                self.regions.append(Region(start, close + length, Kind.QUOTE))
                return close + length
        if closers and closers[-1] < limit:
            end = closers[-1] + length
            self.regions.append(Region(start, end, Kind.CODE))
            return end
        self._unpaired("`", start)
        return start + length

    def _foreign(self, start: int) -> int:
        """Take a quotation in marks that open and close differently; they nest."""
        if self.partners is None:
            self.partners, broken = pairs(self.text)
            self.doubted += broken
        end = self.partners.get(start)
        if end is None:
            self._note(self.text[start])
            return start + 1  # the pairs doubt what it leaves open
        self.regions.append(Region(start, end, Kind.QUOTE))
        return end

    def _unpaired(self, mark: str, start: int) -> int:
        """Note a mark without a partner, and what it leaves open; return where to go on."""
        self._note(mark)
        first = self._first_of(mark, start)
        if first is not None:
            self.doubted.append(Doubted(first, start + 1, UNBALANCED))
        end = self._end_of_paragraph(start)
        if mark in self.open:
            self.doubted.append(Doubted(self.open.pop(mark), start + 1, UNBALANCED))
        elif self.text[end : end + _NEAR].lstrip()[:1] == mark:
            # In a quotation of several paragraphs each opens, and only the last one closes.
            self.doubted.append(Doubted(start, end, UNBALANCED))
        else:
            self.open[mark] = start
        return start + 1

    def _note(self, mark: str) -> None:
        self.problems["unbalanced-quote"] = f"{mark} has no partner in its paragraph"

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
            found = BREAK.search(self.text, position)
            self.paragraph_end = found.start() if found else len(self.text)
        return self.paragraph_end

    def _give_up(self, start: int) -> None:
        self.problems["too-many-marks"] = f"more than {MAX_MARKS:,} delimiters: the rest is data"
        self.regions.append(Region(start, len(self.text), Kind.UNTRUSTED))
