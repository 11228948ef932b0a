"""Groups that are there are found again; cuts through nothing are not."""

import numpy as np

from charter.evolve.opinion.mixture import fit
from charter.evolve.opinion.stability import stability

from .planted import planted


def test_planted_groups_are_found_again():
    votes, _ = planted(120, 20, 2, filled=0.7, apart=2.0, seed=1)
    found = stability(votes, fit(votes, 2, seed=0), seed=0, subsamples=6)
    assert len(found) == 6
    assert min(found) > 0.8


def test_cuts_through_nothing_are_not():
    votes, _ = planted(120, 20, 1, filled=0.7, seed=1)
    found = stability(votes, fit(votes, 3, seed=0), seed=0, subsamples=6)
    assert np.mean(found) < 0.6
