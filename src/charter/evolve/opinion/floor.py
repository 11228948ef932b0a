"""The minority floor: what even the least agreeing group agrees to, by its lower bound."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from charter.estimates.interval import normal_quantile, wilson
from charter.evolve.opinion.tally import AGREED, Tally

Array: TypeAlias = NDArray[np.float64]


class Said(StrEnum):
    """How much a group's bound rests on the group itself."""

    OWN = "own"
    """At least the smallest number of its people saw the statement."""
    SHRUNK = "shrunk"
    """Fewer did: the bound is drawn towards all people, and the group must not be named."""
    NOBODY = "nobody"
    """None did: there is nothing to say."""


class Against(StrEnum):
    """What the floor says about a value that was settled before."""

    MET = "met"
    NOT_MET = "not met"
    TOO_SMALL = "too small to say"


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor of one statement."""

    value: float
    """Least lower bound over all groups of which something can be said; NaN where of none."""
    group: int
    """Whose bound it is; -1 where of none."""
    bounds: tuple[float, ...]
    """Lower bound by group; NaN where nobody of it saw the statement."""
    said: tuple[Said, ...]
    """By group."""

    def against(self, least: float) -> Against:
        """Hold the floor against a value that was settled before anybody answered.

        Not met where the own bound of a group is below; too small to say where only a group that is
        shrunk stands in the way, or nobody of one saw the statement; else met.
        """
        pairs = list(zip(self.bounds, self.said, strict=True))
        if any(said is Said.OWN and bound < least for bound, said in pairs):
            return Against.NOT_MET
        if not all(bound >= least for bound, _ in pairs):
            return Against.TOO_SMALL
        return Against.MET


def floors(tally: Tally, *, smallest: int, confidence: float = 0.95) -> tuple[Floor, ...]:
    """Return the floor of every statement: `min over groups of the lower bound of agreement`.

    Agreement is of those who saw the statement, weighted; the bound is that of Wilson's two-sided
    interval on the effective number. Of a group in which fewer than `smallest` people saw it, the
    bound is the same quantile of the posterior under a beta prior of `smallest` people at the share
    of all others: they are not left out, but so few speak for themselves only as far as they can.
    Raises ValueError unless `smallest` is positive.
    Source: governance rule of the minority floor; shrinking: Casella 1985, Am. Stat. 39, 83-87.
    """
    if smallest < 1:
        raise ValueError(f"a smallest group has at least one person, not {smallest}")
    return tuple(_floor(tally, item, smallest, confidence) for item in range(tally.sums.shape[1]))


def _floor(tally: Tally, item: int, smallest: int, confidence: float) -> Floor:
    seen, sums = tally.seen[:, item], tally.sums[:, item]
    effective = tally.effective[:, item]
    z, tail = normal_quantile(confidence), (1 - confidence) / 2
    bounds, said = [], []
    for group in range(seen.size):
        if not seen[group]:
            bounds.append(np.nan)
            said.append(Said.NOBODY)
            continue
        number = float(effective[group])
        agreed = min(1.0, float(sums[group, AGREED] / sums[group].sum())) * number
        if seen[group] >= smallest:
            bounds.append(wilson(agreed, number, z=z).low)
            said.append(Said.OWN)
            continue
        rest = sums.sum(axis=0) - sums[group]
        prior = float((rest[AGREED] + 0.5) / (rest.sum() + 1.0)) * smallest
        missed = number - agreed + smallest - prior
        bounds.append(float(special.betaincinv(prior + agreed, missed, tail)))
        said.append(Said.SHRUNK)
    known = [(bound, group) for group, bound in enumerate(bounds) if not np.isnan(bound)]
    value, group = min(known, default=(float("nan"), -1))
    return Floor(value, group, tuple(bounds), tuple(said))
