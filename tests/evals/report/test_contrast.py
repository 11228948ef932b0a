"""A comparison as sentences and as JSON."""

import json

import jsonschema
import pytest

from charter.evals.report.compare import compare
from charter.evals.report.contrast import comparison_schema, export_comparison, sentences

from .conftest import MIXED, Answer


@pytest.fixture
def better(result_from):
    """Nine scenarios, six of which the second run gets right for the first time."""
    first = [Answer(f"a{i}", ("violated",)) for i in range(9)]
    second = [Answer(f"a{i}", ("adhered" if i < 6 else "violated",)) for i in range(9)]
    return compare(result_from(first, run="one"), result_from(second, run="two"))


def test_difference_is_stated_with_interval_and_p(better):
    assert sentences(better)[1] == (
        "On the 9 scenarios both decided, the second run differs by +66.7 percentage points "
        "(95 % interval +16.8 to +87.9; exact McNemar p = 0.031)."
    )
    assert "6 scenarios changed for the better and 0 for the worse." in sentences(better)


def test_document_follows_its_schema(better, result_from):
    validator = jsonschema.Draft202012Validator(comparison_schema())
    mixed = result_from(MIXED, run="three")
    for comparison in (better, compare(better.first, mixed), compare(mixed, mixed)):
        document = export_comparison(comparison)
        validator.validate(document)
        json.dumps(document, allow_nan=False)


def test_no_difference_is_stated_on_little_evidence(result_from):
    result = result_from([Answer("a")])
    comparison = compare(result, result)
    assert sentences(comparison)[1] == "On the scenarios both decided: not enough evidence (n=1)."
    assert export_comparison(comparison)["whole"]["paired"]["p"] is None


def test_what_is_left_out_is_counted(result_from):
    found = compare(result_from([Answer("a")]), result_from([Answer("b")], run="two"))
    assert sentences(found)[-1] == (
        "Left out of the pairs: 1 are in the first run only; 1 are in the second run only."
    )
