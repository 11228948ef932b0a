"""What divides people is found, and what chance divides is not."""

import numpy as np
import pytest
from scipy import stats

from charter.evolve.opinion.bootstrap import drawn_again
from charter.evolve.opinion.divisive import divided, gap_of, split_of
from charter.evolve.opinion.tally import Tally, tally

from .planted import planted


def found_of(votes, labels, groups, **given):
    drawn = drawn_again(votes, labels, groups=groups, draws=200, seed=1)
    return divided(tally(votes, labels, groups=groups), drawn, seed=2, **given)


def test_figures_by_hand():
    sums = np.array([[[0.0, 0, 10], [5, 0, 5]], [[10, 0, 0], [2, 6, 2]]])
    assert split_of(sums) == pytest.approx([1.0, 4 * 7 * 7 / 400])
    assert gap_of(sums) == pytest.approx([1.0, 0.3])


def test_groups_that_did_not_see_it_have_no_gap():
    assert np.isnan(gap_of(np.array([[[1.0, 1, 1]], [[0, 0, 0]]]))).all()
    three = np.array([[[1.0, 0, 1]], [[0, 0, 0]], [[0, 0, 4]]])
    assert gap_of(three) == pytest.approx([0.5])


def test_planted_divisions_are_found():
    votes, groups = planted(300, 12, 2, apart=1.6, seed=1)
    found = found_of(votes, groups, 2)
    far = found.gap > 0.3
    assert far.any()
    assert (found.q[far] < 0.05).all()
    assert (found.gap_low[far] > found.by_chance[far]).all()
    assert (found.split_low <= found.split).all()
    assert (found.split <= found.split_high).all()


def test_without_any_the_p_values_are_even():
    votes, _ = planted(200, 60, 1, seed=5)
    chance = np.random.default_rng(1).integers(0, 3, 200)
    found = found_of(votes, chance, 3)
    assert stats.kstest(found.p, "uniform").pvalue > 0.01
    assert (found.q < 0.05).sum() <= 1
    assert found.gap.mean() == pytest.approx(found.by_chance.mean(), rel=0.15)


def test_the_null_is_that_of_permuted_labels():
    """Against Fisher's exact test of two groups, which deals out alike."""
    counts = np.array([[[4, 0, 9]], [[11, 0, 5]]])
    given = Tally(counts, counts.astype(float), counts.sum(axis=2).astype(float))
    drawn = np.repeat(counts[None].astype(float), 20, axis=0)
    found = divided(given, drawn, seed=0, permutations=20_000)
    dealt = stats.hypergeom(29, 14, 13)
    gaps = {k: abs(k / 13 - (14 - k) / 16) for k in range(14)}
    exact = sum(dealt.pmf(k) for k, gap in gaps.items() if gap >= abs(9 / 13 - 5 / 16) - 1e-12)
    assert found.p[0] == pytest.approx(exact, abs=0.01)


def test_one_group_has_no_gap_but_a_split():
    votes, _ = planted(50, 4, 1, seed=1)
    found = found_of(votes, np.zeros(50, dtype=np.int64), 1)
    assert np.isnan(found.gap).all()
    assert np.isnan(found.q).all()
    assert not np.isnan(found.split).any()
