"""Results as JSON: valid by their schema, and read again."""

from __future__ import annotations

import json

import jsonschema
import pytest

from charter.errors import ConfigError
from charter.evolve.results.export import read_results, results_json, schema
from charter.evolve.results.results_of import Reading, results_of
from charter.evolve.surveys.survey import Rules

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


def test_weights_that_are_hardly_cut_are_read_again(tmp_path):
    found = results_of(voices(1, 25), Reading(Rules(trim="10000000")), effort=QUICK)
    (tmp_path / "r.json").write_text(json.dumps(results_json(found)))
    assert read_results(tmp_path / "r.json").rules.trim == "10000000"


def test_what_is_written_is_read_again(values, tmp_path):
    file = tmp_path / "r.json"
    file.write_text(json.dumps(values))
    assert results_json(read_results(file)) == values


@pytest.mark.parametrize("margins", [{}, {"age": {"young": "0.5", "old": "0.5"}}])
def test_a_file_that_does_not_say_what_is_weighted_has_weights_in_everything(margins, tmp_path):
    """As an earlier version wrote it."""
    found = results_of(voices(1, 60), Reading(Rules(margins=margins)), effort=QUICK)
    values = results_json(found)
    (channel,) = values["channels"]
    assert channel["weights"]["used"] == bool(margins)
    for kind in ("clauses", "comparisons", "rubrics"):
        assert channel[kind]
        for each in channel[kind]:
            del each["weighted"]
    for each in channel["statements"]:
        del each["unnoted_weighted"]
    (tmp_path / "r.json").write_text(json.dumps(values))
    (read,) = read_results(tmp_path / "r.json").channels
    for each in (*read.clauses, *read.comparisons, *read.rubrics):
        assert each.weighted == bool(margins)


@pytest.mark.parametrize("odd", [7, [7], [{"weights": 7}], [{"weights": {}, "clauses": 7}], {}])
def test_odd_channels_are_one_line(values, odd, tmp_path):
    (tmp_path / "r.json").write_text(json.dumps({**values, "channels": odd}))
    with pytest.raises(ConfigError, match=r"r\.json: channels"):
        read_results(tmp_path / "r.json")


def edited(values, path, value):
    """Return a copy in which one thing is another."""
    copy = json.loads(json.dumps(values))
    *way, last = path
    inner = copy
    for step in way:
        inner = inner[step]
    inner[last] = value
    return copy


ONE = ("channels", 0, "statements", 0)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ((*ONE, "plain", "agree", "value"), float("nan"), "no number that a figure can be"),
        ((*ONE, "plain", "agree", "high"), float("inf"), "no number that a figure can be"),
        ((*ONE, "plain", "agree", "high"), "inf", "no number that a figure can be"),
        ((*ONE, "plain", "agree", "value"), 1.5, "1.5 is no share"),
        ((*ONE, "plain", "agree", "low"), None, "an interval with one end"),
        ((*ONE, "plain", "agree", "low"), 0.99999, "lower end is above"),
        ((*ONE, "split", "value"), -0.2, "-0.2 is no share"),
        ((*ONE, "seen"), -3, "-3 is below 0"),
        ((*ONE, "seen"), 10**15, "no number that a figure can be"),
        ((*ONE, "seen"), 1000, "do not add up"),
        ((*ONE, "plain", "disagree", "value"), 0.5, "shares do not go with the counts"),
        (("channels", 0, "people"), -1, "channels.0.people: -1 is below 0"),
        (("channels", 0, "languages"), {"en": -5}, "channels.0.languages.en: -5 is below 0"),
        (("channels", 0, "clauses", 0, "q"), 2, "2 is no share"),
        (("channels", 0, "clauses", 0, "lean"), -1.2, "does not lie between -1 and 1"),
        (("channels", 0, "comparisons", 0, "unacceptable", "A", "value"), 7, "7 is no share"),
        (("channels", 0, "rubrics", 0, "mean", "value"), float("-inf"), "no number that"),
        (("rules", "smallest"), 0, "smallest is below 1"),
        (("rules", "alpha"), "much", "alpha is no decimal"),
        (("rules", "margins"), {"age": {"old": "nan"}}, "a margin of 'age' is no share"),
        (("seed",), -1, "seed: -1 is below 0"),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_one_line(values, tmp_path, path, value, words):
    file = tmp_path / "r.json"
    file.write_text(json.dumps(edited(values, path, value)))
    with pytest.raises(ConfigError) as refused:
        read_results(file)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


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
