"""How far a factorisation moves when other people like these had voted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charter.estimates.interval import Interval
from charter.evolve.opinion.bridging import Bridging, refitted
from charter.evolve.opinion.bridging_sweep import Floats
from charter.evolve.opinion.votes import Votes

DRAWS = 200
ENOUGH = 1e-7
"""Of a refit: its error lies far below the spread between draws."""
LEAST = 20


@dataclass(frozen=True, slots=True)
class Moved:
    """Intervals by statement, in the order of the votes' list; None where nobody voted."""

    intercepts: tuple[Interval | None, ...]
    across: tuple[Interval | None, ...]
    """Of the rating by somebody between the sides: mean and intercept together."""
    sizes: tuple[Interval | None, ...]
    """Of the factor without its sign. Where the true one is near 0, its lower end is above it."""
    draws: int
    confidence: float
    method: str = "percentiles of refits to people drawn anew"


def moved(
    votes: Votes, fit: Bridging, *, draws: int = DRAWS, seed: int = 0, confidence: float = 0.95
) -> Moved:
    """Return intervals for intercepts and sizes of factors by the participant-clustered bootstrap.

    Each draw takes as many people with replacement as there are, all votes of each, and fits again
    from `fit`; the percentile interval of what comes out. A statement on which nobody drawn voted
    is left out of that draw. `fit` must be of these votes, unweighted, with the usual penalties.
    They hold the chance of who took part; that penalties draw figures to 0 they do not undo.
    Raises ValueError for fewer than 20 draws or a confidence outside of (0, 1).
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13; people and not
    votes are drawn, as votes of one person are not independent: Davison and Hinkley 1997,
    Bootstrap Methods, section 3.8.
    """
    if draws < LEAST or not 0 < confidence < 1:
        raise ValueError(f"at least {LEAST} draws, and a confidence between 0 and 1")
    dice = np.random.default_rng(seed)
    people = len(votes.people)
    found = np.full((3, draws, len(votes.items)), np.nan)
    for draw in range(draws):
        counts = dice.multinomial(people, np.full(people, 1 / people)).astype(np.float64)
        there = np.bincount(votes.columns, counts[votes.rows], minlength=len(votes.items)) > 0
        if not there.any():
            continue
        known = refitted(votes, counts, fit, enough=ENOUGH)
        found[0, draw, there] = known.intercepts[there]
        found[1, draw, there] = known.mean + known.intercepts[there]
        found[2, draw, there] = np.abs(known.factors[there])
    seen = fit.votes > 0
    ends = [_ends(each, seen, confidence) for each in found]
    return Moved(ends[0], ends[1], ends[2], draws, confidence)


def _ends(found: Floats, seen: NDArray[np.bool_], confidence: float) -> tuple[Interval | None, ...]:
    tail = (1 - confidence) / 2
    ends: list[Interval | None] = []
    for at, there in enumerate(seen.tolist()):
        column = found[:, at][~np.isnan(found[:, at])]
        if not there or not column.size:
            ends.append(None)
            continue
        low, high = np.quantile(column, [tail, 1 - tail]).tolist()
        ends.append(Interval(low, high))
    return tuple(ends)
