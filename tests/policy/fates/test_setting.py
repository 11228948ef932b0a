"""Settings on which sections depend: who may set them, and what is said of those who may not."""

from __future__ import annotations

import pytest
from tests.policy.worlds import directive, policy, rule

from charter.policy.conversation import Conversation
from charter.policy.fate import Fate, Ground, Place, State, Step
from charter.policy.fates.resolve import resolve
from charter.spec.ladder import Ladder, Level, Yields

POLICY = policy()
OPEN = policy(readings={"setting_authority": "any_level"})


def setting(name, level, value, order=0, about="under_18", **fields):
    return directive(name, level, order, act="setting", subject=about, value=value, **fields)


def given(**settings):
    return Conversation("test", (), (), settings=settings)


def aside(name, level, ground, by=None, place=None, *, reading=None):
    step = Step(ground, by, place, reading)
    return Fate(name, State.SET_ASIDE, ground, level, by, (step,))


# --- only the highest speaking level sets; any may raise


@pytest.mark.parametrize("value", [False, 1, "true", None])
def test_a_lower_level_may_only_switch_on(value):
    found = resolve(POLICY, directives=[setting("d", "developer", value)])
    assert found.fate("d") == aside(
        "d", "developer", Ground.NOT_PERMITTED, reading="setting_authority"
    )
    assert found.settings == {}


def test_what_has_no_authority_sets_nothing_and_no_reading_is_to_blame():
    for chosen in (POLICY, OPEN):
        found = resolve(chosen, directives=[setting("d", "none", True)])
        assert found.fate("d") == aside("d", "none", Ground.NO_AUTHORITY)
        assert found.settings == {}


def test_an_unknown_level_comes_after_every_known_one_and_sets_nothing():
    asked = [setting("a", "emperor", True, 9), setting("b", "guideline", True)]
    found = resolve(OPEN, directives=asked)
    assert found.fate("a") == aside("a", "emperor", Ground.NO_AUTHORITY)
    assert found.in_force("b")
    assert found.settings == {"under_18": True}


def test_whoever_raises_what_is_on_already_stands():
    asked = [setting("s", "system", True), setting("u", "user", True, 1)]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "su"] == [True, True]


def test_without_speaking_levels_every_level_is_the_highest():
    ladder = Ladder((Level("law"), Level("staff", (), Yields.EXPLICIT, "staff")))
    rules = (rule("teens", "law", ladder=ladder, conditions=("under_18",)),)
    silent = policy(rules, ladder=ladder)
    found = resolve(silent, directives=[setting("d", "staff", "no")])
    assert found.in_force("d")
    assert found.settings == {"under_18": "no"}


# --- who wins among those who may


def test_the_later_message_of_the_highest_level_sets_and_is_named():
    asked = [
        setting("a", "system", True, 0),
        setting("b", "system", False, 1, place=Place(1, 2, 3)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.settings == {"under_18": False}
    assert found.fate("a") == aside("a", "system", Ground.SUPERSEDED, "b", Place(1, 2, 3))


def test_under_the_open_reading_the_higher_level_sets_and_is_named():
    asked = [
        setting("a", "user", False, 1),
        setting("b", "developer", True, 0, place=Place(0, 2, 3)),
    ]
    found = resolve(OPEN, directives=asked)
    assert found.settings == {"under_18": True}
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "b", Place(0, 2, 3))


def test_in_one_message_at_two_levels_no_reading_decides():
    asked = [setting("a", "user", False), setting("b", "developer", True)]
    found = resolve(OPEN, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "b")


def test_who_raises_against_a_higher_level_stands_and_so_does_that_level():
    asked = [setting("s", "system", False), setting("u", "user", True, 1)]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "su"] == [True, True]


def test_under_the_open_reading_a_lower_level_may_say_the_same():
    asked = [setting("a", "user", True, 1), setting("b", "developer", True, 0)]
    assert resolve(OPEN, directives=asked).in_force("a")


def test_in_one_message_on_comes_before_off_and_the_reading_is_named():
    for first, second in (("a", "b"), ("b", "a")):
        asked = [setting(first, "system", True), setting(second, "system", False)]
        found = resolve(POLICY, directives=asked)
        assert found.settings == {"under_18": True}
        assert found.fate(second) == aside(
            second, "system", Ground.SUPERSEDED, first, None, reading="same_level_order"
        )


def test_by_position_the_later_place_in_a_message_sets():
    chosen = policy(readings={"same_level_order": "later_position"})
    asked = [
        setting("a", "system", True, place=Place(0, 5, 6)),
        setting("b", "system", False, place=Place(0, 50, 60)),
    ]
    assert resolve(chosen, directives=asked).settings == {"under_18": False}
    assert resolve(POLICY, directives=asked).settings == {"under_18": True}
    bare = [setting("a", "system", True), setting("b", "system", False, place=Place(0, 50, 60))]
    assert resolve(chosen, directives=bare).settings == {"under_18": False}


