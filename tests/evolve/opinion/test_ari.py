"""The adjusted Rand index agrees with another implementation; its interval covers."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from charter.evolve.opinion.ari import adjusted_rand, likeness

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=40)


@given(PAIRS)
def test_as_another_implementation_has_it(pairs):
    one, other = np.array(pairs).T
    with warnings.catch_warnings():  # sklearn warns of labels that all differ
        warnings.simplefilter("ignore")
        expected = adjusted_rand_score(one, other)
    assert adjusted_rand(one, other) == pytest.approx(expected, abs=1e-12)


@given(PAIRS, st.randoms())
def test_neither_order_nor_names_of_groups_count(pairs, dice):
    one, other = np.array(pairs).T
    mixed = list(pairs)
    dice.shuffle(mixed)
    first, second = np.array(mixed).T
    assert adjusted_rand(7 - first, second) == pytest.approx(adjusted_rand(one, other), abs=1e-12)
    assert adjusted_rand(other, one) == pytest.approx(adjusted_rand(one, other), abs=1e-12)


def test_nobody_is_no_index():
    nobody = np.array([], dtype=np.int64)
    assert math.isnan(adjusted_rand(nobody, nobody))
    assert math.isnan(likeness(np.array([0, -1]), np.array([-1, 0]), seed=0).value)


def test_lengths_must_match():
    for index in (adjusted_rand, lambda one, other: likeness(one, other, seed=0)):
        with pytest.raises(ValueError, match="same people"):
            index(np.array([0, 1]), np.array([0]))


def test_who_is_in_no_group_is_left_out_and_counted():
    found = likeness(np.array([0, 0, 1, 1, -1]), np.array([1, 1, 0, 0, 0]), seed=0)
    assert (found.value, found.people, found.left_out) == (1.0, 4, 1)
    assert math.isnan(found.interval.low)  # the same in every draw: no width can be told
    assert math.isnan(found.interval.high)


def test_the_interval_covers_the_index_of_the_population():
    """Two groupings of a large population; samples of 150 people."""
    dice = np.random.default_rng(3)
    truth = dice.integers(0, 3, 100_000)
    noisy = np.where(dice.random(truth.size) < 0.25, dice.integers(0, 3, truth.size), truth)
    whole = adjusted_rand(truth, noisy)
    held = 0
    for _ in range(200):
        drawn = dice.integers(0, truth.size, 150)
        held += likeness(truth[drawn], noisy[drawn], seed=1, draws=300).interval.holds(whole)
    assert 180 <= held <= 198
