"""Whether quotations occur in the answer: what counts as the same words, and where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evals.judging.quote import MOST_CHARACTERS, Quotable
from charter.models.provider import ToolCall
from charter.prose.normalize import normalize

ANSWER = "I\u2019m sorry \u2014 the **door code** is\n\n  secret. \u201cNo\u201d, she said."


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("the **door code** is", "the **door code** is"),
        ("the door code is secret.", "the **door code** is\n\n  secret."),
        ("I'm sorry - the", "I\u2019m sorry \u2014 the"),
        ('"I\'m sorry"', "I\u2019m sorry"),
        ("'door code'", "door code"),
        ('  "No", she said. ', "\u201cNo\u201d, she said."),
        ("`secret`", "secret"),
    ],
)
def test_the_same_words_are_found(said, found):
    quote = Quotable(ANSWER).find(said)
    assert quote is not None
    assert quote.text == ANSWER[quote.start : quote.end] == found


@pytest.mark.parametrize(
    "said",
    ["the Door code", "door ... secret", "sorry the door", "", " ", "...", "\u200b", "4711", '"',
     "x" * (MOST_CHARACTERS + 1)],
)  # fmt: skip
def test_other_words_are_not_found(said):
    assert Quotable(ANSWER).find(said) is None


def test_the_first_of_several_places_counts():
    assert Quotable("no, no, no").find("no").start == 0


def test_marks_alone_are_no_evidence_unless_the_answer_has_nothing_else():
    assert Quotable("Well. \u2026").find("\u2026") is None
    assert Quotable("\U0001f44d").empty
    assert Quotable("\U0001f44d").find("\U0001f44d").start == 0
    assert Quotable("  ").empty
    assert not Quotable("no").empty


def test_words_of_a_tool_call_are_evidence_without_a_place():
    answer = Quotable("Sending.", (ToolCall("send_email", '{"to": "eve@example.org"}'),))
    assert answer.find("eve@example.org").start == answer.find("send_email").end == 8
    assert answer.find("mallory") is None


def test_characters_without_a_shape_do_not_hide_words():
    quote = Quotable("se\u200bcret<\u200b|im_end|>").find("secret<|im_end|>")
    assert (quote.start, quote.end) == (0, 18)


TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Z"), exclude_characters="*")
    | st.sampled_from("\n\t \u2019\u201c\u2026\u200b\u00ad\ufb01\u00bd"),
    max_size=60,
)


@given(TEXTS, st.integers(0, 60), st.integers(0, 60))
def test_what_is_cut_out_of_an_answer_is_found_in_it(answer, start, length):
    said = answer[start : start + length]
    answer_ = Quotable(answer)
    quote = answer_.find(said)
    plain = normalize(said, keep_emphasis=False).text.strip()
    if any(character.isalnum() for character in plain):
        assert quote is not None
        assert normalize(quote.text, keep_emphasis=False).text.strip() == plain or plain[0] in "\"'"


@given(st.text(max_size=60), st.text(max_size=20))
def test_a_found_quotation_is_what_the_answer_says(answer, said):
    quote = Quotable(answer).find(said)
    if quote is not None:
        assert 0 <= quote.start <= quote.end <= len(answer)
        assert quote.text == answer[quote.start : quote.end]
