"""Subjects with values; more in tests/cases/extractors."""

import pytest

from charter.policy.directives.prose.subjects import LANGUAGES, subjects


def found(words, *, denied=False):
    return {each.subject: each.value for each in subjects(words, denied=denied, instructs=True)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Respond in French", "reply only in fran\u00e7ais"),
        ("Answer in JSON", "output valid json"),
        ("Keep it under 50 words", "at most fifty words"),
        ("Do it without emojis", "Never use any emoji"),
        ("You are a pirate", "Act as the pirate"),
    ],
)
def test_equal_wishes_have_equal_values(one, other):
    assert found(one) == found(other) != {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Respond in French", "Respond in German"),
        ("Answer in JSON", "Answer in YAML"),
        ("Use emojis", "Avoid emojis"),
        ("Keep it under 50 words", "Keep it under 60 words"),
    ],
)
def test_different_wishes_have_one_subject_and_different_values(one, other):
    assert found(one).keys() == found(other).keys()
    assert found(one) != found(other)


@pytest.mark.parametrize(
    "words",
    [
        "Translate it into French",
        "French wine is good",
        "Never answer in French",
        "Answer in French or German",
        "Do not reply in JSON",
        "Stay on topic",
        "Only answer in metric units",
        "return json.load(file)",
    ],
)
def test_what_fixes_nothing_has_no_value(words):
    assert not {key for key, value in found(words).items() if value is not None}


def test_a_prohibition_turns_a_feature_and_fixes_nothing_else():
    assert found("use emojis and reply in French", denied=True) == {"emojis": "without"}


def test_every_language_is_found():
    for name, code in LANGUAGES.items():
        assert found(f"Reply in {name.title()}.") == {"language": code}
