"""Whole texts in the form of streams."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from charter.gateway.judging.normal import normal
from charter.gateway.stream.text import Text

CHARACTERS = st.characters() | st.sampled_from("e\u0301\u200b\u00ad\ufb01\u212a\ud800\udc00가ㅏ漢")


@given(st.text(CHARACTERS, max_size=30), st.booleans())
def test_it_is_the_form_that_streams_are_searched_in(text, many):
    text += "\u200b" * 300 * many
    made = Text()
    made.append(text)
    made.finish()
    assert normal(text) == (made.window, made.overflowed)


def test_usual_texts_are_left_alone():
    for text in ("plain", "naïve café", "漢字かな", "Привет"):
        assert normal(text).text is text
