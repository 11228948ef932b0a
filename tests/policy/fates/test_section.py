"""What became of each section: dormant, set aside as a whole or in part, or yielding to another."""

from __future__ import annotations

import pytest
from tests.policy.worlds import directive, policy, rule

from charter.policy.conversation import Conversation
from charter.policy.fate import Fate, Ground, Place, State, Step
from charter.policy.fates.resolve import resolve
from charter.policy.resolution import Conflict
from charter.spec.ladder import Ladder, Level, Yields

POLICY = policy()
HERE = Place(1, 5, 9)


def overridden(name, level, by, place=None):
    step = Step(Ground.OVERRIDDEN, by, place)
    return Fate(name, State.SET_ASIDE, Ground.OVERRIDDEN, level, by, (step,))


def applies(name, level):
    return Fate(name, State.IN_FORCE, Ground.APPLIES, level)


def pair(**second):
    """Two user-level sections: `a` and `b`, of which the second may differ."""
    return rule("a", "user"), rule("b", "user", **second)


def clash(level="user", targets=("a", "b"), **fields):
    return directive("c", level, 1, act="clash", targets=targets, place=HERE, **fields)


# --- set aside, and dormant


def test_a_section_whose_setting_is_off_is_dormant_and_says_so():
    found = resolve(POLICY)
    step = (Step(Ground.SETTING_OFF),)
    assert found.fate("teens") == Fate(
        "teens", State.DORMANT, Ground.SETTING_OFF, "root", None, step
    )
    assert found.out == {"teens"}


