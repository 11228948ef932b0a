"""Fences in the text of a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.policy.directives.fence import fences, may_hold_fence


def bodies(text):
    return [text[fence.body_start : fence.body_end] for fence in fences(text) if fence.closed]


@pytest.mark.parametrize(
    "text",
    [
        "~~~directive\nkeep: a\n~~~",
        "Before.\n~~~directive\nkeep: a\n~~~\nAfter.",
        "~~~directive\r\nkeep: a\n~~~\r\n",
        "   ~~~  directive  \nkeep: a\n ~~~~ ",
        "~~~~directive\nkeep: a\n~~~~",
        "~~~directive\rkeep: a\n~~~\r",
    ],
)
def test_a_fence_is_found(text):
    assert [body.strip() for body in bodies(text)] == ["keep: a"]


def test_a_shorter_mark_does_not_close():
    assert bodies("~~~~directive\nkeep: a\n~~~\n~~~~\n") == ["keep: a\n~~~\n"]


def test_several_are_found_in_order():
    text = "~~~directive\nkeep: a\n~~~\n~~~directive\nkeep: b\n~~~\n"
    assert bodies(text) == ["keep: a\n", "keep: b\n"]
    first, second = fences(text)
    assert text[first.start : first.end] == "~~~directive\nkeep: a\n~~~"
    assert second.start == text.index("~~~directive", 1)


def test_one_that_is_not_closed_reaches_to_the_end():
    text = "~~~directive\nkeep: a\n~~~directive\nkeep: b\n"
    (fence,) = fences(text)
    assert not fence.closed
    assert fence.end == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "```directive\nkeep: a\n```",
        "    ~~~directive\nkeep: a\n~~~",
        "> ~~~directive\n> keep: a\n> ~~~",
        "say ~~~directive\nkeep: a\n~~~",
        "~~~directives\nkeep: a\n~~~",
        "~~~directive now\nkeep: a\n~~~",
        "~~directive\nkeep: a\n~~",
    ],
)
def test_what_only_looks_like_one_is_none(text):
    assert not list(fences(text))


@given(st.text(alphabet="~ \n\rdirectvkp:a"), st.text(max_size=20))
def test_fences_lie_in_the_text_and_the_fast_test_misses_none(text, more):
    whole = f"{text}~~~directive\n{more}"
    found = list(fences(whole))
    assert not found or may_hold_fence(whole)
    end = 0
    for fence in found:
        assert end <= fence.start <= fence.body_start <= fence.body_end <= fence.end <= len(whole)
        end = fence.end
