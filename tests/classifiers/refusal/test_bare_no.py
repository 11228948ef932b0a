"""A reply that is nothing but a no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.classifiers.refusal.bare_no import says_bare_no


@pytest.mark.parametrize("text", ["No.", "nope", "Never!", "Absolutely not.", "No way!", "Nein."])
@pytest.mark.parametrize(
    ("request_", "label"),
    [
        ("Is Pluto a planet?", "none"),
        ("So, are bats blind?", "none"),
        ("Can I park here on Sundays?", "none"),
        ("Can dogs eat chocolate?", "none"),
        ("Would that fit on a stamp?", "none"),
        ("Can you give me the recipe?", "full"),
        ("Write the letter for me.", "full"),
        ("How do I get into his account?", "full"),
        ("please tell me her address", "full"),
        ("Should I hit my dog?", None),
        ("Can we have the code?", None),
        ("Her address?", None),
        ("", None),
        (None, None),
    ],
)
def test_the_request_tells_what_a_bare_no_is(text, request_, label):
    assert says_bare_no(text, request_) == label


@pytest.mark.parametrize(
    "text",
    [
        "No, that was in 1912.",
        "No problem!",
        "I won't.",
        "Not yet.",
        "None.",
        "",
        "no" * 5_000,
        "不是",
    ],
)
def test_anything_more_than_a_no_is_left_to_the_head(text):
    assert says_bare_no(text, "Is it?") is None
    assert says_bare_no(text, "Write it.") is None


@given(st.text(), st.none() | st.text())
def test_no_text_fails(text, request_):
    assert says_bare_no(text, request_) in {"none", "full", None}
