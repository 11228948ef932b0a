"""Edits: what comes out is what was meant, and nothing else changes."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from charter.errors import LedgerError
from charter.evolve.proposals.edit import (
    MOST_CHARACTERS,
    applied,
    conformed,
    edits_between,
    edits_json,
    read_edits,
    stands,
)
from charter.evolve.proposals.refused import Refused
from charter.source import digest_of

LINE = st.sampled_from(
    ["", "# One {#one}", "The assistant must.", "It may.", "é\u2028x", "\tx\r", "~~~"]
) | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\n"), max_size=8)
TEXT = st.lists(LINE, max_size=14).map("\n".join)


@given(TEXT, TEXT)
def test_edits_make_one_text_of_the_other(old, new):
    edits = edits_between(old, new)
    base, again = read_edits(edits_json(edits, base=digest_of(old)))
    assert again == edits
    assert applied(old, again, base=base) == new
    assert bool(edits) == (old != new)


@given(TEXT, TEXT, TEXT, TEXT)
def test_what_stands_elsewhere_stays_as_it_is(old, new, above, below):
    edits = edits_between(old, new)
    assume(edits)
    present = f"{above}\n{old}\n{below}"
    try:
        made = applied(present, edits, base=digest_of(old), rebase=True)
    except Refused:
        return  # the same words stand above or below too
    assert made == f"{above}\n{new}\n{below}"


@given(TEXT, TEXT, st.data())
def test_a_stretch_that_changed_since_is_refused(old, new, data):
    edits = edits_between(old, new)
    assume(edits)
    changed = data.draw(st.sampled_from([each for each in edits if each.was] or [None]))
    assume(changed)
    at = changed.start + data.draw(st.integers(0, len(changed.was)))
    other = data.draw(st.sampled_from(["Ω", "ß\n", ""]))
    present = old[:at] + other + old[at + data.draw(st.integers(0, 1)) :]
    line = changed.was.removesuffix("\n")
    assume(f"\n{line}\n" not in f"\n{present}\n")
    for rebase in (False, True):
        with pytest.raises(Refused):
            applied(present, edits, base=digest_of(old), rebase=rebase)


@given(TEXT, TEXT)
def test_made_twice_is_made_once(old, new):
    edits = edits_between(old, new)
    assume(edits)
    if any(each.fresh for each in edits):
        assert not stands(old, edits)
    if all(each.fresh for each in edits):
        assert stands(new, edits)
        for rebase in (False, True):
            with pytest.raises(Refused):
                applied(new, edits, base=digest_of(old), rebase=rebase)


OLD = "# A\n\nOne must.\n\nTwo must.\n\n# B\n\nTwo must.\n"


def test_a_stretch_that_moved_takes_a_word_and_no_likeness_is_guessed():
    edits = edits_between(OLD, OLD.replace("One must.", "One should."))
    present = "# New\n\n" + OLD
    with pytest.raises(Refused, match="stands elsewhere now"):
        applied(present, edits, base=digest_of(OLD))
    made = applied(present, edits, base=digest_of(OLD), rebase=True)
    assert made == present.replace("One must.", "One should.")
    with pytest.raises(Refused, match="told from its like"):
        applied(present + "\nOne must.\n" + OLD, edits, base=digest_of(OLD), rebase=True)


def test_of_two_alike_none_is_taken_for_the_other():
    edits = edits_between(OLD, OLD.replace("Two must.", "Two may.", 1))
    gone = OLD.replace("Two must.\n\n# B", "Two will.\n\n# B")
    with pytest.raises(Refused, match="has changed since"):
        applied(gone, edits, base=digest_of(OLD), rebase=True)


def test_a_long_text_that_changed_at_both_ends_is_two_edits():
    old = "".join(f"Rule {n} must hold.\n\n" for n in range(20_000))
    new = old.replace("Rule 1 must", "Rule 1 may").replace("Rule 19998 must", "Rule 19998 may")
    edits = edits_between(old, new)
    assert [each.now for each in edits] == ["Rule 1 may hold.\n", "Rule 19998 may hold.\n"]
    assert applied(old, edits, base=digest_of(old)) == new


def test_line_ends_and_mark_of_an_editor_change_nothing():
    like = "\ufeff" + OLD.replace("\n", "\r\n")
    assert edits_between(like, conformed(OLD, like=like)) == ()
    assert edits_between(OLD, conformed(like, like=OLD)) == ()
    mixed = "a\r\nb\n"
    assert conformed("a\nb\n", like=mixed) == "a\nb\n"


def test_too_much_is_refused_and_damage_is_told():
    with pytest.raises(Refused, match="too much"):
        edits_between("a\n", "b" * MOST_CHARACTERS)
    text = edits_json(edits_between(OLD, OLD.replace("One", "1")), base="sha256:0")
    values = json.loads(text)
    values["edits"][0]["was"] = "Anything."
    for broken in (json.dumps(values), "{}", "[]", "no", '{"format": "charter-edits/1"}'):
        with pytest.raises(LedgerError):
            read_edits(broken)
