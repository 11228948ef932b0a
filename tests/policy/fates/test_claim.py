"""Claims: what earlier decided directives say, which of them count, and against whom."""

from __future__ import annotations

import pytest
from tests.policy.worlds import directive, policy

from charter.policy.conversation import Conversation
from charter.policy.fate import Fate, Ground, State, Step
from charter.policy.fates.claim import MOST, same
from charter.policy.fates.resolve import resolve
from charter.policy.resolution import Conflict
from charter.policy.scope import Scope

POLICY = policy()
HIGHER = policy(readings={"defeat": "any_higher"})
LATER = policy(readings={"superseder_must_apply": "any_later"})
READINGS = {None: POLICY, "defeat": HIGHER, "superseder_must_apply": LATER}


def reported(one, other):
    return Conflict(one, other, "same_message", "reported", "same_level_order")


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (True, True, True),
        (True, 1, False),
        (0, False, False),
        (1, 1.0, True),
        ("1", 1, False),
        ([True], [True], True),
        (None, None, True),
    ],
)
def test_values_are_compared_as_yaml_and_json_have_them(one, other, equal):
    assert same(one, other) is equal


# --- what was set aside and counts all the same, under readings

SHAPES = {
    "one subject": ({"subject": "s", "value": "dry"}, {"subject": "s", "value": "warm"}),
    "it names the other": ({"conflicts": ("other",)}, {}),
    "the other names it": ({}, {"conflicts": ("one",)}),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("level", "reading", "ground"),
    [
        ("user", None, None),
        ("user", "defeat", None),
        ("user", "superseder_must_apply", Ground.SUPERSEDED),
        ("developer", None, None),
        ("developer", "defeat", Ground.MISALIGNED),
        ("developer", "superseder_must_apply", None),
    ],
)
def test_what_cannot_be_done_counts_under_the_reading_of_its_level_only(
    shape, level, reading, ground
):
    mine, theirs = SHAPES[shape]
    asked = [
        directive("one", "user", 0, **mine),
        directive("other", level, 1, needs=("images",), **theirs),
    ]
    found = resolve(READINGS[reading], directives=asked, capabilities=())
    assert found.fate("other").ground is Ground.BEYOND_CAPABILITY
    if ground is None:
        assert found.fate("one") == Fate("one", State.IN_FORCE, Ground.APPLIES, "user")
    else:
        step = Step(ground, "other", None, reading)
        assert found.fate("one") == Fate("one", State.SET_ASIDE, ground, "user", "other", (step,))


@pytest.mark.parametrize("reading", ["defeat", "superseder_must_apply"])
def test_what_was_set_aside_counts_for_what_it_claimed_and_no_other_way(reading):
    asked = [
        directive("one", act="soften", targets=("guideline_1",)),
        directive("other", order=1, act="soften", targets=("guideline_1", "nowhere")),
        directive("third", "developer", 1, act="soften", targets=("guideline_1", "nowhere")),
    ]
    found = resolve(READINGS[reading], directives=asked)
    assert found.in_force("one")
    assert found.fate("guideline_1").by == "one"


def test_of_two_directives_of_one_id_each_counts_for_itself():
    asked = [
        directive("low", "user", 0),
        directive("twin", "user", 1, conflicts=("nothing",)),
        directive("twin", "user", 2, conflicts=("low",), needs=("images",)),
    ]
    assert resolve(POLICY, directives=asked, capabilities=()).in_force("low")
    found = resolve(LATER, directives=asked, capabilities=())
    assert found.fate("low").trace == (
        Step(Ground.SUPERSEDED, "twin", None, "superseder_must_apply"),
    )


def test_of_two_directives_of_one_id_the_rank_of_each_counts_for_itself():
    asked = [
        directive("low", "user", 0),
        directive("twin", "developer", 1, conflicts=("nothing",), needs=("images",)),
        directive("twin", "user", 2, conflicts=("low",), needs=("images",)),
    ]
    assert resolve(HIGHER, directives=asked, capabilities=()).in_force("low")
    assert not resolve(LATER, directives=asked, capabilities=()).in_force("low")


def test_what_was_set_aside_sets_no_section_aside_and_keeps_none():
    asked = [
        directive("off", order=1, act="override", targets=("user_1", "nowhere")),
        directive("on", order=1, act="keep", targets=("user_2/aaaa", "nowhere")),
        directive("d", "developer", act="override", targets=("user_2",)),
    ]
    found = resolve(LATER, directives=asked)
    assert found.in_force("user_1")
    assert not found.in_force("user_2/aaaa")
    assert not found.in_force("user_2")


