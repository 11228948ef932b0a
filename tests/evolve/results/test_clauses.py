"""Which clauses are agreed or rejected: how often by mistake, and with whom counted once."""

from __future__ import annotations

import numpy as np
import pytest

from charter.evolve.opinion.tally import tally
from charter.evolve.opinion.votes import Votes
from charter.evolve.results.cells import Shown
from charter.evolve.results.clauses import clause_results, lean_of
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
    # sums by person are 2, 1, -1, 2: z = 4 / sqrt(10)
    assert p == pytest.approx(0.2059, abs=1e-4)
    heavy, _ = lean_of(
        table(values, ["k", "k"], weights=np.array([1.0, 1.0, 7.0, 1.0])), np.array([True, True])
    )
    assert heavy < 0


def test_where_all_pass_nobody_leans():
    lean, p = lean_of(table(np.zeros((5, 1), int), ["k"]), np.array([True]))
    assert (lean, p) == (0, 1)
