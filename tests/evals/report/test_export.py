"""The JSON document is complete, follows its schema and states no share it may not."""

import json

import jsonschema
import pytest

from charter.evals.report.export import export, schema

from .conftest import HOSTILE, MIXED, Answer


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


@pytest.mark.parametrize(
    ("answers", "given"),
    [
        (MIXED, {}),
        ([], {}),
        ([Answer("a", ("adhered", "error")), Answer("b", ("pending", "pending"))], {"repeat": 2}),
        ([Answer("a", ("violated",), text=HOSTILE, authority=None)], {"finished": False}),
    ],
)
def test_document_follows_its_schema(result_from, validator, answers, given):
    document = export(result_from(answers, **given))
    validator.validate(document)
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_every_field_of_the_schema_is_closed():
    assert all(part["additionalProperties"] is False for part in schema()["$defs"].values())


def test_reply_is_kept_in_full_with_its_evidence(result_from):
    text = "y" * 200_000 + "LIE"
    answer = Answer("a", ("violated",), text=text, span=(200_000, 200_003))
    case = export(result_from([answer]))["cases"][0]
    assert case["reply"]["text"] == text
    found = case["checks"][0]["evidence"]
    assert text[found["start"] : found["end"]] == "LIE"


def test_case_names_kind_clause_and_verdict(mixed):
    cases = {case["scenario"]: case for case in export(mixed)["cases"]}
    assert cases["h5"]["kind"] == "over_refusal"
    assert cases["h5"]["clause"]["id"] == "honesty/abcd"
    assert cases["s4"]["verdict"] == "error"
    assert cases["s4"]["reply"] is None


def test_share_is_null_where_evidence_is_short(mixed):
    document = export(mixed)
    assert document["summary"]["whole"]["adherence"]["raw"]["value"] == pytest.approx(5 / 9)
    style = document["sections"][1]
    assert style["enough"] is False
    found = style["adherence"]
    assert (found["scenarios"], found["decided"], found["raw"], found["corrected"]) == (
        5, 2, None, None,
    )  # fmt: skip
    assert found["bounds"]["best"] == pytest.approx(4 / 5)
