"""Boxes of contexts: some groups fixed to one type, the others open; and how many they hold."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

Box = tuple[int | None, ...]
"""For each group the number of a type, or None for all."""
Weights = Sequence[Sequence[int]]
"""For each group, how many rows each type has."""


def counted_in(boxes: Sequence[Box], weights: Weights) -> int:
    """Return how many contexts are in at least one of some boxes."""
    if not boxes:
        return 0
    if all(at is None for box in boxes[:1] for at in box):
        return prod(map(sum, weights))
    first, rest = weights[0], weights[1:]
    named = {box[0] for box in boxes if box[0] is not None}
    everywhere = [box[1:] for box in boxes if box[0] is None]
    found = (sum(first) - sum(first[at] for at in named)) * _rest(everywhere, rest)
    for at in named:
        if first[at]:
            found += first[at] * _rest([b[1:] for b in boxes if b[0] in (None, at)], rest)
    return found


def _rest(boxes: list[Box], weights: Weights) -> int:
    return counted_in(boxes, weights) if weights else int(bool(boxes))


def lightest(box: Box, weights: Weights) -> tuple[int, tuple[int, ...]]:
    """Return the smallest sum of weights inside a box, and the types that give it."""
    chosen = tuple(
        min(range(len(own)), key=own.__getitem__) if at is None else at
        for at, own in zip(box, weights, strict=True)
    )
    return sum(own[at] for at, own in zip(chosen, weights, strict=True)), chosen
