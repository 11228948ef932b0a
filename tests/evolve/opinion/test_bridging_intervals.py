"""Intervals are of people, not of votes, and hold what they say."""

import numpy as np
import pytest

from charter.evolve.opinion.bridging import factorise
from charter.evolve.opinion.bridging_intervals import moved
from charter.evolve.opinion.votes import votes_of

from .divided import divided


def test_the_same_seed_gives_the_same_and_another_gives_others():
    votes, _, _ = divided(100, 8, filled=0.7, seed=31)
    fit = factorise(votes)
    assert moved(votes, fit, draws=20, seed=1) == moved(votes, fit, draws=20, seed=1)
    assert moved(votes, fit, draws=20, seed=1) != moved(votes, fit, draws=20, seed=2)


def test_intervals_hold_the_figure_of_many_more_people():
    large, _, _ = divided(6000, 8, filled=0.6, seed=32)
    truth = factorise(large)
    held = []
    for draw in range(8):
        chosen = np.zeros(len(large.people), dtype=bool)
        chosen[np.random.default_rng(draw).choice(len(large.people), 250, replace=False)] = True
        votes = large.restricted(chosen)
        found = moved(votes, factorise(votes), draws=50, seed=draw)
        held += [
            each.low <= float(true) <= each.high
            for each, true in zip(found.across, truth.across, strict=True)
        ]
        held += [
            each.low <= abs(float(true)) <= each.high
            for each, true in zip(found.sizes[::3], truth.factors[::3], strict=True)
        ]
    assert np.mean(held) > 0.85  # 0.95 is meant; 88 intervals, of which few people share chance


def test_more_people_narrow_them():
    width = []
    for people in (80, 1280):
        votes, _, _ = divided(people, 8, filled=0.7, seed=33)
        found = moved(votes, factorise(votes), draws=40).intercepts
        width.append(np.mean([each.high - each.low for each in found]))
    assert width[1] < width[0] / 2.5


def test_a_statement_nobody_saw_has_none():
    cast = [(f"p{n}", f"s{m}", 1 if (n + m) % 3 else -1) for n in range(8) for m in range(4)]
    votes = votes_of(cast, ["unseen"])
    found = moved(votes, factorise(votes), draws=20)
    assert found.intercepts[-1] is found.sizes[-1] is found.across[-1] is None
    assert None not in found.intercepts[:-1]


@pytest.mark.parametrize("given", [{"draws": 3}, {"confidence": 1.0}, {"confidence": 0.0}])
def test_too_few_draws_and_no_confidence_are_refused(given):
    votes = votes_of([("p", "s", 1)])
    with pytest.raises(ValueError, match="at least 20 draws"):
        moved(votes, factorise(votes), **given)
