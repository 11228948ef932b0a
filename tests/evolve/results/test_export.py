"""Results as JSON: valid by their schema, and read again."""

from __future__ import annotations

import json

import jsonschema
import pytest

from charter.errors import ConfigError
from charter.evolve.results.export import read_results, results_json, schema
from charter.evolve.results.results_of import Reading, results_of

from .simulated import QUICK, voices


@pytest.fixture(scope="module")
def values():
    """Results of a few people."""
    return results_json(results_of(voices(1, 25), Reading(), effort=QUICK))


def test_json_is_plain_and_fits_its_schema(values):
    text = json.dumps(values, allow_nan=False)
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate({**values, "channels": [{}]})


def test_what_is_written_is_read_again(values, tmp_path):
    file = tmp_path / "r.json"
    file.write_text(json.dumps(values))
    assert results_json(read_results(file)) == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no charter-results/1"),
        ('{"format": "other"}', "no charter-results/1"),
        ('{"format": "charter-results/1"}', "source"),
    ],
)
def test_another_file_is_refused_in_one_line(tmp_path, text, words):
    file = tmp_path / "r.json"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_results(file)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
