"""Which statements set a group apart, as Polis picks them.

All figures are of people, not of weights: they describe those who took part.
Source: Small, Bjorkegren, Erkkila, Shaw and Megill 2021, Recerca 26(2), section 3; as computed by
polis `math/src/polismath/math/repness.clj`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from charter.evolve.opinion.tally import AGREED, DISAGREED, Tally

Array: TypeAlias = NDArray[np.float64]

SURE = 1.2816
"""One-tailed 90 % quantile of the normal distribution."""
MOST = 5
"""Statements picked for a group."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of every group on every statement: arrays (groups, items), for one side."""

    share: Array
    """`p = (count + 1) / (seen + 2)`."""
    test: Array
    """`z = 2 sqrt(seen + 1) ((count + 1) / (seen + 1) - 1/2)`: whether most of the group do."""
    ratio: Array
    """`R = p of the group / p of all others`; 1 in all without others."""
    ratio_test: Array
    """Two-proportion z of the group against all others, with 1 added to every count."""

    @property
    def weight(self) -> Array:
        """What picks are sorted by: `R * z_R * p * z`."""
        return self.ratio * self.ratio_test * self.share * self.test

    @property
    def significant(self) -> NDArray[np.bool_]:
        """Where both tests pass at 90 %, one-tailed."""
        return (self.test > SURE) & (self.ratio_test > SURE)


@dataclass(frozen=True, slots=True)
class Pick:
    """A statement that a group stands for."""

    item: int
    """Place among the statements."""
    side: Literal["agree", "disagree"]
    share: float
    test: float
    ratio: float
    ratio_test: float
    significant: bool
    """False for the one that is picked where none is: the best there is."""


def standing(counts: NDArray[np.integer[Any]], side: int) -> Standing:
    """Return a side's figures; `counts` as in `Tally`, `side` is `AGREED` or `DISAGREED`."""
    chosen = counts[..., side].astype(np.float64)
    seen = counts.sum(axis=-1).astype(np.float64)
    others = chosen.sum(axis=0) - chosen
    others_seen = seen.sum(axis=0) - seen
    share = (chosen + 1) / (seen + 2)
    return Standing(
        share=share,
        test=2 * np.sqrt(seen + 1) * ((chosen + 1) / (seen + 1) - 0.5),
        ratio=share / ((others + 1) / (others_seen + 2)),
        ratio_test=_two_proportions(chosen + 1, seen + 1, others + 1, others_seen + 1),
    )


def representative(tally: Tally, *, smallest: int = 1) -> tuple[tuple[Pick, ...], ...]:
    """Return, for every group, at most `MOST` statements that set it apart, the strongest first.

    A statement stands for a group by the side on which the ratio test is the higher. It is picked
    where both tests pass; a group without any gets the one with the highest ratio test, not marked
    as significant. What fewer than `smallest` of the group saw is not picked. With one group there
    are no others to differ from, and nothing is picked.
    """
    groups, items = tally.counts.shape[:2]
    if groups < 2:
        return tuple(() for _ in range(groups))
    agree, disagree = standing(tally.counts, AGREED), standing(tally.counts, DISAGREED)
    picks = []
    for group in range(groups):
        each = [
            _pick(agree, disagree, group, item)
            for item in range(items)
            if tally.seen[group, item] >= max(1, smallest)
        ]
        strong = [pick for pick in each if pick.significant]
        strong.sort(key=lambda p: (-p.ratio * p.ratio_test * p.share * p.test, p.item))
        best = sorted(each, key=lambda p: (-p.ratio_test, p.item))[:1]
        picks.append(tuple(strong[:MOST] or best))
    return tuple(picks)


def _pick(agree: Standing, disagree: Standing, group: int, item: int) -> Pick:
    at = (group, item)
    for_it = agree.ratio_test[at] >= disagree.ratio_test[at]
    side: Literal["agree", "disagree"] = "agree" if for_it else "disagree"
    of = agree if for_it else disagree
    return Pick(
        item=item,
        side=side,
        share=float(of.share[at]),
        test=float(of.test[at]),
        ratio=float(of.ratio[at]),
        ratio_test=float(of.ratio_test[at]),
        significant=bool(of.significant[at]),
    )


def _two_proportions(one: Array, one_of: Array, other: Array, other_of: Array) -> Array:
    """Return the pooled z of two proportions; 0 where all of both did the same."""
    pooled = (one + other) / (one_of + other_of)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled), 0) * (1 / one_of + 1 / other_of))
    apart = one / one_of - other / other_of
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, apart / spread, 0.0)
