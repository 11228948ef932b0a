"""Boxes of contexts: for each group the types that are allowed; and how many contexts they hold."""

from __future__ import annotations

from collections.abc import Sequence

Box = tuple[int, ...]
"""For each group the types that are allowed, as bits."""
Weights = Sequence[Sequence[int]]
"""For each group, how many rows each type has."""


def counted_in(boxes: Sequence[Box], weights: Weights) -> int:
    """Return how many contexts are in at least one of some boxes."""
    if not boxes or not weights:
        return int(bool(boxes))
    first, rest = weights[0], weights[1:]
    inside: dict[tuple[int, ...], int] = {}
    for at, weight in enumerate(first):
        if weight:
            which = tuple(n for n, box in enumerate(boxes) if box[0] >> at & 1)
            inside[which] = inside.get(which, 0) + weight
    found = 0
    for which, weight in inside.items():
        left = list(dict.fromkeys(boxes[n][1:] for n in which))
        found += weight * counted_in(left, rest)
    return found


def lightest(box: Box, weights: Weights) -> tuple[int, tuple[int, ...]]:
    """Return the smallest sum of weights inside a box, and the types that give it."""
    chosen = tuple(
        min((at for at in range(len(own)) if allowed >> at & 1), key=own.__getitem__)
        for allowed, own in zip(box, weights, strict=True)
    )
    return sum(own[at] for at, own in zip(chosen, weights, strict=True)), chosen
