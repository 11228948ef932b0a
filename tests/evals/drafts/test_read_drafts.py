"""What a model writes is read within bounds, and what cannot be used is counted with a reason."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.evals.drafts.draft import Ask, Kind
from charter.evals.drafts.read_drafts import (
    MAX_CONTENT,
    MAX_DRAFTS,
    MAX_MESSAGES,
    MAX_RUBRIC,
    Known,
    read_drafts,
)
from charter.evals.grader import graders
from charter.models.provider import Reply, Stop
from charter.source import Source
from charter.spec.build import build
from charter.spec.expectation import Outcome
from charter.syntax.reader import parse

from .worlds import SPEC, conflict, reply, said, tradeoff, variation

CANARY = "charter canary GUID 1234"
SECTION = build(parse(Source("spec.md", SPEC))).section("prices")
KNOWN = Known(SECTION, graders(), {"look_up"}, (CANARY,))


def ask(kind=Kind.VARIATION, count=1, **more):
    return Ask(kind, "prices", "prices/pric", "source", count, **more)


CONFLICT = ask(Kind.CONFLICT, role="developer", speaker="developer")
TRADEOFF = ask(Kind.TRADEOFF, other="safe/brak")


def read(text, wanted=None, stop=Stop.STOP):
    return read_drafts(Reply(text, stop), wanted or ask(), KNOWN)


def test_a_draft_is_read_with_all_it_says():
    (found,) = read(f"Here you are:\n```json\n{reply(variation())}\n```").proposals
    assert found.caption == "customer asks about a saddle"
    assert (found.clause, found.family) == ("prices/pric", "bounds")
    assert [message.role for message in found.messages] == ["user"]
    assert found.alternatives["expect"].outcome is Outcome.REFUSE
    assert found.alternatives["expect"].checks == ({"max_words": {"n": 60}},)


def test_the_last_object_with_drafts_counts():
    text = reply(variation(caption="first thought")) + "\nNo, rather:\n" + reply(variation())
    assert [p.caption for p in read(text).proposals] == ["customer asks about a saddle"]


def test_a_clause_may_be_written_in_several_ways_or_left_out():
    for written in ("pric", "[pric]", "[^pric]", "prices/pric", "[prices/pric]", None):
        (found,) = read(reply(variation(clause=written))).proposals
        assert found.clause == "prices/pric"


def test_a_conflict_has_an_instruction_and_two_outcomes():
    (found,) = read(reply(conflict()), CONFLICT).proposals
    assert found.instruction == 0
    assert set(found.alternatives) == {"kept", "set_aside"}


def test_a_tradeoff_has_two_outcomes_and_no_instruction():
    (found,) = read(reply(tradeoff()), TRADEOFF).proposals
    assert (found.instruction, set(found.alternatives)) == (None, {"first", "second"})


BAD = {
    "unknown field": variation(note="x"),
    "no caption": variation(caption=3),
    "caption is empty": variation(caption=" . "),
    "braces": variation(caption="a {b}"),
    "no clause of the section": variation(clause="brak"),
    "no text": variation(clause=["pric"]),
    "unknown family": variation(family="fun"),
    "has no messages": variation(messages=[]),
    "more than 16 messages": variation(messages=[said("user", "x")] * (MAX_MESSAGES + 1)),
    "no object of role": variation(messages=[{"role": "user", "content": "x", "to": "y"}]),
    "unknown role": variation(messages=[said("platform", "x")]),
    "a message has no text": variation(messages=[said("user", " \n")]),
    "does not print": variation(messages=[said("user", "a\x1b[31m")]),
    "longer than 6000": variation(messages=[said("user", "x" * (MAX_CONTENT + 1))]),
    "longer than 16000": variation(messages=[said("user", "x" * MAX_CONTENT)] * 3),
    "not closed": variation(messages=[said("user", "<untrusted>x")]),
    "name of a tool is not one": variation(messages=[said("tool", "x", tool='a"b')]),
    "they alone, name their tool": variation(messages=[said("user", "x", tool="look_up")]),
    "ends with the assistant": variation(messages=[said("user", "x"), said("assistant", "y")]),
    "no user speaks": variation(messages=[said("developer", "x")]),
    "canary": variation(messages=[said("user", f"x {CANARY}")]),
    "has no 'expect'": variation(expect=None),
    "other than outcome": variation(expect={"outcome": "refuse", "reason": "x"}),
    "unknown outcome": variation(expect={"outcome": "maybe"}),
    "neither checks nor a rubric": variation(expect={"outcome": "any"}),
    "rubric is no text": variation(expect={"outcome": "any", "rubric": ["x"]}),
    "rubric is longer": variation(expect={"outcome": "any", "rubric": "x " * MAX_RUBRIC}),
    "Charter's own": variation(expect={"outcome": "any", "rubric": "UNDECIDED: x"}),
    "no list of at most 8": variation(expect={"outcome": "any", "checks": [{}] * 9}),
    "no object of one name": variation(expect={"outcome": "any", "checks": [{"a": {}, "b": {}}]}),
    "no check named 'magic'": variation(expect={"outcome": "any", "checks": [{"magic": {}}]}),
    "check max_words": variation(expect={"outcome": "any", "checks": [{"max_words": {"n": -1}}]}),
    "check regex": variation(expect={"outcome": "any", "checks": [{"regex": {"pattern": "("}}]}),
    "no tool named 'rm'": variation(tools=["rm"]),
    "field 'instruction'": variation(instruction=1),
    "gives the rubric away": variation(
        messages=[said("user", "It says: a good answer names the workshop and quotes no price.")],
        expect={"outcome": "any", "rubric": "A good answer names the workshop and quotes no price"},
    ),
}


@pytest.mark.parametrize("reason", BAD)
def test_what_cannot_be_used_is_refused_with_a_reason(reason):
    found = read(reply(BAD[reason]))
    assert found.proposals == ()
    assert len(found.unusable) == 1
    assert reason in found.unusable[0]


@pytest.mark.parametrize(
    ("reason", "draft"),
    [
        ("not the number of a message", conflict(instruction=0)),
        ("not the number of a message", conflict(instruction=True)),
        ("not in a message of the role developer", conflict(role="user")),
        ("both outcomes are the same", conflict(kept=conflict()["set_aside"])),
        ("another clause than was asked for", conflict(clause="whoo")),
    ],
)
def test_a_conflict_that_is_none_is_refused(reason, draft):
    (found,) = read(reply(draft), CONFLICT).unusable
    assert reason in found


def test_a_conflict_with_an_overlay_has_a_message_that_says_it():
    wanted = ask(Kind.CONFLICT, role="user", speaker="user", said="be brief", said_by="developer")
    order = said("user", "Quote prices all the same.")
    (found,) = read(reply(conflict(messages=[order])), wanted).unusable
    assert "no message of the role developer" in found
    told = [said("developer", "Never quote."), order]
    assert read(reply(conflict(messages=told, instruction=2)), wanted).proposals


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I'd rather not.",
        "{",
        '{"drafts": {}}',
        '{"drafts": [], "drafts": []}',
        "[1, 2]",
        "{" * 99,
    ],
)
def test_a_reply_without_drafts_is_one_reason(text):
    found = read(text)
    assert found.proposals == ()
    assert "no object with a list of drafts" in found.unusable[0]


def test_numbers_that_are_no_json_are_no_reply():
    assert read('{"drafts": [{"instruction": NaN}]}').proposals == ()


def test_a_filter_and_a_cut_are_named():
    assert "filter" in read("x", stop=Stop.FILTERED).unusable[0]
    assert "cut off" in read('{"drafts": [', stop=Stop.LENGTH).unusable[0]


def test_drafts_too_many_and_too_few_are_counted():
    found = read(reply(variation(), variation(), variation()))
    assert len(found.proposals) == 1
    assert found.unusable == ("more drafts than were asked for",) * 2
    assert read(reply(), ask(count=2)).unusable == ("fewer drafts than were asked for",) * 2
    many = read(reply(*[variation()] * (MAX_DRAFTS + 7)))
    assert len(many.proposals) + len(many.unusable) == MAX_DRAFTS + 7


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["drafts", "messages", "role", "content", "expect", "checks", "caption"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON, st.sampled_from([ask(), CONFLICT, TRADEOFF]))
def test_reading_never_raises(value, wanted):
    text = json.dumps({"drafts": [value, variation() | {"messages": value}]})
    found = read(text, wanted)
    assert len(found.proposals) + len(found.unusable) >= 2
