"""`charter propose ask`, asking again, overlays, and votes that are taken back."""

from __future__ import annotations

import json

import pytest

from charter.evolve.proposals.asking import unshown
from charter.evolve.surveys.read import load_survey
from charter.evolve.surveys.survey import Promise, Statement, Survey
from charter.ledger.open import open_ledger
from charter.load import load
from charter.records.ranking import AnswersRanked, RankingFinished, RankingStarted

from . import proposing
from .proposing import (
    AT,
    BRIEF,
    KEPT,
    ROOT,
    SPEC,
    YES,
    act,
    changed,
    propose,
    shown,
    survey,
    take_part,
    validated,
)

charter = proposing.charter
TABLE = ("The assistant may use a table.\n", "")
BARELY = ["agree"] * 32 + ["disagree"] * 16
"""Two thirds of 48: enough for a first survey (95 %: from 0.525), too few for a second."""


def finished(charter, name):
    """Write what a person has to write into the draft of a survey, and open it."""
    file = charter.folder / f"{name}.yaml"
    text = file.read_text().replace("COMPLETE", "Example").replace("smallest: 10", "smallest: 5")
    file.write_text(text)
    charter("survey", "open", f"{name}.yaml", "--by", "ada", *KEPT)


def test_the_final_words_are_put_to_people_and_adopted(charter):
    propose(charter, pairs=(BRIEF, TABLE))
    done = charter("propose", "ask", "prop_1", "spec.md", "--out", "last.yaml", *KEPT)
    assert "last.yaml: 2 items, 3 texts for you to finish" in done.out
    asked = load_survey(charter.folder / "last.yaml").survey
    assert (asked.validates, asked.spec) == ("prop_1", shown(charter)["wording"]["result"])
    assert asked.channels == ("open",), "of both, only those who were drawn would decide"
    assert [item.text["en"] for item in asked.items] == [
        f"An AI assistant should keep to this rule: “The assistant should answer {BRIEF[1]}”",
        "An AI assistant should not have to keep to this rule: “The assistant may use a table.”",
    ]
    assert [item.clauses[0].partition("/")[0] for item in asked.items] == ["brief", "brief"]
    finished(charter, "last")
    act(charter, "move", "consultation", "--survey", "last")
    done = act(charter, "move", "validation", "--survey", "last")
    assert "validation by ada" in done.out
    assert "does not show" not in done.err


def test_a_draft_in_other_languages_is_marked(charter):
    propose(charter)
    charter(
        "propose", "ask", "prop_1", "spec.md", "--out", "v.yaml", "--language", "en,de,nl",
        "--trait", "age", *KEPT,
    )  # fmt: skip
    (item,) = load_survey(charter.folder / "v.yaml").survey.items
    assert item.text["de"].startswith("Ein KI-Assistent soll sich an diese Regel halten")
    assert "TRANSLATE" in item.text["de"]
    assert item.text["nl"].startswith("TRANSLATE")
    odd = ("propose", "ask", "prop_1", "spec.md", "--out", "u.yaml", "--language", "en,d/e", *KEPT)
    assert "'d/e' is no language" in charter(*odd, code=2).err
    assert not (charter.folder / "u.yaml").exists()
    again = ("propose", "ask", "prop_1", "spec.md", "--out", "v.yaml", *KEPT)
    assert "is there already" in charter(*again, code=2).err
    (charter.folder / "spec.md").write_text(SPEC.replace("passwords", "keys"))
    other = ("propose", "ask", "prop_1", "spec.md", "--out", "w.yaml", *KEPT)
    assert "is not the text that the words are for" in charter(*other, code=1).err


def test_what_changes_without_a_clause_is_left_to_a_person(charter):
    example = (
        "\n**Example**: a\n\n~~~xml\n<user>\nHi\n</user>\n<assistant>\nHi!\n</assistant>\n~~~\n"
    )
    text = (charter.folder / "spec.md").read_text()
    pairs = (("The assistant may use a table.\n", f"The assistant may use a table.\n{example}"),)
    propose(charter, pairs=pairs)
    charter("propose", "ask", "prop_1", "spec.md", "--out", "v.yaml", *KEPT)
    (item,) = load_survey(charter.folder / "v.yaml").survey.items
    assert (item.clauses, item.text["en"]) == (
        ("brief",),
        "COMPLETE: say what changes in 'Be brief'",
    )
    assert text == SPEC


def test_of_a_section_that_goes_it_is_asked_whether_its_rules_may_go_and_nothing_else(charter):
    gone = SPEC[SPEC.index("## Be brief") :]
    propose(charter, pairs=((gone, ""),))
    charter("propose", "ask", "prop_1", "spec.md", "--out", "last.yaml", *KEPT)
    items = load_survey(charter.folder / "last.yaml").survey.items
    assert [(item.id, item.clauses) for item in items] == [("gone-1", ()), ("gone-2", ())]
    assert all("should not have to keep to this rule" in item.text["en"] for item in items)
    finished(charter, "last")
    act(charter, "move", "consultation", "--survey", "last")
    act(charter, "move", "validation", "--survey", "last")


