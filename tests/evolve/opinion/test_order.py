"""Whoever comes first, whatever is asked first: no figure changes. Of every function of votes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.evolve.opinion.bootstrap import drawn_again
from charter.evolve.opinion.consensus import consensus, group_aware
from charter.evolve.opinion.divisive import divided
from charter.evolve.opinion.floor import floors
from charter.evolve.opinion.mixture import fit, responsibilities, without_own_vote
from charter.evolve.opinion.nulls import structure
from charter.evolve.opinion.predictive import foretold
from charter.evolve.opinion.rates import pooled, rates
from charter.evolve.opinion.representative import representative
from charter.evolve.opinion.stability import stability
from charter.evolve.opinion.tally import tally
from charter.evolve.opinion.unheard import coverage, missing
from charter.evolve.opinion.votes import votes_of

from .planted import cast


def group_of(votes):
    """Return a group that hangs on the person alone."""
    return np.array([sum(map(ord, person)) % 2 for person in votes.people], dtype=np.int64)


def weight_of(votes):
    return np.array([1.0 + sum(map(ord, person)) % 5 for person in votes.people])


def figures(votes):
    """Return every figure of votes, as text: equal to the last digit."""
    groups, weights = group_of(votes), weight_of(votes)
    counted = tally(votes, groups, groups=2, weights=weights)
    drawn = drawn_again(votes, groups, groups=2, weights=weights, draws=8, seed=1)
    mixture = fit(votes, 2, seed=0)
    return [
        repr(counted),
        repr(rates(counted)),
        repr(pooled(votes, np.ones(len(votes.items), dtype=np.bool_), weights=weights)),
        repr(representative(counted)),
        repr(consensus(counted)),
        repr(group_aware(counted, drawn)),
        repr(floors(counted, smallest=3)),
        repr(divided(counted, drawn, seed=0, permutations=9)),
        repr(missing(counted, smallest=3)),
        repr(coverage(counted, smallest=3)),
        repr(structure(votes, seed=0, permutations=3)),
        repr(mixture),
        repr(responsibilities(votes, mixture)),
        repr(without_own_vote(votes, mixture, 0.8)),
        repr(stability(votes, mixture, seed=0, subsamples=2)),
        repr(foretold(votes, 2, seed=0)),
    ]


@settings(max_examples=5)
@given(cast(), st.randoms(use_true_random=False))
def test_the_order_of_votes_changes_nothing(votes, dice):
    mixed = list(votes)
    dice.shuffle(mixed)
    assert figures(votes_of(mixed)) == figures(votes_of(votes))


@settings(max_examples=25)
@given(cast(), st.permutations(range(8)), st.permutations(range(5)))
def test_other_names_only_move_figures(votes, people, items):
    """Named otherwise, people and statements come in another order; each keeps its figures."""
    persons, asked = sorted({p for p, _, _ in votes}), sorted({i for _, i, _ in votes})
    named = {p: f"n{people[at]}" for at, p in enumerate(persons)}
    called = {i: f"n{items[at]}" for at, i in enumerate(asked)}
    one = votes_of(votes)
    other = votes_of((named[p], called[i], v) for p, i, v in votes)
    group = {named[p]: g for p, g in zip(one.people, group_of(one).tolist(), strict=True)}
    moved = np.array([group[p] for p in other.people], dtype=np.int64)
    before, after = tally(one, group_of(one), groups=2), tally(other, moved, groups=2)
    place = [other.items.index(called[i]) for i in one.items]
    assert (after.counts[:, place] == before.counts).all()
    first, second = rates(before), rates(after)
    assert second.low[:, place] == pytest.approx(first.low, nan_ok=True)
    floor = [each.value for each in floors(before, smallest=3)]
    assert [floors(after, smallest=3)[at].value for at in place] == pytest.approx(
        floor, nan_ok=True
    )
    agreed = {(one.items[each.item], each.side) for each in consensus(before)}
    again = {(other.items[each.item], each.side) for each in consensus(after)}
    assert {(called[i], side) for i, side in agreed} == again
