"""LaTeX that can be drawn, and what only looks like it."""

from __future__ import annotations

import pytest

from charter.publish.maths import FORMULA, is_formula, mathml


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        (r"\\( x^2 \\)", " x^2 "),
        (r"\( x \)", " x "),
        ("\\\\[\n\\frac{a}{b}\n\\\\]", "\n\\frac{a}{b}\n"),
        (r"\[ y \]", " y "),
    ],
)
def test_both_forms_are_found(text, formula):
    found = FORMULA.search(text)
    assert (found["inline"] or found["display"]) == formula


@pytest.mark.parametrize(
    "words", ["...", "name", "see the note", "1", " a note about it ", "\u202ex=1"]
)
def test_words_in_brackets_are_no_display(words):
    assert not is_formula(words, block=True)


def test_a_formula_has_its_source_as_a_label():
    made = mathml(r"\frac{d}{dx} x^2 = 2x", block=True)
    assert 'alttext="\\frac{d}{dx} x^2 = 2x"' in made
    assert "style=" not in made


@pytest.mark.parametrize(
    "formula",
    ["", " ", r"\href{javascript:alert(1)}{x}", "x" * 501, r"\frac{", r"\style{color:red}{x}"],
)
def test_what_cannot_be_drawn_safely_stays_text(formula):
    made = mathml(formula, block=False)
    assert made is None or ("javascript" not in made.partition('"')[0] and "href" not in made)


def test_a_label_cannot_end_its_attribute():
    made = mathml('x = "><b>"', block=False)
    assert made is None or "<b>" not in made
