"""Answers from JSON and forms, checked against their question."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evolve.surveys.answer import (
    Compared,
    Rated,
    Told,
    Voted,
    answer_of_form,
    fits,
    read_answer,
    values_of_answer,
)
from charter.evolve.surveys.refused import Refused

from .people import small

SURVEY = small()
SAY, PICK, RATE, AGE = (SURVEY.question(name) for name in ("say", "pick", "rate", "trait:age"))
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["vote", "personal", "why", "A"]), inner, max_size=3)
    ),
    max_leaves=8,
)
LETTERS = st.permutations("ABC")
ORDERS = st.tuples(LETTERS, st.sets(st.integers(1, 2))).map(
    lambda drawn: tuple(
        tuple(sorted(drawn[0][a:b]))
        for a, b in zip((0, *sorted(drawn[1])), (*sorted(drawn[1]), 3), strict=True)
    )
)
WHY = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])).map(str.strip)
COMPARED = st.builds(
    Compared,
    personal=st.none() | ORDERS,
    world=st.none() | ORDERS,
    unacceptable=st.none() | st.sets(st.sampled_from("ABC")).map(lambda s: tuple(sorted(s))),
    why=WHY,
).filter(lambda answer: answer != Compared())
ANSWERS = (
    st.tuples(st.just(SAY), st.sampled_from((1, 0, -1)).map(Voted))
    | st.tuples(st.just(RATE), st.integers(-3, 3).map(Rated))
    | st.tuples(st.just(AGE), st.sampled_from(("old", "young")).map(Told))
    | st.tuples(st.just(PICK), COMPARED)
)


@given(ANSWERS)
def test_answers_come_back_from_json(asked):
    question, answer = asked
    assert read_answer(question, json.loads(json.dumps(values_of_answer(answer)))) == answer
    assert fits(question, answer)


@given(COMPARED)
def test_answers_come_back_from_a_form(answer):
    fields = {"why": [answer.why], "other": ["of the page"]}
    for scope in ("personal", "world"):
        for place, group in enumerate(getattr(answer, scope) or (), start=1):
            fields |= {f"{scope}.{letter}": [str(place)] for letter in group}
    if answer.unacceptable is not None:
        fields["unacceptable"] = list(answer.unacceptable) or ["none"]
    assert answer_of_form(PICK, fields) == answer


@given(st.sampled_from((SAY, PICK, RATE, AGE)), JUNK)
def test_junk_is_refused_in_one_line_or_fits(question, values):
    refused, answer = None, None
    try:
        answer = read_answer(question, values)
    except Refused as found:
        refused = found
    assert answer is None or fits(question, answer)
    assert refused is None or (refused.why == "answer" and str(refused).isprintable())


def test_an_answer_to_one_question_fits_no_other():
    assert not fits(SAY, Rated(1))
    assert not fits(RATE, Rated(4))
    assert not fits(AGE, Told("rich"))
    assert not fits(PICK, Compared(personal=(("A",), ("B",))))
    assert not fits(PICK, Compared())
    assert not fits(SAY, Voted(7))


@pytest.mark.parametrize(
    ("question", "values", "said"),
    [
        (SAY, {"vote": "yes"}, "agree, disagree or pass"),
        (SAY, {"vote": 1}, "agree, disagree or pass"),
        (SAY, {"vote": ["agree"]}, "agree, disagree or pass"),
        (SAY, {"vote": "agree", "x": 1}, "vote is asked, and nothing else"),
        (SAY, [], "no object"),
        (RATE, {"rating": 4}, "from -3 to 3"),
        (RATE, {"rating": True}, "whole number"),
        (RATE, {"rating": 1.0}, "whole number"),
        (AGE, {"option": ["old"]}, "none of those"),
        (PICK, {}, "nothing was answered"),
        (PICK, {"why": "  "}, "nothing was answered"),
        (PICK, {"rank": "A>B"}, "'rank' is not asked here"),
        (PICK, {"personal": "A>B>C"}, "list of groups"),
        (PICK, {"personal": ["A", "B", "C"]}, "list of letters"),
        (PICK, {"personal": [["A"], ["B"]]}, "needs every candidate once"),
        (PICK, {"personal": [["A", "A"], ["B", "C"]]}, "needs every candidate once"),
        (PICK, {"personal": [["A", "B", "C"], []]}, "empty group"),
        (PICK, {"personal": [["A"], ["B"], ["C"], ["A"]]}, "list of groups"),
        (PICK, {"personal": [["A"], ["B"], ["D"]]}, "names no candidate: 'D'"),
        (PICK, {"world": [[["A"]], ["B"], ["C"]]}, "names no candidate"),
        (PICK, {"unacceptable": ["A", "A"]}, "twice"),
        (PICK, {"unacceptable": None}, "list of letters"),
        (PICK, {"why": "x" * 4001}, "at most 4000"),
        (PICK, {"why": "x\0"}, "control character"),
        (PICK, {"why": 7}, "why is a text"),
        (PICK, {7: 7}, "7 is not asked"),
    ],
)
def test_what_is_wrong_is_said(question, values, said):
    with pytest.raises(Refused, match=said):
        read_answer(question, values)


@pytest.mark.parametrize(
    ("question", "fields", "said"),
    [
        (SAY, {}, "agree, disagree or pass"),
        (SAY, {"vote": ["agree", "pass"]}, "vote is there 2 times"),
        (RATE, {"rating": ["1e1"]}, "whole number"),
        (RATE, {"rating": ["9" * 5000]}, "whole number"),
        (RATE, {"rating": ["\u0663"]}, "whole number"),
        (PICK, {"personal.A": ["1"], "personal.B": ["2"], "personal.C": [""]}, "every candidate"),
        (PICK, {"personal.A": ["1"], "personal.B": ["2"], "personal.C": ["4"]}, "from 1 to 3"),
        (PICK, {"personal.A": ["1"], "personal.B": ["2"], "personal.C": ["x"]}, "from 1 to 3"),
        (PICK, {"unacceptable": ["none", "A"]}, "either none, or some"),
        (PICK, {"unacceptable": [""]}, "nothing was answered"),
    ],
)
def test_forms_with_something_wrong_are_refused(question, fields, said):
    with pytest.raises(Refused, match=said):
        answer_of_form(question, fields)


def test_forms_may_write_minus_signs_and_skip_places():
    assert answer_of_form(RATE, {"rating": ["\u22123"]}) == Rated(-3)
    assert answer_of_form(RATE, {"rating": [" +2 "]}) == Rated(2)
    places = {"personal.A": ["3"], "personal.B": ["1"], "personal.C": ["3"]}
    assert answer_of_form(PICK, places).personal == (("B",), ("A", "C"))
    assert answer_of_form(PICK, {"unacceptable": ["none"]}).unacceptable == ()
