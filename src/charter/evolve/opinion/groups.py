"""Votes -> groups of opinion, as many as the votes bear out: one is an answer too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from charter.evolve.opinion.mixture import (
    Mixture,
    fit,
    placed,
    responsibilities,
    without_own_vote,
)
from charter.evolve.opinion.nulls import PERMUTATIONS, Structure, structure
from charter.evolve.opinion.predictive import Foretold, foretold
from charter.evolve.opinion.stability import stability
from charter.evolve.opinion.votes import Votes

Array: TypeAlias = NDArray[np.float64]

MOST = 5
"""Groups at most."""
SURE = 0.8
"""How likely somebody must belong to a group to be placed in it."""
STEADY = 0.8
"""Mean adjusted Rand index under subsampling below which groups are not reported."""
MOSTLY = 0.5
"""Share of those who voted for or against anything that should be placed in a group."""
NEARLY = 0.8
"""Share of the gain of more groups that is enough for fewer in which most people are placed."""
ALPHA = 0.05
"""Error rate: of the permutation test for any structure at all."""
ERRORS = 2.0
"""Standard errors by which groups must foretell votes better than one group does."""


@dataclass(frozen=True, slots=True)
class Considered:
    """One number of groups, and how it did."""

    k: int
    gain: float
    """Log probability per held-out vote, over that of one group."""
    error: float
    """Standard error of the gain, over people."""
    steady: float
    """Mean adjusted Rand index of `stability`; NaN where it was not needed, 1 for one group."""
    least_steady: float
    """The lowest of them."""
    placed: float
    """Share of those who voted for or against anything that is placed with certainty."""

    @property
    def foretells(self) -> bool:
        """Whether it foretells held-out votes better than one group, beyond its error."""
        return self.gain > ERRORS * self.error


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of opinion, the largest first: a description of the votes, not a fact about people."""

    k: int
    labels: NDArray[np.int64]
    """Group of each person; -1 where the votes place them in none with enough certainty."""
    belonging: Array
    """How likely each person belongs to each group: (people, k)."""
    vote_labels: NDArray[np.int64]
    """Group of each vote's person by their other votes, or -1: for figures of the groups."""
    mixture: Mixture
    considered: tuple[Considered, ...]
    structure: Structure
    reason: str
    """Why so many, as a sentence without a full stop."""
    one_sided: float
    """See `one_sided_of`: near 1, groups may differ by who agrees with anything, not by opinion."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """People placed in each group."""
        counts = np.bincount(self.labels[self.labels >= 0], minlength=self.k)
        return tuple(int(count) for count in counts)

    @property
    def unplaced(self) -> int:
        """People in no group."""
        return int((self.labels < 0).sum())


def groups_of(
    votes: Votes, *, seed: int, most: int = MOST, permutations: int = PERMUTATIONS
) -> Groups:
    """Find groups: as few as foretell unseen votes nearly as well as any, and are steady.

    1. Without structure beyond chance (`nulls.structure`, `ALPHA`) there is one group.
    2. Numbers of groups whose gain on held-out votes exceeds `ERRORS` standard errors are left.
    3. Of these the smallest within one standard error of the best gain is tried. If it places less
       than `MOSTLY` of the people, and fewer groups that place more have `NEARLY` of its gain,
       these are tried instead: real opinions never follow a mixture exactly, so that ever more
       groups foretell votes a little better while fewer people belong to any.
    4. It is taken if the same groups are found again among 80 % of the people (`STEADY`). If not,
       it goes, and the next is tried. If nothing stays, there is one group.

    Groups are numbered by size. They depend on the sorted table and the seed, on no order of input.
    Weights have no part in it: the groups are of those who took part.
    Raises ValueError unless `most` is at least 1. Never by silhouette: permuted votes score higher
    in it than real ones.
    """
    if most < 1:
        raise ValueError(f"there is at least one group, not {most}")
    shape = structure(votes, seed=seed, permutations=permutations)
    alone = Considered(1, 0.0, 0.0, 1.0, 1.0, 1.0)
    if most == 1 or shape.p > ALPHA:
        reason = "votes on different statements hang together no more than chance would have it"
        return _result(votes, fit(votes, 1, seed=seed), (alone,), shape, reason)
    known = foretold(votes, most, seed=seed)
    fits = {k: fit(votes, k, seed=seed) for k in range(1, most + 1)}
    considered = {1: alone} | {k: _considered(votes, fits[k], known) for k in range(2, most + 1)}
    k = _chosen(votes, fits, known, considered, seed)
    return _result(votes, fits[k], tuple(considered.values()), shape, _reason(k, considered))


def _chosen(
    votes: Votes,
    fits: dict[int, Mixture],
    known: Foretold,
    considered: dict[int, Considered],
    seed: int,
) -> int:
    """Return how many groups, and write down how steady those were that were tried."""
    left = [k for k, each in considered.items() if each.foretells]
    while left:
        k = _simpler(known.best(left), left, known, considered)
        found = stability(votes, fits[k], seed=seed)
        steady = float(np.mean(found))
        considered[k] = replace(considered[k], steady=steady, least_steady=min(found))
        if steady >= STEADY:
            return k
        left.remove(k)
    return 1


def _simpler(k: int, left: list[int], known: Foretold, considered: dict[int, Considered]) -> int:
    """Return fewer groups than `k` where these hold most people, and `k` does not."""
    if considered[k].placed >= MOSTLY:
        return k
    enough = NEARLY * considered[k].gain
    fewer = [
        each
        for each in left
        if each < k and considered[each].gain >= enough and considered[each].placed >= MOSTLY
    ]
    return known.best(fewer) if fewer else k


def one_sided_of(mixture: Mixture) -> float:
    """Return the largest share of statements to which one of two groups agrees more, over pairs.

    About 1/2 where groups part in both directions. At 1, the one agrees more with everything: where
    not all statements point the same way, that is a habit of answering and no opinion. 0 for one
    group or no statement.
    Source: what a Guttman scale looks like, against acquiescence: Cronbach 1946, Educ. Psychol.
    Meas. 6, 475-494.
    """
    agreed = mixture.profiles[:, :, 1]
    if mixture.k < 2 or not agreed.shape[1]:
        return 0.0
    shares = (agreed[:, None, :] > agreed[None, :, :]).mean(axis=2)
    return float(shares.max())


def _considered(votes: Votes, mixture: Mixture, known: Foretold) -> Considered:
    gain, error = known.gain(mixture.k)
    labels = placed(responsibilities(votes, mixture), SURE)
    voted = np.bincount(votes.rows[votes.values != 0], minlength=labels.size) > 0
    share = float((labels[voted] >= 0).mean()) if voted.any() else 0.0
    return Considered(mixture.k, gain, error, float("nan"), float("nan"), share)


def _reason(k: int, considered: dict[int, Considered]) -> str:
    if k > 1:
        return f"{k} groups are the fewest that are steady and foretell unseen votes well"
    better = [each for each in considered.values() if each.foretells]
    if not better:
        return "more groups foretell unseen votes no better than one does"
    return "more groups foretell unseen votes better, but none is found again in subsamples"


def _result(
    votes: Votes,
    mixture: Mixture,
    considered: tuple[Considered, ...],
    shape: Structure,
    reason: str,
) -> Groups:
    belonging = responsibilities(votes, mixture)
    return Groups(
        k=mixture.k,
        labels=placed(belonging, SURE),
        belonging=belonging,
        vote_labels=without_own_vote(votes, mixture, SURE),
        mixture=mixture,
        considered=considered,
        structure=shape,
        reason=reason,
        one_sided=one_sided_of(mixture),
    )
