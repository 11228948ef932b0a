"""Two texts in lines -> the lines that differ."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

Stretch: TypeAlias = tuple[int, int, int, int]
"""Lines replaced, from and to, and lines that replace them, from and to."""
MOST_WORK = 10_000
"""Pairs of lines compared between two lines that stand once; with more it is all one stretch."""


def changed_lines(old: Sequence[str], new: Sequence[str]) -> list[Stretch]:
    """Return the lines that differ, between lines that stand once in both texts.

    Those lines hold the texts together, in the longest order that both have: "patience diff" of
    B. Cohen (https://bramcohen.livejournal.com/73318.html). So the work stays small in a long text.
    """
    ends = [*_anchors(old, new), (len(old), len(new))]
    found, at = [], (0, 0)
    for end in ends:
        found += _between(old, new, at, end)
        at = end[0] + 1, end[1] + 1
    return found


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    counts = Counter(old), Counter(new)
    places = {line: at for at, line in enumerate(new) if counts[1][line] == 1}
    pairs = [
        (at, places[line]) for at, line in enumerate(old) if counts[0][line] == 1 and line in places
    ]
    tails: list[int] = []  # places in the other text where chains of each length end
    chains: list[tuple[int, int]] = []  # the pair that ends each chain, by its number in `pairs`
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        before.append(chains[length - 1][1] if length else -1)
        tails[length : length + 1] = [place]
        chains[length : length + 1] = [(place, number)]
    found, number = [], chains[-1][1] if chains else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _between(
    old: Sequence[str], new: Sequence[str], start: tuple[int, int], end: tuple[int, int]
) -> list[Stretch]:
    parts = old[start[0] : end[0]], new[start[1] : end[1]]
    least = min(map(len, parts))
    head = next((at for at in range(least) if parts[0][at] != parts[1][at]), least)
    most = least - head
    tail = next((at for at in range(most) if parts[0][-1 - at] != parts[1][-1 - at]), most)
    inner = tuple(part[head : len(part) - tail] for part in parts)
    a, c = start[0] + head, start[1] + head
    if len(inner[0]) * len(inner[1]) > MOST_WORK:
        return [(a, a + len(inner[0]), c, c + len(inner[1]))]
    codes = SequenceMatcher(None, inner[0], inner[1], autojunk=False).get_opcodes()
    return [(a + i, a + j, c + k, c + m) for tag, i, j, k, m in codes if tag != "equal"]
