"""Nothing stays hidden and nothing is markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from charter.syntax.visible import reveal, reveal_html

HOSTILE = "<script>alert(1)</script> \u202eexe.txt\u202c \x1b[31m <img src=x onerror=alert(2)>"


def test_controls_and_overrides_are_named():
    assert reveal("a\u202eb\x1b") == "a⟨U+202E⟩b⟨U+001B⟩"


def test_markup_is_escaped_and_hidden_characters_are_marked():
    html = reveal_html(HOSTILE)
    assert "<script" not in html
    assert "<img" not in html
    assert '<span class="hidden-char">U+202E</span>' in html


@pytest.mark.parametrize("text", ["one\n\ttwo", "می‌خواهم", "👩‍👩‍👧 ok", "क्‍ष"])
def test_ordinary_writing_is_left_alone(text):
    assert reveal(text) == text


def test_line_ends_of_all_kinds_stay_line_ends():
    assert reveal("a\r\nb\rc") == "a\nb⟨U+000D⟩c"


def test_long_runs_are_counted():
    assert "and 994 more hidden" in reveal("\u200b" * 1000)


def test_lone_surrogates_do_not_break_the_page():
    assert reveal_html("\ud800").encode("utf-8")


@given(st.text())
def test_visible_text_is_untouched_and_the_rest_is_printable_html(text):
    html = str(reveal_html(text))
    assert not any(0x202A <= ord(c) <= 0x202E for c in html)
    if reveal(text) == text:
        assert html == str(escape(text))
