"""The normalised text: stable however it arrives, and always back to the original."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.gateway.stream.text import MOST_MARKS, Text, ignorable, joins

ALPHABET = "aBﬁ①é\u0301\u0327\u200b\ufe0f각ᄀ\u1161\u11a8\ud83d\ude00😀ﷺשßİ \u0345\u00ad"
TEXTS = st.text(st.sampled_from(ALPHABET), max_size=20) | st.text(max_size=12)


def made(chunks: list[str] | str, **options: bool | int) -> Text:
    text = Text(**options)
    for chunk in chunks:
        text.append(chunk)
    text.finish()
    return text


def origins(text: Text) -> list[int]:
    return [text.origin(index) for index in range(text.end + 1)]


@pytest.mark.parametrize(
    ("original", "normal"),
    [("ﬁne", "fine"), ("Ａ①", "A1"), ("e\u0301", "é"), ("p\u200ba\u00ads", "pas"),
     ("ᄀ\u1161\u11a8", "각"), ("e\u200d\u0301", "é"), ("\ud835\udc1a", "a"),
     ("\ud835x", "\ufffdx"), ("\udc1a\ud835", "\ufffd\ufffd"), ("שלום", "שלום"), ("", "")],
)  # fmt: skip
def test_text_is_normalised_however_it_arrives(original: str, normal: str):
    assert made([original]).window == normal
    assert made(original).window == normal


def test_fold_removes_case():
    assert made(["Straße ǅ İ"], fold=True).window == "strasse dž i̇"


def test_original_is_the_range_that_must_be_held():
    text = made(["xﬁ\u200by e\u0301z"])
    assert text.window == "xfiy éz"
    assert text.original(1, 2) == (1, 3)
    assert text.original(2, 3) == (1, 3)
    assert text.original(0, 4) == (0, 4)
    assert text.original(5, 6) == (5, 7)


def test_what_may_still_combine_stays_pending():
    text = Text()
    text.append("ae")
    assert (text.window, text.stable) == ("a", 1)
    text.append("\u0301")
    assert (text.window, text.stable) == ("a", 1)
    text.append("b")
    assert (text.window, text.stable) == ("aé", 3)


def test_forget_keeps_offsets():
    text = made(["abcdef"])
    text.forget(4)
    assert (text.base, text.end, text.window) == (4, 6, "ef")
    assert text.original(4, 6) == (4, 6)


@pytest.mark.parametrize("most", [0, 1, 5])
def test_too_many_ignorable_characters_end_the_text_before_them(most: int):
    zero = "\u200b"
    for tail in ("", "more"):
        text = made("ab" + zero * (most + 1) + tail, most_ignored=most)
        assert (text.window, text.overflowed, text.stable) == ("ab", True, 2)
    text = made("ab" + zero * most + "c", most_ignored=most)
    assert (text.window, text.overflowed) == ("abc", False)
    assert made(zero * (most + 1), most_ignored=most).stable == 0


def test_a_million_marks_are_cut():
    text = Text()
    for _ in range(100):
        text.append("a" + "\u0301" * 1_000)
        assert text.stable >= text._read - MOST_MARKS
    text.append("\u200b" * 10_000_000)
    assert text.overflowed


@given(TEXTS, st.booleans())
@settings(max_examples=200, deadline=None)
def test_chunks_make_no_difference(original: str, fold: bool):
    whole, single = made([original], fold=fold), made(original, fold=fold)
    assert whole.window == single.window
    assert origins(whole) == origins(single)
    assert whole.stable == len(original)
    assert origins(whole) == sorted(origins(whole))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@settings(max_examples=200, deadline=None)
def test_the_form_is_nfkc_of_what_can_be_seen(original: str):
    seen = "".join(char for char in original if not ignorable(char))
    assert made(original).window == unicodedata.normalize("NFKC", seen)


def test_every_character_that_composes_with_the_one_before_joins():
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0][0] != "<":
            assert joins(chr(int(parts[1], 16))), hex(code)
