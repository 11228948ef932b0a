"""What speaks against a directive: the one that is named, the reason, and where it stands."""

from __future__ import annotations

import pytest
from tests.policy.worlds import directive, policy

from charter.policy.conversation import Conversation
from charter.policy.directive import Delegation
from charter.policy.fate import Fate, Ground, Place, State, Step
from charter.policy.fates.resolve import resolve
from charter.policy.resolution import Conflict
from charter.policy.scope import Scope

POLICY = policy()
HIGHER = policy(readings={"defeat": "any_higher"})
LATER = policy(readings={"superseder_must_apply": "any_later"})
POSITION = policy(readings={"same_level_order": "later_position"})
DENIED = policy(readings={"denied_premise": "may_make_irrelevant"})
HERE = Place(1, 9, 10)


def aside(name, level, ground, by=None, place=None, *, reading=None):
    step = Step(ground, by, place, reading)
    return Fate(name, State.SET_ASIDE, ground, level, by, (step,))


def stands(name, level="user"):
    return Fate(name, State.IN_FORCE, Ground.APPLIES, level)


def reported(one, other):
    return Conflict(one, other, "same_message", "reported", "same_level_order")


# --- conflicts by name


@pytest.mark.parametrize("mutual", [False, True])
@pytest.mark.parametrize("namer", ["a", "b"])
def test_whoever_names_the_other_the_later_message_holds(namer, mutual):
    names = {"a": ("b",), "b": ("a",)}
    asked = [
        directive(name, order=order, conflicts=names[name] if mutual or name == namer else ())
        for order, name in enumerate("ab")
    ]
    asked[1] = directive("b", order=1, conflicts=asked[1].conflicts, place=HERE)
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.SUPERSEDED, "b", HERE)
    assert found.fate("b") == stands("b")
    assert not found.conflicts


@pytest.mark.parametrize("namer", ["a", "b"])
def test_whoever_names_the_other_in_one_message_both_stand(namer):
    names = {"a": ("b",), "b": ("a",)}
    asked = [directive(name, conflicts=names[name] if name == namer else ()) for name in "ab"]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "ab"] == [True, True]
    assert found.conflicts == (reported("a", "b"),)


def test_who_names_itself_conflicts_with_nothing():
    found = resolve(POLICY, directives=[directive("a", conflicts=("a",))])
    assert found.fate("a") == stands("a")
    assert not found.conflicts


def test_a_conflict_with_nobody_known_is_none():
    found = resolve(POLICY, directives=[directive("a", conflicts=("nobody", "user_9"))])
    assert found.fate("a") == stands("a")


def test_one_message_at_two_levels_is_decided_by_the_level():
    asked = [
        directive("a", "user", 0, conflicts=("b",)),
        directive("b", "developer", 0, place=HERE),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "b", HERE)


def test_to_agree_on_what_is_kept_is_no_contradiction():
    """They meet since one speaks of the section and the other of its clause, and agree."""
    about = {"subject": "style", "value": "dry"}
    asked = [
        directive("a", act="keep", targets=("user_1/aaaa",), **about),
        directive("b", act="override", targets=("user_1",), **about),
    ]
    found = resolve(POLICY, directives=asked)
    assert not found.conflicts
    assert found.in_force("user_1/aaaa")


def test_to_disagree_on_something_else_is_one():
    asked = [
        directive("a", act="keep", targets=("user_1/aaaa",), subject="style", value="dry"),
        directive("b", act="override", targets=("user_1",), subject="style", value="warm"),
    ]
    assert resolve(POLICY, directives=asked).conflicts == (reported("a", "b"),)


def test_a_conflict_with_what_was_set_aside_in_the_same_message_is_not_reported():
    asked = [
        directive("a", "system", act="keep", targets=("system_1",)),
        directive("c", "system", act="override", targets=("system_1", "nowhere")),
    ]
    for chosen in (POLICY, HIGHER, LATER):
        assert not resolve(chosen, directives=asked).conflicts


