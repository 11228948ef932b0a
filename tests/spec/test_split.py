"""Prose -> clauses: where sentences end, which of them instruct, and how strongly."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.source import Span
from charter.spec.spec import Strength
from charter.spec.split import MARKER, collapse, derived_id, lead_strength, sentences, split
from charter.spec.strength import strength_of


def cut(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text, Span(0, len(text)))]


def clauses(text: str, inherited: Strength | None = None) -> list[tuple[str, str, str | None]]:
    pieces = split(text, Span(0, len(text)), inherited)
    return [(piece.text, piece.strength.value, piece.marker) for piece in pieces]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Use tools, e.g. Python. Then stop.", ["Use tools, e.g. Python.", "Then stop."]),
        (
            "This, i.e. That. Cf. Mr. Smith vs. Dr. Who.",
            ["This, i.e. That.", "Cf. Mr. Smith vs. Dr. Who."],
        ),
        ("Add notes, etc. Then stop.", ["Add notes, etc.", "Then stop."]),
        (
            "See fig. 3 and no. 4. The answer is no. Stop.",
            ["See fig. 3 and no. 4.", "The answer is no.", "Stop."],
        ),
        ('He said "stop." Then left.', ['He said "stop."', "Then left."]),
        ("He said “stop.” Then left.", ["He said “stop.”", "Then left."]),
        ("(It ends.) Next.", ["(It ends.)", "Next."]),
        ("One[^ab12]. Two.[^cd34] Three.", ["One[^ab12].", "Two.[^cd34]", "Three."]),
        ("One. [?](#two) says more.", ["One.", "[?](#two) says more."]),
        ("One. [Two](#two) says more.", ["One.", "[Two](#two) says more."]),
        ("**One.** *Two.* `Three` four.", ["**One.**", "*Two.*", "`Three` four."]),
        ("version 2.5 of it. and more.", ["version 2.5 of it. and more."]),
        ("Wait ... what. Now.", ["Wait ... what.", "Now."]),
        ("assess: (i) one; (ii) two. Then act.", ["assess: (i) one; (ii) two.", "Then act."]),
        ("One.\n  Two.", ["One.", "Two."]),
        ("The U.S. Congress met. It left.", ["The U.S. Congress met.", "It left."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("sentence", "strength"),
    [
        ("The assistant must not lie.", "must"),
        ("It should never lie.", "must"),
        ("Never lie.", "must"),
        ("Don’t lie.", "must"),
        ("Please do not lie.", "must"),
        ("Always ask.", "must"),
        ("It may not share data.", "must"),
        ("The assistant may only use one.", "must"),
        ("Content may only be generated when asked.", "must"),
        ("Lying is prohibited.", "must"),
        ("Lies are always prohibited.", "must"),
        ("This is not allowed.", "must"),
        ("The assistant cannot play along.", "must"),
        ("It mustn't.", "must"),
        ("Users shall be told.", "must"),
        ("It should answer.", "should"),
        ("It shouldn't judge.", "should"),
        ("It ought\nto answer.", "should"),
        ("If a task cannot be done, it should say so.", "should"),
        ("It should say that it cannot answer.", "should"),
        ("It should tell what the user may not know.", "should"),
        ("It is expected to be honest.", "should"),
        ("Avoid jargon.", "should"),
        ("Use plain words.", "should"),
        ("If asked, explain the reasons.", "should"),
        ("**Put safety first:** when in doubt, choose the safer way.", "should"),
        ("**Be clear:** Explain what it can and cannot do.", "should"),
        ("Markdown works (which should be valid).", "should"),
        ("It may ask.", "may"),
        ("It may, for example, answer briefly.", "may"),
        ("Users may override this.", "may"),
        ("In some cases, users may *implicitly* delegate authority.", "may"),
        ("Parody is allowed.", "may"),
        ("Lies of politeness may be acceptable.", "may"),
        ("The user may not be aware of this.", None),
        ("The public text may not include every detail.", None),
        ("Users may find it odd.", None),
        ("The assistant may face doubt.", None),
        ("It may be interrupted.", None),
        ("Effects that may follow are listed.", None),
        ("How should it answer?", None),
        ("Which goals it may pursue.", None),
        ('Arguments like "you must obey" are listed.', None),
        ("It reads `must` as a word.", None),
        ("We do not require it.", None),
        ("Follow-up questions come later.", None),
        ("Use of tools is described below.", None),
        ("The mayor mustered her shoulders.", None),
        ("It is not required to answer.", None),
        ("", None),
    ],
)
def test_strength_is_that_of_the_modal_in_its_place(sentence: str, strength: str | None) -> None:
    found = strength_of(sentence)
    assert (found.value if found else None) == strength


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Nothing here. It must hold. It may ask.",
            [("It must hold.", "must", None), ("It may ask.", "may", None)],
        ),
        (
            "It should obey orders[^aa11] or wishes[^bb22].",
            [("It should obey orders", "should", "aa11"), ("or wishes.", "should", "bb22")],
        ),
        (
            "For law[^aa11], medicine[^bb22], it should inform.",
            [
                ("For law", "should", "aa11"),
                ("medicine", "should", "bb22"),
                ("it should inform.", "should", None),
            ],
        ),
        ("It is kind [^aa11].", [("It is kind.", "should", "aa11")]),
        (
            "It must hold[^aa11][^bb22].",
            [("It must hold.", "must", "aa11"), ("It must hold.", "must", "bb22")],
        ),
        ("[^aa11] It must hold.", [("It must hold.", "must", "aa11")]),
        ("[^aa11]", []),
        ("It must  hold\n\tfast.", [("It must hold fast.", "must", None)]),
        (
            "Be kind, and shouldn't judge[^aa11]. Bye.",
            [("Be kind, and shouldn't judge.", "should", "aa11")],
        ),
    ],
)
def test_clauses_are_cut_at_markers(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert clauses(text) == expected


def test_item_inherits_but_its_explanations_do_not() -> None:
    text = "Stay calm. For example, wait. Listen. This helps."
    assert [each[0] for each in clauses(text, Strength.MUST)] == ["Stay calm.", "Listen."]
    assert {each[1] for each in clauses(text, Strength.MUST)} == {"must"}


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("It must hold. The model should:", Strength.SHOULD),
        ("It must hold. For example:", None),
        ("It must hold.", None),
        ("The model may:", None),
        ("The model may do any of these:", Strength.MAY),
        (":", None),
    ],
)
def test_lead_is_the_last_sentence_before_a_colon(text: str, strength: Strength | None) -> None:
    assert lead_strength(text) == strength


def test_derived_id_depends_on_the_words_alone() -> None:
    assert derived_id("Don’t say “No”") == derived_id('don\'t SAY "no"')
    assert derived_id("a b") != derived_id("a c")
    assert len(derived_id("\ud800")) == 10


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a  b\n c", "a b c"),
        ("a[^ab12], b [^cd34].", "a, b."),
        ("a\u00a0b\u2003c", "a b c"),
        ("[^ab12]", ""),
    ],
)
def test_collapse_takes_out_markers_and_blanks(raw: str, expected: str) -> None:
    assert collapse(raw) == expected


@given(st.text(), st.sampled_from([None, *Strength]))
def test_any_text_is_split(text: str, inherited: Strength | None) -> None:
    end = 0
    for span in sentences(text, Span(0, len(text))):
        assert end <= span.start < span.end
        end = span.end
    for piece in split(text, Span(0, len(text)), inherited):
        assert collapse(piece.span.of(text)) == piece.text


FRAGMENTS = (
    "should ",
    "must ",
    "may ",
    "[^ab12]",
    ". ",
    "You ",
    ", ",
    '"',
    "(",
    ")",
    "don't ",
    "?",
    "**a:** ",
)


@given(st.lists(st.sampled_from(FRAGMENTS)).map("".join), st.sampled_from([None, *Strength]))
def test_any_clause_like_text_is_split(text: str, inherited: Strength | None) -> None:
    markers = [piece.marker for piece in split(text, Span(0, len(text)), inherited)]
    assert sum(marker is not None for marker in markers) <= text.count("[^ab12]")


BEFORE = re.compile(r"\[\^([^\]\s]{1,64})\]")
"""Read the same markers, but each `[^` of many anew; a key could hold brackets."""
KEYS = st.text("ab1.!?_-^*", min_size=1, max_size=66)


@given(st.lists(st.sampled_from(FRAGMENTS) | KEYS | KEYS.map("[^{}]".format)).map("".join))
def test_markers_are_those_there_always_were(text: str) -> None:
    found = [(each.span(), each[1]) for each in MARKER.finditer(text)]
    assert found == [(each.span(), each[1]) for each in BEFORE.finditer(text)]


@given(st.text("[^]ab. ") | st.lists(st.sampled_from(["[^", "[", "]", "a"])).map("".join))
def test_a_key_with_a_bracket_is_none(text: str) -> None:
    found = [each[1] for each in MARKER.finditer(text)]
    assert not any("[" in each for each in found)
    assert set(found) >= {each for each in BEFORE.findall(text) if "[" not in each}


@pytest.mark.parametrize("unit", ["[^", "[^.]", "[^a]", ".[^a]", "[^a", "].", "[^a]*_"])
def test_a_text_of_one_sign_is_read_once(unit: str) -> None:
    """Takes minutes where it is read again from each sign."""
    pieces = [*split(f"It must be. {unit * (400_000 // len(unit))}", Span(0, 400_012))]
    assert pieces[0].text.startswith("It must be.")


def test_no_sentence_ends_within_a_marker() -> None:
    assert cut("As in[^v1.] France. Then[^a.b.] It ends.") == [
        "As in[^v1.] France.",
        "Then[^a.b.] It ends.",
    ]


@pytest.mark.data
def test_reviewed_clauses_are_still_found(root: Path, data_dir: Path) -> None:
    """A sample of the released text, read by a person: sentence by sentence, with strengths."""
    cases = json.loads((root / "tests/spec/reviewed_clauses.json").read_text())
    text = (data_dir / "model_spec/2025-12-18/model_spec.md").read_bytes().decode()
    wrong = []
    for case in cases:
        start = text.index(case["from"])
        end = text.index("\n", start)
        found = [piece.strength.value for piece in split(text, Span(start, end))]
        if found != case["strengths"]:
            wrong.append((case["from"], found, case["strengths"]))
    assert wrong == []
