"""Which clauses are tested, and how well."""

from dataclasses import replace

import pytest

from charter.evals.coverage import Cover, coverage
from charter.evals.suite import Suite, compile_suite
from charter.load import load


@pytest.fixture(scope="module")
def starter():
    return compile_suite(load("starter"))


def test_every_clause_that_binds_is_listed_once(starter):
    found = coverage(starter)
    binding = [c.id for s in starter.spec.sections if s.authority for c in s.clauses]
    assert [clause.id for clause in found.clauses] == binding
    assert sum(found.counts.values()) == len(binding)


def test_the_sections_hold_every_scenario(starter):
    found = coverage(starter)
    assert sum(section.scenarios for section in found.sections) == len(starter.scenarios)
    named = sum(scenario.clause is not None for scenario in starter.scenarios)
    assert sum(section.unnamed for section in found.sections) == len(starter.scenarios) - named


def suite_with(starter, count, **changes):
    first = next(s for s in starter.scenarios if s.clause)
    made = tuple(replace(first, id=f"made_{n}", **changes) for n in range(count))
    return Suite(starter.spec, made, "digest"), first.clause


@pytest.mark.parametrize(
    ("count", "cover"),
    [(0, Cover.NONE), (1, Cover.ONE), (2, Cover.SOME), (3, Cover.SOME), (4, Cover.ENOUGH)],
)
def test_cover_follows_the_number_of_scenarios(starter, count, cover):
    suite, clause = suite_with(starter, count)
    found = {each.id: each for each in coverage(suite).clauses}
    assert found[clause].cover is cover


def test_scenarios_of_one_source_are_one_piece_of_evidence(starter):
    suite, clause = suite_with(starter, 5, source="template")
    assert {each.id: each.cover for each in coverage(suite).clauses}[clause] is Cover.ONE


def test_drafts_are_counted_apart(starter):
    suite, clause = suite_with(starter, 5, draft=True)
    found = {each.id: each for each in coverage(suite).clauses}[clause]
    assert (found.scenarios, found.drafts, found.cover) == (0, 5, Cover.NONE)
