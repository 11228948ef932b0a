"""Tags in a text: XML, HTML, and the marker of untrusted blocks.

A tag that stands alone in backticks or quotation marks is spoken of, not used: it opens and
closes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from charter.policy.conversation import Doubt, Kind
from charter.policy.labels.excise import NOTHING, Doubted, Found, Region

_TAG = re.compile(r"<(/?)([^\W\d][\w.:-]*+)((?:[\s/][^<>]*+)?+)>")
_UNTRUSTED = re.compile(r"<(/?)((?i:untrusted(?:_text)?))((?:[\s/][^<>]*+)?+)>")
_BEFORE = frozenset("`\"'\u201c\u2018\u00ab")
_AFTER = frozenset("`\"'\u201d\u2019\u00bb")

_SPOKEN_OF = 20
"""Characters that prose has at most between two tags it speaks of, as in "`<a>` and `</a>`"."""

BETWEEN = Doubt("between_untrusted", 30)
UNBALANCED = Doubt("unbalanced_tags", 50)


class Tag(NamedTuple):
    """One tag."""

    start: int
    end: int
    name: str
    """In lower case."""
    closes: bool
    empty: bool
    """Whether it ends in `/>`."""
    attributes: bool
    mentioned: bool
    """Whether it stands alone in backticks or quotation marks."""


def tags(text: str, pattern: re.Pattern[str] = _TAG) -> Iterator[Tag]:
    """Yield the tags of a text, in order."""
    for found in pattern.finditer(text):
        start, end = found.span()
        rest = found[3]
        yield Tag(
            start,
            end,
            found[2].lower(),
            bool(found[1]),
            rest.endswith("/"),
            "=" in rest,
            text[max(start - 1, 0)] in _BEFORE and text[end : end + 1] in _AFTER,
        )


class _Blocks:
    """The untrusted blocks of one name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ranges: list[tuple[int, int]] = []
        self.problems: list[tuple[str, str]] = []
        self.between: list[tuple[int, int]] = []
        """From where one is spoken of to where its end is: such words may be data that put a
        quotation mark on either side of itself."""
        self.mentioned: int | None = None
        self.depth = 0
        self.start = 0
        """Of the outermost open block."""
        self.last: int | None = None
        """Where the block before began, or a mention of one."""

    def take(self, tag: Tag) -> None:
        """Open or close a block."""
        if tag.mentioned or tag.empty:
            if tag.closes and self.mentioned is not None:
                self.between.append((self.mentioned, tag.start))
            self.mentioned = None if tag.closes or tag.empty else tag.end
            self.last = self.last if tag.closes else tag.start
        elif not tag.closes:
            self.start = self.start if self.depth else tag.start
            self.depth += 1
        elif self.depth:
            self.depth -= 1
            if not self.depth:
                self.ranges.append((self.start, tag.end))
                self.last = self.start
        else:
            self.problems.append(("stray-untrusted", f"</{self.name}> closes nothing"))
            if self.last is not None:
                self.ranges.append((self.last, tag.end))

    def end(self, length: int) -> None:
        """Let a block that is not closed reach to the end."""
        if self.depth:
            self.problems.append(("unclosed-untrusted", f"<{self.name}> is never closed"))
            self.ranges.append((self.start, length))


def untrusted_blocks(text: str, names: frozenset[str]) -> Found:
    """Return the blocks between untrusted tags, the tags with them.

    Tags nest. A block that is not closed reaches to the end. A closing tag too many belongs to
    the block before it: its data tried to end it early. Data that writes a closing and an opening
    tag makes two blocks of one; what is between two blocks is doubted, and no delimiter inside
    the text can do better.
    """
    if "<" not in text:
        return NOTHING
    by_name: dict[str, _Blocks] = {}
    for tag in tags(text, _UNTRUSTED):
        if tag.name in names:
            by_name.setdefault(tag.name, _Blocks(tag.name)).take(tag)
    if not by_name:
        return NOTHING
    for found in by_name.values():
        found.end(len(text))
    ranges = _union([each for found in by_name.values() for each in found.ranges])
    regions = [Region(start, end, Kind.UNTRUSTED) for start, end in ranges]
    between = [(one.end, two.start) for one, two in pairwise(regions) if one.end < two.start]
    between += [
        (start, end)
        for found in by_name.values()
        for start, end in found.between
        if end - start > _SPOKEN_OF
    ]
    problems = dict(each for found in by_name.values() for each in found.problems)
    doubted = [Doubted(start, end, BETWEEN) for start, end in between]
    return Found(regions, doubted, list(problems.items()))


def _union(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
