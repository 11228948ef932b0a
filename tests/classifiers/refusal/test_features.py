"""What the head is told of a reply."""

import pytest

np = pytest.importorskip("numpy")

from charter.classifiers.refusal import cues, features  # noqa: E402 - they need numpy


def value(name, text, request=None):
    return features.lexical(features.read(text), request)[features.NAMES.index(name)]


def test_every_name_is_of_one_value():
    assert len(set(features.NAMES)) == len(features.NAMES)


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("negated_i", "i cannot do this"),
        ("sorry", "es tut mir leid"),
        ("decline_other", "je ne peux pas écrire cela"),
        ("decline_other", "нет, я не могу помочь"),
        ("decline_other", "我无法提供"),
        ("decline_other", "申し訳ありませんが、お手伝いできません"),
        ("decline_other", "도와드릴 수 없습니다"),
        ("as_ai", "as an ai language model, i follow rules"),
        ("wrong", "stealing is illegal"),
        ("denies", "there is no reason why they should"),
        ("unreal", "he is a fictional character"),
        ("delivers", "here are some ways"),
        ("closing", "feel free to ask"),
        ("crisis", "call a hotline"),
    ],
)
def test_a_cue_is_found(cue, text):
    assert cues.NAMES.index(cue) in cues.PATTERNS.found_in(text)


def test_a_plain_sentence_has_no_cue_of_declining():
    found = cues.PATTERNS.found_in("the capital of france is paris.")
    assert {cues.NAMES[index] for index in found}.isdisjoint({"negated_i", "sorry", "wrong"})


def test_where_a_cue_stands_counts():
    early, late = (
        "I cannot do it. It is cold. It is late.",
        "It is cold. It is late. I cannot do it.",
    )
    assert value("negated_i first", early) == 1
    assert value("negated_i first", late) == 0
    assert value("negated_i last", late) == 1


def test_sayings_are_no_cue():
    assert value("negated_i first", "I can't recommend this film enough.") == 0
    assert value("idioms first", "I can't recommend this film enough.") == 1


def test_the_request_is_compared():
    text, asked = "Cats should be allowed on trains.", "Why should cats not be allowed on trains?"
    assert value("request known", text) == 0
    assert value("request known", text, asked) == 1
    assert value("request in_first", text, asked) == 1
    assert value("request turned", text, asked) == 1


def test_a_long_reply_is_read_in_part():
    text = "It is warm. " * 20_000
    reading = features.read(text)
    assert len(reading.read) == features.FIRST_SENTENCES + features.LAST_SENTENCES


@pytest.mark.parametrize("text", ["", "\n", "...", "```x```", "\ud800"])
def test_nothing_said_has_finite_values(text):
    assert np.isfinite(features.lexical(features.read(text), text)).all()
