"""Names as they are compared: what a reader takes for one person is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.prose.looks import looks

PEOPLE = st.text("abcdefghijklmnopqrstuvwxyz .-", min_size=1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ben", "BEN "),
        ("ben", "\u0412\u0435n"),  # Cyrillic ve and ie
        ("anna", "\u0391\u039d\u039d\u0391"),  # all in Greek capitals
        ("olga", "\u043elg\u0430"),
        ("victor", "\u03bdictor"),  # nu as it is drawn when it is small
        ("nick", "\u039dick"),  # and as a capital
        ("eve", "e\u200bve"),
        ("eve", "e\u034fve"),
        ("eve", "\ufe0feve\u2060"),
        ("mia", "\uff2d\uff49\uff41"),
        ("kim", "K\u0131m"),
        ("kim", "K\u0130M"),
        ("o'neil", "o\u2019neil"),
        ("anna-lena", "anna\u2011lena"),
        ("bob", "b0b"),
        ("alan", "a1an"),
        ("\u0414\u0430\u0440\u044c\u044f", "\u0414ap\u044c\u044f"),  # a Russian name, two in Latin
        (
            "\u0413\u03b9\u03b1\u03bd\u03bd\u03b7\u03c2",
            "\u0413iav\u03bd\u03b7\u03c2",
        ),  # and a Greek
        ("\u03a3\u03a0\u03a5\u03a1\u039f\u03a3", "\u03c3\u03c0\u03c5\u03c1\u03bf\u03c2"),  # in case
        ("jos\u00e9", "jos\u0065\u0301"),
    ],
)
def test_what_looks_the_same_is_one(one, other):
    assert looks(one) == looks(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ben", "bem"),
        ("lan", "Ian"),
        ("amie", "arnie"),
        ("jose", "jos\u00e9"),
        ("rev1", "rev10"),
        ("rev1", "revl"),
        ("\u0418\u0432\u0430\u043d", "\u0418\u0432\u0430\u043d\u0430"),
        ("\u5c71\u7530 nick", "\u5c71\u7530 vick"),
        ("hans", "nans"),
    ],
)
def test_what_looks_different_is_two(one, other):
    assert looks(one) != looks(other)


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u2060\ufe0f \u3164"])
def test_what_cannot_be_seen_is_nobody(name):
    assert not looks(name)


@given(PEOPLE)
def test_plain_names_differ_as_they_are_written(name):
    assert looks(name) == " ".join(name.split())
    assert looks(name.upper()) == looks(name)


@given(st.text(max_size=40))
def test_a_compared_name_stays_as_it_is(name):
    assert looks(looks(name)) == looks(name)
