"""Means of ratings, against a library that does the same."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.weightstats import DescrStatsW

from charter.evolve.results.means import effective, mean_of
from charter.evolve.results.ratings import rubric_result
from charter.evolve.voices import Asked, Rating

ASKED = Asked("r", "rubric", "t", ("k",))


def result(values, smallest=2, asked=ASKED):
    ratings = [Rating(f"p{at}", "r", value) for at, value in enumerate(values)]
    return rubric_result(asked, ratings, {f"p{at}": 1.0 for at in range(len(values))}, smallest)


def test_the_mean_has_the_t_interval():
    values = [3, -2, 5, 5, 0, 1]
    found = result(values)
    low, high = DescrStatsW(np.array(values, float)).tconfint_mean()
    assert (found.mean.value, found.mean.low, found.mean.high) == pytest.approx((2, low, high))
    assert (found.for_it.value, found.against_it.value) == pytest.approx((4 / 6, 1 / 6))


def test_weights_count_and_cost():
    found = mean_of([0.0, 10.0, 0.0], [1.0, 2.0, 1.0])
    assert found.value == 5
    assert effective([1.0, 2.0, 1.0]) == pytest.approx(16 / 6)
    # n / (n - 1) * sum of (w (v - m))^2 / (sum w)^2 = 1.5 * 150 / 16
    assert (found.high - found.value) / 4.302653 == pytest.approx((1.5 * 150) ** 0.5 / 4)


def test_where_all_say_the_same_there_is_no_interval():
    found = result([4, 4, 4])
    assert (found.mean.value, found.mean.low, found.mean.high) == (4, None, None)


def test_few_ratings_and_withheld_rules_are_not_shown():
    assert result([4], smallest=2).people is None
    assert result([]).people == 0
    withheld = Asked("r", "rubric", "t", (), withheld=True)
    assert result([4, 5, 6], asked=withheld).mean is None
