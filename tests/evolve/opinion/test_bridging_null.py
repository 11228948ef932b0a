"""A division is found where one is planted, and seldom where none is."""

import numpy as np
import pytest

from charter.evolve.opinion.bridging import factorise
from charter.evolve.opinion.bridging_null import division

from .divided import divided


def test_a_planted_division_is_no_chance():
    votes, _, _ = divided(150, 12, filled=0.7, seed=41)
    found = division(votes, factorise(votes), shuffles=19)
    assert found.p == 0.05
    assert found.gain > 1.1 * max(found.shuffled)


def test_where_nothing_divides_alarms_are_about_as_rare_as_said():
    alarms = []
    for seed in range(24):
        votes, _, _ = divided(50, 8, filled=0.7, seed=100 + seed, strength=0.0, own=0.08)
        found = division(votes, factorise(votes), shuffles=19, seed=seed)
        alarms.append(found.p <= 0.05)
    assert np.sum(alarms) <= 5  # 1.2 are meant; more than 5 of 24 has a chance of 0.1 %


def test_the_same_seed_gives_the_same():
    votes, _, _ = divided(40, 6, filled=0.7, seed=42)
    fit = factorise(votes)
    assert division(votes, fit, shuffles=19, seed=3) == division(votes, fit, shuffles=19, seed=3)


def test_too_few_shuffles_are_refused():
    votes, _, _ = divided(40, 6, filled=0.7, seed=43)
    with pytest.raises(ValueError, match="at least 19 shuffles"):
        division(votes, factorise(votes), shuffles=5)
