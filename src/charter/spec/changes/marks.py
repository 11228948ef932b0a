"""Two texts -> what is gone and what is new, word by word.

Shortest edit script after E. W. Myers, "An O(ND) Difference Algorithm and Its Variations",
Algorithmica 1 (1986), pages 251-266, with a bound on D: texts that differ in more places have
nothing in common that would help a reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

MAX_TOKENS = 40_000
"""Words and signs of both texts; beyond it lines are marked, or all."""
MAX_EDITS = 400
"""Words gone and new together, so that the work stays under 400² steps; with more, whole lines
are marked, or all."""
ISLAND = 1
"""Words that stand unchanged between changes and are marked with them: easier to read."""

_SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Scripts without blanks between words: each character counts as a word."""
_TOKEN = re.compile(
    rf"\s+|[{_SINGLE}]|[^\W{_SINGLE}]+(?:['\u2019][^\W{_SINGLE}]+)*|[^\w\s]", re.DOTALL
)
_WORD = re.compile(
    rf"[{_SINGLE}]|[^\W_{_SINGLE}]+(?:['\u2019][^\W_{_SINGLE}]+)*|[<>=+%$&/@\u2264\u2265\u2260\u00b1]"
)
"""Signs that carry a meaning of their own count as words; punctuation and markup do not."""
_TARGET = re.compile(r"\]\(#?([^()\s]{1,300})\)")
_APOSTROPHE = str.maketrans({"\u2019": "'"})
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Op(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Mark(NamedTuple):
    """A piece of text. SAME and GONE pieces join to the old text, SAME and NEW to the new."""

    op: Op
    text: str


def words(text: str) -> list[str]:
    """Return the words of a text, folded; link targets, punctuation and markup left out."""
    if "](" in text:
        text = _TARGET.sub("] ", text)
    return _WORD.findall(text.casefold().translate(_APOSTROPHE))


def targets(text: str) -> list[str]:
    """Return what the links of a text lead to, in order."""
    return _TARGET.findall(text) if "](" in text else []


@lru_cache(maxsize=1024)
def marks(old: str, new: str) -> tuple[Mark, ...]:
    """Return both texts as one sequence of pieces; deterministic, and bounded in time.

    Kept for the last few: a page and its data show the same changes.
    """
    if old == new:
        return (Mark(Op.SAME, new),) if new else ()
    if not old or not new:
        return (Mark(Op.NEW, new) if new else Mark(Op.GONE, old),)
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    start = _common(a, b)
    end = _common(a[start:][::-1], b[start:][::-1])
    middle_a, middle_b = a[start : len(a) - end], b[start : len(b) - end]
    edits = [(Op.SAME, token) for token in a[:start]]
    edits += _edits(middle_a, middle_b)
    edits += [(Op.SAME, token) for token in a[len(a) - end :]]
    return tuple(_runs(_without_islands(edits)))


def shortened(pieces: Iterable[Mark], keep: int) -> Iterator[Mark]:
    """Yield pieces with long unchanged ones cut to `keep` characters beside each change."""
    listed = tuple(pieces)
    for at, piece in enumerate(listed):
        text = piece.text
        before, after = at > 0, at < len(listed) - 1
        if piece.op is not Op.SAME or len(text) <= 2 * keep or not (before or after):
            yield piece
            continue
        head = text[:keep].rpartition(" ")[0] or text[:keep] if before else ""
        tail = text[-keep:].partition(" ")[2] or text[-keep:] if after else ""
        yield Mark(Op.SAME, " ".join(filter(None, (head, "\u2026", tail))))


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """Return how many tokens both begin with."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count


def _edits(a: Sequence[str], b: Sequence[str]) -> list[tuple[Op, str]]:
    path = _path(a, b)
    if path is None:  # too many words changed: mark lines
        lines = [_LINE.findall("".join(tokens)) for tokens in (a, b)]
        path = _path(*lines)
    if path is None:
        path = [(Op.GONE, token) for token in a] + [(Op.NEW, token) for token in b]
    return path


def _path(a: Sequence[str], b: Sequence[str]) -> list[tuple[Op, str]] | None:
    """Return a shortest edit script; None when it is longer than MAX_EDITS."""
    counts = Counter(a), Counter(b)
    least = sum(((counts[0] - counts[1]) + (counts[1] - counts[0])).values())
    if least > MAX_EDITS or len(a) + len(b) > MAX_TOKENS:
        return None
    reach = {1: 0}
    trail: list[dict[int, int]] = []
    for step in range(min(len(a) + len(b), MAX_EDITS) + 1):
        trail.append(dict(reach))
        for diagonal in range(-step, step + 1, 2):
            down = diagonal == -step or (
                diagonal != step and reach[diagonal - 1] < reach[diagonal + 1]
            )
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            y = x - diagonal
            while x < len(a) and y < len(b) and a[x] == b[y]:
                x, y = x + 1, y + 1
            reach[diagonal] = x
            if x >= len(a) and y >= len(b):
                return _walk(trail, a, b)
    return None


def _walk(trail: list[dict[int, int]], a: Sequence[str], b: Sequence[str]) -> list[tuple[Op, str]]:
    """Return the script along the trail that reached the end, found from there backwards."""
    script: list[tuple[Op, str]] = []
    x, y = len(a), len(b)
    for step in range(len(trail) - 1, 0, -1):
        reach, diagonal = trail[step], x - y
        down = diagonal == -step or (diagonal != step and reach[diagonal - 1] < reach[diagonal + 1])
        before = diagonal + 1 if down else diagonal - 1
        old_x = reach[before]
        old_y = old_x - before
        while x > (old_x if down else old_x + 1):
            x, y = x - 1, y - 1
            script.append((Op.SAME, a[x]))
        if down:
            script.append((Op.NEW, b[old_y]))
        else:
            script.append((Op.GONE, a[old_x]))
        x, y = old_x, old_y
    script += [(Op.SAME, a[at]) for at in range(x - 1, -1, -1)]
    return script[::-1]


def _without_islands(edits: list[tuple[Op, str]]) -> Iterator[tuple[Op, str]]:
    """Yield the script with small unchanged runs between changes marked as changed too.

    Blanks and signs always; a lone word where more than two words changed around it.
    """
    joined = list(_joined(edits, most=0, around=0))
    return _joined(joined, most=ISLAND, around=2)


def _joined(edits: Iterable[tuple[Op, str]], *, most: int, around: int) -> Iterator[tuple[Op, str]]:
    """Yield the script with runs of up to `most` words joined to more than `around` changed."""
    runs = [(same, list(run)) for same, run in groupby(edits, lambda edit: edit[0] is Op.SAME)]
    worded = [sum(_worded(token) for _, token in run) for _, run in runs]
    for at, (same, run) in enumerate(runs):
        inside = same and 0 < at < len(runs) - 1 and worded[at] <= most
        near = worded[at - 1] + worded[at + 1] if inside else 0
        if inside and (near > around or not worded[at]):
            yield from ((Op.GONE, token) for _, token in run)
            yield from ((Op.NEW, token) for _, token in run)
        else:
            yield from run


def _worded(token: str) -> bool:
    return token[0].isalnum()


def _runs(edits: Iterator[tuple[Op, str]]) -> Iterator[Mark]:
    """Join the script into marks; between two unchanged pieces, what is gone comes first."""
    for same, run in groupby(edits, lambda edit: edit[0] is Op.SAME):
        part = list(run)
        if same:
            yield Mark(Op.SAME, "".join(token for _, token in part))
            continue
        for op in (Op.GONE, Op.NEW):
            text = "".join(token for each, token in part if each is op)
            if text:
                yield Mark(op, text)
