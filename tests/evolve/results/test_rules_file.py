"""Rules for imported voices, from a file."""

from __future__ import annotations

import pytest

from charter.errors import ConfigError
from charter.evolve.results.rules_file import read_rules
from charter.evolve.surveys.survey import Rules


def test_what_is_not_said_is_as_in_a_survey(tmp_path):
    file = tmp_path / "r.yaml"
    file.write_text('smallest: 20\nmargins: {age: {Under 40: "0.25", 40 or more: "0.75"}}\n')
    assert read_rules(file) == Rules(
        20, margins={"age": {"Under 40": "0.25", "40 or more": "0.75"}}
    )
    file.write_text("")
    assert read_rules(file) == Rules()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("smallest: 1\n", "r.yaml:1: smallest"),
        ("floor: 0.5\n", "put it into quotation marks"),
        ('floor: "1.5"\n', "at most 1"),
        ('alpha: "NaN"\n', "alpha"),
        ('margins: {a: {x: "0.5"}}\n', "the shares of a sum to 0.5, not to 1"),
        ("more: 1\n", "there is no such key"),
    ],
)
def test_a_broken_file_is_one_line_with_its_place(tmp_path, text, words):
    file = tmp_path / "r.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_rules(file)
    assert words in str(refused.value)
