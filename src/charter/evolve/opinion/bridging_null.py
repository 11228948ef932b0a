"""Whether there is a division at all: votes shuffled within each statement as the null."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from charter.evolve.opinion.bridging import Bridging, factorise
from charter.evolve.opinion.votes import Votes


@dataclass(frozen=True, slots=True)
class Division:
    """What factors gain on these votes, beside what they gain where nothing divides."""

    gain: float
    """Share of the objective that factors take away."""
    shuffled: tuple[float, ...]
    """The same for each shuffle, sorted."""
    p: float


def division(votes: Votes, fit: Bridging, *, shuffles: int = 99, seed: int = 0) -> Division:
    """Return how likely a gain as large as that of `fit` is where no two statements go together.

    A shuffle gives the votes on each statement to the same people in another order: who saw what,
    and how much each statement is liked, stay. `p = (1 + #{shuffled >= gain}) / (1 + shuffles)`.
    What people do on all statements alike (saying yes to everything) is shuffled too; it enters
    the gain little, as intercepts of people take it first.
    Raises ValueError for fewer than 19 shuffles, with which no p reaches 0.05.
    Source: Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9, article 39.
    """
    if shuffles < 19:
        raise ValueError("at least 19 shuffles: with fewer no p-value reaches 0.05")
    dice = np.random.default_rng(seed)
    order = np.lexsort((votes.rows, votes.columns))
    gains = []
    for _ in range(shuffles):
        mixed = order[np.lexsort((dice.random(len(votes)), votes.columns[order]))]
        values = np.empty_like(votes.values)
        values[order] = votes.values[mixed]
        other = factorise(replace(votes, values=values), random=1, enough=1e-8, threads=1)
        gains.append(other.gain)
    at_least = sum(gain >= fit.gain for gain in gains)
    return Division(fit.gain, tuple(sorted(gains)), (1 + at_least) / (1 + shuffles))
