"""The strongest direction in which people differ, from sparse votes: for tests and for starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from charter.evolve.opinion.votes import Votes

SWEEPS = 12
"""Of subspace iteration: more changes no figure that is shown."""
SPARE = 4
"""Directions beyond those wanted that are carried along, so that the wanted ones settle."""


@dataclass(frozen=True, slots=True)
class Directions:
    """The leading singular directions of the residuals."""

    values: NDArray[np.float64]
    """Singular values, the largest first."""
    people: NDArray[np.float64]
    """Where each person lies: (people, directions), singular values included."""


def directions(votes: Votes, count: int, *, seed: int) -> Directions:
    """Return the leading directions of what is left of votes after each statement's mean.

    A cell is `(value - mean of the statement) / sqrt(votes of the person)`; a cell that was not
    seen has no residual, which is not the same as a vote of 0. The division gives everybody the
    same expected length, however many votes they cast.
    Source: Halko, Martinsson and Tropp 2011, SIAM Review 53, 217-288, algorithm 4.4.
    """
    matrix = residuals(votes)
    n, m = matrix.shape
    size = min(count + SPARE, n, m)
    if size == 0 or not len(votes):
        return Directions(np.zeros(count), np.zeros((n, count)))
    random = np.random.default_rng(seed)
    back = matrix.T.tocsr()
    basis = random.standard_normal((m, size))
    for _ in range(SWEEPS):
        basis = np.linalg.qr(back @ (matrix @ basis))[0]
    left, values, _ = np.linalg.svd(matrix @ basis, full_matrices=False)
    kept = min(count, size)
    people = np.zeros((n, count))
    people[:, :kept] = left[:, :kept] * values[:kept]
    found = np.zeros(count)
    found[:kept] = values[:kept]
    return Directions(found, people)


def residuals(votes: Votes) -> Any:
    """Return the sparse matrix of `directions`: (people, items)."""
    count = np.bincount(votes.columns, minlength=len(votes.items))
    total = np.bincount(votes.columns, votes.values, minlength=len(votes.items))
    mean = total / np.maximum(count, 1)
    cast = np.bincount(votes.rows, minlength=len(votes.people))
    left = (votes.values - mean[votes.columns]) / np.sqrt(cast[votes.rows])
    starts = np.concatenate([[0], np.cumsum(cast)])
    shape = (len(votes.people), len(votes.items))
    return sparse.csr_matrix((left, votes.columns, starts), shape=shape)
