"""Every exporter against its case in `tests/cases/exporters/<id>/`: a spec, what comes of it."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from charter.errors import PluginError
from charter.evolve import exporter as exporter_module
from charter.evolve.exporter import COMMON, exporters, summary_of
from charter.evolve.jsonl import lines
from charter.evolve.material import gather_material
from charter.load import load

CASES = Path(__file__).parent.parent / "cases" / "exporters"


def test_every_exporter_has_a_case_and_every_case_an_exporter():
    assert {folder.name for folder in CASES.iterdir()} == set(exporters())


def test_an_exporter_that_lacks_a_part_is_named(monkeypatch):
    lacking = SimpleNamespace(FORMAT="mine/1", records=list)
    monkeypatch.setattr(exporter_module, "discover", lambda *_: {"mine": lacking})
    with pytest.raises(PluginError, match="has no FIELDS"):
        exporters()


@pytest.mark.parametrize("name", sorted(exporters()))
def test_a_case_comes_out_as_expected(name):
    folder = CASES / name
    found = lines(exporters()[name].records(gather_material(load(folder))))
    assert found == (folder / "expected.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(exporters()))
def test_records_have_the_fields_that_are_documented(name):
    exporter = exporters()[name]
    records = list(exporter.records(gather_material(load(CASES / name))))
    assert records
    for record in records:
        assert set(record) == {*exporter.FIELDS, *COMMON}
        assert record["format"] == exporter.FORMAT
        json.dumps(record)
    assert len({record["id"] for record in records}) == len(records)
    assert summary_of(exporter).endswith(".")
