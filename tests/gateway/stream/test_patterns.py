"""Patterns: their longest match, and what is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.gateway.stream.patterns import MOST_PATTERNS, Found, Patterns, Width, measure


@pytest.mark.parametrize(
    ("pattern", "width"),
    [
        ("abc", Width(3, 3)),
        ("a|bcd", Width(1, 3)),
        ("a{2,4}b?", Width(2, 5)),
        ("a{3}?", Width(3, 3)),
        ("(?:ab){2,3}", Width(4, 6)),
        ("(?P<name>a)(b)", Width(2, 2)),
        ("(?i)a(?s:.)", Width(2, 2)),
        (r"\d\pL\p{Greek}\x41\x{1F600}\.", Width(6, 6)),
        (r"[]a][^]b][[:alpha:]\]\\-][a[b]", Width(4, 4)),
        (r"^\bfoo", Width(3, 3)),
        (r"\Afoo\z", Width(3, 3, ahead=True)),
        (r"foo\b", Width(3, 3, ahead=True)),
        (r"foo(?:\Bb)?", Width(3, 4, ahead=False)),
        (r"foo(?:\b|x)", Width(3, 4, ahead=True)),
        (r"foo\bb?", Width(3, 4, ahead=True)),
        (r"foo\b-", Width(4, 4)),
        ("foo$", Width(3, 3, ahead=True)),
        ("日本|é", Width(1, 2)),
    ],
)
def test_width_is_computed(pattern: str, width: Width):
    assert measure(pattern) == width
    assert Patterns({"one": pattern}).longest == width.most


@pytest.mark.parametrize(
    ("pattern", "match"),
    [
        ("a*", "no upper bound"),
        ("ab+c", "no upper bound"),
        ("a{2,}", "no upper bound"),
        ("", "empty text"),
        ("a?", "empty text"),
        (r"\b", "empty text"),
        ("a|", "empty text"),
        ("a{1,2}{3}", "repetition of a repetition"),
        ("a{,2}", "repeats nothing"),
        ("*a", "repeats nothing"),
        ("(?=a)b", "unsupported kind of group"),
        ("(?m)^a", "unsupported kind of group"),
        (r"(a)\1", "unsupported"),
        (r"\Ca", "unsupported"),
        (r"\Qa.b\E", "unsupported"),
        (r"[\Q]", "unsupported"),
        ("a\\", "unsupported"),
        ("(a", "not closed"),
        ("[a", "not closed"),
        ("a)", r"unexpected '\)'"),
        ("[b-a]", "one"),
        ("a{5,2}", "one"),
        (r"\x{110000}", "no character"),
        ("[a-z]{1000}" * 5, "more than 4096"),
        ("((((a{1000}){1000}){1000}){1000})", "more than 4096"),
        ("(" * 60 + "a" + ")" * 60, "nested more"),
        ("ﬁ", "NFKC"),
        ("e\u0301", "NFKC"),
        (r"\x{FB01}", "stands in normalised text as 'fi'"),
        ("a\u200bb", "never stands"),
        ("\ud800", "never stands"),
        ("x" * 3_000, "longer than"),
    ],
)
def test_what_is_refused_names_the_pattern_and_why(pattern: str, match: str):
    with pytest.raises(ValueError, match=match) as caught:
        Patterns({"one": pattern})
    assert "'one'" in str(caught.value)


def test_a_literal_that_folding_takes_away_is_refused():
    assert Patterns({"one": "ß"}).longest == 1
    with pytest.raises(ValueError, match="'ss'"):
        Patterns({"one": "ß"}, fold=True)


def test_too_many_patterns_are_refused():
    with pytest.raises(ValueError, match="at most"):
        Patterns({str(number): "a" for number in range(MOST_PATTERNS + 1)})


def test_find_gives_the_leftmost_match_of_each():
    patterns = Patterns({"b": "foo", "a": "o{1,2}", "c": "bar"})
    assert patterns.find("xéfoofoo") == [Found("a", 3, 5), Found("b", 2, 5)]
    assert patterns.find("xfoofoo", start=2) == [Found("a", 2, 4), Found("b", 4, 7)]
    assert patterns.find("nil") == []
    assert Patterns({}).find("nil") == []


@pytest.mark.parametrize(
    ("pattern", "text", "start", "end", "hit"),
    [
        (r"foo\b", "foox", 0, 3, False),
        (r"foo\b", "foo x", 0, 3, True),
        (r"\bfoo", "xfoo", 1, 4, False),
        (r"\bfoo", " foo", 1, 4, True),
        ("^foo", "xfoo", 1, 4, False),
        ("foo$", "foo ", 0, 3, False),
        ("foo$", "foo", 0, 3, True),
        (r"foo\B", "foox", 0, 3, True),
    ],
)
def test_find_sees_the_context(pattern: str, text: str, start: int, end: int, hit: bool):
    assert bool(Patterns({"one": pattern}).find(text, start=start, end=end)) is hit


def test_find_ignores_case_where_the_set_folds():
    assert Patterns({"one": "FOO"}, fold=True).find("a foo")
    assert not Patterns({"one": "FOO"}).find("a foo")


def test_a_search_that_fails_never_passes_as_no_match():
    patterns = Patterns({"one": "foo"})

    class Broken:
        def Match(self, text: str) -> None:  # noqa: N802 - RE2's name
            """Do as RE2 does when its automaton has no memory left."""

    patterns._set = Broken()
    with pytest.raises(RuntimeError, match="out of memory"):
        patterns.find("foo")


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\b", "^", "$", r"\."])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "{2}", "{0,3}"])).map(lambda p: f"(?:{p[0]}){p[1]}"),
    ),
    max_leaves=12,
)


@given(EXPRESSIONS, st.text("ab1. \n", max_size=12))
@settings(max_examples=150, deadline=None)
def test_width_agrees_with_pythons_and_no_match_is_longer(expression: str, text: str):
    least, most = re._parser.parse(expression).getwidth()
    if not least:
        with pytest.raises(ValueError, match="empty text"):
            measure(expression)
        return
    width = measure(expression)
    assert (width.least, width.most) == (least, most)
    for found in Patterns({"one": expression}).find(text):
        assert width.least <= found.end - found.start <= width.most
