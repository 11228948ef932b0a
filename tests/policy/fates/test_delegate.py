"""Delegation: what is lifted and what is not, how far, by whom, and where it has to end."""

from __future__ import annotations

import pytest
from tests.policy.worlds import directive, policy, rule

from charter.policy.directive import Delegation, Relation, Risk
from charter.policy.fate import Fate, Ground, Place, State, Step
from charter.policy.fates.resolve import resolve
from charter.policy.scope import Scope
from charter.spec.ladder import DEFAULT_LADDER, Ladder, Level, Yields

POLICY = policy()
HERE = Place(2, 5, 6)
MEANT = {"relation": Relation.INTENDED, "risk": Risk.LOW}


def delegate(name, to, level="user", order=0, *, up_to=None, only=(), **fields):
    lifts = Delegation((to,) if isinstance(to, str) else to, up_to, only)
    return directive(name, level, order, act="delegate", delegation=lifts, **fields)


def found_in(name, source, order=1, **fields):
    return directive(name, "none", order, source=source, **fields)


def lifted(name, level, by):
    return Fate(name, State.IN_FORCE, Ground.APPLIES, level, None, (Step("lifted", by),))


def implied(name, level, reading):
    step = Step("lifted", None, None, reading)
    return Fate(name, State.IN_FORCE, Ground.APPLIES, level, None, (step,))


def unlifted(name, ground=Ground.NO_AUTHORITY):
    return Fate(name, State.SET_ASIDE, ground, "none", None, (Step(ground),))


# --- which sources


@pytest.mark.parametrize(
    ("pattern", "source", "names"),
    [
        ("tool:search", "tool:search", True),
        ("tool:search", "tool:searcher", False),
        ("tool:search", "tool:searc", False),
        ("tool:s*", "tool:search", True),
        ("tool:s*", "tool:files", False),
        ("tool:*", "tool", False),
        ("tool:search*", "tool:search", True),
        ("*", "quote:user", False),  # it would lift the delegator's own source too
        ("", "tool:search", False),
    ],
)
def test_a_source_is_named_in_full_or_by_how_it_begins(pattern, source, names):
    found = resolve(POLICY, directives=[delegate("d", pattern), found_in("x", source)])
    assert found.in_force("x") is names
    assert found.lifted == ({source: "user"} if names else {})


def test_a_delegation_that_names_several_sources_lifts_each_of_them():
    asked = [
        delegate("d", ("tool:a", "tool:b")),
        found_in("x", "tool:a"),
        found_in("y", "tool:b"),
        found_in("z", "tool:c"),
    ]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "xyz"] == [True, True, False]
    assert found.fate("x") == lifted("x", "user", "d")
    assert found.fate("z") == unlifted("z")
    assert found.lifted == {"tool:a": "user", "tool:b": "user"}


def test_a_delegation_without_sources_or_without_words_lifts_nothing():
    asked = [delegate("d", ()), directive("e", act="delegate"), found_in("x", "tool:a")]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "dex"] == [True, True, False]
    assert found.lifted == {}


# --- which part, and how far


def test_the_part_that_is_not_named_is_left_and_says_so():
    asked = [
        delegate("d", "tool:a", only=("style", "language")),
        found_in("x", "tool:a", subject="style", value="dry"),
        found_in("y", "tool:a", subject="tone", value="warm"),
        found_in("z", "tool:a"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("x") == lifted("x", "user", "d")
    assert found.fate("y") == unlifted("y", Ground.NOT_DELEGATED)
    assert found.fate("z") == unlifted("z", Ground.NOT_DELEGATED)


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"subject": "style"}, True),
        ({"subject": "style", "value": "dry"}, True),
        ({"subject": "tone"}, False),
        ({}, False),
        ({"subject": "style", "conflicts": ("user_1",)}, False),
        ({"subject": "style", "act": "setting", "value": 5}, False),
        ({"subject": "style", "act": "override", "targets": ("user_1",)}, False),
    ],
)
def test_a_part_is_what_speaks_of_its_subject_and_of_nothing_else(fields, part):
    asked = [delegate("d", "tool:a", only=("style",)), found_in("x", "tool:a", **fields)]
    found = resolve(POLICY, directives=asked)
    expected = lifted("x", "user", "d") if part else unlifted("x", Ground.NOT_DELEGATED)
    assert found.fate("x") == expected


