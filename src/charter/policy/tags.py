"""Tags in a text: XML, HTML, and the marker of untrusted blocks.

A tag that stands alone in backticks or quotation marks is spoken of, not used: it opens and
closes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from charter.policy.conversation import Doubt, Kind
from charter.policy.excise import NOTHING, Doubted, Found, Region

_TAG = re.compile(r"<(/?)([^\W\d][\w.:-]*+)((?:[\s/][^<>]*+)?+)>")
_UNTRUSTED = re.compile(r"<(/?)((?i:untrusted(?:_text)?))((?:[\s/][^<>]*+)?+)>")
_BEFORE = frozenset("`\"'\u201c\u2018\u00ab")
_AFTER = frozenset("`\"'\u201d\u2019\u00bb")

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


class _Open:
    """How far the blocks of one name are open."""

    __slots__ = ("depth", "last", "start")

    def __init__(self) -> None:
        self.depth = 0
        self.start = 0
        """Of the outermost open block."""
        self.last: int | None = None
        """Where the block before began, or a mention."""


def untrusted_blocks(text: str, names: frozenset[str]) -> Found:
    """Return the blocks between untrusted tags, the tags with them.

    Tags nest. A block that is not closed reaches to the end. A closing tag too many belongs to
    the block before it: its data tried to end it early. Data that writes a closing and an opening
    tag makes two blocks of one; what is between two blocks is doubted, and no delimiter inside
    the text can do better.
    """
    if "<" not in text:
        return NOTHING
    ranges: list[tuple[int, int]] = []
    problems: list[tuple[str, str]] = []
    opened: dict[str, _Open] = {}
    for tag in tags(text, _UNTRUSTED):
        if tag.name not in names:
            continue
        state = opened.setdefault(tag.name, _Open())
        if tag.mentioned or tag.empty:
            state.last = state.last if tag.closes else tag.start
        elif not tag.closes:
            state.start = state.start if state.depth else tag.start
            state.depth += 1
        elif state.depth:
            state.depth -= 1
            if not state.depth:
                ranges.append((state.start, tag.end))
                state.last = state.start
        else:
            problems.append(("stray-untrusted", f"</{tag.name}> closes nothing"))
            if state.last is not None:
                ranges.append((state.last, tag.end))
    for name, state in opened.items():
        if state.depth:
            problems.append(("unclosed-untrusted", f"<{name}> is never closed"))
            ranges.append((state.start, len(text)))
    regions = [Region(start, end, Kind.UNTRUSTED) for start, end in _union(ranges)]
    between = [
        Doubted(one.end, two.start, BETWEEN)
        for one, two in zip(regions, regions[1:], strict=False)
        if one.end < two.start
    ]
    return Found(regions, between, problems)


def _union(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
