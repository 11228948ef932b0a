"""Ranges of a text, and the text without them.

What is in a range must not change how the text around it is read: an odd quotation mark in data
would quote its developer's words. So each layer of labelling takes its ranges out, leaving one
character, and the next layer reads what remains.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from charter.policy.conversation import Doubt, Kind

INLINE = "\ufffc"
"""Stands for a range inside of a line."""
BLOCK = "\n"
"""Stands for a range that ends the paragraph before it."""


class Region(NamedTuple):
    """A range of one text that is not its author's own plain words."""

    start: int
    end: int
    kind: Kind
    name: str | None = None
    block: bool = False


class Doubted(NamedTuple):
    """A range that may not be its author's own words."""

    start: int
    end: int
    doubt: Doubt


class Found(NamedTuple):
    """What one layer found, in the offsets of the text it was given."""

    regions: Sequence[Region] = ()
    """In order, without overlap."""
    doubted: Sequence[Doubted] = ()
    problems: Sequence[tuple[str, str]] = ()
    """Kind and text of each."""


NOTHING = Found()


def excise(text: str, regions: Iterable[Region]) -> str:
    """Return the text with one character in place of each region."""
    pieces: list[str] = []
    position = 0
    for region in regions:
        pieces += (text[position : region.start], BLOCK if region.block else INLINE)
        position = region.end
    pieces.append(text[position:])
    return "".join(pieces)


def restore(inner: Iterable[Region], holes: Sequence[Region]) -> list[Region]:
    """Return regions of the text without holes, and the holes, in the offsets of the whole text.

    A region around a hole of another kind comes back in pieces; around one of its own, whole. A
    directive with a hole in it, or inside of a region, is mere code: it is not its author's.
    """
    found: list[Region] = []
    at, shift = 0, 0
    for region in inner:
        while at < len(holes) and holes[at].start - shift < region.start:
            found.append(holes[at])
            shift += holes[at].end - holes[at].start - 1
            at += 1
        start = region.start + shift
        holed = at < len(holes) and holes[at].start - shift < region.end
        if holed and region.kind is Kind.DIRECTIVE:
            region = region._replace(kind=Kind.CODE)  # noqa: PLW2901 - what it is from here on
        while at < len(holes) and holes[at].start - shift < region.end:
            hole = holes[at]
            if hole.kind is Kind.DIRECTIVE:
                hole = hole._replace(kind=Kind.CODE)
            if hole.kind is not region.kind or hole.name != region.name:
                if start < hole.start:
                    found.append(region._replace(start=start, end=hole.start))
                found.append(hole)
                start = hole.end
            shift += hole.end - hole.start - 1
            at += 1
        if start < region.end + shift:
            found.append(region._replace(start=start, end=region.end + shift))
    return [*found, *holes[at:]]


def restore_doubts(doubted: Sequence[Doubted], holes: Sequence[Region]) -> Sequence[Doubted]:
    """Return doubted ranges of the text without holes, in the offsets of the whole text."""
    if not doubted or not holes:
        return doubted
    lost = [0, *accumulate(hole.end - hole.start - 1 for hole in holes)]
    places = [hole.start - lost[at] for at, hole in enumerate(holes)]
    return [
        Doubted(
            each.start + lost[bisect_left(places, each.start)],
            each.end + lost[bisect_left(places, each.end)],
            each.doubt,
        )
        for each in doubted
    ]
