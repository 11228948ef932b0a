"""Planted groups are found, none where none are planted, the same whatever the order of input."""

from functools import cache

import numpy as np
import pytest

from charter.evolve.opinion.ari import adjusted_rand
from charter.evolve.opinion.divisive import gap_of
from charter.evolve.opinion.groups import SURE, groups_of, one_sided_of
from charter.evolve.opinion.mixture import fit, placed, responsibilities, without_own_vote
from charter.evolve.opinion.tally import tally
from charter.evolve.opinion.votes import votes_of

from .planted import cells, planted


@cache
def two_groups():
    votes, truth = planted(160, 24, 2, filled=0.6, apart=2.0, seed=4)
    return votes, truth, groups_of(votes, seed=0, permutations=19)


def test_two_planted_groups_are_found():
    _, truth, found = two_groups()
    assert found.k == 2
    assert adjusted_rand(truth, found.belonging.argmax(axis=1)) > 0.7
    assert adjusted_rand(truth[found.labels >= 0], found.labels[found.labels >= 0]) > 0.8
    assert sum(found.sizes) + found.unplaced == 160
    chosen = found.considered[1]
    assert chosen.gain > 2 * chosen.error
    assert chosen.least_steady <= chosen.steady <= 1


def test_three_planted_groups_are_found():
    votes, truth = planted(240, 30, 3, filled=0.6, apart=1.6, seed=5)
    found = groups_of(votes, seed=0, most=4, permutations=19)
    assert found.k == 3
    assert adjusted_rand(truth, found.belonging.argmax(axis=1)) > 0.8


def test_a_minority_of_a_tenth_is_found():
    votes, truth = planted(400, 30, 3, filled=0.6, apart=1.8, chances=[0.6, 0.3, 0.1], seed=2)
    found = groups_of(votes, seed=0, most=4, permutations=19)
    assert found.k == 3
    assert (truth[found.labels == 2] == 2).mean() > 0.8
    assert (found.labels[truth == 2] == 2).mean() > 0.6


def test_groups_are_told_from_none_at_the_stated_rate():
    """Forty tables without groups, of people who pass and miss statements as others do."""
    wrong = 0
    for seed in range(40):
        votes, _ = planted(50, 12, 1, seed=seed)
        wrong += groups_of(votes, seed=seed, most=2, permutations=19).k > 1
    assert wrong <= 2


def test_one_group_has_everybody():
    votes, _ = planted(50, 12, 1, seed=3)
    found = groups_of(votes, seed=0, permutations=19)
    assert found.k == 1
    assert (found.labels == 0).all()
    assert (found.vote_labels == 0).all()
    assert found.structure.p > 0.05
    assert found.one_sided == 0.0


def test_the_order_of_input_changes_nothing():
    votes, _, found = two_groups()
    mixed = cells(votes)
    np.random.default_rng(1).shuffle(mixed)
    other = votes_of(((p, i, int(v)) for p, i, v in mixed), votes.items)
    again = groups_of(other, seed=0, permutations=19)
    assert (again.labels == found.labels).all()
    assert (again.belonging == found.belonging).all()
    assert repr(again.considered) == repr(found.considered)  # NaN is not NaN


def test_names_of_people_and_statements_do_not_matter():
    """Other names are another order of the table: chance falls differently, the groups do not."""
    votes, _, found = two_groups()
    people = dict(
        zip(votes.people, np.random.default_rng(2).permutation(160).tolist(), strict=True)
    )
    items = dict(zip(votes.items, np.random.default_rng(3).permutation(24).tolist(), strict=True))
    other = votes_of((f"{people[p]:03}", f"{items[i]:02}", v) for p, i, v in cells(votes))
    again = groups_of(other, seed=0, permutations=19)
    back = np.array([again.labels[people[p]] for p in votes.people])
    assert again.k == found.k
    both = (back >= 0) & (found.labels >= 0)
    assert both.mean() > 0.7
    assert adjusted_rand(back[both], found.labels[both]) > 0.97


def test_groups_are_numbered_by_size():
    _, _, found = two_groups()
    assert found.mixture.shares.tolist() == sorted(found.mixture.shares.tolist(), reverse=True)


def test_certainty_is_told():
    _, _, found = two_groups()
    assert found.belonging.sum(axis=1) == pytest.approx(1)
    sure = found.belonging.max(axis=1) >= SURE
    assert (sure == (found.labels >= 0)).all()


def test_a_group_owes_nothing_to_the_vote_that_is_counted():
    """Forced into two groups, people without any seem divided by the votes that placed them."""
    votes, _ = planted(150, 20, 1, filled=0.6, seed=6)
    mixture = fit(votes, 2, seed=0)
    own = placed(responsibilities(votes, mixture), 0.0)
    others = without_own_vote(votes, mixture, 0.0)
    circular = gap_of(tally(votes, own, groups=2).sums).mean()
    honest = gap_of(tally(votes, others, groups=2).sums).mean()
    assert honest < 0.75 * circular


def test_who_agrees_with_anything_is_seen_to_be_no_opinion():
    votes, _ = planted(200, 30, 1, filled=0.6, style=1.5, seed=7)
    assert one_sided_of(fit(votes, 2, seed=0)) > 0.9
    _, _, found = two_groups()
    assert found.one_sided < 0.8


@pytest.mark.parametrize("cast", [[], [("a", "x", 1)], [("a", "x", 0), ("b", "y", 0)]])
def test_next_to_nothing_is_one_group(cast):
    found = groups_of(votes_of(cast, ["x", "y"]), seed=0, permutations=19)
    assert found.k == 1
    assert len(found.labels) == len({person for person, _, _ in cast})


def test_there_is_at_least_one_group():
    with pytest.raises(ValueError, match="at least one"):
        groups_of(votes_of([]), seed=0, most=0)
