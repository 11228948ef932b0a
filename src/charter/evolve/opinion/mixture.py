"""Votes -> profiles: a mixture of groups, each with its share of agreement on every statement.

Only votes for or against place anybody. What was not seen is not in the likelihood at all; a pass
is neither for nor against, and who passes often is no group of opinion. Passes count in every rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from charter.evolve.opinion.spectral import directions
from charter.evolve.opinion.tally import UNPLACED
from charter.evolve.opinion.votes import Votes

Array = NDArray[np.float64]

PRIOR = 6.0
"""Votes that each statement has in each group before any was cast, split as all people split."""
SETTLED = 1e-6
"""Gain in log posterior per vote below which fitting stops."""
MOST_SWEEPS = 300
STARTS = 8
"""Cuts of the leading directions from which fitting starts; the best after a few sweeps goes on."""
FIRST_SWEEPS = 12
FIRST_PEOPLE = 10_000
"""People, drawn by chance, on whom starts are compared where there are more."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """A fitted mixture of k groups, the largest first."""

    shares: Array
    """Of people in each group: (k,)."""
    profiles: Array
    """Shares against and for, of those who decided: (k, items, 2), positive, summing to 1."""
    posterior: float
    """Log posterior density, without constants: the larger of two fits is the better one."""

    @property
    def k(self) -> int:
        """How many groups."""
        return int(self.shares.size)


def fit(votes: Votes, k: int, *, seed: int) -> Mixture:
    """Fit a mixture of `k` groups by EM, the best of several starts.

    `P(votes of i) = sum over g of share_g * product over seen j of profile_g,j(vote of i on j)`.
    The prior of a profile is Dirichlet with `PRIOR` votes at the shares of all people, that of the
    shares Dirichlet(2, ..., 2): a group that hardly anybody is in looks like everybody.
    Starts, and so the result, depend on `seed` and on the sorted table only.
    Source: Dempster, Laird and Rubin 1977, J. R. Stat. Soc. B 39, 1-38; the model: latent class
    analysis, Goodman 1974, Biometrika 61, 215-231.
    """
    people = _one_hot(votes)
    base = _shares_of_all(people, len(votes.items))
    if k == 1 or not people.nnz:
        alike = np.repeat(base[None], k, axis=0)
        return Mixture(np.full(k, 1 / k), alike, _log_posterior_of_one(people, base))
    at = directions(decided(votes), k - 1, seed=seed).people
    best = _best_start(people, base, at, k, np.random.default_rng([seed, k]))
    fitted = _climb(people, base, _normal(_scores(people, best)), MOST_SWEEPS)
    return _largest_first(fitted)


def _best_start(
    people: Any, base: Array, at: Array, k: int, random: np.random.Generator
) -> Mixture:
    """Return the best of several short fits, of some of the people where there are many."""
    if at.shape[0] > FIRST_PEOPLE:
        drawn = np.sort(random.choice(at.shape[0], FIRST_PEOPLE, replace=False))
        people, at = people[drawn], at[drawn]
    tried = [_climb(people, base, _start(at, k, random), FIRST_SWEEPS) for _ in range(STARTS)]
    return max(tried, key=lambda each: each.posterior)


def responsibilities(votes: Votes, mixture: Mixture) -> Array:
    """Return how likely each person belongs to each group: (people, k), rows summing to 1.

    Who cast no vote has the groups' shares.
    """
    return _normal(_scores(_one_hot(votes), mixture))


def placed(belonging: Array, sure: float) -> NDArray[np.int64]:
    """Return the most likely group of each row, or -1 where it is less likely than `sure`."""
    best = belonging.argmax(axis=1)
    found: NDArray[np.int64] = np.where(belonging.max(axis=1) >= sure, best, UNPLACED)
    return found.astype(np.int64)


def without_own_vote(votes: Votes, mixture: Mixture, sure: float) -> NDArray[np.int64]:
    """Return, for each vote, the group that its person's other votes place them in, or -1.

    Groups are made of votes, so that they differ in them even where chance made both; judged by
    the other votes, a person's group owes nothing to the vote that is counted. (What their vote
    did to the profiles remains: one of all votes on the statement.)
    """
    scores = _scores(_one_hot(votes), mixture)[votes.rows]
    for_or_against = votes.values != 0
    scores[for_or_against] -= np.log(_own(votes, mixture))
    return placed(_normal(scores), sure)


def predicted(votes: Votes, unseen: Votes, mixture: Mixture) -> Array:
    """Return the log probability of votes in `unseen` given the same people's in `votes`.

    `unseen` has no passes, see `decided`; its people and statements are those of `votes`.
    """
    belonging = _normal(_scores(_one_hot(votes), mixture))
    found: Array = np.log(np.einsum("ij,ij->i", belonging[unseen.rows], _own(unseen, mixture)))
    return found


def decided(votes: Votes) -> Votes:
    """Return the votes for or against, of the same people on the same statements."""
    kept = votes.values != 0
    return Votes(
        votes.people, votes.items, votes.rows[kept], votes.columns[kept], votes.values[kept]
    )


def _one_hot(votes: Votes) -> Any:
    """Return people as sparse rows: column `2 j` is a vote against statement j, `2 j + 1` for."""
    given = decided(votes)
    starts = np.zeros(len(votes.people) + 1, dtype=np.int64)
    np.cumsum(np.bincount(given.rows, minlength=len(votes.people)), out=starts[1:])
    places = given.columns.astype(np.int64) * 2 + (given.values > 0)
    shape = (len(votes.people), 2 * len(votes.items))
    return sparse.csr_matrix((np.ones(len(given)), places, starts), shape=shape)


def _own(votes: Votes, mixture: Mixture) -> Array:
    """Return the share of each group that votes as each vote for or against does: (votes, k)."""
    given = decided(votes)
    found: Array = mixture.profiles[:, given.columns, (given.values > 0).astype(np.int64)].T
    return found


def _shares_of_all(people: Any, items: int) -> Array:
    """Return shares against and for by statement, half a vote added to each: (items, 2)."""
    counts = np.asarray(people.sum(axis=0)).reshape(items, 2) + 0.5
    return counts / counts.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def _scores(people: Any, mixture: Mixture) -> Array:
    logs = np.log(mixture.profiles).reshape(mixture.k, -1).T
    return people @ logs + np.log(mixture.shares)  # type: ignore[no-any-return]


def _normal(scores: Array) -> Array:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def _log_prior(shares: Array, profiles: Array, base: Array) -> float:
    return float((PRIOR * base[None] * np.log(profiles)).sum() + np.log(shares).sum())


def _log_posterior_of_one(people: Any, base: Array) -> float:
    logs = np.log(base).reshape(-1)
    return float((people @ logs).sum()) + _log_prior(np.ones(1), base[None], base)


def _climb(people: Any, base: Array, belonging: Array, most: int) -> Mixture:
    """Repeat the two steps of EM from a first guess at who belongs where."""
    back = people.T.tocsr()
    enough = SETTLED * max(1, people.nnz)
    before = -np.inf
    mixture = _maximised(back, base, belonging, before)
    for _ in range(most):
        scores = _scores(people, mixture)
        top = scores.max(axis=1, keepdims=True)
        shifted = np.exp(scores - top)
        total = shifted.sum(axis=1, keepdims=True)
        likelihood = float((np.log(total) + top).sum())
        after = likelihood + _log_prior(mixture.shares, mixture.profiles, base)
        if after - before < enough:
            return Mixture(mixture.shares, mixture.profiles, after)
        before = after
        mixture = _maximised(back, base, shifted / total, after)
    return mixture


def _maximised(back: Any, base: Array, belonging: Array, posterior: float) -> Mixture:
    k = belonging.shape[1]
    counts = (back @ belonging).T.reshape(k, -1, 2) + PRIOR * base[None]
    profiles = counts / counts.sum(axis=2, keepdims=True)
    sizes = belonging.sum(axis=0) + 1.0
    return Mixture(sizes / sizes.sum(), profiles, posterior)


def _start(at: Array, k: int, random: np.random.Generator) -> Array:
    """Return a first guess: k-means++ seeds and a few rounds of k-means on the directions."""
    weight = np.ones(len(at))
    centres = np.empty((k, at.shape[1]))
    for each in range(k):
        chosen = random.choice(len(at), p=weight / weight.sum())
        centres[each] = at[chosen]
        apart = ((at - centres[each]) ** 2).sum(axis=1)
        weight = apart if each == 0 else np.minimum(weight, apart)
        if weight.sum() <= 0:
            weight = np.ones(len(at))
    for _ in range(10):
        nearest = _nearest(at, centres)
        sizes = np.bincount(nearest, minlength=k)
        for axis in range(at.shape[1]):
            sums = np.bincount(nearest, at[:, axis], minlength=k)
            centres[:, axis] = np.where(sizes > 0, sums / np.maximum(sizes, 1), centres[:, axis])
    guess = np.full((len(at), k), 0.1 / k)
    guess[np.arange(len(at)), _nearest(at, centres)] += 0.9
    return guess


def _nearest(at: Array, centres: Array) -> NDArray[np.int64]:
    distance = (centres**2).sum(axis=1)[None] - 2 * at @ centres.T
    found: NDArray[np.int64] = distance.argmin(axis=1)
    return found


def _largest_first(mixture: Mixture) -> Mixture:
    order = np.argsort(-mixture.shares, kind="stable")
    return Mixture(mixture.shares[order], mixture.profiles[order], mixture.posterior)
