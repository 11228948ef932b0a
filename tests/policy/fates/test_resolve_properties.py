"""What holds for every conversation: the guarantees of resolution, on generated worlds.

Few examples by default; 10,000 of each in CI, or as many as CHARTER_EXAMPLES says.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.worlds import (
    NAMES,
    RULES,
    SPEAKING,
    directive,
    directives,
    policy,
    readings,
    thorough,
)

from charter.policy.conversation import Conversation
from charter.policy.directive import Act, Directive
from charter.policy.fate import Ground, State
from charter.policy.fates.resolve import resolve
from charter.spec.ladder import DEFAULT_LADDER

resolving = import_module("charter.policy.fates.resolve")
POLICY = policy()


def fates_of_rules(resolution, least=0):
    rank = DEFAULT_LADDER.rank
    return {
        fate.id: (fate.state, fate.ground, fate.by)
        for fate in resolution.fates
        if fate.id.partition("/")[0] in POLICY.by_id and rank(fate.level) >= least
    }


@thorough
@given(directives(), readings())
def test_every_candidate_appears_once_with_its_fate(asked, chosen):
    found = resolve(policy(readings=chosen), directives=asked)
    ids = [fate.id for fate in found.fates]
    assert len(ids) == len(set(ids))
    assert {*RULES, "teens", *(one.id for one in asked)} <= set(ids)
    for fate in found.fates:
        assert fate.ground is not Ground.APPLIES or fate.state is State.IN_FORCE
        assert fate.state is State.IN_FORCE or fate.trace


@thorough
@given(directives(), readings(), st.randoms())
def test_the_order_in_which_directives_are_given_changes_nothing(asked, chosen, chance):
    compiled = policy(readings=chosen)
    first = resolve(compiled, directives=asked)
    shuffled = list(asked)
    chance.shuffle(shuffled)
    second = resolve(compiled, directives=shuffled)
    if chosen.get("same_level_order") != "later_position":
        assert {f.id: f for f in first.fates} == {f.id: f for f in second.fates}
        assert (first.settings, first.scope, first.conflicts) == (
            second.settings,
            second.scope,
            second.conflicts,
        )


@thorough
@given(directives())
def test_absolute_positions_change_nothing(asked):
    spread = tuple(replace(one, order=one.order * 7 + 3) for one in asked)
    assert resolve(POLICY, directives=asked).fates == resolve(POLICY, directives=spread).fates


@thorough
@given(directives(), directives(), st.sampled_from(SPEAKING[:2]))
def test_non_interference(first, second, level):
    """Whatever is said below a level changes no fate at it or above.

    Settings that rules depend on are inputs: lower levels may switch them on (next test). Words to
    which somebody above delegated are theirs, and so not from below.
    """
    rank = DEFAULT_LADDER.rank
    least = rank(level)
    shared = [one for one in first if rank(one.level) >= least and not _protective(one)]
    shared.append(directive("here", "developer"))  # else users act as developers
    below = [
        replace(one, id="e" + one.id[1:], order=one.order + 0)
        for one in second
        if rank(one.level) < least and not _protective(one)
    ]
    names = {one.id for one in shared}
    lent = any(one.act is Act.DELEGATE for one in shared)
    below = [one for one in below if one.id not in names and not (lent and one.level == "none")]
    alone = resolve(POLICY, directives=shared)
    together = resolve(POLICY, directives=[*shared, *below])
    assert fates_of_rules(alone, least) == fates_of_rules(together, least)
    for one in shared:
        if one.act is not Act.DELEGATE:
            assert alone.fate(one.id)[:5] == together.fate(one.id)[:5]


def _protective(one):
    return one.act is Act.SETTING and one.subject == "under_18"


@thorough
@given(directives(levels=("user", "none")))
def test_lower_levels_can_add_conditional_rules_and_remove_none(asked):
    on = Conversation("test", (), (), settings={"under_18": True})
    assert resolve(POLICY, on, asked).in_force("teens")
    for name in ("root_1", "system_1"):
        assert resolve(POLICY, directives=asked).in_force(name)


@thorough
@given(directives(), directives(levels=("none",)))
def test_what_has_no_authority_changes_nothing(said, found_in_data):
    asked = [one for one in said if one.act is not Act.DELEGATE]
    data = [replace(one, id="x" + one.id) for one in found_in_data]
    alone, together = resolve(POLICY, directives=asked), resolve(POLICY, directives=[*asked, *data])
    assert fates_of_rules(alone) == fates_of_rules(together)
    assert (alone.settings, alone.scope) == (together.settings, together.scope)
    for one in asked:
        assert alone.fate(one.id) == together.fate(one.id)
    for one in data:
        assert together.fate(one.id).ground is Ground.NO_AUTHORITY


@thorough
@given(directives(), readings())
def test_root_is_never_set_aside(asked, chosen):
    found = resolve(policy(readings=chosen), directives=asked)
    assert found.in_force("root_1")
    assert found.in_force("root_2")


@pytest.mark.parametrize("level", ["system", "developer", "user", "guideline"])
def test_every_lower_default_can_be_set_aside_by_someone(level):
    asked = [directive("d", "system", act="override", targets=(f"{level}_1",))]
    assert not resolve(POLICY, directives=asked).in_force(f"{level}_1")


@thorough
@given(directives(), readings())
def test_implicit_words_set_aside_guidelines_only(asked, chosen):
    quiet = [replace(one, explicit=False) for one in asked]
    found = resolve(policy(readings=chosen), directives=quiet)
    for name in RULES:
        if not name.startswith("guideline"):
            assert found.fate(name).ground is not Ground.OVERRIDDEN


@thorough
@given(directives(), readings())
def test_delegation_is_bounded(asked, chosen):
    found = resolve(policy(readings=chosen), directives=asked)
    rank = DEFAULT_LADDER.rank
    top = max((rank(one.level) for one in asked if one.act is Act.DELEGATE), default=0)
    implied = chosen.get("untrusted_lift", "explicit_only") != "explicit_only"
    implied |= chosen.get("cue_source") == "any_context"
    for one in asked:
        level = rank(found.fate(one.id).level)
        if one.level == "none":
            assert level <= max(top, rank("user") if implied else 0)
        else:
            assert level == rank(one.level)
    without = [one for one in asked if one.act is not Act.DELEGATE]
    if not implied:
        bare = resolve(policy(readings=chosen), directives=without)
        for one in without:
            if one.level == "none":
                assert bare.fate(one.id).level == "none"


@thorough
@given(directives(), st.sampled_from(NAMES))
def test_a_duplicate_changes_nothing(asked, name):
    twins = [one for one in asked if one.id == name]
    before = resolve(POLICY, directives=asked)
    after = resolve(POLICY, directives=[*asked, *twins])
    assert fates_of_rules(before) == fates_of_rules(after)


@thorough
@given(directives(), readings())
def test_the_quick_path_says_what_the_full_one_says(asked, chosen):
    compiled = policy(readings=chosen)
    quick = resolve(compiled, directives=asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resolving, "usual_cases", lambda *_: lambda *_: None)
        slow = resolve(compiled, directives=asked)
    assert (quick.fates, quick.conflicts, quick.settings) == (
        slow.fates,
        slow.conflicts,
        slow.settings,
    )


def test_small_worlds_exhaustively():
    """All orders and levels of three directives on one subject: the strongest latest one holds."""
    compiled = policy(())
    rank = DEFAULT_LADDER.rank
    for levels in [(a, b, c) for a in SPEAKING for b in SPEAKING for c in SPEAKING]:
        for values in [(a, b, c) for a in "xy" for b in "xy" for c in "xy"]:
            asked = [
                directive(f"d{at}", level, at, subject="s", value=value)
                for at, (level, value) in enumerate(zip(levels, values, strict=True))
            ]
            best = max(asked, key=lambda one: (rank(one.level), one.order))
            for order in permutations(asked):
                found = resolve(compiled, directives=order)
                for one in asked:
                    assert found.in_force(one.id) is (one.value == best.value)


@thorough
@given(st.lists(st.text(max_size=5), max_size=20))
def test_strange_ids_are_only_ids(names):
    asked = [
        Directive(name, Act.INSTRUCT, "user", at, conflicts=(name,))
        for at, name in enumerate(dict.fromkeys(names))
    ]
    found = resolve(POLICY, directives=asked)
    assert len(found.fates) == len(POLICY.rules) + len(asked)
