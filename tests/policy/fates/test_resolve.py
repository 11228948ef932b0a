"""Resolution: who is in force, what set the others aside, and what no input can change."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.policy.worlds import (
    LEVELS,
    RULES,
    SPEAKING,
    directive,
    policy,
    rule,
)

from charter.policy.conversation import Conversation, Message
from charter.policy.directive import Act, Delegation, Directive, Relation, Risk
from charter.policy.fate import Ground, Place, State
from charter.policy.fates.resolve import resolve
from charter.policy.scope import Scope
from charter.spec.ladder import DEFAULT_LADDER, Ladder, Level, Yields

POLICY = policy()


def ground(resolution, wanted):
    return resolution.fate(wanted).ground


def test_nothing_said_leaves_every_section_in_force_but_the_conditional_one():
    found = resolve(POLICY)
    assert {fate.id for fate in found.fates if fate.state is State.IN_FORCE} == set(RULES)
    assert ground(found, "teens") is Ground.SETTING_OFF


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("speaker", SPEAKING)
@pytest.mark.parametrize("act", ["override", "soften"])
def test_who_may_set_aside_which_section(level, speaker, act):
    given_ = [
        directive("other", "developer"),
        directive("d", speaker, 1, act=act, targets=(f"{level}_1",), explicit=act == "override"),
    ]
    found = resolve(POLICY, directives=given_)
    rank = DEFAULT_LADDER.rank
    needed = {"root": 9, "system": rank("system"), "developer": rank("developer")}
    entitled = rank(speaker) >= needed.get(level, rank("user"))
    suffices = act == "override" or level == "guideline"
    assert found.in_force(f"{level}_1") is not (entitled and suffices)
    assert found.in_force("d") is (entitled and suffices)
    if not entitled:
        assert ground(found, "d") is Ground.MISALIGNED
        assert found.fate("d").by == f"{level}_1"
    elif not suffices:
        assert ground(found, "d") is Ground.NOT_EXPLICIT
    else:
        assert found.fate(f"{level}_1").by == "d"
        assert found.fate(f"{level}_1/aaaa").ground is Ground.OVERRIDDEN


def test_without_a_developer_the_user_may_do_what_developers_may():
    asked = [directive("d", "user", act="override", targets=("developer_1",))]
    assert resolve(POLICY, directives=asked).in_force("d")
    strict = policy(readings={"both_roles": "user_stays"})
    assert ground(resolve(strict, directives=asked), "d") is Ground.MISALIGNED
    spoken = Conversation("test", (Message("developer", "Hello."),), ())
    assert ground(resolve(POLICY, spoken, asked), "d") is Ground.MISALIGNED


def test_a_clause_is_set_aside_alone():
    asked = [directive("d", act="override", targets=("user_1/aaaa",))]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("user_1")
    assert not found.in_force("user_1/aaaa")
    assert found.in_force("user_1/bbbb")


def test_a_kept_clause_survives_the_override_of_its_section():
    asked = [
        directive("keep", "developer", 0, act="keep", targets=("user_1/aaaa",)),
        directive("d", "user", 1, act="override", targets=("user_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert not found.in_force("user_1")
    assert found.in_force("user_1/aaaa")
    assert not found.in_force("user_1/bbbb")


def test_a_developer_can_hold_a_section_against_users():
    asked = [
        directive("keep", "developer", 0, act="keep", targets=("guideline_1",)),
        directive("d", "user", 1, act="override", targets=("guideline_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("guideline_1")
    assert (ground(found, "d"), found.fate("d").by) == (Ground.MISALIGNED, "keep")


def test_the_later_message_of_a_level_supersedes():
    asked = [
        directive("first", order=0, subject="language", value="en"),
        directive("second", order=1, subject="language", value="fr"),
    ]
    found = resolve(POLICY, directives=asked)
    assert (ground(found, "first"), found.fate("first").by) == (Ground.SUPERSEDED, "second")
    assert found.in_force("second")


def test_within_one_message_both_stand_and_the_conflict_is_reported():
    asked = [
        directive("first", subject="language", value="en"),
        directive("second", subject="language", value="fr"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("first")
    assert found.in_force("second")
    (conflict,) = found.conflicts
    assert conflict[:5] == ("first", "second", "same_message", "reported", "same_level_order")


def test_by_position_the_later_place_in_a_message_supersedes():
    by_position = policy(readings={"same_level_order": "later_position"})
    asked = [
        directive("late", subject="language", value="fr", place=Place(0, 50, 60)),
        directive("early", subject="language", value="en", place=Place(0, 5, 10)),
    ]
    found = resolve(by_position, directives=asked)
    assert found.in_force("late")
    assert found.fate("early").trace[0].reading == "same_level_order"


def test_a_superseded_directive_supersedes_nothing_unless_the_reading_says_so():
    asked = [
        directive("first", "user", 0, conflicts=("second",)),
        directive("second", "user", 1, conflicts=("top",)),
        directive("top", "developer", 2),
    ]
    assert resolve(POLICY, directives=asked).in_force("first")
    any_later = policy(readings={"superseder_must_apply": "any_later"})
    fate = resolve(any_later, directives=asked).fate("first")
    assert (fate.ground, fate.by) == (Ground.SUPERSEDED, "second")
    assert fate.trace[0].reading == "superseder_must_apply"


def test_what_is_defeated_defeats_nothing_unless_the_reading_says_so():
    asked = [
        directive("low", "user", 0, conflicts=("middle",)),
        directive("middle", "developer", 1, conflicts=("high",)),
        directive("high", "system", 2),
    ]
    found = resolve(POLICY, directives=asked)
    assert [found.in_force(name) for name in ("low", "middle", "high")] == [True, False, True]
    any_higher = policy(readings={"defeat": "any_higher"})
    fate = resolve(any_higher, directives=asked).fate("low")
    assert (fate.ground, fate.by) == (Ground.MISALIGNED, "middle")
    assert fate.trace[0].reading == "defeat"


def test_one_can_take_back_an_earlier_directive_of_the_same_level():
    asked = [
        directive("first", order=0),
        directive("back", order=1, act="supersede", targets=("first",)),
    ]
    assert ground(resolve(POLICY, directives=asked), "first") is Ground.SUPERSEDED
    above = [replace(asked[0], level="developer"), asked[1]]
    above = [directive("first", "developer", 0), asked[1]]
    found = resolve(POLICY, directives=above)
    assert found.in_force("first")
    assert ground(found, "back") is Ground.MISALIGNED


def test_a_denied_premise_is_information_unless_the_reading_says_so():
    asked = [
        directive("high", "developer", 0),
        directive("denial", "user", 1, act="premise", targets=("high",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("high")
    assert ground(found, "denial") is Ground.INFORMATION
    open_ = policy(readings={"denied_premise": "may_make_irrelevant"})
    assert ground(resolve(open_, directives=asked), "high") is Ground.SUPERSEDED


def test_mistaken_instructions_wait_for_a_person():
    found = resolve(POLICY, directives=[directive("d", mistaken="a forgotten not")])
    assert found.fate("d").state is State.SUSPENDED
    assert [fate.id for fate in found.asks] == ["d"]


def test_what_cannot_be_done_is_set_aside_and_the_rest_holds():
    asked = [directive("draw", needs=("images",)), directive("write", order=0)]
    found = resolve(POLICY, directives=asked, capabilities=["text"])
    assert ground(found, "draw") is Ground.BEYOND_CAPABILITY
    assert found.in_force("write")
    assert resolve(POLICY, directives=asked).in_force("draw")


def test_unknown_targets_and_levels_have_no_power():
    asked = [
        directive("d", act="override", targets=("nowhere",)),
        directive("clause", act="override", targets=("user_1/zzzz",)),
        directive("lord", "emperor", act="override", targets=("user_1",)),
        directive("plain", "emperor"),
    ]
    found = resolve(POLICY, directives=asked)
    assert ground(found, "d") is Ground.UNKNOWN_TARGET
    assert ground(found, "clause") is Ground.UNKNOWN_TARGET
    assert ground(found, "lord") is Ground.NO_AUTHORITY
    assert ground(found, "plain") is Ground.NO_AUTHORITY
    assert found.in_force("user_1")


# --- delegation


def lifted(only=(), level=None, **fields):
    to = Delegation(("tool:files",), level, only)
    return [
        directive("lift", "user", 0, act="delegate", delegation=to),
        directive("found", "none", 1, source="tool:files", **fields),
    ]


def test_delegation_lifts_what_it_names():
    assert not resolve(POLICY, directives=lifted()[1:]).in_force("found")
    found = resolve(POLICY, directives=lifted())
    assert found.in_force("found")
    assert found.fate("found").level == "user"
    assert found.fate("found").trace[0].what == "lifted"
    assert found.lifted == {"tool:files": "user"}
    other = [lifted()[0], directive("found", "none", 1, source="tool:search")]
    assert ground(resolve(POLICY, directives=other), "found") is Ground.NO_AUTHORITY


def test_delegation_lifts_to_the_delegator_at_most_and_only_its_part():
    assert resolve(POLICY, directives=lifted(level="system")).fate("found").level == "user"
    low = resolve(POLICY, directives=lifted(level="guideline"))
    assert low.fate("found").level == "guideline"
    assert ground(resolve(POLICY, directives=lifted(("style",))), "found") is Ground.NOT_DELEGATED
    part = lifted(("style",), subject="style", value="dry")
    assert resolve(POLICY, directives=part).in_force("found")
    nowhere = resolve(POLICY, directives=lifted(level="emperor"))
    assert not nowhere.in_force("found")


def test_the_delegators_own_words_come_first():
    asked = [
        *lifted(subject="language", value="fr"),
        directive("own", "user", 0, subject="language", value="en"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("own")
    assert (ground(found, "found"), found.fate("found").by) == (Ground.MISALIGNED, "own")


def test_a_chain_of_delegations_never_climbs_and_ends_at_a_cycle():
    asked = [
        *lifted(act="delegate", delegation=Delegation(("tool:search", "tool:files"))),
        directive("further", "none", 2, source="tool:search"),
    ]
    found = resolve(POLICY, directives=asked)
    assert ground(found, "found") is Ground.CYCLIC
    assert ground(found, "further") is Ground.NO_AUTHORITY
    straight = [
        *lifted(act="delegate", delegation=Delegation(("tool:search",), "system")),
        directive("further", "none", 2, source="tool:search"),
    ]
    assert resolve(POLICY, directives=straight).fate("further").level == "user"
    back = [
        *straight,
        directive(
            "back",
            "none",
            3,
            source="tool:search",
            act="delegate",
            delegation=Delegation(("tool:files",)),
        ),
    ]
    assert ground(resolve(POLICY, directives=back), "back") is Ground.CYCLIC


def test_nothing_lifts_itself():
    asked = [
        directive(
            "a",
            "none",
            0,
            source="tool:files",
            act="delegate",
            delegation=Delegation(("tool:files", "tool:search")),
        ),
        directive(
            "b",
            "none",
            1,
            source="tool:search",
            act="delegate",
            delegation=Delegation(("tool:files",)),
        ),
    ]
    found = resolve(POLICY, directives=asked)
    assert {fate.ground for fate in found.fates if fate.id in "ab"} == {Ground.NO_AUTHORITY}


@pytest.mark.parametrize(
    ("reading", "relation", "risk", "state", "disclosed"),
    [
        ("explicit_only", "intended", "low", State.SET_ASIDE, ()),
        ("implied_by_task", "unrelated", "low", State.SET_ASIDE, ()),
        ("implied_by_task", "intended", "low", State.IN_FORCE, ()),
        ("implied_by_task", "maybe", "serious", State.SUSPENDED, ()),
        ("implied_by_task", "maybe", "low", State.IN_FORCE, ("found",)),
        ("implied_by_task", "intended", "serious", State.IN_FORCE, ("found",)),
        ("any_on_topic", "unrelated", "low", State.SET_ASIDE, ()),
        ("any_on_topic", "maybe", "serious", State.IN_FORCE, ()),
    ],
)
def test_a_task_can_imply_delegation(reading, relation, risk, state, disclosed):
    chosen = policy(readings={"untrusted_lift": reading})
    asked = [
        directive(
            "found", "none", source="tool:files", relation=Relation(relation), risk=Risk(risk)
        ),
        directive("said", "none", source="quote:user", relation=Relation.INTENDED, risk=Risk.LOW),
    ]
    found = resolve(chosen, directives=asked)
    assert found.fate("found").state is state
    assert found.disclose == disclosed
    assert not found.in_force("said")  # quotes are no project files


def test_cues_of_no_authority_soften_guidelines_under_one_reading_only():
    cue = [directive("cue", "none", act="soften", targets=("guideline_1",), explicit=False)]
    assert resolve(POLICY, directives=cue).in_force("guideline_1")
    open_ = policy(readings={"cue_source": "any_context"})
    assert not resolve(open_, directives=cue).in_force("guideline_1")
    hard = [directive("cue", "none", act="soften", targets=("user_1",), explicit=False)]
    assert resolve(open_, directives=hard).in_force("user_1")


# --- settings, scope, clashes


def setting(name, level, value, order=0, about="under_18"):
    return directive(name, level, order, act="setting", subject=about, value=value)


@pytest.mark.parametrize(
    ("asked", "reading", "teens"),
    [
        ([setting("s", "system", True)], "raise_only", True),
        ([setting("u", "user", True)], "raise_only", True),
        ([setting("s", "system", True), setting("u", "user", False, 1)], "raise_only", True),
        ([setting("s", "system", False), setting("u", "user", True, 1)], "raise_only", True),
        ([setting("u", "user", 1)], "raise_only", False),
        ([setting("n", "none", True)], "raise_only", False),
        ([setting("s", "system", True), setting("t", "system", False, 1)], "raise_only", False),
        ([setting("u", "user", True), setting("v", "user", False, 1)], "any_level", False),
        ([setting("s", "system", True), setting("u", "user", False, 1)], "any_level", True),
        ([setting("n", "none", True)], "any_level", False),
    ],
)
def test_who_may_switch_a_conditional_section(asked, reading, teens):
    found = resolve(policy(readings={"setting_authority": reading}), directives=asked)
    assert found.in_force("teens") is teens
    assert (found.settings.get("under_18") is True) is teens


def test_the_callers_settings_count_as_the_highest_speaker():
    on = Conversation("test", (), (), settings={"under_18": True, "region": "eu"})
    found = resolve(POLICY, on, [setting("s", "system", False)])
    assert found.in_force("teens")
    assert found.settings == {"under_18": True, "region": "eu"}
    assert ground(found, "s") is Ground.MISALIGNED


def test_ordinary_settings_follow_the_ladder():
    asked = [
        setting("dev", "developer", 50, about="max_words"),
        setting("usr", "user", 500, 1, about="max_words"),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.settings == {"max_words": 50}
    assert found.fate("usr").by == "dev"


def scope(name, level, order=0, **fields):
    stated = Scope(id=name, level=level, **fields)
    return directive(name, level, order, act="scope", scope=stated)


def test_scopes_of_two_levels_are_narrowed_and_of_one_level_replaced():
    asked = [
        scope("dev", "developer", allowed_tools=("read", "mail*"), max_cost=5, latest_time=100.0),
        scope("old", "user", 1, allowed_tools=("read",), max_cost=9),
        scope("new", "user", 2, allowed_tools=("mail_friend", "pay"), max_cost=9),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.scope.allowed_tools == ("mail_friend",)
    assert (found.scope.max_cost, found.scope.latest_time) == (5, 100.0)
    assert ground(found, "old") is Ground.SUPERSEDED


def test_two_root_rules_that_clash_give_inaction():
    asked = [directive("c", "user", act="clash", targets=("root_1", "root_2/aaaa"))]
    found = resolve(POLICY, directives=asked)
    (conflict,) = found.inaction
    assert conflict[:4] == ("root_1", "root_2", "root", "inaction")
    assert found.in_force("root_1")
    assert found.in_force("root_2")
    unheard = [directive("c", "none", act="clash", targets=("root_1", "root_2"))]
    assert not resolve(POLICY, directives=unheard).inaction


@pytest.mark.parametrize(
    ("reading", "outcome"),
    [("prohibition", "b"), ("more_specific", "a"), ("inaction", "inaction")],
)
def test_equal_sections_that_clash(reading, outcome):
    rules = (rule("a", "user", depth=3), rule("b", "user", depth=2, prohibits=True))
    chosen = policy(rules, readings={"equal_sections": reading})
    asked = [directive("c", "developer", act="clash", targets=("a", "b"))]
    found = resolve(chosen, directives=asked)
    assert found.conflicts[0].outcome == outcome
    if outcome != "inaction":
        loser = "a" if outcome == "b" else "b"
        assert ground(found, loser) is Ground.EQUAL_SECTIONS


def test_a_clash_reported_from_below_changes_no_fate():
    asked = [directive("c", "user", act="clash", targets=("system_1", "developer_1"))]
    found = resolve(POLICY, directives=asked)
    assert found.conflicts[0].outcome == "system_1"
    assert found.in_force("developer_1")
    above = [directive("c", "developer", act="clash", targets=("system_1", "developer_1"))]
    assert ground(resolve(POLICY, directives=above), "developer_1") is Ground.MISALIGNED


def test_users_of_first_party_products_under_the_strict_reading():
    strict = policy(readings={"first_party": "guideline_only"}, first_party=True)
    asked = [
        directive("u", act="override", targets=("user_1",)),
        directive("g", act="override", targets=("guideline_1",)),
        directive("d", "developer", act="override", targets=("user_2",)),
    ]
    found = resolve(strict, directives=asked)
    assert found.fate("u").trace[0].reading == "first_party"
    assert [found.in_force(name) for name in "ugd"] == [False, True, True]
    assert resolve(policy(first_party=True), directives=asked[:1]).in_force("u")


def test_hidden_policies_and_unseen_state_leave_the_resolution_open():
    assert resolve(POLICY).closed
    assert not resolve(policy(external=("internal",))).closed
    ignored = policy(readings={"hidden_policies": "ignored"}, external=("internal",))
    assert resolve(ignored).closed
    assert not resolve(POLICY, Conversation("t", (), (), unseen=("previous_response_id",))).closed


# --- another ladder


def test_the_ladder_is_data():
    ladder = Ladder(
        (
            Level("law"),
            Level("board", ("board",), Yields.EXPLICIT, "board"),
            Level("staff", ("staff",), Yields.IMPLICIT, "staff"),
        )
    )
    rules = (rule("a", "law", ladder=ladder), rule("b", "staff", ladder=ladder))
    chosen = policy(rules, ladder=ladder)
    asked = [
        directive("x", "board", act="override", targets=("a",)),
        directive("y", "staff", act="soften", targets=("b",), explicit=False),
    ]
    found = resolve(chosen, directives=asked)
    assert [found.in_force(name) for name in "abxy"] == [True, False, False, True]


@pytest.mark.data
@pytest.mark.parametrize(("reading", "right"), [("applicable", 200), ("any_higher", 79)])
def test_twelve_levels_of_instructions(data_dir, reading, right):
    rows = json.loads((data_dir / "manyih" / "coding.json").read_text())["data"]
    ladder = Ladder(tuple(Level(f"p{number}") for number in range(12)))
    chosen = policy((), ladder=ladder, readings={"defeat": reading})
    equal = 0
    for row in rows:
        strongest = sorted(row["instructions"], key=lambda entry: -entry["privilege"])
        asked = [
            Directive(
                str(entry["id"]),
                Act.INSTRUCT,
                f"p{at}",
                conflicts=tuple(map(str, entry["conflicts_with"])),
            )
            for at, entry in enumerate(strongest)
        ]
        for order in (asked, asked[::-1], asked[5:] + asked[:5]):
            found = resolve(chosen, directives=order)
            kept: dict[str, list[str]] = {}
            for entry in strongest:
                if found.in_force(str(entry["id"])):
                    kept.setdefault(entry["style_key"], []).append(entry["style_id"])
            if order is asked:
                first = kept
            assert kept == first
        expected = row["metadata"]["expected_styles"]
        equal += kept == {key: styles for key, styles in expected.items() if styles}
    assert equal == right


def test_what_nobody_speaks_about_is_resolved_as_if_it_were_new():
    from charter.load import load_policy  # noqa: PLC0415
    from charter.policy.conversation import Conversation, Message  # noqa: PLC0415
    from charter.policy.fates.resolve import _Resolver  # noqa: PLC0415

    policy = load_policy("starter")
    seen = Conversation("x", (Message("user", "Hi"),), (), ("mail",), ("previous_response_id",))
    plain = Conversation("x", (Message("user", "Hi"),), ())
    for conversation in (seen, plain, seen):
        found = resolve(policy, conversation)
        assert found == _Resolver(policy, conversation, (), None, None).run()
        assert found.conversation is conversation
