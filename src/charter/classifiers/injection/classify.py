"""Whether a text holds orders to an assistant that reads it, and where."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charter.classifiers.injection import features, head

USUAL = "1%"
"""The operating point used unless another is asked for."""

_LONGEST_WORD = 40
"""Bytes that a window is widened by at most, to hold whole words."""


class Found(NamedTuple):
    """What a text is taken for."""

    hit: bool
    thousandths: int
    """Score of its highest window, times 1000; no probability."""
    ranges: tuple[tuple[int, int], ...] = ()
    """Characters of the windows that count, joined; empty where they cannot be told."""


def classify(text: str, point: str = USUAL) -> Found:
    """Read a text. Time is linear in its length; nothing is read only in part.

    Raises KeyError for an unknown operating point, WrongWeights for a damaged file.
    """
    weights = head.shipped()
    least = weights.points[point]
    data, same = features.plain(text)
    if not data:
        return Found(hit=False, thousandths=0)
    score = weights.highest(data)
    if score < least:
        return Found(hit=False, thousandths=round(1000 * score))
    ranges = _ranges(weights.above(data, least), data) if same else ()
    return Found(hit=True, thousandths=round(1000 * score), ranges=ranges)


def points() -> tuple[str, ...]:
    """Return the operating points, strictest first: named by the share of benign texts hit."""
    return tuple(sorted(head.shipped().points, key=lambda name: float(name.rstrip("%"))))


def identity() -> str:
    """Name what classifies here, with the start of its digest. Raises WrongWeights."""
    return f"injection {head.VERSION} ({head.shipped().digest[:12]})"


def _ranges(windows: list[head.Window], data: bytes) -> tuple[tuple[int, int], ...]:
    """Return windows as ranges of characters, joined where they meet, out to whole words."""
    joined: list[tuple[int, int]] = []
    for start, end, _ in windows:
        first = data.rfind(b" ", max(0, start - _LONGEST_WORD), start) + 1 or start
        last = data.find(b" ", end, end + _LONGEST_WORD)
        last = min(end + _LONGEST_WORD, len(data)) if last < 0 else last
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    if data.isascii():
        return tuple(joined)
    raw = np.frombuffer(data, dtype=np.uint8)
    before = np.concatenate([[0], np.cumsum((raw & 0xC0) != 0x80)])
    return tuple((int(before[start]), int(before[end])) for start, end in joined)
