"""Shares of clustered values: intervals hold the truth, and noise of the ranker widens them."""

import math
import random

import pytest

from charter.estimates.cluster import clustered_se
from charter.evolve.choices.share import Value, lower_tail, share_of


def drawn(dice, people=40, items=3, spread=0.15):
    found = []
    for person in range(people):
        mine = 0.7 + dice.gauss(0, spread)
        for item in range(items):
            value = min(max(mine + dice.gauss(0, 0.1), 0.0), 1.0)
            found.append(Value(str(person), str(item), value))
    return found


def test_the_variance_is_the_clustered_one():
    values = drawn(random.Random(1))
    error = clustered_se([v.value for v in values], [v.person for v in values])
    assert math.sqrt(share_of(values).variance) == pytest.approx(error)


def test_intervals_hold_the_truth_as_often_as_they_say():
    truth = share_of(drawn(random.Random(0), people=20_000)).value
    held = [
        share_of(drawn(random.Random(seed), people=15)).interval.holds(truth)
        for seed in range(1, 301)
    ]
    assert 0.92 <= sum(held) / 300 <= 1.0


def test_an_order_is_worth_as_many_answers_as_it_has_places_to_fill():
    """Twelve orders of one pair in six apart from each other: not hundreds of answers."""
    each = [Value(str(n), "x", 5 / 6 if n else 4 / 6, worth=3) for n in range(12)]
    assert share_of(each).effective == 36
    assert share_of([Value(v.person, "x", v.value) for v in each]).effective == 12
    differ = [Value(str(n), "x", (n % 7) / 6, worth=3) for n in range(14)]
    assert share_of(differ).effective < 42  # here what they say differs more than that


def test_noise_of_the_ranker_widens_the_interval_and_takes_freedom():
    values = drawn(random.Random(2))
    plain, noisy = share_of(values), share_of(values, noise=0.01, freedom=2)
    assert noisy.value == plain.value
    assert noisy.interval.low < plain.interval.low < plain.interval.high < noisy.interval.high
    assert noisy.freedom < 4 < plain.freedom


def test_a_weight_of_two_counts_twice():
    found = share_of([Value("a", "x", 1.0, 2.0), Value("b", "x", 0.0, 1.0)])
    assert found.value == pytest.approx(2 / 3)


def test_all_alike_still_has_an_interval_by_people():
    found = share_of([Value(str(n), str(item), 1.0) for n in range(10) for item in range(9)])
    assert found.value == 1
    assert 0.6 < found.interval.low < 0.75  # Wilson for 10 of 10 with t, and not for 90 of 90
    assert found.below_half > 0.99


def test_below_half_is_small_only_below():
    low = share_of([Value(str(n), "x", 0.2 + 0.01 * n) for n in range(10)])
    high = share_of([Value(str(n), "x", 0.8 - 0.01 * n) for n in range(10)])
    assert low.below_half < 0.001
    assert high.below_half > 0.999
    assert low.below_half + high.below_half == pytest.approx(1)


def test_lower_tail_is_of_t_and_of_the_normal():
    assert lower_tail(-1.645, math.inf) == pytest.approx(0.05, abs=1e-3)
    assert lower_tail(-2.015, 5) == pytest.approx(0.05, abs=1e-3)


def test_nothing_has_no_share():
    with pytest.raises(ValueError, match="no values"):
        share_of([])
