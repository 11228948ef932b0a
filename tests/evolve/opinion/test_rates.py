"""Shares are of those who saw a statement; intervals hold the truth as often as they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from charter.estimates.interval import wilson
from charter.evolve.opinion.rates import pooled, rates
from charter.evolve.opinion.tally import AGREED, tally
from charter.evolve.opinion.votes import Votes, votes_of

from .planted import cast


def one_statement(values):
    n = len(values)
    return Votes(
        tuple(f"p{at:04}" for at in range(n)),
        ("s",),
        np.arange(n, dtype=np.int32),
        np.zeros(n, dtype=np.int32),
        np.asarray(values, dtype=np.int8),
    )


@given(cast())
def test_without_weights_it_is_the_share_with_wilsons_interval(votes):
    table = votes_of(votes, ["unseen"])
    found = rates(tally(table))
    for at, item in enumerate(table.items):
        values = [value for _, each, value in votes if each == item]
        if not values:
            assert np.isnan(found.shares[0, at]).all()
            assert np.isnan(found.low[0, at]).all()
            continue
        bounds = wilson(values.count(1), len(values))
        assert found.shares[0, at, AGREED] == pytest.approx(values.count(1) / len(values))
        assert found.low[0, at, AGREED] == pytest.approx(bounds.low)
        assert found.high[0, at, AGREED] == pytest.approx(bounds.high)
        assert found.shares[0, at].sum() == pytest.approx(1)


def test_unequal_weights_widen():
    votes = one_statement([1, 1, 1, -1, -1, 0] * 10)
    plain = rates(tally(votes))
    weights = np.tile([4.0, 0.25], 30)
    heavy = rates(tally(votes, weights=weights))
    assert heavy.effective[0, 0] < plain.effective[0, 0] == 60
    assert heavy.high[0, 0, 2] - heavy.low[0, 0, 2] > plain.high[0, 0, 2] - plain.low[0, 0, 2]


def test_the_interval_of_a_weighted_share_covers():
    """Weights that go with opinion, of a coefficient of variation about 0.8."""
    dice = np.random.default_rng(11)
    size = math.sqrt(math.log(1 + 0.8**2))

    def drawn(n):
        lean = dice.standard_normal(n)
        return np.exp(size * lean), dice.random(n) < 1 / (1 + np.exp(-1 - 0.5 * lean))

    weight, agreed = drawn(1_000_000)
    truth = weight[agreed].sum() / weight.sum()
    held = 0
    for _ in range(600):
        weight, agreed = drawn(80)
        found = rates(tally(one_statement(np.where(agreed, 1, -1)), weights=weight))
        held += bool(found.low[0, 0, 2] <= truth <= found.high[0, 0, 2])
    assert 0.93 <= held / 600 <= 0.99


def test_pooled_counts_people_not_votes():
    """Everybody votes the same way on all ten statements: ten votes tell what one does."""
    sides = [1] * 30 + [-1] * 20
    votes = votes_of((f"p{p:02}", f"s{s}", v) for p, v in enumerate(sides) for s in range(10))
    found = pooled(votes, np.ones(10, dtype=np.bool_))
    assert (found.people, found.votes, found.value) == (50, 500, 0.6)
    rough = stats.t.ppf(0.975, 499) / stats.t.ppf(0.975, 49)
    assert found.effective == pytest.approx(49 * 500 / 499 * rough**2)


@given(cast())
def test_pooled_over_one_statement_is_its_rate(votes):
    table = votes_of(votes)
    found = rates(tally(table))
    for at in range(len(table.items)):
        each = pooled(table, np.arange(len(table.items)) == at)
        assert (each.value, each.low, each.high) == pytest.approx(
            (found.shares[0, at, 2], found.low[0, at, 2], found.high[0, at, 2])
        )


def test_pooled_covers_where_few_people_say_the_same_throughout():
    """Twelve people, each of one mind on ten statements: their hundred votes are not a hundred."""
    dice = np.random.default_rng(8)
    held = 0
    for _ in range(400):
        lean = dice.beta(0.9, 0.1 * 2, 12)  # mean 9/11
        agreed = dice.random((12, 10)) < lean[:, None]
        table = Votes(
            tuple(f"p{at:02}" for at in range(12)),
            tuple("abcdefghij"),
            np.repeat(np.arange(12, dtype=np.int32), 10),
            np.tile(np.arange(10, dtype=np.int32), 12),
            np.where(agreed, 1, -1).astype(np.int8).reshape(-1),
        )
        found = pooled(table, np.ones(10, dtype=np.bool_))
        held += found.low <= 9 / 11 <= found.high
    assert held / 400 >= 0.93


def test_pooled_covers_where_people_differ():
    dice = np.random.default_rng(5)
    held = 0
    for _ in range(300):
        lean = dice.beta(2, 1, 60)  # mean 2/3
        seen = dice.random((60, 6)) < 0.5
        agreed = dice.random((60, 6)) < lean[:, None]
        rows, columns = np.nonzero(seen)
        table = Votes(
            tuple(f"p{at:02}" for at in range(60)),
            tuple("abcdef"),
            rows.astype(np.int32),
            columns.astype(np.int32),
            np.where(agreed, 1, -1).astype(np.int8)[rows, columns],
        )
        found = pooled(table, np.ones(6, dtype=np.bool_))
        held += found.low <= 2 / 3 <= found.high
    assert 0.92 <= held / 300 <= 0.985


def test_pooled_over_nothing_is_nothing():
    votes = votes_of([("a", "x", 1)], ["y"])
    found = pooled(votes, np.array([False, True]))
    assert math.isnan(found.value)
    assert found.votes == 0


def test_pooled_refuses_marks_that_do_not_fit():
    with pytest.raises(ValueError, match="marks"):
        pooled(votes_of([("a", "x", 1)]), np.array([True, False]))
