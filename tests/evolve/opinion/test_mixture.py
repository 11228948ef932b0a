"""Profiles of groups: what is planted comes out, and what was not seen counts as nothing."""

import numpy as np
import pytest

from charter.evolve.opinion.ari import adjusted_rand
from charter.evolve.opinion.mixture import (
    PRIOR,
    decided,
    fit,
    placed,
    predicted,
    responsibilities,
    without_own_vote,
)
from charter.evolve.opinion.votes import Votes, votes_of

from .planted import cells, planted


def log_posterior(votes, mixture):
    """Return the objective, written down a second time, without matrices."""
    table = {(p, i): v for p, i, v in cells(votes) if v}
    base = np.full((len(votes.items), 2), 0.5)
    for (_, item), value in table.items():
        base[votes.items.index(item), (value + 1) // 2] += 1
    base /= base.sum(axis=1, keepdims=True)
    total = np.log(mixture.shares).sum() + (PRIOR * base * np.log(mixture.profiles)).sum()
    for person in votes.people:
        likely = mixture.shares.copy()
        for at, item in enumerate(votes.items):
            if value := table.get((person, item), 0):
                likely = likely * mixture.profiles[:, at, (value + 1) // 2]
        total += np.log(likely.sum())
    return total


def test_the_posterior_is_that_of_the_model():
    votes, _ = planted(30, 6, 2, seed=1)
    for k in (1, 2, 3):
        found = fit(votes, k, seed=0)
        assert found.posterior == pytest.approx(log_posterior(votes, found), rel=1e-9)


def test_it_is_a_maximum():
    """No small step in any direction is better."""
    votes, _ = planted(60, 6, 2, apart=2.0, seed=2)
    found = fit(votes, 2, seed=0)
    best = log_posterior(votes, found)
    dice = np.random.default_rng(0)
    for _ in range(10):
        profiles = found.profiles * np.exp(0.1 * dice.standard_normal(found.profiles.shape))
        profiles /= profiles.sum(axis=2, keepdims=True)
        moved = type(found)(found.shares, profiles, 0.0)
        assert log_posterior(votes, moved) < best


def test_planted_profiles_are_found():
    votes, truth = planted(2000, 20, 2, filled=0.8, apart=1.5, seed=3)
    found = fit(votes, 2, seed=0)
    labels = placed(responsibilities(votes, found), 0.0)
    assert adjusted_rand(truth, labels) > 0.7
    for group in range(2):
        mine = truth[labels == group][0]
        rates = [
            (
                votes.values[
                    (votes.columns == i) & (votes.values != 0) & (truth[votes.rows] == mine)
                ]
                > 0
            ).mean()
            for i in range(20)
        ]
        assert found.profiles[group, :, 1] == pytest.approx(rates, abs=0.06)


def test_neither_passes_nor_what_was_not_seen_place_anybody():
    votes, _ = planted(60, 8, 2, apart=2.0, seed=4)
    without = decided(votes)
    one, other = fit(votes, 2, seed=0), fit(without, 2, seed=0)
    assert (one.profiles == other.profiles).all()
    more = Votes((*votes.people, "z"), votes.items, votes.rows, votes.columns, votes.values)
    last = responsibilities(more, one)[-1]
    assert last == pytest.approx(one.shares)


def test_a_vote_is_placed_by_the_others():
    votes, _ = planted(40, 8, 2, apart=2.0, seed=5)
    found = fit(votes, 2, seed=0)
    by_vote = without_own_vote(votes, found, 0.6)
    for at in range(0, len(votes), 7):
        kept = np.arange(len(votes)) != at
        rest = Votes(
            votes.people, votes.items, votes.rows[kept], votes.columns[kept], votes.values[kept]
        )
        expected = placed(responsibilities(rest, found), 0.6)[votes.rows[at]]
        assert by_vote[at] == expected


def test_prediction_is_a_probability():
    votes, _ = planted(30, 5, 2, seed=6)
    found = fit(votes, 2, seed=0)
    for_it = votes_of([(p, i, 1) for p in votes.people for i in votes.items])
    against = votes_of([(p, i, -1) for p in votes.people for i in votes.items])
    both = np.exp(predicted(votes, for_it, found)) + np.exp(predicted(votes, against, found))
    assert both == pytest.approx(1)


def test_many_people_are_fitted_from_starts_of_some(monkeypatch):
    votes, truth = planted(400, 30, 3, filled=0.8, apart=2.0, seed=7)
    monkeypatch.setattr("charter.evolve.opinion.mixture.FIRST_PEOPLE", 100)
    labels = placed(responsibilities(votes, fit(votes, 3, seed=0)), 0.0)
    assert adjusted_rand(truth, labels) > 0.9


@pytest.mark.parametrize("k", [1, 2, 5])
def test_next_to_nothing_can_be_fitted(k):
    for cast in ([], [("a", "x", 0)], [("a", "x", 1)]):
        found = fit(votes_of(cast, ["x", "y"]), k, seed=0)
        assert found.shares.sum() == pytest.approx(1)
        assert np.isfinite(found.profiles).all()