def test_of_what_is_no_rule_a_person_says_what_it_comes_to(charter):
    title = "# House rules {#house}\n"
    propose(charter, pairs=((title, f"{title}\nThese are notes for people who read.\n"),))
    charter("propose", "ask", "prop_1", "spec.md", "--out", "last.yaml", *KEPT)
    (item,) = load_survey(charter.folder / "last.yaml").survey.items
    assert (item.id, item.clauses) == ("changed-1", ("house",))
    propose(
        charter,
        pairs=((SPEC[: SPEC.index("# House")], "---\nname: house-rules\n---\n"),),
        id_="prop_2",
    )
    done = charter("propose", "ask", "prop_2", "spec.md", "--out", "none.yaml", *KEPT, code=2)
    assert "there is nothing to draft" in done.err
    assert not (charter.folder / "none.yaml").exists()


def test_a_validation_asks_about_every_section_that_changes(charter):
    propose(charter, pairs=(BRIEF, ROOT))
    survey(charter, "last")
    narrow = (charter.folder / "last.yaml").read_text().replace("[brief, secrets]", "[brief]")
    (charter.folder / "narrow.yaml").write_text(narrow.replace("id: last", "id: narrow"))
    charter("survey", "open", "narrow.yaml", "--by", "ada", *KEPT)
    act(charter, "move", "consultation", "--survey", "last")
    late = act(charter, "move", "validation", "--survey", "narrow", code=1).err
    assert "narrow has no statement about secrets, which changes (`charter propose ask`" in late
    done = act(charter, "move", "validation", "--survey", "last")
    assert done.err.count("last does not show the words of brief/") == 1


@pytest.mark.parametrize(
    ("said", "missed"),
    [
        ("Is this right? \u201cThe *assistant* may [ask](#x)\nfirst\u201d", ()),
        ("The assistant may ask FIRST.", ()),
        ("The assistant may ask firsthand.", ("a/1",)),
        ("The assistant may ask.", ("a/1",)),
    ],
)
def test_words_are_shown_word_for_word_whatever_their_marks(said, missed):
    promise = Promise({"en": "I agree."}, {"en": "To learn."}, "a@b.c", 30)
    items = (Statement("one", ("a",), {"en": said}), Statement("two", ("a",), {"en": "No."}))
    survey = Survey("sv", {"en": "S"}, ("en",), promise, items)
    assert unshown(survey, {"a/1": "The assistant may [ask](#ask) **first**."}) == missed
    assert unshown(survey, {"a/1": "The assistant may as \u2026"}) == ()


def test_asking_again_is_held_against_wider_intervals(charter):
    propose(charter)
    survey(charter, "first", votes=["disagree"] * 20)
    survey(charter, "second")
    ask = ("propose", "ask", "prop_1", "spec.md", "--out", "v.yaml", *KEPT)
    assert "survey number 3 to validate it: held against bounds of 99.17 %" in charter(*ask).err
    act(charter, "move", "consultation", "--survey", "first")
    act(charter, "move", "validation", "--survey", "second")
    take_part(charter.folder, "second", BARELY)
    charter("survey", "close", "second", "--reason", "over", "--by", "ada", *KEPT)
    act(charter, "vote", "approve", by="ben")
    why = act(charter, "adopt", "spec.md", code=1).err
    assert "survey number 2, held against bounds of 98.33 % intervals): one: it is not" in why
    told = charter("propose", "show", "prop_1", *KEPT).out
    assert "to validate it: survey first, number 1 of 2" in told
    assert [e["confidence"] for e in shown(charter)["validated_by"]] == ["0.950000", "0.983333"]
    assert (charter.folder / "spec.md").read_text() == SPEC


def test_the_first_survey_may_pass_where_a_second_would_not(charter):
    validated(charter, BARELY)
    act(charter, "vote", "approve", by="ben")
    act(charter, "adopt", "spec.md")
    found = shown(charter)["adoption"]
    assert (found["asked"], found["validation"]["number"]) == (["last"], 1)


def test_a_vote_is_taken_back_and_stays_so(charter):
    validated(charter, YES)
    assert "has not voted" in act(charter, "vote", "withdraw", by="ben", code=1).err
    act(charter, "vote", "approve", by="ben")
    done = act(charter, "vote", "withdraw", by="BEN", reason="I misread it.")
    assert "prop_1: withdraw by ben" in done.out
    why = act(charter, "adopt", "spec.md", code=1).err
    assert "it needs 1 more owner or approver of brief" in why
    assert "the vote of ben, who took it back, does not count" in why
    assert "says nothing of them again" in act(charter, "vote", "approve", by="ben", code=1).err
    assert "back already" in act(charter, "vote", "withdraw", by="ben", code=1).err
    act(charter, "vote", "approve", by="cyd")
    act(charter, "adopt", "spec.md")
    assert "votes stay what" in act(charter, "vote", "withdraw", by="cyd", code=1).err


