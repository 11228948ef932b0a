"""Votes are counted by group; what was not seen is counted nowhere."""

import numpy as np
import pytest
from hypothesis import given

from charter.evolve.opinion.bootstrap import drawn_again
from charter.evolve.opinion.tally import AGREED, DISAGREED, PASSED, by_person, tally
from charter.evolve.opinion.votes import Votes, votes_of

from .planted import cast

VOTES = votes_of(
    [("a", "x", 1), ("a", "y", 0), ("b", "x", -1), ("c", "x", 1), ("c", "y", 1)], ["z"]
)


def test_what_nobody_saw_has_no_votes():
    found = tally(VOTES)
    assert found.seen.tolist() == [[3, 2, 0]]
    assert found.counts[0, 0].tolist() == [1, 0, 2]
    assert found.counts[0, 1].tolist() == [0, 1, 1]
    assert found.effective.tolist() == [[3.0, 2.0, 0.0]]


def test_groups_and_weights():
    found = tally(VOTES, np.array([0, 1, -1]), groups=2, weights=np.array([2.0, 0.5, 9.0]))
    assert found.counts[:, 0, :].tolist() == [[0, 0, 1], [1, 0, 0]]
    assert found.sums[0, 0, AGREED] == 2.0
    assert found.sums[1, 0, DISAGREED] == 0.5
    assert found.sums[0, 1, PASSED] == 2.0
    assert found.whole().sums[0, 0].sum() == 2.5


def test_labels_may_be_of_votes():
    by_vote = np.array([0, 1, 1, 0, -1])
    assert tally(VOTES, by_vote, groups=2).counts.sum() == 4


def test_labels_of_people_and_of_votes_are_never_mixed_up():
    """Three people, three votes, but not one each."""
    one = votes_of([("a", "x", 1), ("a", "y", 1), ("b", "x", -1)])
    table = Votes(("a", "b", "c"), one.items, one.rows, one.columns, one.values)
    labels = np.array([0, 1, 1])
    with pytest.raises(ValueError, match="by_vote"):
        tally(table, labels, groups=2)
    assert tally(table, labels, groups=2, by_vote=False).seen.sum(axis=1).tolist() == [2, 1]
    assert tally(table, labels, groups=2, by_vote=True).seen.sum(axis=1).tolist() == [1, 2]
    assert drawn_again(table, labels, groups=2, by_vote=True, draws=2, seed=0).shape == (2, 2, 2, 3)


def test_the_effective_number_is_that_of_kish():
    weights = np.array([1.0, 2.0, 3.0])
    assert tally(VOTES, weights=weights).effective[0, 0] == pytest.approx(36 / 14)


@pytest.mark.parametrize(
    "given",
    [
        {"labels": np.array([0, 1])},
        {"labels": np.array([0, 0, 1])},
        {"labels": np.array([0, 0, -2])},
        {"weights": np.array([1.0])},
        {"weights": np.array([1.0, 0.0, 1.0])},
        {"weights": np.array([1.0, np.nan, 1.0])},
    ],
)
def test_labels_and_weights_must_fit(given):
    with pytest.raises(ValueError, match=r"labels|weights"):
        tally(VOTES, **given)


@given(cast())
def test_every_vote_is_counted_once(votes):
    table = votes_of(votes)
    found = tally(table)
    for at, item in enumerate(table.items):
        values = [value for _, each, value in votes if each == item]
        assert found.counts[0, at].tolist() == [values.count(v) for v in (-1, 0, 1)]
    assert by_person(table).sum() == len(votes)
