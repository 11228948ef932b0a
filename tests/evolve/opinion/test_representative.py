"""Statements that set groups apart: the published formulas, checked by others' code and by hand."""

import math

import numpy as np
import pytest
from statsmodels.stats.proportion import proportions_ztest

from charter.evolve.opinion.representative import MOST, representative, standing
from charter.evolve.opinion.tally import AGREED, DISAGREED, Tally, tally

from .planted import planted


def table(counts):
    counts = np.array(counts, dtype=np.int64)
    return Tally(counts, counts.astype(float), counts.sum(axis=2).astype(float))


def test_the_formulas_by_hand():
    """A group of 10 of whom 8 agree, others 30 of whom 6 do."""
    found = standing(table([[[1, 1, 8]], [[20, 4, 6]]]).counts, AGREED)
    assert found.share[0, 0] == pytest.approx(9 / 12)
    assert found.test[0, 0] == pytest.approx(2 * math.sqrt(11) * (9 / 11 - 0.5))
    assert found.ratio[0, 0] == pytest.approx((9 / 12) / (7 / 32))
    assert found.significant[0, 0]
    assert not found.significant[1, 0]


def test_two_proportions_as_another_implementation_has_them():
    votes, groups = planted(120, 8, 3, seed=3)
    counts = tally(votes, groups, groups=3).counts
    found = standing(counts, DISAGREED)
    for group in range(3):
        for item in range(8):
            seen, chosen = counts[:, item].sum(axis=1), counts[:, item, DISAGREED]
            rest, rest_chosen = seen.sum() - seen[group], chosen.sum() - chosen[group]
            z, _ = proportions_ztest(
                [chosen[group] + 1, rest_chosen + 1], [seen[group] + 1, rest + 1]
            )
            assert found.ratio_test[group, item] == pytest.approx(z)


def test_picks_are_those_with_the_largest_product():
    votes, groups = planted(200, 30, 2, apart=1.5, seed=4)
    counts = tally(votes, groups, groups=2)
    sides = {
        "agree": standing(counts.counts, AGREED),
        "disagree": standing(counts.counts, DISAGREED),
    }
    for group, picks in enumerate(representative(counts)):
        assert 0 < len(picks) <= MOST
        assert all(pick.significant for pick in picks)
        weights = [sides[pick.side].weight[group, pick.item] for pick in picks]
        assert weights == sorted(weights, reverse=True)
        chosen = {pick.item for pick in picks}
        for side in sides.values():
            for item in np.flatnonzero(side.significant[group]):
                assert item in chosen or side.weight[group, item] <= weights[-1]


def test_a_group_like_all_others_gets_its_best_one_marked_as_not_significant():
    same = [[5, 1, 5]] * 3
    (pick,), _ = representative(table([same, same]))
    assert not pick.significant


def test_one_group_has_no_others_to_differ_from():
    assert representative(table([[[1, 1, 8]]])) == ((),)


def test_a_statement_that_a_group_never_saw_is_not_picked():
    picks = representative(table([[[0, 0, 0], [1, 0, 9]], [[9, 0, 1], [9, 0, 1]]]))
    assert [pick.item for pick in picks[0]] == [1]


def test_a_statement_that_few_of_a_group_saw_is_not_picked():
    counts = table([[[0, 0, 3], [1, 0, 9]], [[9, 0, 1], [9, 0, 1]]])
    assert {pick.item for pick in representative(counts)[0]} == {0, 1}
    assert {pick.item for pick in representative(counts, smallest=5)[0]} == {1}
