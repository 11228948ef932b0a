"""How sure Krippendorff's alpha is: its bootstrap interval over units, fast for many of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from charter.estimates.agreement import DRAWS
from charter.estimates.interval import Interval

DEFINED = 0.95
"""Share of draws in which alpha must be defined for an interval to be stated."""


def alpha_interval(
    units: Iterable[Sequence[str]],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    confidence: float = 0.95,
) -> Interval:
    """Return the percentile interval of alpha for labels without an order.

    Each unit has the labels it was given; those with fewer than two tell nothing and are left out.
    Units are drawn again with replacement: of units that are labelled alike only the number
    matters, so that a draw is one of the multinomial distribution. Bounds are NaN where alpha is
    undefined in more than one draw of twenty. The same seed gives the same interval everywhere.
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13; alpha as in
    `agreement.krippendorff_alpha`.
    """
    kinds = Counter(tuple(sorted(unit)) for unit in units if len(unit) > 1)
    if not kinds:
        return Interval(math.nan, math.nan)
    import numpy as np  # noqa: PLC0415 - slow to import, and not all verbs need it

    rows = sorted(kinds)
    labels = sorted({label for row in rows for label in row})
    given = np.array([[row.count(label) for label in labels] for row in rows], dtype=np.int64)
    sizes = given.sum(axis=1)
    apart = (sizes * sizes - (given * given).sum(axis=1)) / (sizes - 1)
    weights = np.array([kinds[row] for row in rows], dtype=np.float64)
    random = np.random.default_rng(seed)
    drawn = random.multinomial(kinds.total(), weights / weights.sum(), size=draws)
    totals = drawn @ given
    whole = totals.sum(axis=1)
    expected = whole * whole - (totals * totals).sum(axis=1)
    known = expected > 0
    if known.sum() < DEFINED * draws:
        return Interval(math.nan, math.nan)
    found = 1 - (whole[known] - 1) * (drawn[known] @ apart) / expected[known]
    tail = (1 - confidence) / 2
    low, high = np.quantile(found, [tail, 1 - tail]).tolist()
    return Interval(low, high)
