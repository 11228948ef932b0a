"""Forms that people sent back, good, broken and forged."""

from __future__ import annotations

import json
from random import Random

import pytest

from charter.errors import ConfigError
from charter.evolve.importer import Wanted, named
from charter.evolve.surveys.read import text_of

from .made import filled, survey


def read(tmp_path, **files):
    (tmp_path / "survey.json").write_text(text_of(survey()))
    for name, value in files.items():
        text = value if isinstance(value, str) else json.dumps(value)
        (tmp_path / f"{name}.json").write_text(text)
    return named("survey-forms").read(Wanted(str(tmp_path)))


def form(person, **answers):
    named_so = {name.replace("trait_", "trait:"): each for name, each in answers.items()}
    return {**filled(Random(0), person), "answers": named_so}


def test_every_kind_of_answer(tmp_path):
    said = {"world": [["A", "B"]], "unacceptable": ["B"], "why": "so"}
    one = form(1, s1={"vote": "pass"}, r1={"rating": 3}, c1=said, trait_age={"option": "old"})
    voices = read(tmp_path, one=one).voices
    (person,) = voices.people
    assert (person.language, dict(person.traits)) == ("en", {"age": "old"})
    assert [(e.item, e.value) for e in (*voices.votes, *voices.ratings)] == [("s1", 0), ("r1", 3)]
    assert voices.orders[0].groups == (("A", "B"),)
    assert voices.barred[0].answers == ("B",)
    assert {e.id: e.clauses for e in voices.asked}["s1"] == ("honesty/abcd",)


def test_the_same_form_twice_counts_once_and_what_differs_is_left_out(tmp_path):
    one = form(1, s1={"vote": "agree"}, r1={"rating": 3}, trait_age={"option": "old"})
    two = form(1, s1={"vote": "disagree"}, r1={"rating": 3}, trait_age={"option": "young"})
    found = read(tmp_path, one=one, two=two)
    assert not found.voices.votes
    assert [each.value for each in found.voices.ratings] == [3]
    assert [dict(each.traits) for each in found.voices.people] == [{}]
    assert found.facts["left_out_said_twice"] == 1


def test_a_broken_or_forged_file_keeps_nobody_else_out(tmp_path):
    good = form(1, s1={"vote": "agree"})
    found = read(
        tmp_path,
        good=good,
        other={**good, "digest": "sha256:0"},
        deep="[" * 200_000,
        mark="\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
        forged=form(2, s9={"vote": "agree"}),
    )
    assert len(found.voices.votes) == 1
    assert found.facts["unreadable"] == 4
    (said,) = [each for each in found.voices.findings if each.rule == "voices/unreadable"]
    assert "deep.json" in said.hint


def test_a_folder_without_a_survey_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"has no survey\.json"):
        named("survey-forms").read(Wanted(str(tmp_path)))