def test_later_words_say_which_rules_change(charter):
    propose(charter)
    changed(charter, ROOT)
    charter("propose", "word", "prop_1", "spec.md", "--edit", "edit.md", "--by", "gus", *KEPT)
    old, new = shown(charter)["wording"]["facts"]["clauses"]
    on = ("propose", "list", "--on")
    for rule in ("secrets", old, new):
        assert "prop_1" in charter(*on, rule, *KEPT).out
    none = charter(*on, "brief", *KEPT)
    assert (none.out, "no proposal is like that" in none.err) == ("", True)
    survey(charter, "last", votes=YES)
    act(charter, "move", "consultation", "--survey", "last")
    act(charter, "move", "validation", "--survey", "last")
    act(charter, "vote", "approve", by="ben")
    act(charter, "vote", "approve", by="cyd")
    act(charter, "adopt", "spec.md")
    assert "clarification of `secrets`." in (charter.folder / "CHANGELOG.md").read_text()


def test_rankings_of_the_text_become_stale(charter):
    digest = load("spec.md").digest
    with open_ledger(charter.folder / "kept") as ledger:
        for run, spec in (("rank_1", digest), ("rank_2", "sha256:other")):
            ledger.append(
                RankingStarted(run, AT, "sha256:s", spec, "sha256:p", "judge", "i", 1, ("a", "b")),
                AnswersRanked(run, "a", 0, AT, (("A",), ("B",)), "brief", (), 5),
                AnswersRanked(run, "b", 0, AT, (("A",), ("B",)), "secrets", (), 5),
                RankingFinished(run, AT),
            )
    propose(charter)
    rows = shown(charter)["wording"]["facts"]["stale"]["first"]
    assert [(e["kind"], e["id"]) for e in rows] == [("ranking", "rank_1")]
    assert rows[0]["why"].startswith("1 of its 2 rankings were decided by sections that change")


OVERLAY = """\
---
spec: "shop"
version: "0.1.0"
extends:
  name: "house-rules"
  version: "1.0"
  digest: "{digest}"
level: developer
---

# Shop {{#shop}}

## Name the product {{#name authority=user}}

The assistant should name the product.
"""


@pytest.fixture
def shop(charter):
    """An overlay in a folder of its own, beside a spec."""
    file = charter.folder / "shop" / "overlay.md"
    file.parent.mkdir()
    file.write_text(OVERLAY.format(digest=load("spec.md").digest))
    return file


def propose_overlay(charter, text, *more, code=0):
    (charter.folder / "edit.md").write_text(text)
    return charter(
        "propose", "new", "shop/overlay.md", "--title", "Name it", "--kind", "principle",
        "--reason", "Asked for.", "--origin", "comment:com_1", "--edit", "edit.md", "--id",
        "prop_1", "--by", "gus", *KEPT, *more, code=code,
    )  # fmt: skip


def test_an_overlay_is_changed_as_it_stands_over_its_base(charter, shop):
    new = shop.read_text().replace("name the product.", "name the product first.")
    propose_overlay(charter, new)
    facts = shown(charter)["wording"]["facts"]
    assert (facts["touched"], facts["below"]) == ([["name", "user"]], ["spec"])
    charter("propose", "ask", "prop_1", "shop/overlay.md", "--out", "v.yaml", *KEPT)
    finished(charter, "v")
    take_part_in_all(charter, "v")
    act(charter, "move", "consultation", "--survey", "v")
    act(charter, "move", "validation", "--survey", "v")
    act(charter, "vote", "approve", by="ben")
    act(charter, "adopt", "shop/overlay.md", "--base", "spec.md")
    assert shop.read_text() == new
    assert (charter.folder / "spec.md").read_text() == SPEC
    assert "Name it" in (shop.parent / "CHANGELOG.md").read_text()


def take_part_in_all(charter, name):
    items = load_survey(charter.folder / f"{name}.yaml").survey.items
    assert len(items) == 1
    take_part(charter.folder, name, YES, item=items[0].id)
    charter("survey", "close", name, "--reason", "over", "--by", "ada", *KEPT)


def test_an_overlay_takes_its_base_and_keeps_within_it(charter, shop):
    text = shop.read_text()
    weaker = text + "\n## Keep secrets {#secrets authority=root}\n\nThe assistant may tell all.\n"
    assert "secrets" in propose_overlay(charter, weaker, code=2).err
    (charter.folder / "spec.md").write_text(SPEC.replace("passwords", "keys"))
    new = text.replace("should name", "must name")
    assert "is not here (name it with --base)" in propose_overlay(charter, new, code=2).err
    assert "digest" in propose_overlay(charter, new, "--base", "spec.md", code=2).err
    (charter.folder / "shop" / "base.md").write_text(SPEC)
    propose_overlay(charter, new)
    base = ("--base", "shop/overlay.md")
    assert "no overlay" in propose(charter, *base, pairs=(), id_="prop_2", code=2).err
    assert json.loads(charter("propose", "list", "--json", *KEPT).out)["proposals"][0]["id"]