def test_one_in_force_sets_a_section_aside_beside_one_that_is_not():
    asked = [
        directive("other", order=2, act="override", targets=("user_1", "nowhere")),
        directive("d", order=1, act="override", targets=("user_1",)),
        directive("again", order=0, act="soften", targets=("user_1",)),
    ]
    found = resolve(LATER, directives=asked)
    assert found.fate("user_1").by == "d"
    assert found.in_force("again")  # nothing is left that it would need a right to


def test_what_was_set_aside_keeps_its_section_from_nobody_but_under_the_reading():
    asked = [
        directive("on", "developer", 1, act="keep", targets=("user_1",), needs=("images",)),
        directive("d", order=0, act="override", targets=("user_1",)),
    ]
    assert resolve(POLICY, directives=asked, capabilities=()).fate("user_1").by == "d"
    assert resolve(LATER, directives=asked, capabilities=()).fate("user_1").by == "d"
    found = resolve(HIGHER, directives=asked, capabilities=())
    assert found.in_force("user_1")
    assert found.fate("d").trace == (Step(Ground.MISALIGNED, "on", None, "defeat"),)


# --- which claims meet


def test_who_keeps_a_section_keeps_its_clauses():
    asked = [
        directive("on", "developer", act="keep", targets=("user_1",)),
        directive("d", "user", 1, act="override", targets=("user_1/aaaa",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert (found.fate("d").ground, found.fate("d").by) == (Ground.MISALIGNED, "on")
    assert found.in_force("user_1/aaaa")


def test_who_sets_a_section_aside_above_leaves_no_clause_to_keep_below():
    asked = [
        directive("d", "developer", act="override", targets=("user_1",)),
        directive("on", "user", 1, act="keep", targets=("user_1/aaaa",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert (found.fate("on").ground, found.fate("on").by) == (Ground.MISALIGNED, "d")
    assert not found.in_force("user_1/aaaa")


def test_who_sets_a_section_aside_agrees_with_who_set_a_clause_of_it_aside():
    asked = [
        directive("d", "system", act="override", targets=("system_1",)),
        directive("e", "user", act="override", targets=("system_1/aaaa",)),
        directive("f", "user", act="override", targets=("system_1/aaaa",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "def"] == [True, True, True]


@pytest.mark.parametrize("chosen", [POLICY, HIGHER, LATER])
def test_a_clause_is_kept_in_the_message_that_sets_its_section_aside(chosen):
    asked = [
        directive("a", act="keep", targets=("guideline_1/bbbb",)),
        directive("d", act="override", targets=("guideline_1",)),
    ]
    found = resolve(chosen, directives=asked)
    assert found.in_force("guideline_1/bbbb")
    assert not found.in_force("guideline_1")
    assert not found.conflicts


@pytest.mark.parametrize("chosen", [POLICY, HIGHER, LATER])
def test_a_clause_can_be_kept_beside_what_may_not_set_its_section_aside(chosen):
    asked = [
        directive("a", act="keep", targets=("root_1/bbbb",)),
        directive("d", act="override", targets=("root_1",)),
    ]
    found = resolve(chosen, directives=asked)
    assert [found.in_force(name) for name in "ad"] == [True, False]


def test_every_claim_of_a_directive_meets_its_own_rival():
    asked = [
        directive("a", act="keep", targets=("user_1", "user_2")),
        directive("b", act="override", targets=("user_1",)),
        directive("c", act="keep", targets=("user_2",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.conflicts == (reported("a", "b"),)


def test_a_clause_meets_claims_on_itself_and_on_its_section():
    asked = [
        directive("a", act="soften", targets=("guideline_1/aaaa",)),
        directive("b", act="keep", targets=("guideline_1/aaaa",)),
        directive("c", act="keep", targets=("guideline_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.conflicts == (reported("a", "b"),)
    above = [*asked[:2], directive("c", "developer", act="keep", targets=("guideline_1",))]
    found = resolve(POLICY, directives=above)
    assert (found.fate("a").ground, found.fate("a").by) == (Ground.MISALIGNED, "c")


def test_claims_of_one_value_meet_nobody_however_many_there_are():
    asked = [
        directive(name, subject="s", value="dry", order=order)
        for order, name in enumerate(("a", "b", "c"))
    ]
    asked += [directive("d", "developer", 1, subject="s", value="dry", needs=("images",))]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "abcd"] == [True] * 4


# --- settings


def setting(name, value, order=0, level="user", **fields):
    about = {"act": "setting", "subject": "max_words", "value": value}
    return directive(name, level, order, **about, **fields)


def test_two_values_in_one_message_set_nothing_and_it_is_reported():
    found = resolve(POLICY, directives=[setting("a", 1), setting("b", True)])
    assert found.settings == {}
    assert found.conflicts == (reported("a", "b"),)


def test_one_value_twice_in_one_message_is_set():
    asked = [setting("a", False), setting("b", False), directive("c", conflicts=("a", "b"))]
    assert resolve(POLICY, directives=asked).settings == {"max_words": False}


@pytest.mark.parametrize("chosen", [POLICY, HIGHER, LATER])
def test_a_setting_that_was_set_aside_is_not_set(chosen):
    asked = [setting("a", 5, needs=("images",)), setting("b", 7, 1, needs=("images",))]
    assert resolve(chosen, directives=asked, capabilities=()).settings == {}
    beside = [*asked, setting("c", 9, 2)]
    assert resolve(chosen, directives=beside, capabilities=()).settings == {"max_words": 9}


def test_under_the_reading_a_later_value_that_cannot_be_set_leaves_none():
    asked = [setting("a", 5), setting("b", 7, 1, needs=("images",))]
    assert resolve(POLICY, directives=asked, capabilities=()).settings == {"max_words": 5}
    assert resolve(LATER, directives=asked, capabilities=()).settings == {}


# --- scopes


def scope(name, order, level="user"):
    stated = Scope(("read",), max_cost=1.0, id=name, level=level)
    return directive(name, level, order, act="scope", scope=stated)


def test_two_scopes_in_one_message_are_both_in_force_and_reported():
    found = resolve(POLICY, directives=[scope("a", 1), scope("b", 1)])
    assert found.conflicts == (reported("a", "b"),)
    assert found.scope.id == "a+b"


def test_of_three_scopes_the_latest_is_the_one_named():
    found = resolve(POLICY, directives=[scope("a", 1), scope("c", 2), scope("b", 3)])
    assert found.scope.id == "b"
    assert [found.fate(name).by for name in "ac"] == ["b", "b"]


def test_what_takes_a_scope_back_does_not_state_one():
    asked = [scope("b", 1), directive("e", order=1, act="supersede", targets=("zzz",))]
    assert not resolve(POLICY, directives=asked).conflicts
    back = [scope("b", 0), directive("e", order=1, act="supersede", targets=("b",))]
    assert resolve(POLICY, directives=back).scope is None


@pytest.mark.parametrize("level", ["user", "none", "emperor"])
def test_a_scope_does_not_contradict_itself_whoever_else_speaks(level):
    found = resolve(POLICY, directives=[directive("x", level), scope("a", 0)])
    assert not found.conflicts
    assert found.scope.id == "a"


def test_a_scope_and_words_of_another_kind_leave_each_other_alone():
    asked = [
        scope("a", 1),
        directive("x", order=2, subject="style", value="dry", needs=("images",)),
        directive("y", order=0, subject="style", value="dry", needs=("images",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "axy"] == [True] * 3
    assert found.scope.id == "a"


def test_two_doubted_scopes_of_one_id_both_narrow_what_the_tools_allow():
    offered = Conversation("test", (), (), tools=("read", "pay", "mail"))
    asked = [
        directive("a", level, act="scope", scope=Scope(tools, id="a", level=level), mistaken="?")
        for level, tools in (("developer", ("read", "pay")), ("user", ("mail", "read")))
    ]
    assert resolve(POLICY, offered, asked).scope.allowed_tools == ("read",)


# --- floods


def test_a_flood_of_values_in_one_message_is_told_in_part_and_stands():
    asked = [directive(f"d{at}", subject="language", value=at) for at in range(200)]
    found = resolve(POLICY, directives=asked)
    assert all(found.in_force(each.id) for each in asked)
    assert 199 <= len(found.conflicts) <= MOST * 200
    named = {name for conflict in found.conflicts for name in conflict[:2]}
    assert named == {each.id for each in asked}
    above = directive("above", "developer", subject="language", value="fr")
    assert not any(resolve(POLICY, directives=[*asked, above]).in_force(d.id) for d in asked)
