"""Which clauses are agreed or rejected: how often by mistake, and with whom counted once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from charter.evolve.opinion.tally import tally
from charter.evolve.opinion.votes import Votes
from charter.evolve.results.cells import Shown
from charter.evolve.results.clauses import clause_results, flipped, lean_of
from charter.evolve.results.table import Effort, Table
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import Asked


def table(values, clauses, *, weights=None, rules=None):
    """Return a table of people by statements, all of it seen."""
    people, items = values.shape
    votes = Votes(
        tuple(f"p{at:04}" for at in range(people)),
        tuple(f"s{at:03}" for at in range(items)),
        np.repeat(np.arange(people, dtype=np.int32), items),
        np.tile(np.arange(items, dtype=np.int32), people),
        values.reshape(-1).astype(np.int8),
    )
    asked = tuple(
        Asked(id_, "statement", id_, (clause,))
        for id_, clause in zip(votes.items, clauses, strict=True)
    )
    return Table(
        asked=asked,
        votes=votes,
        weights=weights,
        options=(),
        noted=np.zeros(people, np.int64),
        groups=None,
        labels=None,
        rules=rules or Rules(),
        seed=0,
        effort=Effort(),
        whole=tally(votes),
        by_group=None,
        shows=(Shown(whole=True, parts=(True,)),) * items,
    )


def test_where_nobody_leans_few_clauses_are_named():
    """Each person says the same on both statements of a clause: votes come in pairs."""
    random = np.random.default_rng(1)
    clauses, runs, named = 20, 150, 0
    for _ in range(runs):
        values = np.repeat(random.choice((1, 0, -1), (60, clauses)), 2, axis=1)
        made = table(values, [f"k{at // 2:02}" for at in range(2 * clauses)])
        named += any(each.verdict != "open" for each in clause_results(made))
    # at alpha 0.05 any is named in one run of twenty; 0.12 lies four standard errors above
    assert named / runs < 0.12


def test_where_people_lean_it_is_found_among_many_others():
    random = np.random.default_rng(2)
    values = random.choice((1, -1), (80, 30))
    values[:, 0] = random.choice((1, -1), 80, p=(0.8, 0.2))
    values[:, 1] = random.choice((1, -1), 80, p=(0.2, 0.8))
    found = clause_results(table(values, [f"k{at:02}" for at in range(30)]))
    verdicts = {each.clause: each.verdict for each in found}
    assert (verdicts["k00"], verdicts["k01"]) == ("agreed", "rejected")
    assert all(each.q >= each.p for each in found)


def test_the_lean_is_the_share_that_agrees_less_the_share_that_does_not():
    values = np.array([[1, 1], [1, 0], [-1, 0], [1, 1]])
    lean, p = lean_of(table(values, ["k", "k"]), np.array([True, True]))
    assert lean == pytest.approx(5 / 8 - 1 / 8)
    # sums by person are 2, 1, -1, 2: of 16 ways to give them signs, 6 lie as far out as 4
    assert p == pytest.approx(6 / 16)
    weights = np.array([1.0, 1.0, 7.0, 1.0])
    heavy, _ = lean_of(table(values, ["k", "k"]), np.array([True, True]), weights)
    assert heavy < 0


def test_few_of_one_mind_are_no_more_than_chance():
    """Five heads or five tails come up once in sixteen times: no finding at 5 %."""
    (found,) = clause_results(table(np.ones((5, 1), int), ["k"], rules=Rules(smallest=5)))
    assert (found.p, found.verdict) == (pytest.approx(1 / 16), "open")


@pytest.mark.parametrize(("people", "agree"), [(12, 10), (16, 12), (17, 13), (30, 21), (100, 60)])
def test_where_each_has_one_vote_it_is_the_sign_test(people, agree):
    scores = np.array([1.0] * agree + [-1.0] * (people - agree))
    exact = stats.binomtest(agree, people).pvalue
    assert flipped(scores) == pytest.approx(exact, rel=1e-9 if people <= 16 else 0.08)
    assert flipped(-7 * scores) == pytest.approx(flipped(scores))


def test_unequal_weights_are_as_likely_by_chance_as_they_say():
    """At most one in twenty tables of people without a lean is below 0.05."""
    random = np.random.default_rng(3)
    for people in (8, 14, 25):
        weights = random.exponential(1, people) + 0.2
        low = sum(flipped(weights * random.choice((1, -1), people)) <= 0.05 for _ in range(2000))
        assert low / 2000 < 0.065


def test_where_all_pass_nobody_leans():
    lean, p = lean_of(table(np.zeros((5, 1), int), ["k"]), np.array([True]))
    assert (lean, p) == (0, 1)
