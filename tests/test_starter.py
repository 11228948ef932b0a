"""The starter spec is what it promises to be."""

from collections import Counter

import pytest

from charter.lint.check import check
from charter.load import load
from charter.policy.boundaries.condition import Condition, compile_condition
from charter.spec.spec import AUTHORITIES
from charter.syntax.conversation import Grade


@pytest.fixture(scope="module")
def spec():
    return load("starter")


def test_it_is_clean(spec):
    assert [f"{f.location}: {f.message}" for f in check(spec).findings] == []


def test_it_uses_every_authority(spec):
    normative = [section for section in spec.sections if section.normative]
    assert len(normative) >= 40
    assert {section.authority for section in normative} == set(AUTHORITIES)


def test_every_binding_section_shows_good_and_bad_with_reasons(spec):
    for section in spec.sections:
        if not section.normative:
            continue
        responses = [r for example in section.examples for r in example.responses]
        assert len(section.examples) >= 3, section.id
        assert {Grade.GOOD, Grade.BAD} <= {r.grade for r in responses}, section.id
        assert all(r.reason for r in responses), section.id


def test_there_are_enough_graded_examples(spec):
    graded = [example for example in spec.examples if example.responses]
    grades = Counter(r.grade for example in graded for r in example.responses)
    assert len(graded) >= 130
    assert grades[Grade.OK] >= 20


def test_every_scenario_names_a_marked_clause(spec):
    marked = {clause.id for clause in spec.clauses if clause.marker}
    for group in spec.scenario_sets:
        for scenario in group.scenarios:
            clause = dict(scenario.attributes)["clause"]
            assert f"{group.section}/{clause}" in marked, scenario.id


def test_every_boundary_compiles(spec):
    boundaries = [b for section in spec.sections for b in section.boundaries]
    assert len(boundaries) >= 10
    for boundary in boundaries:
        assert isinstance(compile_condition(boundary.when, boundary.on), Condition), boundary.id
        assert boundary.say, boundary.id


def test_it_is_given_away(spec):
    assert spec.metadata["license"] == "CC0-1.0"