def test_what_one_delegation_left_another_may_lift():
    asked = [
        delegate("d", "tool:a", "developer", only=("style",)),
        delegate("e", "tool:a", "user", 1),
        found_in("x", "tool:a", 2, subject="style", value="dry"),
        found_in("y", "tool:a", 2, subject="tone", value="warm"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("x") == lifted("x", "developer", "d")
    assert found.fate("y") == lifted("y", "user", "e")
    assert found.lifted == {"tool:a": "developer"}


def test_a_level_that_nobody_knows_lifts_nothing():
    asked = [delegate("d", "tool:a", up_to="emperor"), found_in("x", "tool:a")]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("d")
    assert found.fate("x") == unlifted("x", Ground.NOT_DELEGATED)
    assert found.lifted == {}


def test_what_was_lifted_to_a_lower_level_is_decided_there():
    asked = [
        delegate("d", "tool:a", "system", up_to="user"),
        directive("own", "developer", 1, subject="style", value="dry"),
        directive("said", "user", 2, subject="style", value="warm"),
        found_in("x", "tool:a", 3, subject="style", value="dry"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("x") == lifted("x", "user", "d")
    assert found.fate("said").by == "own"


def test_own_words_alone_still_count_where_something_is_lifted():
    found = resolve(POLICY, directives=[delegate("d", "tool:a"), directive("own", "system")])
    assert found.fate("own") == Fate("own", State.IN_FORCE, Ground.APPLIES, "system")
    assert found.fate("d") == Fate("d", State.IN_FORCE, Ground.APPLIES, "user")


# --- whose words are stronger


def test_what_was_lifted_yields_to_own_words_of_its_level_and_says_both():
    asked = [
        delegate("d", "tool:a"),
        directive("own", "user", 0, subject="style", value="dry", place=HERE),
        found_in("x", "tool:a", 9, subject="style", value="warm"),
    ]
    found = resolve(POLICY, directives=asked)
    trace = (Step("lifted", "d"), Step(Ground.MISALIGNED, "own", HERE))
    assert found.fate("x") == Fate("x", State.SET_ASIDE, Ground.MISALIGNED, "user", "own", trace)


def test_what_was_lifted_in_the_message_that_lifts_it_yields_to_own_words_there():
    asked = [
        delegate("d", "quote:user"),
        directive("own", "user", 0, subject="style", value="dry"),
        found_in("x", "quote:user", 0, subject="style", value="warm"),
    ]
    found = resolve(POLICY, directives=asked)
    assert (found.fate("x").ground, found.fate("x").by) == (Ground.MISALIGNED, "own")
    assert not found.conflicts


def test_what_was_lifted_sets_no_setting_on_which_sections_depend():
    about = {"act": "setting", "subject": "under_18", "value": True}
    asked = [delegate("d", "tool:a"), found_in("x", "tool:a", **about)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("x") == unlifted("x")
    assert found.settings == {}


def test_a_scope_that_was_lifted_leaves_that_of_the_agent_above():
    above = Scope(("read",), max_cost=1.0, level="user", id="above")
    lent = Scope(("*",), max_cost=9.0, id="x")
    asked = [delegate("d", "tool:a"), found_in("x", "tool:a", act="scope", scope=lent)]
    assert resolve(POLICY, directives=asked, within=above).scope == above
    assert resolve(POLICY, directives=asked).scope is None


def test_of_two_that_were_lifted_the_later_message_supersedes():
    asked = [
        delegate("d", "tool:*"),
        found_in("x", "tool:a", 1, conflicts=("y",)),
        found_in("y", "tool:b", 2),
    ]
    found = resolve(POLICY, directives=asked)
    trace = (Step("lifted", "d"), Step(Ground.SUPERSEDED, "y"))
    assert found.fate("x") == Fate("x", State.SET_ASIDE, Ground.SUPERSEDED, "user", "y", trace)


def test_of_two_that_were_lifted_in_one_message_both_stand_and_it_is_reported():
    asked = [
        delegate("d", "tool:a"),
        found_in("x", "tool:a", subject="style", value="dry"),
        found_in("y", "tool:a", subject="style", value="warm"),
    ]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "xy"] == [True, True]
    assert [known[:3] for known in found.conflicts] == [("x", "y", "same_message")]


def test_of_two_rivals_of_one_level_own_words_are_named_and_not_the_later():
    asked = [
        found_in("x", "tool:a", 3, conflicts=("own", "other")),
        delegate("d", "tool:a"),
        directive("own", "user", 0),
        found_in("other", "tool:a", 5),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("other")
    assert (found.fate("x").ground, found.fate("x").by) == (Ground.MISALIGNED, "own")


def test_what_was_lifted_first_holds_against_what_it_lifted_in_turn():
    asked = [
        delegate("d", "tool:a"),
        delegate("e", "tool:b", "none", 1, source="tool:a"),
        found_in("x", "tool:a", 1, conflicts=("y",)),
        found_in("y", "tool:b", 5),
    ]
    found = resolve(POLICY, directives=asked)
    trace = (Step("lifted", "e"), Step(Ground.MISALIGNED, "x"))
    assert found.fate("x") == lifted("x", "user", "d")
    assert found.fate("y") == Fate("y", State.SET_ASIDE, Ground.MISALIGNED, "user", "x", trace)


def test_what_was_lifted_can_be_mistaken_and_a_person_is_asked():
    asked = [delegate("d", "tool:a"), found_in("x", "tool:a", mistaken="a forgotten not")]
    found = resolve(POLICY, directives=asked)
    trace = (Step("lifted", "d"), Step(Ground.MISTAKEN))
    fate = Fate("x", State.SUSPENDED, Ground.MISTAKEN, "user", None, trace)
    assert found.fate("x") == fate
    assert found.asks == (fate,)


# --- where it ends


def test_a_delegation_that_would_lift_its_own_source_is_cyclic_and_lifts_nothing():
    asked = [delegate("d", ("tool:a", "*"), place=HERE), found_in("x", "tool:a")]
    found = resolve(POLICY, directives=asked)
    step = (Step(Ground.CYCLIC, "d", HERE),)
    assert found.fate("d") == Fate("d", State.SET_ASIDE, Ground.CYCLIC, "user", "d", step)
    assert found.fate("x") == unlifted("x")


def test_a_lifted_delegation_that_is_cyclic_names_the_level_it_was_lifted_to():
    asked = [
        delegate("d", "tool:a", "developer"),
        delegate("back", "developer", "none", 1, source="tool:a"),
    ]
    found = resolve(POLICY, directives=asked)
    step = (Step(Ground.CYCLIC, "back"),)
    assert found.fate("back") == Fate(
        "back", State.SET_ASIDE, Ground.CYCLIC, "developer", "back", step
    )


def test_a_source_that_was_lifted_twice_owes_that_to_both():
    """`b` owes a part to `a`, which the system lifted, and the rest to the user."""
    asked = [
        delegate("d", "tool:a", "system"),
        delegate("e", "tool:b", "none", 1, source="tool:a", only=("style",)),
        delegate("f", "tool:b", "user", 2),
        found_in("x", "tool:b", 3, subject="style", value="dry"),
        delegate("back", "tool:a", "none", 3, source="tool:b"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("x") == lifted("x", "system", "e")
    assert (found.fate("back").ground, found.fate("back").level) == (Ground.CYCLIC, "user")


def test_to_delegate_to_what_was_lifted_already_adds_nothing():
    """`b` owes its authority to the user, whatever `a` says of it later."""
    asked = [
        delegate("d", ("tool:a", "tool:b")),
        delegate("e", "tool:b", "none", 2, source="tool:a"),
        delegate("back", "tool:a", "none", 1, source="tool:b"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("e") == lifted("e", "user", "d")
    assert found.fate("back") == lifted("back", "user", "d")


def test_only_a_delegation_delegates():
    asked = [
        delegate("d", "tool:b"),
        directive("e", delegation=Delegation(("tool:a",)), needs=("images",)),
        found_in("x", "tool:a"),
    ]
    assert resolve(POLICY, directives=asked).fate("x") == unlifted("x")


def test_a_delegation_that_is_not_in_force_lifts_nothing():
    asked = [
        delegate("d", ("tool:a", "user"), mistaken="a forgotten not"),
        found_in("x", "tool:a"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("d").ground is Ground.MISTAKEN  # nobody asks whether it is cyclic
    assert found.fate("x") == unlifted("x")


def test_of_two_delegations_of_one_id_only_the_one_in_force_lifts():
    asked = [
        delegate("d", "tool:a", "user", mistaken="a forgotten not"),
        delegate("d", "tool:b", "developer"),
        found_in("x", "tool:a"),
        found_in("y", "tool:b"),
    ]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "xy"] == [False, True]


# --- what a task implies


def test_what_the_task_implies_is_lifted_to_the_user_and_names_the_reading():
    chosen = policy(readings={"untrusted_lift": "implied_by_task"})
    found = resolve(chosen, directives=[found_in("x", "tool:a", **MEANT)])
    assert found.fate("x") == implied("x", "user", "untrusted_lift")
    assert found.lifted == {}


@pytest.mark.parametrize(
    ("source", "followed"),
    [("tool:a", True), ("attachment:b", True), ("quote:user", False), ("toolbox", False)],
)
def test_a_task_implies_to_follow_files_and_tool_results_only(source, followed):
    chosen = policy(readings={"untrusted_lift": "any_on_topic"})
    found = resolve(chosen, directives=[found_in("x", source, **MEANT)])
    assert found.in_force("x") is followed


def test_what_is_perhaps_meant_and_serious_waits_for_a_person():
    chosen = policy(readings={"untrusted_lift": "implied_by_task"})
    asked = [
        found_in("x", "attachment:b", relation=Relation.MAYBE, risk=Risk.SERIOUS),
        found_in("y", "attachment:b", relation=Relation.UNRELATED),
    ]
    found = resolve(chosen, directives=asked)
    step = Step(Ground.ASK_FIRST, None, None, "untrusted_lift")
    fate = Fate("x", State.SUSPENDED, Ground.ASK_FIRST, "none", None, (step,))
    assert found.fate("x") == fate
    assert found.asks == (fate,)
    assert found.disclose == ()


def test_guesses_are_disclosed_by_id_in_order():
    chosen = policy(readings={"untrusted_lift": "implied_by_task"})
    guess = {"relation": Relation.MAYBE, "risk": Risk.LOW}
    asked = [
        found_in("z", "tool:b", **guess),
        found_in("x", "tool:a", **guess),
        found_in("y", "tool:a", **MEANT),
    ]
    assert resolve(chosen, directives=asked).disclose == ("x", "z")


def test_where_there_is_no_user_a_task_lifts_to_the_lowest_level():
    ladder = Ladder(
        (
            Level("law"),
            Level("board", ("board",), Yields.EXPLICIT, "board"),
            Level("staff", ("staff",), Yields.IMPLICIT, "staff"),
        )
    )
    rules = (rule("a", "staff", ladder=ladder),)
    chosen = policy(rules, ladder=ladder, readings={"untrusted_lift": "any_on_topic"})
    found = resolve(chosen, directives=[found_in("x", "tool:a", **MEANT)])
    assert found.fate("x") == implied("x", "staff", "untrusted_lift")


def test_a_cue_softens_and_what_else_its_source_says_stays_information():
    chosen = policy(readings={"cue_source": "any_context"})
    soften = {"act": "soften", "targets": ("guideline_1",), "explicit": False}
    asked = [
        found_in("a", "quote:user", **MEANT),
        found_in("b", "quote:user", **soften),
        found_in("c", "tool:a", **MEANT),
        found_in("d", "quote:user", act="override", targets=("guideline_2",)),
    ]
    found = resolve(chosen, directives=asked)
    assert found.fate("b") == implied("b", "user", "cue_source")
    assert [found.fate(name) for name in "acd"] == [unlifted(name) for name in "acd"]
    assert found.fate("guideline_1").by == "b"
    assert found.in_force("guideline_2")


def test_a_cue_is_no_instruction_that_a_task_implies():
    chosen = policy(readings={"untrusted_lift": "any_on_topic"})
    soften = {"act": "soften", "targets": ("guideline_1",), "explicit": False}
    found = resolve(chosen, directives=[found_in("x", "quote:user", **soften)])
    assert found.fate("x") == unlifted("x")
    assert found.in_force("guideline_1")


def test_where_a_task_implied_all_nothing_is_left_to_delegate():
    chosen = policy(readings={"untrusted_lift": "implied_by_task"})
    found = resolve(chosen, directives=[delegate("d", "tool:a"), found_in("x", "tool:a", **MEANT)])
    assert found.fate("x") == implied("x", "user", "untrusted_lift")
    assert found.lifted == {}


def test_what_a_task_did_not_imply_somebody_may_lift():
    chosen = policy(readings={"untrusted_lift": "implied_by_task"})
    asked = [
        delegate("d", "tool:a"),
        found_in("x", "tool:a", **MEANT),
        found_in("y", "tool:a", relation=Relation.UNRELATED),
    ]
    found = resolve(chosen, directives=asked)
    assert found.fate("x") == implied("x", "user", "untrusted_lift")
    assert found.fate("y") == lifted("y", "user", "d")


def test_all_levels_are_decided_where_a_reading_lifts():
    chosen = policy(readings={"cue_source": "any_context"})
    asked = [directive(f"d_{level.name}", level.name) for level in DEFAULT_LADDER.levels]
    found = resolve(chosen, directives=asked)
    for level in DEFAULT_LADDER.levels:
        assert found.fate(f"d_{level.name}") == asked[0].stands._replace(
            id=f"d_{level.name}", level=level.name
        )
