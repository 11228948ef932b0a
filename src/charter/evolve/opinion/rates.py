"""Who agreed, disagreed and passed, as shares of those who saw the statement, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from charter.estimates.interval import normal_quantile, t_quantile, wilson
from charter.evolve.opinion.bootstrap import shares
from charter.evolve.opinion.tally import AGREED, Tally, checked_weights
from charter.evolve.opinion.votes import Votes

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares disagreed, passed, agreed: (groups, items, 3); NaN where nobody saw the statement."""

    shares: Array
    low: Array
    high: Array
    seen: NDArray[np.int64]
    """People: (groups, items)."""
    effective: Array
    """People of equal weight who would tell as much: (groups, items)."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """A share of votes over several statements, such as all those on one clause."""

    value: float
    """NaN without votes."""
    low: float
    high: float
    people: int
    votes: int
    effective: float
    """Independent votes that would tell as much."""


def rates(tally: Tally, *, confidence: float = 0.95) -> Rates:
    """Return weighted shares with Wilson intervals on the effective number of those who saw it.

    `share = sum of w over the side / sum of w over all who saw it`; a person has one vote on a
    statement, so that nothing is clustered here. Of three intervals (this one; Wilson on
    `p (1 - p) / linearised variance`; bootstrap percentiles) it came closest to its confidence in
    simulation, see docs/statistics-of-voices.md.
    Source: Kish 1965, Survey Sampling, section 11.7, for the effective number; Wilson 1927.
    """
    found = shares(tally.sums)
    z = normal_quantile(confidence)
    effective = tally.effective
    low, high = np.full(found.shape, np.nan), np.full(found.shape, np.nan)
    for group, item in np.argwhere(effective > 0).tolist():
        number = float(effective[group, item])
        for side in range(3):
            share = min(1.0, max(0.0, float(found[group, item, side])))
            bounds = wilson(share * number, number, z=z)
            low[group, item, side], high[group, item, side] = bounds.low, bounds.high
    return Rates(found, low, high, tally.seen, effective)


def pooled(
    votes: Votes,
    items: NDArray[np.bool_],
    *,
    side: int = AGREED,
    weights: Array | None = None,
    confidence: float = 0.95,
) -> Pooled:
    """Return the share of a side over the votes on several statements; `items` marks which.

    Votes of one person are not independent: the effective number of N votes by n people is
    `N / (N - 1) p (1 - p) / variance * (t_{N-1} / t_{n-1})^2`, by the linearised variance over
    people and quantiles of Student's t for how roughly so few show it. It is at most Kish's over
    votes; where all votes are the same, each person counts once. Wilson's interval on that number,
    which for one vote each is that of `rates`.
    Raises ValueError where `items` or weights have another length.
    Source: Korn and Graubard 1998, Surv. Methodol. 24, 193-201; variance: Liang and Zeger 1986.
    """
    if items.shape != (len(votes.items),):
        raise ValueError(f"{items.size} marks for {len(votes.items)} statements")
    weight = checked_weights(votes, weights)
    kept = items[votes.columns]
    rows, chosen = votes.rows[kept], (votes.values[kept] + 1 == side).astype(np.float64)
    n = int(np.unique(rows).size)
    if not n:
        return Pooled(np.nan, np.nan, np.nan, 0, 0, 0.0)
    each = weight[rows]
    total = float(each.sum())
    share = min(1.0, float((each * chosen).sum()) / total)
    by_person = np.bincount(rows, each, minlength=len(votes.people))
    effective = total**2 / float((by_person**2).sum())
    if 0 < share < 1 and n > 1:
        left = np.bincount(rows, each * (chosen - share), minlength=len(votes.people))
        variance = float((left**2).sum()) / total**2 * n / (n - 1)
        most = total**2 / float((each**2).sum())
        rough = t_quantile(confidence, rows.size - 1) / t_quantile(confidence, n - 1)
        alone = rows.size / (rows.size - 1) * share * (1 - share)
        effective = min(most, alone / variance * rough**2) if variance > 0 else most
    bounds = wilson(share * effective, effective, z=normal_quantile(confidence))
    return Pooled(share, bounds.low, bounds.high, n, int(kept.sum()), effective)
