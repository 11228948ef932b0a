"""People of one shard, given the statements: their own best fit, and what it says of statements.

The arithmetic of bridging that grows with the votes; `bridging_solve` holds the rest. People are
solved each by themselves, so any split of them into shards gives the same figures but for the
order in which sums are added, and that order is the one of the shards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from charter.evolve.opinion.votes import Votes

Floats = NDArray[np.float64]
CELLS = 200_000
"""Votes of one shard: what a processor's cache holds.

The number of shards depends on the votes only, never on the machine.
"""


@dataclass(frozen=True, slots=True)
class Statements:
    """What is known of the statements so far: one number of each for each statement."""

    mean: float
    """The rating that all share."""
    intercepts: Floats
    factors: Floats


@dataclass(frozen=True, slots=True)
class Sums:
    """What statements need to know of people; sums of two shards add up.

    By statement, over those who saw it: of people's intercepts x, factors y, y^2, x y, and of
    rating times y. Over people: of weights, x, x^2, y, y^2, x y. All of them weighted.
    """

    x: Floats
    y: Floats
    yy: Floats
    xy: Floats
    ry: Floats
    moments: Floats
    saved: float
    """By how much people's own parameters lower the objective."""

    def __add__(self, other: Sums) -> Sums:
        """Return the sums of both."""
        return Sums(
            self.x + other.x,
            self.y + other.y,
            self.yy + other.yy,
            self.xy + other.xy,
            self.ry + other.ry,
            self.moments + other.moments,
            self.saved + other.saved,
        )


@dataclass(frozen=True, slots=True)
class Shard:
    """Votes of some people, ready to be swept."""

    seen: Any
    """Sparse, people by statements: 1 where there is a vote."""
    ratings: Any
    """Sparse, of the same form: the rating."""
    weights: Floats
    count: Floats
    """Votes of each person."""
    total: Floats
    """Ratings of each person, added up."""

    @property
    def tallies(self) -> Floats:
        """Return, in three rows by statement: weight of the votes, of ratings, of their squares."""
        return np.stack(
            [
                self.seen.T @ self.weights,
                self.ratings.T @ self.weights,
                self.ratings.power(2).T @ self.weights,
            ]
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Votes of some people as plain arrays: what is sent to where a shard is swept."""

    indptr: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: NDArray[np.int8]
    weights: Floats
    statements: int


def parts_of(votes: Votes, weights: Floats | None = None, *, cells: int = CELLS) -> list[Part]:
    """Cut votes into parts of about `cells` votes each, people by people, in their order.

    `weights` has one number of at least 0 for each person.
    """
    people = len(votes.people)
    given = np.ones(people) if weights is None else np.asarray(weights, dtype=np.float64)
    counts = np.bincount(votes.rows, minlength=people)
    given = np.where(counts > 0, given, 0.0)  # who voted on nothing is nobody's mean
    ends = np.concatenate([[0], np.cumsum(counts)])
    number = max(1, -(-len(votes) // cells))
    cuts = np.searchsorted(ends, np.linspace(0, len(votes), number + 1)[1:-1])
    bounds = np.unique(np.concatenate([[0], cuts, [people]]))
    return [
        Part(
            ends[first : last + 1] - ends[first],
            votes.columns[ends[first] : ends[last]],
            votes.values[ends[first] : ends[last]],
            given[first:last],
            len(votes.items),
        )
        for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]


def shard_of(part: Part) -> Shard:
    """Return a part ready to be swept. A vote of 1, 0, -1 is a rating of 1, 1/2, 0."""
    shape = (len(part.indptr) - 1, part.statements)
    small = part.indptr.astype(np.int32)
    ratings = csr_array(((part.values + 1.0) / 2.0, part.columns, small), shape=shape)
    seen = csr_array((np.ones(len(part.values)), part.columns, small), shape=shape)
    return Shard(
        seen, ratings, part.weights, np.diff(part.indptr).astype(np.float64), ratings.sum(axis=1)
    )


def people_of(
    shard: Shard, known: Statements, ridge: tuple[float, float]
) -> tuple[Floats, Floats, Floats]:
    """Return intercepts x and factors y of people given statements, and what each one saves.

    Least squares in closed form: with e = rating - mean - statement's intercept, and f its factor,
    `[[n + a, sum f], [sum f, sum f^2 + b]] (x, y) = (sum e, sum e f)` over what somebody saw;
    `ridge` is (a, b). What is saved is `x sum e + y sum e f`.
    """
    f, i, mean = known.factors, known.intercepts, known.mean
    by = shard.seen @ np.stack([f, f * f, i, i * f], axis=1)
    e = shard.total - shard.count * mean - by[:, 2]
    ef = shard.ratings @ f - mean * by[:, 0] - by[:, 3]
    one, cross, two = shard.count + ridge[0], by[:, 0], by[:, 1] + ridge[1]
    det = one * two - cross * cross
    x = (two * e - cross * ef) / det
    y = (one * ef - cross * e) / det
    return x, y, x * e + y * ef


def swept(shard: Shard, known: Statements, ridge: tuple[float, float]) -> Sums:
    """Solve the people of a shard and add up what statements need of them."""
    x, y, saved = people_of(shard, known, ridge)
    w = shard.weights
    wx, wy = w * x, w * y
    sums = shard.seen.T @ np.stack([wx, wy, wy * y, wx * y], axis=1)
    # Sums and no dot products: those of this length go to threads that fight over the processors.
    squares = [(wx * x).sum(), (wy * y).sum(), (wx * y).sum()]
    moments = np.array([w.sum(), wx.sum(), squares[0], wy.sum(), squares[1], squares[2]])
    ones = [np.ascontiguousarray(sums[:, at]) for at in range(4)]
    ry = np.asarray(shard.ratings.T @ wy)
    return Sums(ones[0], ones[1], ones[2], ones[3], ry, moments, float((w * saved).sum()))


def turned(shard: Shard, known: Statements, ridge: tuple[float, float], of: Floats) -> Floats:
    """Return E' W E V for columns V (`of`): E is what intercepts leave of the votes, 0 if unseen.

    Repeated, it turns V to the direction in which people part most (subspace iteration).
    """
    flat = Statements(known.mean, known.intercepts, np.zeros_like(known.factors))
    x = people_of(shard, flat, ridge)[0][:, None]
    base = (known.mean + known.intercepts)[:, None]
    z = shard.ratings @ of - shard.seen @ (base * of) - x * (shard.seen @ of)
    z *= shard.weights[:, None]
    found = shard.ratings.T @ z - base * (shard.seen.T @ z) - shard.seen.T @ (x * z)
    return np.asarray(found)


def added(sums: Sequence[Sums]) -> Sums:
    """Return the sums of all shards, added in their order."""
    total = sums[0]
    for each in sums[1:]:
        total += each
    return total