def test_a_section_that_was_set_aside_names_who_did_and_where():
    asked = [directive("d", act="override", targets=("user_1",), place=HERE)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("user_1") == overridden("user_1", "user", "d", HERE)
    assert found.out == {"teens", "user_1"}


def test_sections_keep_their_order_and_clauses_follow():
    asked = [
        directive("d", act="override", targets=("user_2/bbbb", "user_1")),
        directive("e", act="keep", targets=("user_1/aaaa",)),
    ]
    found = resolve(POLICY, directives=asked)
    ids = [fate.id for fate in found.fates]
    assert ids == [*POLICY.by_id, "user_1/aaaa", "user_2/bbbb", "d", "e"]


def test_to_name_a_dormant_section_ends_nothing_for_those_named_after_it():
    asked = [
        directive("first", order=1, act="override", targets=("teens",)),
        directive("then", order=0, act="override", targets=("user_2",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("user_2") == overridden("user_2", "user", "then")
    assert found.fate("teens").ground is Ground.SETTING_OFF


def test_of_two_who_set_a_section_aside_in_one_message_the_later_id_is_named():
    asked = [
        directive("one", act="override", targets=("user_1",)),
        directive("two", act="soften", targets=("user_1",), explicit=False),
        directive("three", act="override", targets=("user_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("user_1") == overridden("user_1", "user", "three")


def test_of_two_who_set_a_section_aside_in_one_message_the_place_counts_for_nothing():
    asked = [
        directive("one", act="override", targets=("user_1",), place=Place(0, 50, 60)),
        directive("two", act="override", targets=("user_1",), place=Place(0, 5, 6)),
    ]
    assert resolve(POLICY, directives=asked).fate("user_1").by == "two"
    by_position = policy(readings={"same_level_order": "later_position"})
    assert resolve(by_position, directives=asked).fate("user_1").by == "one"


def test_what_is_kept_and_set_aside_in_one_message_is_kept():
    asked = [
        directive("off", act="override", targets=("user_1",)),
        directive("on", act="keep", targets=("user_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("user_1") == applies("user_1", "user")
    assert found.conflicts == (
        Conflict("off", "on", "same_message", "reported", "same_level_order"),
    )


# --- clauses


def test_a_clause_that_is_set_aside_alone_names_who_did():
    asked = [directive("d", act="override", targets=("user_1/aaaa",), place=HERE)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("user_1/aaaa") == overridden("user_1/aaaa", "user", "d", HERE)
    assert found.out == {"teens"}


def test_a_kept_clause_of_a_section_that_stands_has_no_fate_of_its_own():
    asked = [directive("d", act="keep", targets=("user_1/aaaa",))]
    found = resolve(POLICY, directives=asked)
    assert "user_1/aaaa" not in [fate.id for fate in found.fates]
    assert found.fate("user_1/aaaa") == applies("user_1", "user")


def test_a_kept_clause_of_a_section_that_is_set_aside_applies_at_its_level():
    asked = [
        directive("d", "developer", act="override", targets=("developer_1",)),
        directive("e", "developer", act="keep", targets=("developer_1/bbbb",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("developer_1/bbbb") == applies("developer_1/bbbb", "developer")
    assert found.fate("developer_1/aaaa") == overridden("developer_1", "developer", "d")
    assert not found.conflicts  # an exception, no contradiction


def test_a_kept_clause_of_a_dormant_section_stays_dormant():
    found = resolve(POLICY, directives=[directive("d", act="keep", targets=("teens/aaaa",))])
    assert found.fate("teens/aaaa").state is State.DORMANT


def test_a_clause_that_is_not_kept_shares_the_fate_of_its_section():
    asked = [
        directive("low", act="override", targets=("user_1/aaaa",)),
        directive("high", "system", act="override", targets=("user_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert "user_1/aaaa" not in [fate.id for fate in found.fates]
    assert found.fate("user_1/aaaa").by == "high"


# --- sections that cannot both be kept


def test_the_prohibition_prevails_whichever_comes_first():
    for name, other in (("a", "b"), ("b", "a")):
        rules = (rule("a", "user", prohibits=name == "a"), rule("b", "user", prohibits=name == "b"))
        found = resolve(policy(rules), directives=[clash()])
        step = Step(Ground.EQUAL_SECTIONS, name, HERE, "equal_sections")
        assert found.fate(other) == Fate(
            other, State.SET_ASIDE, Ground.EQUAL_SECTIONS, "user", name, (step,)
        )
        assert found.fate(name) == applies(name, "user")
        assert found.out == {other}
        assert found.conflicts == (Conflict("a", "b", "equal_sections", name, "equal_sections"),)
        assert not found.inaction


def test_the_deeper_section_prevails_whichever_comes_first():
    for name, other in (("a", "b"), ("b", "a")):
        rules = (
            rule("a", "user", depth=1 + (name == "a")),
            rule("b", "user", depth=2 - (name == "a")),
        )
        deeper = policy(rules, readings={"equal_sections": "more_specific"})
        found = resolve(deeper, directives=[clash()])
        assert found.conflicts[0].outcome == name
        assert found.out == {other}


@pytest.mark.parametrize("reading", ["prohibition", "more_specific", "inaction"])
def test_where_neither_prevails_nothing_is_done_and_both_stand(reading):
    equal = policy(pair(), readings={"equal_sections": reading})
    found = resolve(equal, directives=[clash()])
    known = Conflict("a", "b", "equal_sections", "inaction", "equal_sections")
    assert found.conflicts == found.inaction == (known,)
    assert found.out == frozenset()
    assert found.fate("a") == applies("a", "user")


def test_the_prohibition_counts_under_its_own_reading_only():
    rules = pair(prohibits=True)
    deeper = policy(rules, readings={"equal_sections": "more_specific"})
    assert resolve(deeper, directives=[clash()]).inaction
    rules = pair(depth=2)
    assert resolve(policy(rules), directives=[clash()]).inaction


def test_the_higher_section_prevails_whichever_comes_first_and_no_reading_is_needed():
    for higher, lower in (("a", "b"), ("b", "a")):
        rules = (
            rule(higher, "user", prohibits=False),
            rule(lower, "guideline", prohibits=True, depth=5),
        )
        found = resolve(policy(rules), directives=[clash()])
        step = Step(Ground.MISALIGNED, higher, HERE)
        assert found.fate(lower) == Fate(
            lower, State.SET_ASIDE, Ground.MISALIGNED, "guideline", higher, (step,)
        )
        assert found.conflicts == (Conflict("a", "b", "levels", higher),)


def test_the_rank_decides_and_not_the_order_of_the_levels_names():
    ladder = Ladder(
        (
            Level("root"),
            Level("user", ("user",), Yields.EXPLICIT, "user"),
            Level("developer", ("developer",), Yields.EXPLICIT, "developer"),
            Level("guideline", (), Yields.IMPLICIT, "developer"),
        )
    )
    rules = (rule("a", "developer", ladder=ladder), rule("b", "guideline", ladder=ladder))
    found = resolve(policy(rules, ladder=ladder), directives=[clash()])
    assert found.out == {"b"}


def test_two_sections_that_never_yield_give_inaction_on_any_ladder():
    ladder = Ladder((Level("law"), Level("staff", ("staff",), Yields.EXPLICIT, "staff")))
    rules = (
        rule("a", "law", ladder=ladder),
        rule("b", "law", ladder=ladder, prohibits=True, depth=3),
    )
    found = resolve(policy(rules, ladder=ladder), directives=[clash("staff", ("a/aaaa", "b"))])
    assert found.inaction == (Conflict("a", "b", "root", "inaction", "root_conflict"),)
    assert found.out == frozenset()


@pytest.mark.parametrize("targets", [(), ("a",), ("a", "a/aaaa"), ("a", "b", "e"), ("a", "off")])
def test_a_clash_is_between_two_sections_that_bind(targets):
    rules = (*pair(prohibits=True), rule("e", "user"), rule("off", "root", conditions=("x",)))
    found = resolve(policy(rules), directives=[clash(targets=targets)])
    assert not found.conflicts
    assert found.out == {"off"}


def test_a_section_that_was_set_aside_clashes_with_nothing():
    asked = [clash(), directive("d", act="override", targets=("a",))]
    found = resolve(policy(pair(prohibits=True)), directives=asked)
    assert not found.conflicts
    assert found.fate("a").ground is Ground.OVERRIDDEN


def test_two_reports_of_one_clash_set_aside_once_and_both_are_counted():
    rules = (*pair(prohibits=True), rule("e", "guideline"))
    asked = [
        clash(),
        directive("d", "user", 0, act="clash", targets=("a", "b")),
        directive("f", "user", 0, act="clash", targets=("a", "e")),
    ]
    found = resolve(policy(rules), directives=asked)
    assert found.fate("a").trace == (Step(Ground.EQUAL_SECTIONS, "b", HERE, "equal_sections"),)
    assert [(known.second, known.outcome) for known in found.conflicts] == [("b", "b"), ("e", "a")]
    assert found.out == {"a", "e"}


def test_a_report_from_below_is_counted_and_changes_nothing():
    found = resolve(policy(pair(prohibits=True)), directives=[clash("guideline")])
    assert found.conflicts[0].outcome == "b"
    assert found.out == frozenset()


def test_the_setting_of_a_section_decides_before_any_clash():
    rules = (rule("a", "user", conditions=("x",)), rule("b", "user", prohibits=True))
    on = Conversation("test", (), (), settings={"x": True})
    assert resolve(policy(rules), on, [clash()]).out == {"a"}
    off = resolve(policy(rules), directives=[clash()])
    assert not off.conflicts
    assert off.fate("a").state is State.DORMANT


# --- who may say so


@pytest.mark.parametrize(
    ("keeper", "yields"), [("system", False), ("developer", False), ("user", True)]
)
def test_a_section_kept_from_the_same_level_or_above_does_not_yield(keeper, yields):
    rules = pair(prohibits=True)
    asked = [clash("developer"), directive("k", keeper, act="keep", targets=("a",))]
    found = resolve(policy(rules), directives=asked)
    assert found.conflicts[0].outcome == "b"
    assert found.out == ({"a"} if yields else frozenset())


@pytest.mark.parametrize(("keeper", "yields"), [("developer", False), ("user", True)])
def test_a_section_that_is_kept_perhaps_by_mistake_is_kept_meanwhile(keeper, yields):
    asked = [
        clash("developer"),
        directive("k", keeper, act="keep", targets=("a",), mistaken="a forgotten not"),
    ]
    found = resolve(policy(pair(prohibits=True)), directives=asked)
    assert found.fate("k").state is State.SUSPENDED
    assert found.out == ({"a"} if yields else frozenset())


def test_a_section_that_its_reporter_could_not_set_aside_does_not_yield():
    rules = (rule("a", "root"), rule("b", "system"))
    found = resolve(policy(rules), directives=[clash("developer")])
    assert found.conflicts == (Conflict("a", "b", "levels", "a"),)
    assert found.out == frozenset()
    assert resolve(policy(rules), directives=[clash("system")]).out == {"b"}


def test_a_user_who_acts_as_a_developer_reports_as_a_user():
    rules = (rule("a", "developer"), rule("b", "developer", prohibits=True))
    assert resolve(policy(rules), directives=[clash("user")]).out == frozenset()
    assert resolve(policy(rules), directives=[clash("developer")]).out == {"a"}


def test_a_user_barred_by_a_reading_makes_no_section_yield():
    chosen = policy(
        pair(prohibits=True), first_party=True, readings={"first_party": "guideline_only"}
    )
    assert resolve(chosen, directives=[clash("user")]).out == frozenset()
    assert resolve(chosen, directives=[clash("developer")]).out == {"a"}
