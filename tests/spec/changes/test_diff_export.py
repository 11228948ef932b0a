"""The JSON of a comparison keeps to its schema and holds everything."""

import json
from pathlib import Path

import jsonschema
import pytest

from charter.load import load
from charter.spec.changes.diff import diff
from charter.spec.changes.diff_export import FORMAT, DiffJson, export_diff, schema
from charter.spec.changes.stale import stale

CASES = Path(__file__).resolve().parents[2] / "cases" / "diffs"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_document_keeps_to_the_schema(case):
    found = diff(load(case / "old.md"), load(case / "new.md"))
    document = export_diff(found, stale(found, citations=["conduct", "no_such"]))
    jsonschema.validate(document, schema())
    assert DiffJson.model_validate(document).model_dump(mode="json") == document
    assert document["format"] == FORMAT
    assert len(document["changes"]) == len(found.changes)
    assert json.dumps(document) == json.dumps(
        export_diff(found, stale(found, citations=["conduct", "no_such"]))
    )
    for change in document["changes"]:
        if change["marks"]:
            kept = [m["text"] for m in change["marks"] if m["op"] != "new"]
            assert "".join(kept) == change["old"]


def test_wording_can_be_left_out():
    found = diff(load(CASES / "quiet" / "old.md"), load(CASES / "quiet" / "new.md"))
    assert export_diff(found, stale(found))["changes"]
    assert not export_diff(found, stale(found), wording=False)["changes"]


def test_old_ids_lead_to_new_ones():
    found = diff(load(CASES / "sections" / "old.md"), load(CASES / "sections" / "new.md"))
    document = export_diff(found, stale(found))
    assert document["moved"]["be_kind"] == "love_readers"
    assert document["moved"]["dust/datl"] == "windows/datl"
    assert document["heirs"] == {"dust": "windows"}
