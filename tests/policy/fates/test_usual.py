"""The usual cases, decided at once: the cases at the edge of them, with the fate they must have."""

from __future__ import annotations

import pytest
from tests.policy.worlds import directive, policy

from charter.policy.fate import Fate, Ground, Place, State, Step
from charter.policy.fates.resolve import resolve
from charter.policy.resolution import Conflict
from charter.policy.scope import Scope

POLICY = policy()
HERE = Place(1, 9, 10)


def aside(name, level, ground, by=None, place=None, *, reading=None):
    step = Step(ground, by, place, reading)
    return Fate(name, State.SET_ASIDE, ground, level, by, (step,))


def reported(one, other):
    return Conflict(one, other, "same_message", "reported", "same_level_order")


def about(name, value, level="user", order=0, **fields):
    return directive(name, level, order, subject="style", value=value, **fields)


def test_a_value_from_above_sets_one_from_below_aside():
    asked = [about("a", "dry", order=1), about("b", "warm", "developer", place=HERE)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "b", HERE)


def test_a_later_value_sets_an_earlier_one_aside():
    asked = [about("a", "dry"), about("b", "warm", order=1, place=HERE)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.SUPERSEDED, "b", HERE)


@pytest.mark.parametrize(
    "fields", [{}, {"needs": ("images",)}, {"conflicts": ("x",)}, {"scope": Scope(id="b")}]
)
def test_whatever_else_the_rival_says_its_value_counts(fields):
    asked = [about("a", "dry"), about("b", "warm", "developer", 1, **fields)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "b")


def test_values_that_are_equal_and_not_the_same_object_agree():
    values = [["dry", "short"], ["dry", "short"]]
    asked = [about("a", values[0]), about("b", values[1], order=1)]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "ab"] == [True, True]


def test_true_is_not_one():
    asked = [about("a", 1), about("b", True, order=1)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.SUPERSEDED, "b")


def test_who_contradicts_two_in_one_message_is_reported_with_both():
    asked = [about("a", "dry"), about("b", "warm"), about("c", "dry")]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "abc"] == [True] * 3
    assert found.conflicts == (reported("a", "b"), reported("b", "c"))


def test_of_two_later_values_in_one_message_the_smaller_id_is_named():
    asked = [about("x", "short"), about("b", "dry", order=1), about("c", "warm", order=1)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("x") == aside("x", "user", Ground.SUPERSEDED, "b")


def test_a_value_that_a_lower_level_repeats_stays_that_of_the_higher():
    asked = [
        about("a", "warm", order=1),
        about("b", "dry", order=2),
        about("c", "dry", "developer"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "c")
    assert found.in_force("b")


def test_a_value_that_one_of_two_later_ones_shares_is_set_aside_by_the_other():
    asked = [about("x", "warm"), about("b", "dry", order=1), about("c", "warm", order=1)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("x") == aside("x", "user", Ground.SUPERSEDED, "b")


def test_on_a_rule_and_on_a_subject_both_claims_count():
    asked = [
        about("a", "dry", act="override", targets=("user_1",)),
        about("b", "warm", order=1),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.SUPERSEDED, "b")
    assert found.in_force("user_1")


@pytest.mark.parametrize("act", ["override", "soften", "keep"])
def test_every_target_counts_and_not_the_first_only(act):
    asked = [
        directive("a", act=act, targets=("guideline_1", "guideline_2")),
        directive("b", "developer", act="keep", targets=("guideline_2",)),
    ]
    found = resolve(POLICY, directives=asked)
    if act == "keep":
        assert found.in_force("a")
    else:
        assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "b")
        assert found.in_force("guideline_1")


def test_two_that_differ_on_the_second_target_in_one_message_are_reported():
    asked = [
        directive("c", act="soften", targets=("guideline_2",)),
        directive("d", act="keep", targets=("guideline_1", "guideline_2")),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.conflicts == (reported("c", "d"),)
    assert found.in_force("guideline_2")


def test_a_target_that_may_not_be_set_aside_is_named_whichever_it_is():
    for targets in (("guideline_1", "root_1"), ("root_1", "guideline_1")):
        found = resolve(POLICY, directives=[directive("a", act="override", targets=targets)])
        assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "root_1")
        assert found.in_force("guideline_1")


def test_a_section_is_named_where_somebody_keeps_it_too():
    asked = [
        directive("a", "guideline", 1, act="override", targets=("root_1",)),
        directive("e", "user", act="keep", targets=("root_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "guideline", Ground.MISALIGNED, "root_1")


def test_what_may_be_set_aside_by_nobody_below_may_be_once_somebody_above_did():
    asked = [
        directive("a", "user", 1, act="override", targets=("system_1",)),
        directive("e", "system", act="override", targets=("system_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("a")
    assert found.fate("system_1").by == "e"


def test_to_set_aside_without_saying_so_needs_a_section_that_yields_to_context():
    asked = [
        directive("a", act="override", targets=("guideline_1",), explicit=False),
        directive("b", act="override", targets=("user_1",), explicit=False),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("a")
    assert found.fate("b") == aside("b", "user", Ground.NOT_EXPLICIT, "user_1")
    assert found.out == {"guideline_1", "teens"}


def test_users_who_act_as_developers_have_to_say_so_too():
    asked = [directive("c", act="override", targets=("developer_2",), explicit=False)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("c") == aside("c", "user", Ground.NOT_EXPLICIT, "developer_2")


def test_a_clause_is_looked_at_with_what_was_said_of_its_section():
    asked = [
        directive("a", order=1, act="override", targets=("user_1/aaaa",)),
        directive("b", order=2, act="keep", targets=("user_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.SUPERSEDED, "b")


def test_two_of_one_id_are_two():
    stated = Scope(("read",), max_cost=1.0, id="a", level="user")
    asked = [
        directive("a", "user", 0, scope=stated),
        directive("a", "system", 0, act="override", targets=("guideline_2",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.scope == stated
    assert found.fate("guideline_2").by == "a"
