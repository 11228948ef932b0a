"""The JSON of a spec keeps to its published schema."""

import pytest
from jsonschema import Draft202012Validator

from charter.load import load
from charter.spec.build import build
from charter.spec.export import export, export_clause, schema
from charter.spec.split import collapse
from charter.syntax.reader import parse


@pytest.fixture(scope="module")
def validator():
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def test_starter_keeps_to_the_schema(validator):
    validator.validate(export(load("starter")))


@pytest.mark.data
@pytest.mark.parametrize("version", ["2025-02-12", "2025-10-27", "2025-12-18"])
def test_real_spec_keeps_to_the_schema(validator, data_dir, version):
    spec = load(data_dir / "model_spec" / version)
    document = export(spec)
    validator.validate(document)
    assert document["version"] == version
    assert len(document["sections"]) == len(spec.sections)


@pytest.mark.data
def test_positions_are_characters_of_the_source(data_dir):
    spec = load(data_dir / "model_spec" / "2025-12-18")
    for clause in spec.clauses:
        found = export_clause(clause)
        assert collapse(spec.source.text[found["start"] : found["end"]]) == found["text"]


def test_broken_specs_keep_to_the_schema_too(validator):
    text = (
        "# A {#a authority=emperor}\n\nYou must.\n\n**Example**: x\n\n~~~xml\n<user>\nhi\n"
        "<comparison>\n<assistant> <!-- NICE: yes -->\nho\n</assistant>\n~~~\n\n"
        "~~~boundary\nid: x\n~~~\n"
    )
    validator.validate(export(build(parse(text))))


def test_unknown_fields_are_not_of_the_format(validator):
    document = export(load("starter"))
    document["mood"] = "good"
    assert not validator.is_valid(document)
