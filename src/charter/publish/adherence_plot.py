"""Shares over versions -> where their points and intervals stand in a small drawing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from charter.publish.adherence import Share

STEP = 28
"""Units between two versions."""
HEIGHT = 40
_EDGE = 4


class Mark(NamedTuple):
    """One version's share, in units of the drawing."""

    x: int
    y: float
    top: float
    bottom: float


class Drawn(NamedTuple):
    """A drawing: its size, its marks and the lines between neighbours."""

    width: int
    height: int
    marks: tuple[Mark, ...]
    lines: tuple[tuple[Mark, Mark], ...]


def drawn(shares: Sequence[Share | None]) -> Drawn:
    """Return the drawing of shares in order; what is not stated leaves a gap."""
    marks = [None if each is None else _mark(at, each) for at, each in enumerate(shares)]
    lines = [(one, other) for one, other in pairwise(marks) if one and other]
    return Drawn(STEP * len(shares), HEIGHT, tuple(m for m in marks if m), tuple(lines))


def _mark(at: int, share: Share) -> Mark:
    return Mark(STEP * at + STEP // 2, _y(share.value), _y(share.high), _y(share.low))


def _y(value: float) -> float:
    return round(_EDGE + (1 - value) * (HEIGHT - 2 * _EDGE), 1)
