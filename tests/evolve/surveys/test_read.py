"""Surveys from files, and to canonical JSON and back."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.evolve.surveys.read import (
    digest_of_survey,
    load_survey,
    read_survey,
    survey_of,
    text_of,
    values_of,
)
from charter.evolve.surveys.survey import Comparison, Rubric, Rules, Statement, Trait
from charter.evolve.surveys.survey_file import schema
from charter.source import Source

from .people import large, small

GOOD = """\
format: charter-survey/1
id: mail
languages: [en, de]
title: {en: Mail, de: Post}
consent: {en: Yes., de: Ja.}
purpose: {en: To learn., de: Um zu lernen.}
contact: rules@example.org
retention_days: 30
rules:
  margins: {age: {old: "0.4", young: "0.6"}}
traits:
  - id: age
    text: {en: Age?, de: Alter?}
    options:
      - {id: young, text: {en: Young, de: Jung}}
      - {id: old, text: {en: Old, de: Alt}}
items:
  - {kind: statement, id: one, clauses: [a/b], text: {en: One., de: Eins.}}
  - {kind: statement, id: two, text: {en: Not one., de: Nicht eins.}, repeats: one, reversed: true}
  - kind: comparison
    id: pick
    prompt: [{role: user, text: {en: Help, de: Hilfe}}]
    answers: {B: {en: No, de: Nein}, A: {en: Yes, de: Ja}}
    ask: [personal, why]
  - {kind: rubric, id: rate, text: {en: Short., de: Kurz.}, least: 0, most: 5}
