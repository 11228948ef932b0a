"""Adoption: the text that comes out, its version, and what changelogs and notes say."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from charter.evolve.proposals.adoption import outcome, with_version
from charter.evolve.proposals.changelog import in_changelog, in_notes
from charter.evolve.proposals.edit import edits_json
from charter.evolve.proposals.fold import ProposalState
from charter.evolve.proposals.refused import Refused
from charter.evolve.proposals.wording import facts_json, worded
from charter.records.proposal import ProposalWorded
from charter.syntax.mapping import load_mapping

from .made import AT, NEW, OLD, TEXT, made, spec, wording

WORDS = st.lists(
    st.sampled_from(["The", "assistant", "must", "may", "not", "answer", "é", "`code`"]), max_size=9
).map(" ".join)


def state_of(old, new):
    found = worded(old, new)
    record = ProposalWorded(
        "prop_1", 1, AT, "gus", edits_json(found.edits, base=old.digest), facts_json(found),
        found.new.digest,
    )  # fmt: skip
    return ProposalState(made(), (record,))


def document(parts):
    body = "".join(f"## S {n} {{#s{n} authority=user}}\n\n{text}.\n\n" for n, text in parts)
    return f"---\nname: house-rules\n---\n\n# House {{#house}}\n\n{body}"


@given(st.lists(WORDS, min_size=1, max_size=6), st.lists(WORDS, min_size=1, max_size=6), st.data())
def test_adoption_changes_only_what_was_proposed_and_only_once(was, now, data):
    old = document(enumerate(was))
    new = document(enumerate(now))
    assume(old != new)
    state = state_of(spec(old), new)
    assert outcome(state, spec(old)).text == new
    assert outcome(state, spec(new)).text == new
    more = f"# House {{#house}}\n\n> {data.draw(WORDS)} elsewhere.\n"
    present = old.replace("# House {#house}\n", more)
    with suppress(Refused):
        found = outcome(state, spec(present), rebase=True)
        assert found.text == new.replace("# House {#house}\n", more)


def test_a_version_is_written_where_it_belongs():
    assert with_version(spec(), "1.1") == TEXT.replace('"1.0"', '"1.1"')
    bare = TEXT.replace('version: "1.0"\n', "")
    assert with_version(spec(bare), "2") == bare.replace("rules\n---", 'rules\nversion: "2"\n---')
    crlf = TEXT.replace("\n", "\r\n")
    assert with_version(spec(crlf), "1.1") == crlf.replace('"1.0"', '"1.1"')
    for bad in ('1"\nname: x', "", "a b"):
        with pytest.raises(Refused, match="is no version"):
            with_version(spec(), bad)
    with pytest.raises(Refused, match="no front matter"):
        with_version(spec("# A {#a}\n"), "1")


def test_a_version_goes_with_the_words():
    state = ProposalState(made(), (wording(),))
    assert outcome(state, spec(), version="1.1").text == TEXT.replace(OLD, NEW).replace(
        '"1.0"', '"1.1"'
    )


def test_a_changelog_keeps_all_it_has():
    empty = in_changelog("", "One, of `p2`. Proposal `p1`.", id="p1")
    assert empty == "# Changelog\n\n## Unreleased\n\n- One, of `p2`. Proposal `p1`.\n"
    two = in_changelog(empty, "Two. Proposal `p2`.", id="p2")
    assert two.index("Two") < two.index("One"), "another entry that names an id is not its own"
    assert in_changelog(two, "Two. Proposal `p2`.", id="p2") == two
    windows = "# Log\r\n\r\n## 1.0\r\n\r\n- Old.\r\n"
    made_ = in_changelog(windows, "New `p`.", id="p")
    assert made_.endswith("\r\n## 1.0\r\n\r\n- Old.\r\n")
    assert made_.count("\n") == made_.count("\r\n")
    assert made_.startswith("# Log\r\n\r\n## Unreleased\r\n\r\n- New `p`.\r\n")


def test_notes_keep_all_they_have():
    text = "v1: One text.\nv2:\n  note: x\n"
    found = in_notes(text, 'Why "so".', version="v2", ids=("brief",))
    assert load_mapping(found, deep=True).values["v2"] == {
        "note": "x",
        "changes": {"brief": 'Why "so".'},
    }
    assert in_notes(found, 'Why "so".', version="v2", ids=("brief",)) == found
    assert in_notes(text, "Why.", version="v3", ids=("a", "b")).startswith(text)
    with pytest.raises(Refused, match="is one text"):
        in_notes(text, "Why.", version="v1", ids=("brief",))
    with pytest.raises(Refused, match="another note on 'brief'"):
        in_notes(found, "Other.", version="v2", ids=("brief",))
    with pytest.raises(Refused, match="not written as lines"):
        in_notes("v2: {note: x}\n", "Why.", version="v2", ids=("brief",))
    with pytest.raises(Refused, match="cannot be read"):
        in_notes("a: [", "Why.", version="v2", ids=("brief",))