def test_by_position_what_has_no_place_stands_at_the_start_of_its_message():
    chosen = policy(readings={"same_level_order": "later_position"})
    asked = [
        setting("a", "system", False),
        setting("b", "system", True, place=Place(0, 0, 9)),
    ]
    assert resolve(chosen, directives=asked).settings == {"under_18": True}


def test_by_position_the_earlier_message_stays_the_earlier_one():
    chosen = policy(readings={"same_level_order": "later_position"})
    asked = [
        setting("a", "system", True, 0, place=Place(0, 90, 99)),
        setting("b", "system", False, 1, place=Place(1, 5, 6)),
    ]
    found = resolve(chosen, directives=asked)
    assert found.settings == {"under_18": False}
    assert found.fate("a") == aside("a", "system", Ground.SUPERSEDED, "b", Place(1, 5, 6))


# --- the caller's own


def test_what_the_caller_gave_is_set_off_by_nobody_else():
    found = resolve(POLICY, given(under_18=True), [setting("d", "system", False)])
    assert found.fate("d") == aside("d", "system", Ground.MISALIGNED)
    assert found.settings == {"under_18": True}


def test_who_says_what_the_caller_gave_stands():
    found = resolve(POLICY, given(under_18=False), [setting("d", "system", False)])
    assert found.in_force("d")
    assert found.settings == {"under_18": False}


def test_under_the_open_reading_a_directive_replaces_what_the_caller_gave():
    found = resolve(OPEN, given(under_18=False, region="eu"), [setting("d", "user", True)])
    assert found.in_force("d")
    assert found.settings == {"under_18": True, "region": "eu"}


def test_two_settings_are_decided_apart():
    rules = (
        rule("teens", "root", conditions=("under_18",)),
        rule("clinic", "root", conditions=("medical",)),
    )
    asked = [
        setting("a", "system", True),
        setting("b", "system", False, 1, about="medical"),
        setting("c", "system", True, about="medical"),
    ]
    found = resolve(policy(rules), directives=asked)
    assert found.settings == {"under_18": True, "medical": False}
    assert [found.in_force(name) for name in ("teens", "clinic", "a", "b", "c")] == [
        True,
        False,
        True,
        True,
        False,
    ]


# --- those on which no section depends


def test_a_setting_without_a_name_is_only_a_setting():
    found = resolve(POLICY, directives=[setting("d", "user", 5, about="")])
    assert found.in_force("d")
    assert found.settings == {"": 5}


def test_words_about_a_setting_set_nothing():
    found = resolve(POLICY, directives=[directive("d", subject="under_18", value=True)])
    assert found.in_force("d")
    assert found.settings == {}
    assert not found.in_force("teens")


def test_what_the_caller_gave_is_replaced_where_no_section_depends_on_it():
    asked = [setting("d", "user", 50, about="max_words")]
    found = resolve(POLICY, given(max_words=3, under_18=True), asked)
    assert found.settings == {"max_words": 50, "under_18": True}


def test_a_directive_on_a_section_and_one_on_a_setting_of_that_name_are_two_things():
    asked = [
        setting("a", "user", True, about="max_words"),
        directive("b", subject="max_words", value=False),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.settings == {"max_words": True}
    assert not found.conflicts


def test_a_policy_without_conditions_leaves_all_settings_to_the_ladder():
    asked = [setting("u", "user", False)]
    found = resolve(policy((rule("a", "user"),)), directives=asked)
    assert found.in_force("u")
    assert found.settings == {"under_18": False}


# --- doubts, types, and what the caller says


def test_a_doubted_word_switches_on_and_not_off():
    off = directive("off", "system", act="setting", subject="under_18", value=False, mistaken="?")
    found = resolve(POLICY, Conversation("t", (), (), settings={"under_18": True}), [off])
    assert found.in_force("teens")
    assert found.fate("off").state is State.SUSPENDED
    assert [fate.id for fate in found.asks] == ["off"]
    on = directive("on", "system", act="setting", subject="under_18", value=True, mistaken="?")
    assert resolve(POLICY, directives=[on]).in_force("teens")


def test_one_is_not_true():
    on = directive("on", "system", act="setting", subject="under_18", value=True)
    found = resolve(POLICY, Conversation("t", (), (), settings={"under_18": 1}), [on])
    assert found.in_force("teens")


@pytest.mark.parametrize("level", ["system", "user"])
def test_whoever_speaks_switches_on_what_the_caller_left_off(level):
    on = directive("on", level, act="setting", subject="under_18", value=True)
    found = resolve(POLICY, Conversation("t", (), (), settings={"under_18": False}), [on])
    assert found.in_force("teens")
