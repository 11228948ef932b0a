"""Whatever RE2 finds, the vectorised search finds."""

import polars as pl
import pytest
import re2
from hypothesis import example, given, settings
from hypothesis import strategies as st

from charter.audit.prefilter import compiles
from charter.audit.regex import widened
from charter.policy.boundaries.pattern import matched

PIECES = st.sampled_from(
    [
        "a", "b", "K", "s", "é", "ß", "1", "_", " ", "-", ".", "\\.", "\\d", "\\D", "\\w", "\\W",
        "\\s", "\\S", "\\b", "\\B", "^", "$", "\\A", "\\z", "\\n", "\\t", "\\x41", "\\x{e9}", "\\v",
        "[ab]", "[^ab]", "[^\\W]", "[\\d-]", "[a-k]", "[^a-k]", "[[:alpha:]]", "[[:^alpha:]]",
        "[^é]", "[é-ü]", "[]a]", "[^]a]", "[a\\-z]", "[\\s\\S]", "\\pL", "\\p{Greek}", "[\\p{Lu}a]",
        "(?i)", "(?i:k)", "(?-i)", "(?s)", "(?m)", "(?m:^a$)", "(?U)", "(?P<n>a)", "(a)", "(?:a|b)",
        "(a|", ")", "|", "(?:", "*", "+", "?", "{2}", "{0,2}", "{1,}", "{,2}", "{", "}", "*?",
        "\\Qa.b\\E",
        "\\C", "\\1", "\\7", "\\E", "#", "&", "~", '"', "'", "/", "\u212a", "[k\u017f]",
    ]
)  # fmt: skip
PATTERNS = st.lists(PIECES, min_size=1, max_size=7).map("".join)
TEXTS = st.text(
    st.sampled_from(
        "aAbBkKsS1_ -.\n\r\t\x0b\x0c\x85\xa0éÉßẞü\u212a\u017fΣςσ日\u0660\U0001f600#{}]"
    ),
    max_size=10,
)


def is_pattern(pattern):
    try:
        matched("", pattern)
    except ValueError:
        return False
    return True


@settings(max_examples=1500, deadline=None)
@given(pattern=PATTERNS, texts=st.lists(TEXTS, min_size=1, max_size=8))
@example(pattern="a(?i)*", texts=[""])
def test_nothing_is_missed(pattern, texts):
    found = widened(pattern)
    if not is_pattern(pattern):
        assert found is None
        return
    if found is None or not compiles(found):
        return
    seen = pl.Series(texts).str.contains(found).to_list()
    for text, hit in zip(texts, seen, strict=True):
        assert hit or not matched(text, pattern), (pattern, found, text)


@pytest.mark.parametrize(
    "pattern",
    [
        r"AKIA[0-9A-Z]{16}",
        r"(?i)(password|passwd)[ ]*[:=][ ]*[A-Za-z0-9_/+.-]{16,}",
        r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?-----END|.*)",
        r"\b(4[0-9]{3}|5[1-5][0-9]{2})[ -][0-9]{4}\b",
        "(?i)(I am|I[’']m) (a |really a )?(real|human)",
        r"^\s*\w+@[^@\s]+$",
    ],
)
@given(text=st.text(max_size=30))
def test_usual_patterns_are_searched_exactly(pattern, text):
    found = widened(pattern)
    assert found is not None
    assert compiles(found)
    exact = "’" not in pattern
    hit = pl.Series([text]).str.contains(found)[0]
    assert hit == matched(text, pattern) or not exact


@pytest.mark.parametrize("pattern", [r"\C", r"a{2,1}", "(", "a" * 5000, "(" * 200 + ")" * 200])
def test_what_has_no_counterpart_is_none(pattern):
    assert widened(pattern) is None


def test_re2_is_the_reference():
    assert re2.search(r"\d", "\u0660") is None
    assert not pl.Series(["\u0660"]).str.contains(widened(r"\d"))[0]
