"""Votes -> what people agree on across the line that divides them most, and what divides them.

`rating = mean + i_u + i_n + f_u f_n`: what a statement's approval owes to its lying on one side of
the widest division goes into `f_n`, and what is left, its intercept `i_n`, is approval by people
who otherwise part. A vote of agree is a rating of 1, pass 1/2, disagree 0; what somebody did not
see is no rating, and no cell of it is ever made up.

Formulas, source and method: `bridging_solve`. Needs numpy and scipy.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from charter.evolve.opinion.bridging_solve import (
    ENOUGH,
    FACTORS,
    INTERCEPTS,
    MOST_SWEEPS,
    Problem,
    Solved,
    Sweeper,
    problem_of,
    settled,
    solve,
)
from charter.evolve.opinion.bridging_start import starts_of
from charter.evolve.opinion.bridging_sweep import (
    CELLS,
    Floats,
    Shard,
    Statements,
    Sums,
    added,
    parts_of,
    people_of,
    shard_of,
    swept,
    turned,
)
from charter.evolve.opinion.votes import Votes


@dataclass(frozen=True, slots=True)
class Bridging:
    """One number of each for each statement and person, in the order of the votes' own lists."""

    items: tuple[str, ...]
    mean: float
    """The rating that all share."""
    intercepts: Floats
    """Of statements: approval across the division. NaN where nobody voted."""
    factors: Floats
    """Of statements: on which side they lie, and how far. NaN where nobody voted.

    The sign of all factors is arbitrary: the statement that lies furthest out is positive; of
    several that lie equally far, the one that sorts first.
    """
    votes: NDArray[np.int64]
    """People who voted on each statement."""
    people_intercepts: Floats
    people_factors: Floats
    """Of people; 0 for who voted on nothing."""
    loss: float
    """The objective per vote, at the end."""
    flat: float
    """The same without factors."""
    sweeps: int
    converged: bool
    """Whether it came to rest; if not, figures are not final, and should not be shown."""

    @property
    def across(self) -> Floats:
        """Return the rating that somebody who stands between the sides would give each statement.

        A fraction as ratings are: 1 agrees, 0 disagrees.
        """
        return self.mean + self.intercepts

    @property
    def smaller_side(self) -> float:
        """Return the share of people on the smaller side of the division, of those on either."""
        one, other = int((self.people_factors > 0).sum()), int((self.people_factors < 0).sum())
        return min(one, other) / max(one + other, 1)

    @property
    def gain(self) -> float:
        """Return by what share factors lower the objective that intercepts alone reach."""
        return (self.flat - self.loss) / self.flat if self.flat > 0 else 0.0


class Here:
    """Votes on this machine, as shards; threads change the time only."""

    def __init__(self, shards: Sequence[Shard], *, threads: int | None = None) -> None:
        self.shards = shards
        self.threads = max(1, min(len(shards), threads or os.cpu_count() or 1))
        self.pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None

    @property
    def tallies(self) -> Floats:
        """Return tallies of all shards."""
        return np.asarray(sum(shard.tallies for shard in self.shards))

    @property
    def people(self) -> float:
        """Return the weight of all people who voted."""
        return float(sum(shard.weights.sum() for shard in self.shards))

    def sweep(self, known: Statements, ridge: tuple[float, float]) -> Sums:
        """Solve all people and add up what statements need of them."""
        work = partial(swept, known=known, ridge=ridge)
        return added(
            list(self.pool.map(work, self.shards) if self.pool else map(work, self.shards))
        )

    def turn(self, known: Statements, ridge: tuple[float, float], of: Floats) -> Floats:
        """Turn directions on all shards."""
        work = partial(turned, known=known, ridge=ridge, of=of)
        return np.asarray(
            sum(self.pool.map(work, self.shards) if self.pool else map(work, self.shards))
        )

    def close(self) -> None:
        """End the threads."""
        if self.pool:
            self.pool.shutdown()


class Choices(TypedDict, total=False):
    """What may be chosen of the method; `solved_on` has what holds where nothing is."""

    intercepts: float
    factors: float
    mean: float
    seed: int
    random: int
    enough: float
    most: int


