"""Who may set a section aside: what counts as a developer, and which reason is given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.policy.worlds import directive, policy, rule

from charter.policy.conversation import Conversation, Message
from charter.policy.fate import Fate, Ground, State, Step
from charter.policy.fates.powers import switched_off
from charter.policy.fates.resolve import resolve
from charter.policy.policy import Layer
from charter.spec.ladder import DEFAULT_LADDER, Ladder, Level, Yields

POLICY = policy()


def set_aside(name, level, ground, by, reading=None):
    return Fate(name, State.SET_ASIDE, ground, level, by, (Step(ground, by, None, reading),))


def spoken(*roles):
    return Conversation("test", tuple(Message(role, "") for role in roles), ())


# --- users act as developers only where there is none


def test_an_overlay_of_a_developer_is_a_developer_who_speaks():
    owned = replace(POLICY, layers=(*POLICY.layers, Layer("own", None, "sha256:own", "developer")))
    asked = [directive("d", conflicts=("developer_1/bbbb",))]
    found = resolve(owned, directives=asked)
    assert found.fate("d") == set_aside("d", "user", Ground.MISALIGNED, "developer_1")
    above = replace(POLICY, layers=(*POLICY.layers, Layer("own", None, "sha256:own", "system")))
    assert resolve(above, directives=asked).in_force("d")


@pytest.mark.parametrize(
    ("roles", "stands"),
    [
        ((), True),
        (("user", "assistant"), True),
        (("system",), True),
        (("developer", "user"), False),
    ],
)
def test_only_messages_of_the_developer_level_count(roles, stands):
    asked = [directive("d", act="override", targets=("developer_1",))]
    assert resolve(POLICY, spoken(*roles), asked).in_force("d") is stands


def test_a_directive_of_the_developer_is_a_developer_who_speaks_even_where_it_is_not_in_force():
    asked = [
        directive("d", act="override", targets=("developer_1",)),
        directive("other", "developer", act="override", targets=("nowhere",)),
    ]
    assert not resolve(POLICY, directives=asked).in_force("d")


def test_the_roles_of_developers_are_those_of_the_ladder():
    levels = tuple(
        replace(one, roles=("builder",)) if one.name == "developer" else one
        for one in DEFAULT_LADDER.levels
    )
    built = policy(ladder=Ladder(levels))
    asked = [directive("d", act="override", targets=("developer_1",))]
    assert resolve(built, spoken("developer"), asked).in_force("d")
    assert not resolve(built, spoken("builder"), asked).in_force("d")


def test_a_ladder_without_developers_takes_messages_of_any_role():
    ladder = Ladder(
        (
            Level("law"),
            Level("staff", ("staff",), Yields.EXPLICIT, "staff"),
        )
    )
    plain = policy((rule("a", "staff", ladder=ladder),), ladder=ladder)
    asked = [directive("d", "staff", act="override", targets=("a",))]
    assert resolve(plain, spoken("staff", "developer"), asked).in_force("d")


# --- which reason is given


@pytest.mark.parametrize("act", ["override", "instruct"])
def test_what_yields_to_explicit_words_is_not_set_aside_by_implied_ones(act):
    about = {"targets" if act == "override" else "conflicts": ("user_1",)}
    asked = [directive("d", act=act, explicit=False, **about)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("d") == set_aside("d", "user", Ground.NOT_EXPLICIT, "user_1")
    assert found.in_force("user_1")


@pytest.mark.parametrize("fields", [{}, {"needs": ("images",)}])
def test_context_is_implied_whatever_it_says_of_itself(fields):
    asked = [directive("d", act="soften", targets=("user_1",), explicit=True, **fields)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("d") == set_aside("d", "user", Ground.NOT_EXPLICIT, "user_1")


@pytest.mark.parametrize(
    ("section", "act", "readings", "reading"),
    [
        ("user_1", "override", {"first_party": "guideline_only"}, "first_party"),
        ("user_1", "soften", {"first_party": "guideline_only"}, "first_party"),
        ("developer_1", "override", {"first_party": "guideline_only"}, None),
        ("system_1", "override", {}, None),
        ("root_1", "override", {}, None),
    ],
)
def test_the_reading_is_named_only_where_it_is_what_bars_the_user(section, act, readings, reading):
    product = policy(first_party=True, readings=readings)
    asked = [directive("d", act=act, targets=(section,))]
    found = resolve(product, spoken("developer"), asked)
    assert found.fate("d") == set_aside("d", "user", Ground.MISALIGNED, section, reading)


def test_a_level_below_users_is_barred_by_its_rank_and_not_by_the_reading():
    product = policy(first_party=True, readings={"first_party": "guideline_only"})
    asked = [directive("d", "guideline", act="override", targets=("user_1",))]
    found = resolve(product, directives=asked)
    assert found.fate("d") == set_aside("d", "guideline", Ground.MISALIGNED, "user_1")


def test_who_is_barred_by_the_reading_must_be_of_a_level_that_would_suffice():
    ladder = Ladder(
        (
            Level("root"),
            Level("developer", ("developer",), Yields.EXPLICIT, "developer"),
            Level("team", (), Yields.IMPLICIT, "developer"),
            Level("user", ("user",), Yields.EXPLICIT, "user"),
        )
    )
    sections = (rule("a", "team", ladder=ladder),)
    product = policy(
        sections, ladder=ladder, first_party=True, readings={"first_party": "guideline_only"}
    )
    asked = [directive("d", act="override", targets=("a",)), directive("other", "developer")]
    found = resolve(product, directives=asked)
    assert found.fate("d") == set_aside("d", "user", Ground.MISALIGNED, "a")


# --- what is open to anyone


def test_anyone_may_keep_a_section_of_any_level():
    asked = [directive("d", act="keep", targets=("root_1",), mistaken="a forgotten not")]
    assert resolve(POLICY, directives=asked).fate("d").ground is Ground.MISTAKEN


@pytest.mark.parametrize("section", ["root_1", "system_1", "developer_1", "user_1"])
def test_anyone_may_keep_a_section_in_force(section):
    asked = [
        directive("other", "developer"),
        directive("d", "guideline", act="keep", targets=(section,)),
    ]
    assert resolve(POLICY, directives=asked).in_force("d")


def test_to_keep_one_section_is_no_right_to_conflict_with_another():
    asked = [directive("d", act="keep", targets=("user_1",), conflicts=("root_1",))]
    found = resolve(POLICY, directives=asked)
    assert found.fate("d") == set_aside("d", "user", Ground.MISALIGNED, "root_1")


@pytest.mark.parametrize("wanted", ["developer_1", "developer_1/aaaa"])
def test_what_somebody_entitled_set_aside_may_be_set_aside_again(wanted):
    asked = [
        directive("high", "developer", act="override", targets=(wanted,)),
        directive("low", "user", 1, act="override", targets=("developer_1/aaaa",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("low")
    assert found.fate(wanted).by == "high"


def test_another_clause_of_the_section_is_not_set_aside_by_that():
    asked = [
        directive("high", "developer", act="override", targets=("developer_1/aaaa",)),
        directive("low", "user", 1, act="override", targets=("developer_1/bbbb",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("low") == set_aside("low", "user", Ground.MISALIGNED, "developer_1")


def test_a_dormant_section_binds_nobody():
    asked = [directive("d", act="override", targets=("teens",))]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("d")
    assert found.fate("teens").ground is Ground.SETTING_OFF
    on = Conversation("test", (), (), settings={"under_18": True})
    found = resolve(POLICY, on, asked)
    assert found.fate("d") == set_aside("d", "user", Ground.MISALIGNED, "teens")


def test_a_target_that_nobody_knows_is_nobodys_fault():
    asked = [directive("d", act="keep", targets=("user_1/zzzz",))]
    found = resolve(POLICY, directives=asked)
    assert found.fate("d") == set_aside("d", "user", Ground.UNKNOWN_TARGET, None)


def test_a_section_with_two_conditions_needs_both_and_true_means_true():
    sections = (
        rule("both", "root", conditions=("a", "b")),
        rule("one", "root", conditions=("a",)),
        rule("always", "root"),
    )
    both = policy(sections)
    assert switched_off(both, {"a": True, "b": True}) == frozenset()
    assert switched_off(both, {"a": True, "b": 1}) == {"both"}
    assert switched_off(both, {}) == {"both", "one"}
