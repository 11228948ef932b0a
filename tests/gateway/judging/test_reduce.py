"""Patterns cut down: found in exactly the same texts."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from charter.gateway.judging.reduce import reduced

CASES = [
    ("X(.*)", "X"),
    (".*X", "X"),
    ("(?s).*X.*", "(?s)X"),
    ("[0-9]+x", "[0-9]x"),
    ("x[0-9]{3,}", "x[0-9]{3}"),
    ("(?i)key(:.*|)", "(?i)key"),
    ("a+|b*c", "a|c"),
    ("(a|b+)", "(?:a|b)"),
    (r"key\b.*", r"key\b"),
    (r"x*\bkey", r"\bkey"),
    ("a.*b", "a.*b"),
    ("^.*x", "^.*x"),
    ("x.*$", "x.*$"),
    ("(?:ab){2,}c?", "(?:ab){2}"),
    ("[a-z]*", ""),
    (r"\Qx.*\E", r"\Qx.*\E"),
    ("a**", "a**"),
    ("(?:a", "(?:a"),
    ("a)b", "a)b"),
]


@pytest.mark.parametrize(("pattern", "expected"), CASES)
def test_ends_are_cut(pattern, expected):
    assert reduced(pattern) == expected


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\b", "^", "$", r"\w", "(?i)", "A"])
REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?"])


def _repeated(piece: str, repeat: str) -> str:
    return piece if piece in (r"\b", "^", "$", "(?i)") else piece + repeat


PIECES = st.builds(_repeated, ATOMS, REPEATS)


def _more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.lists(inner, min_size=1, max_size=3).map("".join)
    choice = st.lists(joined, min_size=1, max_size=3).map("|".join)
    return joined | st.builds(lambda c, r: f"({c}){r}", choice, REPEATS) | choice


@given(st.recursive(PIECES, _more, max_leaves=6), st.lists(st.text("abA \n", max_size=7)))
def test_a_reduced_pattern_is_found_in_the_same_texts(pattern, texts):
    options = re2.Options()
    options.log_errors = False
    try:
        first = re2.compile(pattern, options)
    except re2.error:
        return
    second = re2.compile(reduced(pattern), options)
    for text in ("", "a", "b", "ab", "ba", "A b", *texts):
        assert bool(first.search(text)) == bool(second.search(text)), text
