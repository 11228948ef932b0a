"""Surveys drafted from a spec."""

from __future__ import annotations

import pytest
import yaml

from charter.errors import ConfigError, UnknownClause
from charter.evolve.surveys.check import check
from charter.evolve.surveys.draft import KINDS, Wanted, draft, text_of_draft
from charter.evolve.surveys.frames import FRAMES, TRAITS
from charter.evolve.surveys.read import read_survey
from charter.evolve.surveys.survey import Comparison, Rubric, Statement
from charter.load import load
from charter.source import Source
from charter.spec.build import build
from charter.syntax.reader import parse

SECTIONS = ("graceful_refusal", "no_authority_content")


@pytest.fixture(scope="module")
def starter():
    return load("starter")


def made(spec, **changes):
    wanted = Wanted("x", **({"sections": SECTIONS} | changes))
    return read_survey(Source("x.yaml", text_of_draft(draft(spec, wanted))))


def test_clauses_become_statements_in_the_author_s_words(starter):
    survey = made(starter).survey
    clauses = [each for each in starter.clauses if each.section in SECTIONS]
    statements = [item for item in survey.items if isinstance(item, Statement)]
    assert {item.clauses for item in statements} == {(each.id,) for each in clauses}
    first = next(item for item in statements if item.clauses == ("no_authority_content/ause",))
    words = starter.clause("no_authority_content/ause").text
    assert first.text["en"] == f"An AI assistant should keep to this rule: \u201c{words}\u201d"
    assert sum(bool(item.repeats) and item.reversed for item in statements) == 3
    assert (survey.spec, survey.spec_name) == (starter.digest, starter.name)


def test_examples_become_comparisons_without_their_grades(starter):
    survey = made(starter).survey
    pairs = [item for item in survey.items if isinstance(item, Comparison)]
    examples = [each for each in starter.examples if each.section in SECTIONS]
    assert len(pairs) == len(examples)
    texts = {answer["en"] for item in pairs for answer in item.answers.values()}
    assert texts == {r.message.content for each in examples for r in each.responses}
    text = text_of_draft(draft(starter, Wanted("x", sections=SECTIONS)))
    reasons = [r.reason for each in examples for r in each.responses]
    assert not any(reason in text for reason in reasons)
    assert not any(f"{grade}:" in text for grade in ("GOOD", "BAD"))


def test_letters_tell_nothing_of_grades(starter):
    """In a spec the good answer often comes last: that must not show."""
    survey = made(starter, sections=()).survey
    good = {r.message.content for e in starter.examples for r in e.responses if r.grade == "GOOD"}
    pairs = [i for i in survey.items if isinstance(i, Comparison) and len(i.answers) == 2]
    first = sum(item.answers["A"]["en"] in good for item in pairs)
    assert 0.3 < first / len(pairs) < 0.7


@pytest.mark.parametrize("language", sorted(FRAMES))
def test_every_language_of_ours_has_its_sentences(starter, language):
    written = made(starter, languages=(language,), kinds=KINDS, traits=TRAITS)
    found = check(written, starter)
    assert {each.rule for each in found} == {"unfinished"}
    said = {each.message.partition(":")[0] for each in found}
    assert said == {f"consent.{language}", f"purpose.{language}", "contact"}
    assert any(isinstance(item, Rubric) for item in written.survey.items)


def test_what_is_in_another_language_is_marked(starter):
    survey = made(starter, languages=("en", "de-AT", "sw"), traits=("age",)).survey
    item = next(item for item in survey.items if isinstance(item, Statement))
    assert item.text["de-AT"].startswith("Ein KI-Assistent soll sich an diese Regel halten: ")
    assert "TRANSLATE: " in item.text["de-AT"]
    assert item.text["sw"].startswith("TRANSLATE: An AI assistant")
    pick = next(item for item in survey.items if isinstance(item, Comparison))
    assert all(text["sw"].startswith("TRANSLATE: ") for text in pick.answers.values())
    assert survey.traits[0].text["de-AT"] == "Wie alt sind Sie?"


def test_the_whole_starter_spec_can_be_drafted(starter):
    written = made(starter, sections=())
    assert len(written.survey.items) > 300
    assert {each.rule for each in check(written, starter)} == {"unfinished", "long"}


def test_what_cannot_be_drafted_is_said(starter):
    with pytest.raises(UnknownClause, match="no section 'none'"):
        made(starter, sections=("none",))
    with pytest.raises(ConfigError, match="nothing to ask about"):
        made(starter, sections=("definitions",))
    with pytest.raises(ConfigError, match="500 at the most"):
        made(starter, sections=(), kinds=KINDS)
    with pytest.raises(ConfigError, match="no such kind or trait"):
        made(starter, traits=("shoe-size",))


ODD = """\
---
spec: odd
version: "1e5"
---
# Rules {#rules authority=user}

The assistant must *always* follow [the rule](#rules) and [?](#rules), and 2 * 3 * 4[^aaaa].

**Example**: one

~~~xml
<user>
1e5
</user>
<comparison>
<assistant> <!-- BAD: no -->
007
</assistant>
<assistant> <!-- GOOD: yes -->
no: {x
  y}  # z
</assistant>
</comparison>
~~~
"""


def test_odd_words_of_a_spec_stay_as_they_are():
    spec = build(parse(Source("odd.md", ODD)), name="odd", version=None)
    text = text_of_draft(draft(spec, Wanted("x")))
    survey = read_survey(Source("x.yaml", text)).survey
    words = "The assistant must always follow the rule and Rules, and 2 * 3 * 4."
    assert words in survey.items[0].text["en"]
    pick = survey.items[-1]
    assert pick.prompt[0].text["en"] == "1e5"
    assert {each["en"] for each in pick.answers.values()} == {"007", "no: {x\n  y}  # z"}
    assert survey.spec_version == "1e5"
    assert yaml.safe_load(text)["id"] == "x", "other readers of YAML take it too"
