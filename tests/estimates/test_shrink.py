"""Rates are drawn towards each other as far as chance alone explains their differences."""

import random

import pytest

from charter.estimates.shrink import STRONGEST, Prior, fit_beta, shrunk


def test_posterior_mean():
    assert shrunk(3, 3, Prior(9, 1, 1)) == pytest.approx(0.923077, abs=5e-7)


def test_prior_is_found_again():
    chance = random.Random(1)
    counts = []
    for _ in range(800):
        p = chance.betavariate(9, 1)
        counts.append((sum(chance.random() < p for _ in range(20)), 20))
    found = fit_beta(counts)
    assert found.mean == pytest.approx(0.9, abs=0.02)
    assert found.a + found.b == pytest.approx(10, rel=0.35)


@pytest.mark.parametrize(
    "counts",
    [[(5, 5)] * 30, [(0, 5)] * 30, [(1, 1)], [(4, 8)] * 20, [(3, 3), (0, 3)], [(0.5, 2.5)] * 4],
)
def test_degenerate_counts_give_a_usable_prior(counts):
    found = fit_beta(counts)
    assert 0 < found.mean < 1
    assert 0 < found.a + found.b <= STRONGEST * 1.001
    k, n = counts[0]
    assert min(found.mean, k / n) - 1e-9 <= shrunk(k, n, found) <= max(found.mean, k / n) + 1e-9


def test_rates_that_do_not_differ_are_drawn_together():
    even = fit_beta([(8, 10)] * 40)
    apart = fit_beta([(10, 10)] * 20 + [(2, 10)] * 20)
    assert shrunk(10, 10, even) < 0.81
    assert shrunk(10, 10, apart) > 0.95


def test_clauses_without_scenarios_say_nothing():
    assert fit_beta([(0, 0), (0, 0)]) == fit_beta([]) == Prior(1.0, 1.0, 0)
    with pytest.raises(ValueError, match="between 0"):
        fit_beta([(3, 2)])
