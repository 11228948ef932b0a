"""How far reviewers agree: Krippendorff's alpha for labels without order, with an interval.

Source: Krippendorff 2019, Content Analysis, 4th edition, chapter 12, by
`charter.estimates.agreement`; the interval by `charter.estimates.alpha_interval`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from charter.estimates.agreement import krippendorff_alpha
from charter.estimates.alpha_interval import alpha_interval

DRAWS = 2000
SEED = 20_260_101
ENOUGH = 20
"""Units with two opinions, below which no figure is stated."""


class Agreement(NamedTuple):
    """What can be said."""

    units: int
    """With at least two opinions."""
    opinions: int
    """On those units."""
    unanimous: int
    """Units on which all say the same."""
    alpha: float | None
    """None where it is undefined: fewer than two units, or one label everywhere."""
    low: float | None
    """Of the 95 % interval; None where almost every draw has one label everywhere."""
    high: float | None

    @property
    def too_few(self) -> bool:
        """Whether there are too few units for a figure to mean anything."""
        return self.units < ENOUGH


def agreement(units: Iterable[Sequence[str]]) -> Agreement:
    """Measure agreement. Each unit has the labels it was given; those with one are left out."""
    rated = [tuple(unit) for unit in units if len(unit) > 1]
    value = krippendorff_alpha(rated) if rated else math.nan
    bounds = None if math.isnan(value) else alpha_interval(rated, draws=DRAWS, seed=SEED)
    stated = bounds is not None and not math.isnan(bounds.low)
    return Agreement(
        units=len(rated),
        opinions=sum(map(len, rated)),
        unanimous=sum(len(set(unit)) == 1 for unit in rated),
        alpha=None if math.isnan(value) else value,
        low=bounds.low if bounds is not None and stated else None,
        high=bounds.high if bounds is not None and stated else None,
    )
