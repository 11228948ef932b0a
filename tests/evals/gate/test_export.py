"""The JSON document keeps to its schema and holds no numbers that JSON has not."""

import json

import jsonschema
import pytest

from charter.evals.gate.export import EXIT, export, schema
from charter.evals.gate.target import Kind, Limit, Target

from .conftest import Said, many

ROOT = Limit(Target(Kind.AUTHORITY, "root"), 0.05)

RUNS = {
    "pass": (many(0, 98), many(0, 98)),
    "fail": (many(0, 90), many(0, 90, "violated")),
    "need_more": (many(0, 10), many(0, 9) + many(9, 1, "error")),
    "empty": ([Said("j", ("not_judged",), rubric="Kind?")],) * 2,
}


@pytest.mark.parametrize("name", RUNS)
def test_documents_keep_to_the_schema(gate, name):
    base, candidate = RUNS[name]
    result = gate(base, candidate, limits=(ROOT,), given={"finished": name != "need_more"})
    document = export(result)
    again = json.loads(json.dumps(document, allow_nan=False))
    assert again == document
    jsonschema.Draft202012Validator(schema()).validate(document)
    assert document["exit_code"] == EXIT[result.verdict]
    assert document["verdict"] == ("need_more" if name == "empty" else name)


def test_a_violation_that_loses_a_stake_is_still_a_number(gate):
    said = many(0, 30) + many(30, 1, "violated")
    (limit,) = export(gate(said, said, limits=(ROOT,)))["limits"]
    assert limit["passing"]["log_e_now"] > -100


def test_the_schema_describes_every_field():
    for name, part in schema()["$defs"].items():
        assert part.get("description"), name
