"""Payloads as pages show them: nothing that matters is changed by showing it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.console.content import editable, laid_out

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.mark.parametrize(
    "arguments",
    [
        '{"to": "bob", "to": "eve"}',
        '{"amount": 1e9}',
        '{"amount": 950.00}',
        '{"amount": -0}',
        '{"amount": NaN}',
        '{"amount": 1',
        "[" * 100_000,
        '{"amount": ' + "9" * 5000 + "}",
        "",
    ],
)
def test_what_would_be_shown_otherwise_is_shown_as_it_is(arguments):
    assert laid_out(arguments) == arguments


def test_arguments_are_laid_out_on_lines():
    assert laid_out('{"to":"b\\u00e4r","n":[1,2.5]}') == (
        '{\n  "to": "bär",\n  "n": [\n    1,\n    2.5\n  ]\n}'
    )


@given(JSON)
def test_laying_out_changes_no_value(value):
    assert json.loads(laid_out(json.dumps(value))) == value


@given(JSON)
def test_what_is_hidden_is_spelled_and_stays_what_it_was(value):
    text = editable(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert all(char.isprintable() or char == "\n" for char in text)


def test_a_hidden_character_is_an_escape_to_whoever_edits():
    assert "\\u202eexe" in editable('{"to": "\u202eexe"}')
