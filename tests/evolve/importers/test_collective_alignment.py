"""Rankings of candidate answers by annotator: what becomes of each part."""

from __future__ import annotations

import json

import pytest

from charter.errors import ConfigError
from charter.evolve.importer import Wanted, named


def assessment(who, **said):
    return {"annotator_id": who, **said}


def comparison(*assessments, **changes):
    return {
        "prompt_id": "q1",
        "prompt": {"messages": [{"role": "user", "content": "What now?"}]},
        "responses": [
            {"response_index": each, "messages": [{"role": "assistant", "content": each.lower()}]}
            for each in "ABCD"
        ],
        "metadata": {"assessments": list(assessments)},
        **changes,
    }


def read(tmp_path, *comparisons, rubrics=(), annotators=(), **given):
    for name, values in (
        ("comparisons", comparisons),
        ("rubrics", rubrics),
        ("annotators", annotators),
    ):
        if values:
            text = "".join(json.dumps(each) + "\n" for each in values)
            (tmp_path / f"{name}.jsonl").write_text(text)
    return named("collective-alignment").read(Wanted(str(tmp_path), **given))


def messages(found):
    return "\n".join(f"{each.message} ({each.hint})" for each in found.voices.findings)


def test_rankings_unacceptable_answers_and_reasons(tmp_path):
    blocks = {
        "personal": [{"ranking": "A>B>C=D", "rationale": "mine"}],
        "world": [{"ranking": "D=C>B>A", "rationale": None}],
        "unacceptable": [{"rating": ["B"], "rationale": "rude"}],
    }
    voices = read(tmp_path, comparison(assessment("a1", ranking_blocks=blocks))).voices
    assert [(e.scope, e.groups) for e in voices.orders] == [
        ("personal", (("A",), ("B",), ("C", "D"))),
        ("world", (("C", "D"), ("B",), ("A",))),
    ]
    assert voices.barred[0].answers == ("B",)
    assert [(e.scope, e.text) for e in voices.reasons] == [
        ("personal", "mine"),
        ("unacceptable", "rude"),
    ]
    (asked,) = voices.asked
    assert (asked.prompt, asked.candidates["C"]) == ("user: What now?", "c")


def test_nothing_unacceptable_is_an_answer_and_no_block_is_none(tmp_path):
    none = {"unacceptable": [{"rating": []}]}
    voices = read(
        tmp_path,
        comparison(assessment("a1", ranking_blocks=none), assessment("a2", ranking_blocks={})),
    ).voices
    assert [(e.person, e.answers) for e in voices.barred] == [("a1", ())]


def test_what_cannot_be_read_is_left_out_and_counted(tmp_path):
    blocks = {"world": [{"ranking": "A>E"}], "unacceptable": [{"rating": ["Z"]}]}
    found = read(tmp_path, comparison(assessment("a1", ranking_blocks=blocks)))
    assert not found.voices.orders
    assert not found.voices.barred
    why = "1 rankings that cannot be read: left out (a1 on q1 (it names 'E', which is no answer))"
    assert why in messages(found)
    assert "1 lists of unacceptable answers that cannot be read: left out" in messages(found)


def test_somebody_who_assessed_a_prompt_twice_differently_counts_with_neither(tmp_path):
    def said(ranking):
        return assessment("a1", ranking_blocks={"world": [{"ranking": ranking}]})

    assert len(read(tmp_path, comparison(said("A>B"), said("A > B"))).voices.orders) == 1
    found = read(tmp_path, comparison(said("A>B"), said("B>A")))
    assert not found.voices.orders
    assert found.facts["left_out_said_twice"] == 1


def test_scales_are_ratings_and_words_need_numbers(tmp_path):
    one = comparison(assessment("a1", importance="Very", subjectivity=2))
    found = read(tmp_path, one)
    assert [(e.item, e.value) for e in found.voices.ratings] == [("q1/subjectivity", 2)]
    assert "words of importance that no --map gives a number" in messages(found)
    (tmp_path / "map.yaml").write_text("importance: {Very: 3}\n")
    found = read(tmp_path, one, mapping=tmp_path / "map.yaml", clauses={"q1": ("honesty",)})
    assert [(e.item, e.value) for e in found.voices.ratings] == [
        ("q1/importance", 3),
        ("q1/subjectivity", 2),
    ]
    assert {each.clauses for each in found.voices.asked} == {("honesty",)}


def test_scores_of_rules_are_joined_by_annotator(tmp_path):
    rules = [{"criterion": "is kind", "scores": [{"annotator_id": "a2", "score": -3.0}]}]
    rubric = {"prompt_id": "q1", "coval_full": rules, "coval_core": [{"criterion": "is kind"}]}
    people = [{"annotator_id": "a2", "demographics": {"age": "30", "langs": ["en"]}}]
    found = read(tmp_path, comparison(assessment("a1")), rubrics=[rubric], annotators=people)
    (rating,) = found.voices.ratings
    assert (rating.person, rating.value) == ("a2", -3)
    assert found.voices.asked[-1].text == "is kind"
    assert {e.id: dict(e.traits) for e in found.voices.people} == {"a1": {}, "a2": {"age": "30"}}
    assert "1 people scored rules and assessed no comparison (a2)" in messages(found)


def test_a_rubric_of_no_comparison_is_said(tmp_path):
    rubric = {"prompt_id": "q9", "coval_full": [{"criterion": "is kind"}]}
    found = read(tmp_path, comparison(), rubrics=[rubric])
    assert "rubrics are of no comparison that is there: q9" in messages(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"prompt_id": "q"}', "comparisons.jsonl:1: prompt"),
        (json.dumps(comparison({"importance": 1})), "annotator_id"),
        (json.dumps(comparison(assessment(7))), "annotator_id"),
        (json.dumps(comparison(prompt_id=" ")), "is no id"),
        (json.dumps(comparison(responses=comparison()["responses"][:1] * 2)), "an id twice"),
        ('{"a": 1, "a": 2}', "a key is given twice"),
        ("[" * 100_000, "nested too deeply"),
        ("NaN", "NaN is no JSON number"),
        ("{", "comparisons.jsonl:1: no JSON"),
        ("", "it is empty"),
    ],
)
def test_a_broken_file_is_one_line_with_its_place(tmp_path, text, words):
    (tmp_path / "comparisons.jsonl").write_text(text)
    with pytest.raises(ConfigError) as refused:
        named("collective-alignment").read(Wanted(str(tmp_path)))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_two_prompts_of_one_id_are_refused(tmp_path):
    other = comparison(prompt={"messages": [{"role": "user", "content": "And then?"}]})
    with pytest.raises(ConfigError, match=r"comparisons\.jsonl:2: prompt 'q1' is there before"):
        read(tmp_path, comparison(), other)
    turned = comparison(responses=comparison()["responses"][::-1])
    assert read(tmp_path, comparison(), turned).facts["comparisons"] == 1


def test_a_rubric_of_no_prompt_is_refused_with_its_place(tmp_path):
    good = {"prompt_id": "q1", "coval_core": []}
    with pytest.raises(ConfigError, match=r"rubrics\.jsonl:2: '' is no prompt_id"):
        read(tmp_path, comparison(), rubrics=[good, {**good, "prompt_id": ""}])


def test_a_folder_without_comparisons_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"has no comparisons\.jsonl"):
        named("collective-alignment").read(Wanted(str(tmp_path)))