def factorise(
    votes: Votes,
    *,
    weights: Floats | None = None,
    cells: int = CELLS,
    threads: int | None = None,
    **choices: Unpack[Choices],
) -> Bridging:
    """Factorise votes; `weights` has one number of at least 0 for each person.

    `intercepts`, `factors` and `mean` are penalties: with a `mean` of 0.15 they are those of
    Community Notes (see `bridging_solve` for why it is 0 here). `seed` and `random` are of starts
    by chance beside the two that votes suggest; `enough` is the share of the objective below which
    a sweep no longer counts, `most` the most sweeps. Raises ValueError for no votes, a penalty that
    is too small, or weights that do not fit.
    """
    checked(votes, weights)
    here = Here([shard_of(part) for part in parts_of(votes, weights, cells=cells)], threads=threads)
    try:
        problem, solved = solved_on(here, **choices)
        return _result(votes, problem, solved, here.shards)
    finally:
        here.close()


def solved_on(  # noqa: PLR0913 - each is one choice of the method
    sweeper: Sweeper,
    *,
    intercepts: float = INTERCEPTS,
    factors: float = FACTORS,
    mean: float = 0.0,
    seed: int = 0,
    random: int = 4,
    enough: float = ENOUGH,
    most: int = MOST_SWEEPS,
) -> tuple[Problem, Solved]:
    """Return the problem of votes wherever they are, and where its solution came to rest."""
    problem = problem_of(sweeper, intercepts=intercepts, factors=factors, mean=mean)
    starts = partial(starts_of, seed=seed, random=random)
    return problem, solve(problem, starts, enough=enough, most=most)


def refitted(votes: Votes, weights: Floats, near: Bridging, *, enough: float) -> Statements:
    """Return mean, intercepts and factors for other weights, from a fit that lies near.

    Signs are those that go with `near`. For intervals: no other valley is looked for.
    """
    here = Here([shard_of(part) for part in parts_of(votes, weights)], threads=1)
    start = Statements(near.mean, np.nan_to_num(near.intercepts), np.nan_to_num(near.factors))
    found, _, _, _ = settled(problem_of(here), start, enough=enough, most=MOST_SWEEPS)
    sign = -1.0 if float(found.factors @ start.factors) < 0 else 1.0
    return Statements(found.mean, found.intercepts, found.factors * sign)


def checked(votes: Votes, weights: Floats | None) -> None:
    """Raise ValueError for no votes, or weights that do not fit them."""
    if not len(votes):
        raise ValueError("there are no votes")
    if weights is None:
        return
    given = np.asarray(weights)
    if given.shape != (len(votes.people),):
        raise ValueError(f"{given.size} weights for {len(votes.people)} people")
    if not np.all(np.isfinite(given)) or np.any(given < 0):
        raise ValueError("weights are finite and never below 0")


def sign_of(factors: Floats) -> float:
    """Return what makes the furthest factor positive: 1 or -1. Near ties go to the first."""
    sizes = np.abs(factors)
    furthest = int(np.flatnonzero(sizes >= sizes.max() * (1 - 1e-6))[0])
    return -1.0 if factors[furthest] < 0 else 1.0


def assembled(
    votes: Votes, solved: Solved, problem: Problem, people: tuple[Floats, Floats]
) -> Bridging:
    """Return the result with its sign fixed, and no figure where nobody voted."""
    sign = sign_of(solved.known.factors)
    counts = np.bincount(votes.columns, minlength=len(votes.items))
    missing = (problem.asked == 0) | (counts == 0)
    return Bridging(
        votes.items,
        solved.known.mean,
        np.where(missing, np.nan, solved.known.intercepts),
        np.where(missing, np.nan, solved.known.factors * sign),
        counts,
        people[0],
        people[1] * sign,
        solved.loss,
        solved.flat,
        solved.sweeps,
        solved.converged,
    )


def _result(votes: Votes, problem: Problem, solved: Solved, shards: Sequence[Shard]) -> Bridging:
    found = [people_of(shard, solved.known, problem.ridge) for shard in shards]
    x, y = (np.concatenate([each[at] for each in found]) for at in (0, 1))
    return assembled(votes, solved, problem, (x, y))


__all__ = ["Bridging", "Sweeper", "factorise", "refitted"]
