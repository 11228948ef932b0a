"""Files that static forms write."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.evolve.surveys.answer import Rated, Told, Voted
from charter.evolve.surveys.filled import FORMAT, read_filled
from charter.evolve.surveys.participation import consent_digest
from charter.evolve.surveys.read import digest_of_survey

from .people import small

SURVEY = small()


def filled(**changes):
    return {
        "format": FORMAT,
        "survey": "small",
        "digest": digest_of_survey(SURVEY),
        "language": "en",
        "consent": consent_digest(SURVEY, "en"),
        "person": "0" * 32,
        "answers": {"say": {"vote": "agree"}},
    } | changes


def read(values):
    return read_filled(json.dumps(values), SURVEY, place="a.json")


def test_a_file_is_read_by_key():
    answers = {"trait:age": {"option": "old"}, "rate": {"rating": 1}, "say": {"vote": "pass"}}
    found = read(filled(answers=answers))
    assert (found.person, found.language) == ("0" * 32, "en")
    assert found.answers == (("rate", Rated(1)), ("say", Voted(0)), ("trait:age", Told("old")))
    assert read(filled(answers=dict(reversed(answers.items())))) == found


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "no charter-survey-answers/1"),
        (filled(format="x"), "no charter-survey-answers/1"),
        (filled(more=1), "no charter-survey-answers/1"),
        (filled(survey="other"), "answers another survey"),
        (filled(digest="sha256:0"), "other words"),
        (filled(language="de"), "a language that"),
        (filled(language=["en"]), "a language that"),
        (filled(consent="x"), "nobody agreed"),
        (filled(person="0" * 31), "32 hexadecimal digits"),
        (filled(person=7), "32 hexadecimal digits"),
        (filled(answers=[]), "answers are an object"),
        (filled(answers={str(n): 1 for n in range(9)}), "one for each question at the most"),
        (filled(answers={"none": {}}), "there is no question 'none'"),
        (filled(answers={"say": {"vote": "maybe"}}), "say: vote is agree"),
    ],
)
def test_what_is_wrong_is_said_with_the_place(values, said):
    with pytest.raises(ConfigError, match=said) as caught:
        read(values)
    assert str(caught.value).startswith("a.json: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 10_000, " " * (4 * 2**20 + 1)])
def test_what_is_no_json_or_too_long_is_refused(text):
    with pytest.raises(ConfigError, match=r"^a\.json: "):
        read_filled(text, SURVEY, place="a.json")


@given(
    st.sampled_from(sorted(filled())),
    st.none()
    | st.integers()
    | st.text()
    | st.lists(st.text())
    | st.dictionaries(st.text(), st.text()),
)
def test_junk_is_refused_in_one_line(key, value):
    if key == "answers" and value == {}:
        return
    with pytest.raises(ConfigError) as caught:
        read(filled(**{key: value}))
    assert "\n" not in str(caught.value)
