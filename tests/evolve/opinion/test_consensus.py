"""What all agree on, and what every group does."""

import numpy as np
import pytest

from charter.evolve.opinion.bootstrap import drawn_again
from charter.evolve.opinion.consensus import MOST, consensus, group_aware, product
from charter.evolve.opinion.representative import SURE
from charter.evolve.opinion.tally import AGREED, Tally, tally

from .planted import planted


def table(counts):
    counts = np.array(counts, dtype=np.int64)
    return Tally(counts, counts.astype(float), counts.sum(axis=2).astype(float))


def test_a_statement_is_listed_where_most_agree_and_enough_were_asked():
    found = consensus(table([[[1, 0, 19], [9, 0, 11], [0, 0, 1], [30, 1, 0]]]), smallest=10)
    assert [(each.item, each.side) for each in found] == [(0, "agree"), (3, "disagree")]
    assert found[0].share == pytest.approx(20 / 22)
    assert all(each.test > SURE for each in found)


def test_by_the_published_formula_one_vote_is_enough():
    """Which is why a statement that few saw is not listed where a limit is given."""
    single = table([[[0, 0, 1]]])
    assert len(consensus(single)) == 1
    assert consensus(single, smallest=2) == ()


def test_lists_are_short_and_sorted():
    counts = [[[3, 0, 20 + at] for at in range(9)]]
    found = consensus(table(counts))
    assert [each.item for each in found] == [8, 7, 6, 5, 4][:MOST]


def test_groups_do_not_matter_to_the_list():
    votes, groups = planted(90, 10, 3, seed=1)
    assert consensus(tally(votes, groups, groups=3)) == consensus(tally(votes))


def test_the_product_by_hand():
    counts = np.array([[[1, 1, 8], [0, 0, 0]], [[20, 4, 6], [0, 0, 4]]])
    assert product(counts) == pytest.approx([9 / 12 * 7 / 32, 1 / 2 * 5 / 6])


def test_the_product_finds_what_the_share_hides():
    """Two thirds agree on both; on one of them because all of one group do, and none of another."""
    votes = table([[[10, 0, 20], [0, 0, 30]], [[10, 0, 20], [20, 0, 10]]])
    both = votes.whole().sums[0, :, AGREED]
    assert both[0] == both[1]
    first, second = product(votes.counts)
    assert first > second


def test_it_has_an_interval():
    votes, groups = planted(300, 6, 2, seed=2)
    found = group_aware(
        tally(votes, groups, groups=2), drawn_again(votes, groups, groups=2, draws=300, seed=0)
    )
    assert (found.low <= found.value).all()
    assert (found.value <= found.high).all()
    assert (found.high > 1.5 * found.low).all()
