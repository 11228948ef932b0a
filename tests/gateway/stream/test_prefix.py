"""The beginnings of matches are found, all of them."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.gateway.stream import patterns as patterns_module
from charter.gateway.stream.hold import Hold
from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.prefix import prefixes

KEY = r"-----BEGIN [A-Z ]{0,20}KEY-----" + r"(?:\s{1,2}[A-Za-z0-9+/=]{20,70}){0,13}" * 4
EXPRESSIONS = {
    "abc": ["abc"],
    "a{2,3}b": ["aab", "aaab"],
    "(?i)ab|cd": ["AB", "Cd"],
    "(?:ab){1,2}c?": ["ab", "abab", "ababc"],
    r"\bfoo\b": ["foo"],
    "x(y|z{2})?w": ["xw", "xyw", "xzzw"],
    "[a-c]{0,2}d$": ["d", "acd"],
    "a(?:b(?i:c)d){2}": ["abCdbcd"],
    "(?P<n>ab)e{0}f": ["abf"],
    KEY: ["-----BEGIN RSA KEY-----\n" + "A" * 40 + "\n" + "b" * 20],
}


@pytest.mark.parametrize(("expression", "matches"), EXPRESSIONS.items())
def test_every_beginning_is_found(expression, matches):
    begun = re2.compile(f"(?:{prefixes(expression)})\\z")
    for match in matches:
        assert re2.fullmatch(expression, match)
        for end in range(1, len(match) + 1):
            found = begun.search(match[:end])
            assert found is not None, (expression, match[:end])
            assert found.start() == 0, (expression, match[:end])


@settings(max_examples=300, deadline=None)
@given(st.text("abxyz \n-", max_size=40))
def test_text_that_begins_nothing_is_not_held(text):
    hold = Hold(Patterns({"key": KEY, "word": "Q[a-z]{3}"}))
    hold.append(f"{text}.!")
    assert hold.held <= 1, "the newest character may still combine"


def test_what_may_be_a_key_is_held_until_it_is_none():
    hold = Hold(Patterns({"key": KEY}))
    assert hold.append("see -----BEGIN PRIVATE KEY").text == "see "
    assert hold.append("BOARD----- of course").text.startswith("-----BEGIN PRIVATE KEYBOARD")


def test_what_is_too_large_to_begin_is_held_by_its_length(monkeypatch):
    monkeypatch.setattr(patterns_module, "_BEGUN_MEMORY", 20_000)
    patterns = Patterns({"long": "[a-f]{500}" * 3, "short": "bc"})
    monkeypatch.undo()
    hold = Hold(patterns)
    assert hold.append("x" * 3000).text == "x" * 1499
    assert hold.append("b").text == "x"
    assert hold.finish().text == "x" * 1500 + "b"
