"""A set of patterns says what each pattern alone says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.load import load_policy
from charter.policy.boundaries import pattern as module
from charter.policy.boundaries.pattern import PatternSet, literal, matched

PATTERNS = ("a+b", r"\bcat\b", "(?i)x{2,3}", "^b", "é$", "", "[^a]c")


@given(st.text("abcxXté \n", max_size=30))
def test_each_is_found_where_it_is_alone(text):
    alone = {at for at, pattern in enumerate(PATTERNS) if matched(text, pattern)}
    assert PatternSet(PATTERNS).found(text) - {len(PATTERNS)} == alone


@given(st.text("a.*\\\n\0é[", max_size=6), st.text("a.*\\\n\0é[", max_size=20))
def test_a_literal_is_found_where_it_is_contained(wanted, text):
    assert matched(text, literal(wanted)) is (wanted in text)


def test_what_cannot_be_searched_is_not_said():
    assert PatternSet(PATTERNS).found("\ud800") is None


def test_a_set_that_is_too_large_says_nothing(monkeypatch):
    monkeypatch.setattr(module, "SET_MEMORY", 4_000)
    assert PatternSet(["[a-z]{900}b", "c{800}"]).found("text") is None


@pytest.mark.parametrize("stage", ["request", "output"])
def test_the_starter_asks_in_one_pass(stage):
    bucket = load_policy("starter").index.bucket(stage, None)
    assert {one.variable for one in bucket.patterned} <= {"text"}
    assert bucket.patterned or stage == "request"
