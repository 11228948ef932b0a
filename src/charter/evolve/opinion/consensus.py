"""What people agree on: over all of them, and in every group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from charter.evolve.opinion.bootstrap import percentiles
from charter.evolve.opinion.representative import SURE, standing
from charter.evolve.opinion.tally import AGREED, DISAGREED, Tally

Array: TypeAlias = NDArray[np.float64]

MOST = 5
"""Statements on either side of the list."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A statement on which most people are on one side."""

    item: int
    """Place among the statements."""
    side: Literal["agree", "disagree"]
    share: float
    """`p = (count + 1) / (seen + 2)`."""
    test: float
    """`z` of `representative.Standing`, over all people."""


@dataclass(frozen=True, slots=True)
class GroupAware:
    """The product of all groups' shares of agreement, by statement: (items,)."""

    value: Array
    low: Array
    high: Array


def consensus(tally: Tally, *, smallest: int = 1) -> tuple[Agreed, ...]:
    """Return at most `MOST` statements agreed on and `MOST` rejected, the clearest first.

    A statement is listed where `p > 1/2` and `z > 1.2816`, over all people in the tally whatever
    their group, sorted by `p z`. People are counted, not weights. By these formulas one vote
    can be enough: what fewer than `smallest` people saw is not listed.
    Source: Polis, as in `representative`.
    """
    counts = tally.counts.sum(axis=0, keepdims=True)
    known = counts[0].sum(axis=1) >= smallest
    found: list[Agreed] = []
    sides: tuple[tuple[Literal["agree", "disagree"], int], ...]
    sides = (("agree", AGREED), ("disagree", DISAGREED))
    for side, place in sides:
        of = standing(counts, place)
        listed = np.flatnonzero(known & (of.share[0] > 0.5) & (of.test[0] > SURE))
        order = sorted(listed.tolist(), key=lambda i: (-of.share[0, i] * of.test[0, i], i))
        found += [
            Agreed(item, side, float(of.share[0, item]), float(of.test[0, item]))
            for item in order[:MOST]
        ]
    return tuple(found)


def product(sums: NDArray[Any]) -> Array:
    """Return `product over groups of (agreed + 1) / (seen + 2)` from sums (..., groups, items, 3).

    A group that did not see a statement counts with 1/2. Products of more groups are smaller:
    compare statements of one grouping only.
    Source: Small et al. 2021, Recerca 26(2), "group-aware consensus".
    """
    shares = (sums[..., AGREED] + 1.0) / (sums.sum(axis=-1) + 2.0)
    found: Array = shares.prod(axis=-2)
    return found


def group_aware(tally: Tally, drawn: Array, *, confidence: float = 0.95) -> GroupAware:
    """Return the products with intervals from `bootstrap.drawn_again` of the same unweighted votes.

    Published data: it ranks statements nearly as the plain share does (rank correlation 0.99), and
    hides that groups differ. Read it beside `floor` and `divisive`.
    """
    low, high = percentiles(product(drawn), confidence=confidence)
    return GroupAware(product(tally.counts), low, high)
