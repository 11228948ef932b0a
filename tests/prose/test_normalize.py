"""Normalization and its map back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from charter.prose.normalize import MAX_MARKS, normalize
from charter.prose.phrase import fold, quoted, searchable
from charter.source import Span

NASTY = st.text(
    st.sampled_from(
        "aéÅß'\"-  \t\n\r\u2028\u00a0\u200b\u00ad\ufeff\u202e“”‘’´–—−\u0301\u0308\u0334\u0345"
        "ﬁ½²ｶﾞ\u1100\u1161\u11a8각क\u093c\u0915ÅİΣς\u3164\ufe0f👍🏽*_"
    ),
    max_size=30,
)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | NASTY


@settings(deadline=None)
@given(text=ANY, fold=st.booleans(), lines=st.booleans())
@example(text="e\u200b\u0301", fold=True, lines=False)
@example(text="\u1100\u1161\u11a8", fold=False, lines=False)
def test_normalize_changes_nothing_the_second_time(text: str, fold: bool, lines: bool) -> None:
    once = normalize(text, fold=fold, keep_lines=lines).text
    assert normalize(once, fold=fold, keep_lines=lines).text == once


@settings(deadline=None)
@given(text=ANY, fold=st.booleans(), lines=st.booleans())
def test_normalize_maps_every_character_into_the_original(
    text: str, fold: bool, lines: bool
) -> None:
    made = normalize(text, fold=fold, keep_lines=lines)
    assert len(made.text) == len(made.starts) == len(made.ends)
    assert list(made.starts) == sorted(made.starts)
    assert list(made.ends) == sorted(made.ends)
    for start, end in zip(made.starts, made.ends, strict=True):
        assert 0 <= start < end <= len(text)


@settings(deadline=None)
@given(text=ANY)
def test_normalize_of_evidence_holds_what_was_found(text: str) -> None:
    made = normalize(text)
    for index, char in enumerate(made.text):
        source = made.span(index, index + 1).of(text)
        assert char in normalize(source).text


@settings(deadline=None)
@given(text=ANY)
def test_normalize_agrees_with_unicode_on_the_whole_text(text: str) -> None:
    kept = normalize(text).text
    assert normalize(unicodedata.normalize("NFC", text)).text == kept
    assert normalize(unicodedata.normalize("NFD", text)).text == kept


@settings(deadline=None)
@given(text=ANY)
def test_fold_ignores_case(text: str) -> None:
    # This mark folds to a letter: what stands between it and other marks keeps their order.
    assume("\u0345" not in text)
    assert fold(text) == fold(unicodedata.normalize("NFD", text).casefold())


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("“It’s” ‘so’", "\"It's\" 'so'"),
        ("a–b—c−d‑e", "a-b-c-d-e"),
        ("a\u00a0 \u2009\tb", "a b"),
        ("z\u200be\u2060r\ufeffo\u00ad", "zero"),
        ("cafe\u0301", "café"),
        ("ﬁn½ｘ²", "fin1⁄2x2"),
        ("e\u034f\u0301", "é"),
        ("a\r\nb", "a b"),
        ("❤\ufe0f", "❤"),
        ("", ""),
    ],
)
def test_normalize_makes_plain(text: str, plain: str) -> None:
    assert normalize(text).text == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [("a\r\nb", "a\nb"), ("a \n\n  b", "a \n\n b"), ("a\u2028b\x85c\rd", "a\nb\nc\nd")],
)
def test_normalize_keeps_lines_when_asked(text: str, plain: str) -> None:
    assert normalize(text, keep_lines=True).text == plain


def test_normalize_folds_letters_that_have_no_single_lower_case() -> None:
    assert normalize("STRAẞE Straße ΣΑΣ", fold=True).text == "strasse strasse σασ"


def test_normalize_drops_emphasis_but_not_multiplication() -> None:
    assert normalize("**a** b*c *d* 2*3", keep_emphasis=False).text == "a b*c d 2*3"


def test_normalize_span_covers_folded_and_composed_sources() -> None:
    text = "x ße\u0301\u200b y"
    made = normalize(text, fold=True)
    assert made.text == "x ssé y"
    assert made.span(2, 5) == Span(2, 5)
    assert made.span(4, 5).of(text) == "e\u0301"
    assert made.span(7, 7) == Span(len(text), len(text))


def test_normalize_takes_endless_marks_piecewise() -> None:
    text = "e" + "\u0301\u0334" * 20_000
    assert len(normalize(text).text) >= 40_000 - MAX_MARKS


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("I care.", "care", "care"),
        ("careful", "care", None),
        ("scare", "care", None),
        ("(care)", "care", "care"),
        ("C++ and C#", "c++", "C++"),
        ("Rayleigh’s law", "Rayleigh", "Rayleigh"),
        ("l’amour", "amour", "amour"),
        ("don’t", "don", None),
        ("New\n\tYork", "new york", "New\n\tYork"),
        ("well-known", "known", "known"),
        ("a.b", "b", "b"),
        ("3.14", "14", None),
        ("서울은 크다", "서울", "서울"),
        ("हिन्दी", "हिन", None),
        ("x", "", None),
    ],
)
def test_searchable_finds_whole_words_only(text: str, phrase: str, found: str | None) -> None:
    span = searchable(text).find(phrase)
    assert (span.of(text) if span else None) == found


def test_searchable_goes_on_after_a_part_of_a_word() -> None:
    assert searchable("careful care").find("care") == Span(8, 12)


def test_quoted_is_short_and_on_one_line() -> None:
    assert quoted("a\n  b") == '"a b"'
    assert len(quoted("word " * 1000)) <= 82
