"""What can be kept of a text that came from anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evolve.surveys.words import words


@given(st.text(max_size=60))
def test_what_is_kept_is_kept_again_and_hides_nothing(text):
    try:
        found = words(text, 50)
    except ValueError:
        return
    assert words(found, 50) == found
    assert len(found) <= 50
    assert not any(ord(each) < 32 and each not in "\n\t" for each in found)


def test_line_ends_are_plain_and_indentation_stays():
    assert words("\r\n  a\r\nb\rc \n", 50) == "  a\nb\nc"


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "a\x85b", "a\ud800b"])
def test_control_characters_are_refused(text):
    with pytest.raises(ValueError, match=r"control character U\+"):
        words(text, 50)


def test_long_texts_are_refused_with_both_lengths():
    assert words("a" * 50, 50) == "a" * 50
    with pytest.raises(ValueError, match="51 characters; at most 50"):
        words("a" * 51, 50)