"""


def read(text=GOOD):
    return read_survey(Source("mail.yaml", text)).survey


def test_a_file_becomes_a_survey():
    found = read()
    assert found.languages == ("en", "de")
    assert found.items[0] == Statement("one", ("a/b",), {"en": "One.", "de": "Eins."})
    assert (found.items[1].repeats, found.items[1].reversed) == ("one", True)
    assert isinstance(found.items[2], Comparison)
    assert list(found.items[2].answers) == ["A", "B"]
    assert found.items[2].ask == ("personal", "why")
    assert found.items[3] == Rubric("rate", (), {"en": "Short.", "de": "Kurz."}, 0, 5)
    assert list(found.traits[0].options) == ["young", "old"], "in the author's order"
    assert found.rules == Rules(margins={"age": {"old": "0.4", "young": "0.6"}})
    assert found.question("trait:age") is found.traits[0]
    assert found.question("pick") is found.items[2]
    assert found.question("nothing") is None


def test_canonical_text_and_digest_are_stable_and_come_back():
    for survey in (read(), small(), large()):
        assert survey_of(text_of(survey)) == survey
        assert text_of(survey_of(text_of(survey))) == text_of(survey)
    assert list(survey_of(text_of(read())).traits[0].options) == ["young", "old"]
    assert digest_of_survey(read()) != digest_of_survey(read(GOOD.replace("Eins.", "Eins!")))
    moved = GOOD.replace("[en, de]", "[de, en]")
    assert digest_of_survey(read(moved)) != digest_of_survey(read())


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(
    lambda text: text.strip() and text == text.rstrip()
)


@given(st.lists(WORDS, min_size=3, max_size=3))
def test_any_words_come_back(texts):
    first, second, third = ({"en": each} for each in texts)
    trait = Trait("a", first, {"x": second, "y": third})
    item = Statement("a", (), third)
    survey = replace(small(), title=second, traits=(trait,), items=(item,))
    assert survey_of(text_of(survey)) == survey


@pytest.mark.parametrize(
    ("was", "now", "line", "said"),
    [
        ("id: mail", "id: Mail", 2, "id"),
        ("retention_days: 30", "retention_days: 30\nkontakt: x", 9, "kontakt: there is no such"),
        ("title: {en: Mail, de: Post}", "title: {en: Mail}", 4, "title: it has no text in de"),
        ("{en: Mail, de: Post}", "{en: M, de: P, fr: C}", 4, "fr is none of the survey's"),
        ("{en: Mail, de: Post}", "{en: M, de: P, x9: C}", 4, "'x9' is no language such as en"),
        ("de: Eins.", 'de: " "', 18, "it has no words"),
        ("de: Eins.", 'de: "a\\0b"', 18, "control character U+0000"),
        ("id: two", "id: one", 19, "'one' is there already"),
        ("repeats: one", "repeats: two", 19, "'two' is no statement that it could repeat"),
        ("repeats: one, reversed", "reversed", 19, "of what? name it with repeats"),
        ("kind: rubric", "kind: vote", 25, "kind"),
        ("least: 0", "least: 5", 25, "it is not above 5"),
        ("most: 5", "most: 500", 25, "most"),
        ("[personal, why]", "[why]", 24, "a reason alone is no answer"),
        ("[personal, why]", "[why, why, world]", 24, "'why' is there already"),
        ("[personal, why]", "[both]", 24, "ask.0"),
        ('"0.4"', '"0.5"', 10, "the shares sum to 1.1, not to 1"),
        ('"0.4"', "0.4", 10, "put it into quotation marks"),
        ('"0.4"', '"4e-1"', 10, "'4e-1' is no decimal"),
        ('"0.4"', '"NaN"', 10, "no decimal"),
        ("{age: {old", "{sex: {old", 10, "there is no such trait"),
        ('old: "0.4", young: "0.6"', 'young: "1"', 10, "'old' has no share"),
        ('old: "0.4", young', 'odd: "0", old: "0.4", young', 10, "'odd' is no option of it"),
        ("rules:", 'rules:\n  trim: "0.5"', 10, "it is less than 1"),
        ("rules:", "rules:\n  smallest: 1", 10, "smallest"),
        ("retention_days: 30", "retention_days: 0", 8, "retention_days"),
        ("A: {en: Yes, de: Ja}", "AA: {en: Yes, de: Ja}", 23, "answers"),
        ("id: old", "id: young", 16, "'young' is there already"),
        ("format: charter-survey/1", "format: charter-survey/2", 1, "format"),
        ("languages: [en, de]", "languages: &x [en, de]", 3, "anchors"),
        ("languages: [en, de]", "languages: [en, de, en]", 3, "'en' is there already"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(was, now, line, said):
    assert was in GOOD
    with pytest.raises(ConfigError) as caught:
        read(GOOD.replace(was, now, 1))
    assert str(caught.value).startswith(f"mail.yaml:{line}: "), caught.value
    assert said in str(caught.value)
    assert "see docs/surveys.md" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_are_bounded(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_text(GOOD + "# " + "x" * 2**20)
    with pytest.raises(ConfigError, match="longer than 1048576 characters"):
        load_survey(file)
    with pytest.raises(ConfigError, match=r"missing\.yaml"):
        load_survey(tmp_path / "missing.yaml")
    item = "  - {kind: statement, id: i%d, text: {en: One, de: Eins}}\n"
    with pytest.raises(ConfigError, match="more than 500"):
        read(GOOD + "".join(item % n for n in range(500)))


def test_a_survey_of_the_largest_size_is_read():
    item = "  - {kind: statement, id: i%d, text: {en: 'One %s', de: Eins}}\n"
    text = GOOD + "".join(item % (n, "x" * 1500) for n in range(490))
    assert len(read(text).items) == 494


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '"x"', "[" * 10_000, "null", "{}x"])
def test_a_text_that_is_no_survey_is_refused_in_one_line(text):
    with pytest.raises(ConfigError) as caught:
        survey_of(text)
    assert "\n" not in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    ),
    st.sampled_from(["items", "traits", "rules", "title", "spec", "languages"]),
)
def test_hostile_values_never_crash(value, key):
    values = json.loads(text_of(small())) | {key: value}
    with suppress(ConfigError):
        found = survey_of(json.dumps(values))
        assert survey_of(text_of(found)) == found


def test_a_last_day_is_a_day_and_changes_no_digest_where_there_is_none():
    plain = read_survey(Source("mail.yaml", GOOD)).survey
    limited = read_survey(Source("mail.yaml", f"{GOOD}closes: 2026-11-30\n")).survey
    assert (plain.closes, limited.closes) == ("", "2026-11-30")
    assert survey_of(text_of(limited)) == limited
    assert "closes" not in values_of(plain)
    for wrong in ("2026-02-30", "tomorrow", "20261130", "2026-11-30T10:00:00Z"):
        with pytest.raises(ConfigError, match="closes: "):
            read_survey(Source("mail.yaml", f"{GOOD}closes: {wrong}\n"))


def test_the_schema_holds_for_files_and_for_what_records_hold():
    found = schema()
    validator = jsonschema.Draft202012Validator(found)
    validator.check_schema(found)
    good = json.loads(text_of(read_survey(Source("mail.yaml", GOOD)).survey))
    validator.validate(good)
    validator.validate(json.loads(text_of(large())))
    assert not validator.is_valid(good | {"closes": "tomorrow"})
    assert not validator.is_valid(good | {"surprise": 1})
