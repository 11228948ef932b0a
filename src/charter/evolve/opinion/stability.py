"""Whether the same groups are found among four fifths of the people."""

from __future__ import annotations

import numpy as np

from charter.evolve.opinion.ari import adjusted_rand
from charter.evolve.opinion.mixture import Mixture, fit, placed, responsibilities
from charter.evolve.opinion.votes import Votes

SHARE = 0.8
SUBSAMPLES = 20


def stability(
    votes: Votes, mixture: Mixture, *, seed: int, subsamples: int = SUBSAMPLES
) -> tuple[float, ...]:
    """Return the adjusted Rand index of each subsample's groups with those of everybody.

    It is over all people who were drawn and voted for or against anything, each in their most
    likely group: taking only those who are placed with certainty would call groups steady in which
    hardly anybody is.
    Source: Hennig 2007, Comput. Stat. Data Anal. 52, 258-271; by subsets, Ben-Hur, Elisseeff and
    Guyon 2002, Pac. Symp. Biocomput. 7, 6-17.
    """
    random = np.random.default_rng([seed, mixture.k, 1])
    n = len(votes.people)
    labels = placed(responsibilities(votes, mixture), 0.0)
    voted = np.bincount(votes.rows[votes.values != 0], minlength=n) > 0
    found = []
    for _ in range(subsamples):
        drawn = np.zeros(n, dtype=np.bool_)
        drawn[random.permutation(n)[: max(1, round(SHARE * n))]] = True
        part = votes.restricted(drawn)
        again = placed(responsibilities(part, fit(part, mixture.k, seed=seed)), 0.0)
        found.append(adjusted_rand(labels[drawn & voted], again[voted[drawn]]))
    return tuple(found)
