"""Whole people are drawn again; draws have the spread that theory says."""

import numpy as np
import pytest

from charter.evolve.opinion.bootstrap import drawn_again, percentiles, shares
from charter.evolve.opinion.tally import AGREED, tally
from charter.evolve.opinion.votes import votes_of

from .planted import planted


def test_a_draw_is_a_tally_of_people_drawn_again():
    """Found again by drawing the same people by hand."""
    votes, groups = planted(40, 6, 2, seed=2)
    weights = np.linspace(0.5, 2, 40)
    found = drawn_again(votes, groups, groups=2, weights=weights, draws=3, seed=9)
    dice = np.random.default_rng(9)
    for draw in range(3):
        times = np.bincount(dice.integers(0, 40, 40), minlength=40)
        expected = np.zeros((2, 6, 3))
        for row, column, value in zip(votes.rows, votes.columns, votes.values, strict=True):
            expected[groups[row], column, value + 1] += times[row] * weights[row]
        assert found[draw] == pytest.approx(expected)


def test_votes_of_one_person_stay_together():
    votes = votes_of((f"p{p:02}", f"s{s}", 1) for p in range(20) for s in range(4))
    found = drawn_again(votes, draws=50, seed=0)
    assert (found[:, 0, :, AGREED] == 20).all()
    halves = drawn_again(votes, np.arange(20) % 2, groups=2, draws=50, seed=0)
    first = halves[:, 0, :, AGREED]
    assert (first == first[:, :1]).all()
    assert first.std() > 0


def test_its_spread_is_that_of_a_share():
    votes, _ = planted(400, 3, 1, filled=1.0, seed=1)
    low, high = percentiles(shares(drawn_again(votes, draws=2000, seed=0)))
    share = shares(tally(votes).sums)
    error = 1.96 * np.sqrt(share * (1 - share) / 400)
    assert (high - low) / 2 == pytest.approx(error, rel=0.12)


def test_a_figure_that_is_rarely_defined_has_no_interval():
    figures = np.random.default_rng(0).random((100, 3))
    figures[:50, 1] = np.nan
    figures[:3, 2] = np.nan
    low, high = percentiles(figures)
    assert np.isnan(low).tolist() == [False, True, False]
    assert low[2] == pytest.approx(np.quantile(figures[3:, 2], 0.025))
    assert high[0] == pytest.approx(np.quantile(figures[:, 0], 0.975))


def test_where_all_are_of_one_mind_there_is_no_interval():
    """Each draw of forty who agree agrees: a width of 0 would say that nobody else could not."""
    votes = votes_of((f"p{p:02}", "s", 1) for p in range(40))
    low, high = percentiles(shares(drawn_again(votes, draws=50, seed=0)))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_nobody_can_be_drawn_from_nobody():
    found = drawn_again(votes_of([], ["x"]), draws=4, seed=0)
    assert found.shape == (4, 1, 1, 3)
    assert not found.any()
