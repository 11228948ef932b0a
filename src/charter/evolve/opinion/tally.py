"""Votes, counted: how many of each group disagreed, passed and agreed, of each statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from charter.evolve.opinion.votes import Votes

DISAGREED, PASSED, AGREED = 0, 1, 2
"""Places in the last axis of a tally: the vote's value and 1."""
UNPLACED = -1
"""The label of somebody who is in no group; their votes count in none."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by group, statement and vote. Who did not see a statement is in none of them."""

    counts: NDArray[np.int64]
    """People: (groups, items, 3), the last axis disagreed, passed, agreed."""
    sums: NDArray[np.float64]
    """Their weights, summed: the same shape. Without weights, the counts."""
    squares: NDArray[np.float64]
    """Squared weights of those who saw it, summed: (groups, items)."""

    @property
    def seen(self) -> NDArray[np.int64]:
        """People who saw the statement: (groups, items)."""
        total: NDArray[np.int64] = self.counts.sum(axis=2)
        return total

    @property
    def effective(self) -> NDArray[np.float64]:
        """People of equal weight who would tell as much: `(sum w)^2 / sum w^2`; 0 where none saw.

        Shape (groups, items). Source: Kish 1965, Survey Sampling, section 11.7.
        """
        sums = self.sums.sum(axis=2)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.squares > 0, sums * sums / self.squares, 0.0)

    def whole(self) -> Tally:
        """Return the same over all groups as one."""
        return Tally(
            self.counts.sum(axis=0, keepdims=True),
            self.sums.sum(axis=0, keepdims=True),
            self.squares.sum(axis=0, keepdims=True),
        )


def tally(
    votes: Votes,
    labels: NDArray[np.integer[Any]] | None = None,
    *,
    groups: int = 1,
    weights: NDArray[np.float64] | None = None,
    by_vote: bool | None = None,
) -> Tally:
    """Count votes by group. `weights` has one positive number for each person.

    `labels` has one group number for each person, or one for each vote (see
    `mixture.without_own_vote`); -1 is in no group. Without labels all are in group 0. Which of the
    two they are is told from their number, or by `by_vote`.
    Raises ValueError where labels or weights have another length, a label is no group, or there are
    as many votes as people, not one each, and `by_vote` does not say what is meant.
    """
    given = labels_by_vote(votes, labels, groups, by_vote)
    weight = checked_weights(votes, weights)[votes.rows]
    placed = given >= 0
    group, value = given[placed].astype(np.int64), votes.values[placed].astype(np.int64) + 1
    cell = (group * len(votes.items) + votes.columns[placed]) * 3 + value
    shape = (groups, len(votes.items), 3)
    size = groups * len(votes.items) * 3
    counts = np.bincount(cell, minlength=size).reshape(shape)
    sums = np.bincount(cell, weight[placed], minlength=size).reshape(shape)
    squares = np.bincount(cell, weight[placed] ** 2, minlength=size).reshape(shape).sum(axis=2)
    return Tally(counts.astype(np.int64), sums.astype(np.float64), squares.astype(np.float64))


def labels_by_vote(
    votes: Votes,
    labels: NDArray[np.integer[Any]] | None,
    groups: int,
    by_vote: bool | None = None,  # noqa: FBT001 - passed on by two functions that name it
) -> NDArray[np.int64]:
    """Return the group of every vote, from labels of people or of votes; see `tally`."""
    if labels is None:
        return np.zeros(len(votes), dtype=np.int64)
    if labels.size and not -1 <= int(labels.min()) <= int(labels.max()) < groups:
        raise ValueError(f"labels lie between -1 and {groups - 1}")
    given = labels.astype(np.int64)
    of_people = labels.shape == (len(votes.people),) and by_vote is not True
    of_votes = labels.shape == (len(votes),) and by_vote is not False
    if of_people and of_votes and (given[votes.rows] != given).any():
        raise ValueError("as many votes as people: say by `by_vote` whose labels these are")
    if of_people or of_votes:
        return given[votes.rows] if of_people else given
    raise ValueError(f"{labels.size} labels for {len(votes.people)} people, {len(votes)} votes")


def checked_weights(votes: Votes, weights: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Return the weights, 1 each where none are given. Raises ValueError where they are no such."""
    if weights is None:
        return np.ones(len(votes.people))
    if weights.shape != (len(votes.people),):
        raise ValueError(f"{weights.size} weights for {len(votes.people)} people")
    if not np.isfinite(weights).all() or (weights.size and float(weights.min()) <= 0):
        raise ValueError("weights are positive, finite numbers")
    return weights


def by_person(votes: Votes) -> Any:
    """Return people as rows of 0 and 1, a column for each statement and vote: sparse, (n, 3 m).

    Column `3 j + value + 1` says that statement j got that vote; what was not seen has no entry.
    """
    starts = np.zeros(len(votes.people) + 1, dtype=np.int64)
    np.cumsum(np.bincount(votes.rows, minlength=len(votes.people)), out=starts[1:])
    places = votes.columns.astype(np.int64) * 3 + votes.values + 1
    shape = (len(votes.people), 3 * len(votes.items))
    return sparse.csr_matrix((np.ones(len(votes)), places, starts), shape=shape)
