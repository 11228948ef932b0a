"""Ladders of any depth, on instructions whose conflicts are given: the rows of ManyIH.

A row holds instructions with a privilege each, larger being stronger, and for each the ids of those
it conflicts with. What is in force has to be what survives from the strongest to the weakest.
Source: ManyIH (arXiv 2604.09443), coding.json, MIT. `expected_styles` has no role in the loader.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.worlds import policy, thorough

from charter.policy.conversation import Message, Transcript
from charter.policy.directive import Act, Directive
from charter.policy.fate import Place
from charter.policy.fates.resolve import resolve
from charter.policy.labels.label import label
from charter.spec.ladder import Ladder, Level


class Row(NamedTuple):
    """What a row comes to: a ladder, a conversation on it, and a directive in each message."""

    ladder: Ladder
    directives: tuple[Directive, ...]
    styles: dict[str, tuple[str, str]]
    """By id of a directive, strongest first: its style key and style."""


def read_row(instructions) -> Row:
    """Turn the instructions of one row into a ladder and directives.

    Each privilege is a level and a role that speaks at it. Each instruction is a message of that
    role, in the order given; the directive in it has the authority of its passage.
    """
    strongest = sorted(instructions, key=lambda entry: -entry["privilege"])
    names = {entry["privilege"]: f"privilege-{entry['privilege']}" for entry in strongest}
    ladder = Ladder(tuple(Level(name, (name,)) for name in names.values()))
    messages = [Message(names[entry["privilege"]], "Do it so.") for entry in instructions]
    conversation = label(Transcript("manyih", tuple(messages)), ladder)
    directives = tuple(
        Directive(
            str(entry["id"]),
            Act.INSTRUCT,
            passage.authority,
            passage.message,
            conflicts=tuple(map(str, entry["conflicts_with"])),
            source=passage.source,
            place=Place(passage.message, passage.start, passage.end),
        )
        for entry, passage in zip(instructions, conversation.passages, strict=True)
    )
    styles = {str(entry["id"]): (entry["style_key"], entry["style_id"]) for entry in strongest}
    return Row(ladder, directives, styles)


def surviving(row: Row, reading="applicable"):
    """Return the styles in force by key, strongest first."""
    compiled = policy((), ladder=row.ladder, readings={"defeat": reading})
    found = resolve(compiled, directives=row.directives)
    assert len(found.fates) == len(row.directives)
    kept: dict[str, list[str]] = {}
    for name, (key, style) in row.styles.items():
        if found.in_force(name):
            kept.setdefault(key, []).append(style)
    return kept


def wanted(row):
    """Return the styles that a row of the file expects, without keys of which none is left."""
    return {key: styles for key, styles in row["metadata"]["expected_styles"].items() if styles}


@pytest.fixture(scope="module")
def rows(data_dir):
    return json.loads((data_dir / "manyih" / "coding.json").read_text(encoding="utf-8"))["data"]


@pytest.mark.data
def test_every_row_has_the_expected_styles(rows):
    assert len(rows) == 200
    for entry in rows:
        row = read_row(entry["instructions"])
        assert len(row.ladder.levels) == 12
        assert surviving(row) == wanted(entry), entry["id"]


@pytest.mark.data
def test_the_other_reading_of_defeat_is_not_what_they_expect(rows):
    right = [surviving(read_row(e["instructions"]), "any_higher") == wanted(e) for e in rows]
    assert sum(right) == 79


@pytest.mark.data
def test_the_order_of_the_instructions_changes_nothing(rows):
    for entry in rows:
        given_ = entry["instructions"]
        for order in (given_[::-1], given_[5:] + given_[:5], sorted(given_, key=str)):
            assert surviving(read_row(order)) == wanted(entry), entry["id"]


@pytest.mark.data
def test_the_markers_in_the_prompt_rank_as_the_privileges_do(rows):
    """The prompt counts from 1 for the strongest: the two scales run opposite ways."""
    for entry in rows:
        row = read_row(entry["instructions"])
        ranked = [level.name for level in row.ladder.levels]
        for one, directive in zip(entry["instructions"], row.directives, strict=True):
            ordinal = 1 + ranked.index(directive.level)
            marked = f"[[Privilege {ordinal}]]{one['description']}[[/Privilege]]"
            assert marked in entry["prompt"], (entry["id"], one["id"])


# --- rows of the same form


@st.composite
def made(draw):
    """Any row: as many levels as instructions, and any conflicts, told of by one side or both."""
    count = draw(st.integers(1, 15))
    privileges = draw(st.permutations([7 * n + 1 for n in range(count)]))
    pairs = st.tuples(st.integers(1, count), st.integers(1, count))
    told = {(one, other) for one, other in draw(st.sets(pairs, max_size=30)) if one != other}
    return [
        {
            "id": at + 1,
            "privilege": privilege,
            "style_key": f"key-{at % 4}",
            "style_id": f"style-{at}",
            "conflicts_with": sorted(other for one, other in told if one == at + 1),
        }
        for at, privilege in enumerate(privileges)
    ]


def greedy(instructions):
    """Keep, from strongest to weakest, what conflicts with nothing kept."""
    kept: list[dict] = []
    for entry in sorted(instructions, key=lambda each: -each["privilege"]):
        against = [k for k in kept if k["id"] in entry["conflicts_with"]]
        against += [k for k in kept if entry["id"] in k["conflicts_with"]]
        if not against:
            kept.append(entry)
    found: dict[str, list[str]] = {}
    for entry in kept:
        found.setdefault(entry["style_key"], []).append(entry["style_id"])
    return found


@thorough
@given(made())
def test_any_row_comes_out_as_it_does_by_hand(instructions):
    assert surviving(read_row(instructions)) == greedy(instructions)
