"""JSON that a model wrote: what it says is what it is read as."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evals.json_text import MAX_DEPTH, read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(
        st.characters(exclude_categories=["Cs"]), max_size=4), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


TWIN = "YNqx4ndudP83tm9cCDgyQIyXi-LLVj06Oh8tOHFNxxFmiJjaBIwbua2S1VatHF4I"
"""Has the XXH3 hash of `messages`, by which orjson keeps the keys that it has read."""


@given(VALUES, st.booleans())
def test_what_was_written_is_read(value: object, escaped: bool):
    assert read_json(json.dumps(value, ensure_ascii=escaped)).value == value


def test_a_long_number_keeps_its_digits_and_one_beyond_every_double_is_refused():
    assert read_json("1" * 300).value == int("1" * 300)
    assert read_json("9" * 500).error is not None
    assert read_json("1e999").error is not None


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 5_000, 400_000])
def test_what_is_nested_too_deep_is_refused(depth: int):
    assert read_json("[" * depth + "]" * depth).error is not None


def test_keys_of_one_hash_are_two_keys():
    read_json(json.dumps({TWIN: 1}))
    assert read_json('{"messages": 2}').value == {"messages": 2}
    assert read_json(json.dumps({TWIN: 1})).value == {TWIN: 1}


def test_a_key_given_twice_is_named():
    read = read_json('{"a": {"b": 1, "b": 2}}')
    assert read.error == "the key 'b' is given twice"
    assert read.value is None


def test_where_it_stops_being_json_is_said():
    read = read_json('  {"a": x}')
    assert read.error is not None
    assert "character 7" in read.error
    assert (read.span.start, read.span.end) == (8, 9)
