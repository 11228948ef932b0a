"""Ranges of a text that patterns find: what is replaced where a check redacts.

Each pattern is searched from left to right, its next match after the end of the one before; the
ranges of all patterns together, in the original, are then joined where they overlap or touch. So
nothing that any pattern finds is left, and the ranges do not depend on how a text arrives:
`Sieve` replaces the very same ones in a stream.
"""

from __future__ import annotations

from collections.abc import Iterator

from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.text import MOST_IGNORED, Text

REMOVED = "[removed]"
"""What stands for a range that was replaced."""


def redactions(
    patterns: Patterns, text: str, *, most_ignored: int = MOST_IGNORED
) -> tuple[tuple[int, int], ...]:
    """Return the ranges of `text`, in characters, half-open, sorted and apart.

    Where more than `most_ignored` ignorable characters follow each other, the rest of the text
    from there is one range: it cannot be read. A stream ends there.
    Raises RuntimeError when a search failed.
    """
    normal = Text(fold=patterns.fold, most_ignored=most_ignored)
    normal.append(text)
    normal.finish()
    window = normal.window + "\ufffd" * normal.overflowed
    found = [
        normal.original(start, end)
        for each in patterns.find(window, end=normal.end)
        for start, end in matches(patterns, each.id, window, each.start, normal.end)
    ]
    if normal.overflowed:
        found.append((normal.stable, len(text)))
    return joined(found)


def matches(
    patterns: Patterns, name: str, text: str, start: int, end: int
) -> Iterator[tuple[int, int]]:
    """Yield the matches of one pattern within `start` to `end`, apart, from left to right."""
    while (found := patterns.search(name, text, start=start, end=end)) is not None:
        yield found.start, found.end
        start = found.end


def joined(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return ranges sorted, those that overlap or touch made one."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return tuple(made)


def replaced(text: str, ranges: tuple[tuple[int, int], ...], by: str = REMOVED) -> str:
    """Return a text with `by` in the place of each range; ranges are sorted and apart."""
    pieces, place = [], 0
    for start, end in ranges:
        pieces += [text[place:start], by]
        place = end
    return "".join([*pieces, text[place:]])