@pytest.mark.parametrize("holder", ["a", "b"])
def test_a_scope_contradicts_another_scope_only(holder):
    """The two meet since one speaks of the section and the other of its clause."""
    stated = {holder: Scope(("read",), id=holder, level="user")}
    asked = [
        directive("a", act="keep", targets=("user_1/aaaa",), scope=stated.get("a")),
        directive("b", act="override", targets=("user_1",), scope=stated.get("b")),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.scope.id == holder
    assert not found.conflicts


# --- which of several rivals is named


def test_the_highest_rival_is_named():
    asked = [
        directive("a", "user", 0, subject="s", value=1),
        directive("b", "developer", 5, subject="t", value=1, conflicts=("a",)),
        directive("c", "system", 1, conflicts=("a",), place=HERE),
        directive("d", "user", 9, conflicts=("a",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "c", HERE)


def test_of_one_level_the_latest_rival_is_named():
    asked = [
        directive("a", "user", 0),
        directive("b", "user", 2, conflicts=("a",)),
        directive("c", "user", 3, conflicts=("a",), place=HERE),
        directive("d", "user", 1, conflicts=("a",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.SUPERSEDED, "c", HERE)


def test_of_one_message_the_rival_of_the_smallest_id_is_named():
    asked = [directive(name, "user", 1, conflicts=("z",)) for name in "cab"]
    found = resolve(POLICY, directives=[*asked, directive("z")])
    assert found.fate("z") == aside("z", "user", Ground.SUPERSEDED, "a")


def test_a_rival_in_force_is_named_before_one_that_only_counts_by_its_rank():
    asked = [
        directive("a", "user", 0, subject="s", value=1),
        directive("b", "developer", 0, subject="s", value=2),
        directive("c", "developer", 1, subject="s", value=3),
    ]
    found = resolve(HIGHER, directives=asked)
    assert found.fate("b") == aside("b", "developer", Ground.SUPERSEDED, "c")
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "c")


def test_a_tie_in_the_message_does_not_hide_a_rival_above():
    asked = [
        directive("a", "system", 0, act="supersede", targets=("b",), place=HERE),
        directive("b", "user", 0, act="keep", targets=("guideline_1",)),
        directive("e", "system", 0, act="override", targets=("guideline_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("b") == aside("b", "user", Ground.MISALIGNED, "a", HERE)


def test_a_section_is_named_before_any_directive():
    asked = [
        directive("a", act="override", targets=("root_1",), conflicts=("b",)),
        directive("b", "developer", 1),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "root_1")


@pytest.mark.parametrize("named", [("user_1", "root_1"), ("root_1", "user_1")])
def test_every_section_that_it_conflicts_with_counts_and_not_the_first_only(named):
    found = resolve(POLICY, directives=[directive("a", conflicts=named)])
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "root_1")
    assert found.in_force("user_1")


def test_a_rival_is_named_before_what_is_wrong_with_the_directive_itself():
    asked = [
        directive("a", conflicts=("b",), needs=("images",), mistaken="perhaps"),
        directive("b", "developer", 1),
    ]
    found = resolve(POLICY, directives=asked, capabilities=())
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "b")
    assert not found.asks


# --- by position


def test_by_position_a_rival_in_the_message_supersedes_and_the_reading_is_named():
    asked = [
        directive("a", conflicts=("b",), place=Place(0, 0, 1)),
        directive("b", place=Place(0, 5, 6)),
    ]
    found = resolve(POSITION, directives=asked)
    assert found.fate("a") == aside(
        "a", "user", Ground.SUPERSEDED, "b", Place(0, 5, 6), reading="same_level_order"
    )
    assert not found.conflicts


def test_by_position_another_message_needs_no_reading():
    asked = [
        directive("a", conflicts=("b",), place=Place(0, 50, 60)),
        directive("b", order=1, place=HERE),
    ]
    found = resolve(POSITION, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.SUPERSEDED, "b", HERE)


def test_by_position_what_has_no_place_stands_first_and_then_ids_decide():
    placed = [directive("z", conflicts=("a",)), directive("a", place=Place(0, 5, 6))]
    assert resolve(POSITION, directives=placed).fate("z").by == "a"
    bare = [directive("z", conflicts=("a",)), directive("a")]
    assert resolve(POSITION, directives=bare).fate("a").by == "z"
    start = [directive("a", conflicts=("z",)), directive("z", place=Place(0, 0, 1))]
    assert resolve(POSITION, directives=start).fate("a").by == "z"


def test_by_position_a_level_above_sets_aside_without_the_reading():
    asked = [directive("a", "user", 0, conflicts=("b",)), directive("b", "developer", 0)]
    found = resolve(POSITION, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.MISALIGNED, "b")


# --- taking back


def test_what_is_taken_back_names_who_did():
    asked = [directive("a"), directive("e", order=1, act="supersede", targets=("a",), place=HERE)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == aside("a", "user", Ground.SUPERSEDED, "e", HERE)
    assert found.fate("e") == stands("e")


def test_nobody_takes_back_what_stands_above():
    asked = [
        directive("a", "user", place=HERE),
        directive("e", "guideline", 2, act="supersede", targets=("a",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("e") == aside("e", "guideline", Ground.MISALIGNED, "a", HERE)
    assert found.fate("a") == stands("a")


@pytest.mark.parametrize("act", ["supersede", "premise"])
def test_what_names_no_directive_that_exists_is_set_aside(act):
    asked = [directive("a", "developer"), directive("e", order=1, act=act, targets=("a", "nobody"))]
    found = resolve(DENIED, directives=asked[1:])
    assert found.fate("e") == aside("e", "user", Ground.UNKNOWN_TARGET)
    assert resolve(DENIED, directives=asked).fate("e").state is State.SET_ASIDE


def test_what_takes_back_is_not_taken_back_but_by_a_conflict():
    asked = [
        directive("a"),
        directive("b", order=1, act="supersede", targets=("a",)),
        directive("c", order=2, act="supersede", targets=("b",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "abc"] == [False, True, True]
    named = [*asked[:2], directive("c", order=2, conflicts=("b",))]
    found = resolve(POLICY, directives=named)
    assert [found.in_force(name) for name in "abc"] == [True, False, True]


def test_what_is_not_in_force_takes_nothing_back():
    asked = [
        directive("a"),
        directive("e", order=1, act="supersede", targets=("a",), mistaken="perhaps"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == stands("a")
    assert found.fate("e").state is State.SUSPENDED


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_what_is_taken_back_in_its_own_message_stands_and_it_is_reported(names):
    first, second = names
    asked = [directive(first), directive(second, act="supersede", targets=(first,))]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "ab"] == [True, True]
    assert found.conflicts == (reported("a", "b"),)


def test_what_stands_later_is_not_taken_back_and_that_is_no_conflict_in_a_message():
    asked = [directive("a", order=1), directive("e", act="supersede", targets=("a",))]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "ae"] == [True, True]
    assert not found.conflicts


def test_two_that_take_each_other_back_in_one_message_both_stand():
    asked = [
        directive("a", act="supersede", targets=("b",)),
        directive("b", act="supersede", targets=("a",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in "ab"] == [True, True]
    assert not found.conflicts


@pytest.mark.parametrize("names", ["abc", "cba", "bca"])
def test_what_takes_back_and_conflicts_is_reported_with_both(names):
    back, taken, other = names
    asked = [
        directive(taken),
        directive(other),
        directive(back, act="supersede", targets=(taken,), conflicts=(other,)),
    ]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in names] == [True] * 3
    pairs = sorted(tuple(sorted((back, one))) for one in (taken, other))
    assert found.conflicts == tuple(reported(*two) for two in pairs)


def test_what_takes_something_else_back_contradicts_nobody_beside_it():
    """The two meet since one speaks of the section and the other of its clause."""
    asked = [
        directive("old", order=0),
        directive("a", order=1, act="keep", targets=("user_1/aaaa",)),
        directive("b", order=1, act="supersede", targets=("old",), conflicts=("user_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in ("old", "a", "b")] == [False, True, True]
    assert not found.conflicts


# --- denied premises


def deny(level="user", order=1, targets=("a",), **fields):
    return directive("p", level, order, act="premise", targets=targets, **fields)


def test_a_denied_premise_names_who_denied_it_and_the_reading():
    asked = [directive("a", "developer"), deny(place=HERE)]
    found = resolve(DENIED, directives=asked)
    assert found.fate("a") == aside(
        "a", "developer", Ground.SUPERSEDED, "p", None, reading="denied_premise"
    )
    assert found.fate("p") == stands("p")


def test_to_take_something_back_is_no_denial_of_its_premise():
    asked = [
        directive("a", "developer"),
        directive("e", order=1, act="supersede", targets=("a",)),
    ]
    found = resolve(DENIED, directives=asked)
    assert found.fate("a") == stands("a", "developer")
    assert found.fate("e") == aside("e", "user", Ground.MISALIGNED, "a")


def test_to_deny_a_premise_takes_nothing_back():
    """The two meet since one speaks of the section and the other of its clause."""
    asked = [
        directive("a", order=1, act="keep", targets=("user_1/aaaa",)),
        deny(conflicts=("user_1",)),
    ]
    found = resolve(DENIED, directives=asked)
    assert [found.in_force(name) for name in "ap"] == [True, True]
    assert not found.conflicts


def test_the_lowest_level_can_deny_a_premise_too():
    asked = [directive("a"), deny("guideline")]
    assert resolve(DENIED, directives=asked).fate("a").by == "p"


def test_a_denial_is_information_where_the_reading_says_so():
    asked = [directive("a", "developer"), deny()]
    found = resolve(POLICY, directives=asked)
    assert found.fate("a") == stands("a", "developer")
    assert found.fate("p") == aside(
        "p", "user", Ground.INFORMATION, None, None, reading="denied_premise"
    )


@pytest.mark.parametrize(
    ("level", "order"),
    [("user", 0), ("user", -1), ("developer", 1), ("system", 1), ("none", 1), ("emperor", 1)],
)
def test_only_a_later_message_of_lower_authority_denies_a_premise(level, order):
    asked = [directive("a", "developer", 0), deny(level, order)]
    assert resolve(DENIED, directives=asked).in_force("a")


def test_the_premise_of_simple_words_can_be_denied_too_and_only_theirs():
    asked = [
        directive("a", "developer", subject="style", value="dry"),
        directive("b", "developer", subject="tone", value="dry"),
        directive("c", "developer", subject="style", value="dry", needs=("images",)),
        deny(),
    ]
    found = resolve(DENIED, directives=asked)
    assert [found.in_force(name) for name in "abc"] == [False, True, True]


def test_one_of_two_denials_is_enough():
    asked = [
        directive("a", "developer", 0),
        directive("q", "system", 1, act="premise", targets=("a",)),
        deny(),
    ]
    assert resolve(DENIED, directives=asked).fate("a").by == "p"


def test_the_premise_of_what_was_lifted_is_not_denied_from_below():
    """What was lifted has no level of its own that anything could stand below."""
    lift = Delegation(("tool:a",))
    asked = [
        directive("d", "developer", act="delegate", delegation=lift),
        directive("a", "none", 0, source="tool:a"),
        deny(),
    ]
    assert resolve(DENIED, directives=asked).in_force("a")


# --- what is wrong with the directive itself


def test_a_clash_names_sections_that_exist():
    for wanted in ("nowhere", "user_1/zzzz"):
        asked = [directive("c", act="clash", targets=("user_1", wanted))]
        found = resolve(POLICY, directives=asked)
        assert found.fate("c") == aside("c", "user", Ground.UNKNOWN_TARGET)
    known = [directive("c", act="clash", targets=("user_1/aaaa", "user_2"))]
    assert resolve(POLICY, directives=known).in_force("c")


@pytest.mark.parametrize(
    ("capabilities", "ground"),
    [
        (None, Ground.APPLIES),
        (("images", "sound"), Ground.APPLIES),
        (("images",), Ground.BEYOND_CAPABILITY),
        ((), Ground.BEYOND_CAPABILITY),
    ],
)
def test_all_that_is_needed_must_be_there(capabilities, ground):
    asked = [directive("a", needs=("images", "sound"))]
    found = resolve(POLICY, directives=asked, capabilities=capabilities)
    expected = stands("a") if ground is Ground.APPLIES else aside("a", "user", ground)
    assert found.fate("a") == expected


def test_what_cannot_be_done_is_no_matter_for_a_person():
    asked = [directive("a", needs=("images",), mistaken="perhaps")]
    found = resolve(POLICY, directives=asked, capabilities=())
    assert found.fate("a") == aside("a", "user", Ground.BEYOND_CAPABILITY)
    assert not found.asks


def test_what_is_mistaken_waits_and_does_nothing_meanwhile():
    asked = [
        directive("b", act="override", targets=("user_1",), mistaken="perhaps"),
        directive("a", "developer", mistaken="perhaps"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("user_1")
    expected = tuple(
        Fate(name, State.SUSPENDED, Ground.MISTAKEN, level, None, (Step(Ground.MISTAKEN),))
        for name, level in (("b", "user"), ("a", "developer"))
    )
    assert found.asks == expected  # in the order given
    assert found.fates[-2:] == expected


# --- what a resolution carries through


def test_a_resolution_names_its_readings_tools_and_directives():
    asked = [directive("a"), directive("b")]
    spoken = Conversation("test", (), (), tools=("read", "pay"))
    found = resolve(LATER, spoken, asked)
    assert found.readings == LATER.readings
    assert found.tools == ("read", "pay")
    assert found.conversation is spoken
    assert found.directives == tuple(asked)
    assert found.policy_digest == LATER.digest


def test_what_a_doubted_directive_still_sets_aside_names_the_reading():
    asked = [
        directive("doubt", "system", act="setting", subject="words", value=1, mistaken="?"),
        directive("said", "developer", 1, act="setting", subject="words", value=2),
    ]
    assert resolve(policy(), directives=asked).in_force("said")
    found = resolve(policy(readings={"defeat": "any_higher"}), directives=asked)
    assert found.fate("said").trace[0].reading == "defeat"
