"""What chance alone would show: votes permuted within each statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from charter.evolve.opinion.mixture import decided
from charter.evolve.opinion.spectral import directions
from charter.evolve.opinion.votes import Votes

Array: TypeAlias = NDArray[np.float64]

PERMUTATIONS = 99


@dataclass(frozen=True, slots=True)
class Structure:
    """Whether votes on different statements hang together at all."""

    strength: float
    """Largest singular value of the residuals, see `spectral.directions`."""
    by_chance: float
    """Its mean over permuted tables."""
    p: float
    """One-sided; at least `1 / (permutations + 1)`."""
    permutations: int


def structure(votes: Votes, *, seed: int, permutations: int = PERMUTATIONS) -> Structure:
    """Test whether people differ by more than chance in how they vote throughout.

    Votes for and against are permuted among those who cast them on the same statement: each
    statement keeps its shares, each person what they saw, and nothing else remains.
    `p = (1 + permuted tables as strong) / (1 + permutations)`. Small where there are groups, but
    also where people lie along a line, or some agree with anything.
    Source: permutation p-value: Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9, 39.
    """
    given = decided(votes)
    strength = _strength(given, seed)
    random = np.random.default_rng([seed, 2])
    found = np.array(
        [_strength(permuted(given, random), seed) for _ in range(permutations)], dtype=np.float64
    )
    as_strong = int((found >= strength * (1 - 1e-9)).sum())
    by_chance = float(found.mean()) if permutations else float("nan")
    return Structure(strength, by_chance, (1 + as_strong) / (1 + permutations), permutations)


def permuted(votes: Votes, random: np.random.Generator) -> Votes:
    """Return the table with the votes on each statement dealt out anew to those who voted on it."""
    # short numbers, so that sorting takes time in proportion to the votes
    columns = votes.columns.astype(np.uint16) if len(votes.items) < 2**16 else votes.columns
    places = np.argsort(columns, kind="stable")
    mixed = np.argsort(random.random(len(votes)), kind="stable")
    dealt = mixed[np.argsort(columns[mixed], kind="stable")]
    values = np.empty_like(votes.values)
    values[places] = votes.values[dealt]
    return Votes(votes.people, votes.items, votes.rows, votes.columns, values)


def _strength(votes: Votes, seed: int) -> float:
    return float(directions(votes, 1, seed=seed).values[0])
