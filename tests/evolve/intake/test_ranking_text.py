"""Texts of rankings, good and hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evolve.intake.ranking_text import (
    MOST_CHARACTERS,
    parse_answers,
    parse_ranking,
    write_ranking,
)

IDS = st.text(st.characters(exclude_characters="=>", categories=["L", "N", "P"]), min_size=1)


@st.composite
def rankings(draw):
    ids = draw(st.lists(IDS, min_size=1, max_size=8, unique=True))
    groups, at = [], 0
    while at < len(ids):
        size = draw(st.integers(1, len(ids) - at))
        groups.append(tuple(sorted(ids[at : at + size])))
        at += size
    return tuple(groups)


def test_the_example():
    assert parse_ranking("A > B=C>D", "ABCD") == (("A",), ("B", "C"), ("D",))


@given(rankings())
def test_what_is_written_is_read_again(groups):
    assert parse_ranking(write_ranking(groups)) == groups


@given(rankings(), st.data())
def test_the_order_within_a_group_means_nothing(groups, data):
    mixed = tuple(tuple(data.draw(st.permutations(group))) for group in groups)
    assert parse_ranking(write_ranking(mixed)) == groups


@given(st.text(st.sampled_from("AB=> C\t\x00é\u2028"), max_size=30) | st.text(max_size=60))
def test_hostile_texts_are_read_whole_or_refused(text):
    try:
        groups = parse_ranking(text, frozenset("ABC"))
    except ValueError:
        return
    ids = [each for group in groups for each in group]
    assert ids
    assert len(set(ids)) == len(ids)
    assert set(ids) <= set("ABC")
    folded = text.casefold()
    assert [folded.count(e.casefold()) for e in ids] == [1] * len(ids)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing between"),
        ("A>", "nothing between"),
        ("A==B", "nothing between"),
        ("A>A", "twice"),
        ("A>E", "no answer"),
        ("A>B;C", "no answer"),
        ("A>" * MOST_CHARACTERS, "longer than"),
    ],
)
def test_what_is_no_ranking_says_why(text, why):
    with pytest.raises(ValueError, match=why):
        parse_ranking(text, "ABCD")


def test_capitals_mean_nothing_where_one_answer_only_can_be_meant():
    assert parse_ranking("b>a=C", "ABC") == (("B",), ("A", "C"))
    assert parse_ranking("a>A", ("A", "a")) == (("a",), ("A",))
    with pytest.raises(ValueError, match="twice"):
        parse_ranking("a>A", "ABC")
    with pytest.raises(ValueError, match="'ab', which is no answer"):
        parse_ranking("ab", ("Ab", "aB"))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([" B", "a", "B"], ("A", "B")),
        ([], ()),
        (["", "None"], ()),
        (["N/A"], ()),
    ],
)
def test_answers_that_are_named(words, named):
    assert parse_answers(words, "ABC") == named


def test_none_is_an_answer_where_it_is_one():
    assert parse_answers(["no"], ("yes", "no")) == ("no",)


@pytest.mark.parametrize(
    ("words", "why"), [(["A", "none"], "and none"), (["A, B"], "'A, B'"), (["Z"], "'Z'")]
)
def test_what_names_no_answers_says_why(words, why):
    with pytest.raises(ValueError, match=why):
        parse_answers(words, "ABC")
