"""The map has one square for each clause and says all it says without colour."""

import pytest

from charter.evals.coverage import Cover
from charter.evals.report.beside import Beside
from charter.evals.report.coverage_map import coverage_map
from charter.evals.report.export import export, schema
from charter.evals.report.page import page


def test_every_binding_clause_has_a_square(covering):
    found = coverage_map(covering, measured=covering.spec.digest)
    squares = [square for strip in found.strips for square in strip.squares]
    assert [square.clause for square in squares] == list(covering.coverage.clauses)
    assert all(square.mark == str(square.clause.scenarios) for square in squares)
    assert sum(found.counts.values()) == len(squares)
    assert len(found.untested) == found.counts[Cover.NONE]
    assert found.other is None


def test_another_text_is_said(covering):
    found = coverage_map(covering, measured="sha256:other")
    assert "not of the text that the run was measured against" in found.other


def test_page_and_document_show_it_where_it_is_given(mixed, covering):
    jsonschema = pytest.importorskip("jsonschema")
    beside = Beside(covering)
    text = page(mixed, beside)
    assert 'id="coverage"' in text
    assert "not of the text that the run was measured" in text
    assert 'id="coverage"' not in page(mixed)
    document = export(mixed, beside)
    jsonschema.Draft202012Validator(schema()).validate(document)
    assert document["coverage"]["spec"]["digest"] == covering.spec.digest
    assert export(mixed)["coverage"] is None
