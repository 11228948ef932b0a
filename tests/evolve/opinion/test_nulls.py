"""The null keeps what it should, and its p-values are even where there is nothing."""

import numpy as np
import pytest
from scipy import sparse, stats
from scipy.sparse.linalg import svds

from charter.evolve.opinion.nulls import permuted, structure
from charter.evolve.opinion.spectral import directions, residuals
from charter.evolve.opinion.tally import tally
from charter.evolve.opinion.votes import votes_of

from .planted import cells, planted


def test_statements_keep_their_shares_and_people_what_they_saw():
    votes, _ = planted(60, 9, 2, seed=1)
    other = permuted(votes, np.random.default_rng(0))
    assert (tally(other).counts == tally(votes).counts).all()
    assert [c[:2] for c in cells(other)] == [c[:2] for c in cells(votes)]
    assert (other.values != votes.values).any()


def test_p_values_are_even_without_structure():
    found = [structure(planted(40, 10, 1, seed=s)[0], seed=s, permutations=19).p for s in range(60)]
    assert stats.kstest(found, "uniform").pvalue > 0.01
    assert sum(p <= 0.05 for p in found) <= 7


def test_groups_are_structure():
    found = structure(planted(150, 20, 2, apart=2.0, seed=2)[0], seed=0, permutations=19)
    assert found.p == 0.05
    assert found.strength > found.by_chance


def test_a_strong_habit_of_agreeing_is_structure_too():
    found = structure(planted(150, 20, 1, style=1.5, seed=2)[0], seed=0, permutations=19)
    assert found.p == 0.05


def test_directions_are_those_of_another_implementation():
    votes, _ = planted(120, 25, 3, apart=1.5, seed=3)
    matrix = sparse.csc_matrix(residuals(votes))
    expected = np.sort(svds(matrix, k=3, v0=np.ones(25), return_singular_vectors=False))[::-1]
    found = directions(votes, 3, seed=0)
    assert found.values[0] == pytest.approx(expected[0], rel=1e-6)
    assert found.values == pytest.approx(expected, rel=0.01)
    assert np.linalg.norm(found.people, axis=0) == pytest.approx(found.values)


def test_nothing_has_no_direction():
    assert directions(votes_of([], ["x"]), 2, seed=0).values.tolist() == [0, 0]
    found = directions(votes_of([("a", "x", 1)]), 2, seed=0)
    assert found.people.shape == (1, 2)
    assert structure(votes_of([]), seed=0, permutations=4).p == 1.0
