"""The file that says which clauses a statement is about."""

from __future__ import annotations

import pytest

from charter.errors import ConfigError
from charter.evolve.intake.clause_map import read_clause_map


def test_a_list_or_one_id(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text('"12": [honesty/abcd, privacy]\nx: honesty\n')
    assert read_clause_map(file) == {"12": ("honesty/abcd", "privacy"), "x": ("honesty",)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("12: [x]\n", "c.yaml:1: YAML: keys are words"),
        ('a: [x]\n"b": [1]\n', "c.yaml:2: b: it should be a list of ids"),
        ("a: []\n", "a: it should be a list of ids"),
        ("- a\n", "c.yaml:1"),
        ("a: &x [y]\nb: *x\n", "anchors"),
    ],
)
def test_a_broken_file_is_one_line_with_its_place(tmp_path, text, words):
    file = tmp_path / "c.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_clause_map(file)
    assert words in str(refused.value)
