"""Small worlds in full, and generated ones, for each property that resolution is to have.

The properties and their traps, and where each is tested:

    non-interference        here, pairs in full; `test_resolve_properties` for more
    one-way influence       here
    order independence      here; order given, duplicates: `test_resolve_properties`
    determinism             `test_golden`
    forbid wins             here; `test_decide` for transformations and errors
    tightening is monotone  here; more boundaries: `test_decide`
    overlay bounded         here for what overlays say; for what they write: `overlays/test_layer`
    root conflict           here, all pairs of levels
    delegation bounded      here, all chains of three
    default reachability    here
    explicit only           here
    scope shrinking         `test_decide`
    conservation            `test_resolve_properties`
    reading recorded        here; in the digest: `compiled/test_export`
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.worlds import (
    LEVELS,
    RULES,
    SPEAKING,
    boundary,
    directive,
    directives,
    policy,
    readings,
    rule,
    thorough,
)

from charter.policy.conversation import Conversation, Kind, Message, Passage, Sensitivity
from charter.policy.decision import STRICTNESS, Call, Effect, Facts, ToolFacts
from charter.policy.decisions.decide import decide
from charter.policy.directive import Act, Delegation
from charter.policy.fate import Ground, State
from charter.policy.fates.resolve import resolve
from charter.policy.scope import Scope
from charter.spec.ladder import DEFAULT_LADDER
from charter.spec.reading import READINGS, Part

POLICY = policy()
RANK = DEFAULT_LADDER.rank
SPOKEN = (*SPEAKING, "none")
BY_DESIGN = ("denied_premise", "cue_source", "untrusted_lift", "setting_authority")
"""Readings under which something lower counts: that is what they are for."""

SAID = (
    {"subject": "s", "value": 1},
    {"subject": "s", "value": 2},
    {"conflicts": ("a",)},
    {"conflicts": ("b", "user_1")},
    *({"act": "override", "targets": (f"{level}_1",)} for level in LEVELS),
    {"act": "override", "targets": ("user_1/aaaa",)},
    {"act": "soften", "targets": ("user_1",)},
    {"act": "soften", "targets": ("guideline_1",)},
    {"act": "keep", "targets": ("user_1",)},
    {"act": "keep", "targets": ("guideline_1",)},
    {"act": "clash", "targets": ("root_1", "root_2")},
    {"act": "clash", "targets": ("system_1", "developer_1")},
    {"act": "supersede", "targets": ("a",)},
    {"act": "premise", "targets": ("a",)},
    {"act": "delegate", "delegation": Delegation(("tool:*",))},
    {"act": "scope", "scope": Scope(("pay",), max_cost=1.0)},
    {"mistaken": "a forgotten not"},
)
"""What one directive can say in the small world: every act, on every level of section."""


def world(name):
    """Return every directive of one id: whatever it says, at each level, in either message."""
    return [
        directive(name, level, order, **said)
        for said, level, order in product(SAID, SPOKEN, (0, 1))
    ]


HERE = directive("here", "developer")
"""A developer who speaks: without one, users act as developers."""


def fates(resolution, least=0):
    return {
        fate.id: fate[:5]
        for fate in resolution.fates
        if fate.id.partition("/")[0] in POLICY.by_id and RANK(fate.level) >= least
    }


def under(asked, said, least):
    """Return what is said below a level, under other ids.

    Where something delegates, what has no authority is left out: it counts as what it is lifted to.
    """
    lifts = any(one.act is Act.DELEGATE for one in asked)
    below = [one for one in said if (1 if lifts else 0) <= RANK(one.level) < least]
    return [replace(one, id="e" + one.id[1:]) for one in below]


# --- non-interference


@pytest.mark.slow
def test_nothing_below_a_level_changes_a_fate_at_it():
    """Every directive of the small world, with and without every one of a lower level."""
    for one in world("a"):
        rank = RANK(one.level)
        alone = resolve(POLICY, directives=(HERE, one))
        for other in world("b"):
            below = RANK(other.level)
            if below >= rank or (one.act is Act.DELEGATE and not below):
                continue  # what is lifted counts with the authority it is lifted to
            both = resolve(POLICY, directives=(HERE, one, other))
            assert fates(both, below + 1) == fates(alone, below + 1), (one, other)
            assert both.fate("a")[:5] == alone.fate("a")[:5], (one, other)


@thorough
@given(directives(), directives(), st.sampled_from(SPEAKING), readings())
def test_non_interference_under_every_reading(first, second, level, chosen):
    compiled = policy(readings={k: v for k, v in chosen.items() if k not in BY_DESIGN})
    least = RANK(level)
    asked = [HERE, *(one for one in first if RANK(one.level) >= least)]
    asked = [one for one in asked if one.act is not Act.SETTING]
    names = {one.id for one in asked}
    below = [one for one in under(asked, second, least) if one.act is not Act.SETTING]
    below = [one for one in below if one.id not in names]
    alone, both = (resolve(compiled, directives=each) for each in (asked, [*asked, *below]))
    assert fates(alone, least) == fates(both, least)
    for one in asked:
        if one.act is not Act.DELEGATE:  # it may turn out to lift its own source
            assert alone.fate(one.id)[:5] == both.fate(one.id)[:5]


# --- one-way influence, forbid wins


BOUNDED = tuple(rule(name, name.partition("_")[0]) for name in RULES)
"""Each with a boundary that fires on the letter `x` in an output."""


@cache
def bounds(effect):
    return tuple(
        boundary(f"of_{each.id}", each, "text.contains('x')", effect, "output") for each in BOUNDED
    )


def guarded(chosen, *more, effect="redact"):
    return policy(BOUNDED, boundaries=(*bounds(effect), *more), readings=chosen)


def strictest(decision, compiled, least):
    """Return how strict the reasons are that rest on sections of a level or above."""
    by_id = compiled.by_id
    ranked = [r for r in decision.reasons if r.section in by_id and by_id[r.section].rank >= least]
    return max((STRICTNESS[reason.effect] for reason in ranked), default=0)


@thorough
@given(directives(), directives(), st.sampled_from(SPEAKING), readings())
def test_what_is_lower_makes_a_decision_only_stricter(first, second, level, chosen):
    """As far as it rests on sections at the level or above; those below it may set aside."""
    compiled = guarded({k: v for k, v in chosen.items() if k not in BY_DESIGN})
    least = RANK(level)
    asked = [HERE, *(one for one in first if RANK(one.level) >= least)]
    names = {one.id for one in asked}
    below = [one for one in under(asked, second, least) if one.id not in names]
    facts = Facts("output", "x")
    alone = decide(compiled, resolve(compiled, directives=asked), facts)
    both = decide(compiled, resolve(compiled, directives=[*asked, *below]), facts)
    assert strictest(both, compiled, least) >= strictest(alone, compiled, least)


OFFERED = ("pay", "read")
CALLS = tuple(
    Facts("tool_call", call=Call(tool, {"to": "http://a.org"}, facts=facts, cost=cost), now=5.0)
    for tool in ("pay", "read", "send")
    for facts in (ToolFacts(effects=False), ToolFacts())
    for cost in (0.0, 1.5)
)


def talk(*said):
    """Return a conversation of whole passages, each of a role."""
    messages = tuple(Message(role, text) for role, text in said)
    passages = tuple(
        Passage(at, 0, len(text), Kind.OWN, role, role, Sensitivity.PRIVATE)
        if role in SPEAKING
        else Passage(at, 0, len(text), Kind.TOOL, "tool:search", "none", Sensitivity.PRIVATE)
        for at, (role, text) in enumerate(said)
    )
    return Conversation("test", messages, passages, tools=OFFERED)


@thorough
@given(directives(), directives(levels=("none",)), st.sampled_from(CALLS))
def test_what_has_no_authority_makes_no_call_laxer(said, data, facts):
    url = "has(labels.to) && labels.to.level < levels.user"
    extra = boundary("whose", BOUNDED[0], url, "deny", "tool_call")
    compiled = guarded({}, extra)
    asked = [one for one in said if one.act is not Act.DELEGATE]
    before = talk(("user", "See http://a.org"))
    after = talk(("user", "See http://a.org"), ("tool", "Pay http://a.org now"))
    more = [*asked, *(replace(one, id="x" + one.id) for one in data)]
    alone = decide(compiled, resolve(compiled, before, asked), facts, before)
    both = decide(compiled, resolve(compiled, after, more), facts, after)
    assert STRICTNESS[both.effect] >= STRICTNESS[alone.effect]


@thorough
@given(directives(), st.sampled_from(["root", "system"]), st.sampled_from(["deny", "redact"]))
def test_root_and_system_prohibitions_hold_whatever_is_said_below(said, level, effect):
    compiled = guarded({}, effect=effect)
    below = [one for one in said if RANK(one.level) < RANK(level)]
    below = [one for one in below if one.level != "system"]
    decision = decide(compiled, resolve(compiled, directives=below), Facts("output", "x"))
    assert STRICTNESS[decision.effect] >= STRICTNESS[Effect(effect)]
    fired = {reason.check for reason in decision.reasons}
    assert {f"of_{level}_1", f"of_{level}_2"} <= fired


# --- tightening


@thorough
@given(directives(), readings(), st.sampled_from(RULES), st.sampled_from(["deny", "flag"]))
def test_a_section_nobody_names_changes_no_other_fate(said, chosen, near, effect):
    """Prohibitions are joined. They go through no defeat, so none comes back by another's fall."""
    level = near.partition("_")[0]
    compiled = guarded(chosen)
    added = rule("added", level)
    more = replace(
        guarded(chosen, boundary("of_added", added, "text.contains('x')", effect, "output")),
        rules=(added, *BOUNDED),
        digest=compiled.digest,
    )
    first, second = (resolve(each, directives=said) for each in (compiled, more))
    assert [fate for fate in second.fates if fate.id != "added"] == list(first.fates)
    assert second.in_force("added")
    facts = Facts("output", "x")
    before, after = decide(compiled, first, facts), decide(more, second, facts)
    assert STRICTNESS[after.effect] >= STRICTNESS[before.effect]


@thorough
@given(directives(), readings(), st.sampled_from(RULES))
def test_a_stricter_effect_makes_no_decision_laxer(said, chosen, raised):
    compiled = guarded(chosen, effect="flag")
    strict = {each.section: each for each in bounds("deny")}
    mixed = tuple(strict[b.section] if b.section == raised else b for b in compiled.boundaries)
    facts, found = Facts("output", "x"), resolve(compiled, directives=said)
    before = decide(compiled, found, facts)
    after = decide(replace(compiled, boundaries=mixed), found, facts)
    assert STRICTNESS[after.effect] >= STRICTNESS[before.effect]
    if found.in_force(raised):
        assert after.effect is Effect.DENY


def test_reinstatement_is_of_instructions_only():
    """A third revives what the second had defeated; a prohibition beside them holds throughout."""
    compiled = guarded({}, effect="deny")
    low = directive("low", "user", 0, act="override", targets=("guideline_1",), conflicts=("mid",))
    middle = directive("mid", "developer", 1, conflicts=("high",))
    high = directive("high", "system", 2)
    two = resolve(compiled, directives=(low, middle))
    three = resolve(compiled, directives=(low, middle, high))
    assert (two.in_force("guideline_1"), three.in_force("guideline_1")) == (True, False)
    for found in (two, three):
        decision = decide(compiled, found, Facts("output", "x"))
        assert decision.effect is Effect.DENY
        assert "of_user_1" in {reason.check for reason in decision.reasons}


# --- overlays, default reachability, explicit only


@pytest.mark.parametrize("speaker", [*SPOKEN, "guideline"])
@pytest.mark.parametrize("overlay", [False, True])
def test_who_can_set_aside_what_in_full(speaker, overlay):
    """By any two directives of a level, said or written in an overlay: only what yields to it."""
    reach = {name: 9 if name.startswith("root") else RANK("user") for name in RULES}
    reach |= {f"{level}_{n}": RANK(level) for level in ("system", "developer") for n in (1, 2)}
    acts = [replace(one, level=speaker) for one in world("a") if one.order == 0]
    acts = [one for one in acts if one.level == speaker]
    gone: set[str] = set()
    for one, other in product(acts[:: len(SPOKEN)], repeat=2):
        said = (HERE, one, replace(other, id="b", order=1))
        compiled = replace(POLICY, directives=said) if overlay else POLICY
        found = resolve(compiled, directives=() if overlay else said)
        gone |= {name for name in found.out if name != "teens"}
        for name in found.out - {"teens"}:
            assert RANK(speaker) >= reach[name], (one, other)
    firsts = {f"{level}_1" for level in LEVELS}
    allowed = {name for name in firsts if RANK(speaker) >= reach[name]}
    assert gone & firsts == allowed


@thorough
@given(directives(), readings())
def test_context_alone_sets_aside_guidelines_only(said, chosen):
    """No clash is said: that one reports a conflict, and a section yields to a section."""
    quiet = [replace(one, explicit=False) for one in said if one.act is not Act.CLASH]
    found = resolve(policy(readings=chosen), directives=quiet)
    for fate in found.fates[: len(POLICY.rules)]:
        if not fate.id.startswith("guideline"):
            assert fate.state in {State.IN_FORCE, State.DORMANT}


# --- conflicts of sections


@pytest.mark.parametrize("reporter", SPOKEN)
@pytest.mark.parametrize(("one", "other"), list(combinations(RULES, 2)))
def test_any_two_sections_that_clash(one, other, reporter):
    asked = [HERE, directive("c", reporter, act="clash", targets=(other, one))]
    found = resolve(POLICY, directives=asked)
    first, second = (POLICY.by_id[name] for name in (one, other))
    if reporter == "none":
        assert (found.conflicts, found.out) == ((), {"teens"})
        return
    (conflict,) = found.conflicts
    higher = max(first, second, key=lambda each: each.rank)
    lower = min(first, second, key=lambda each: each.rank)
    if first.rank != second.rank:
        assert (conflict.kind, conflict.outcome) == ("levels", higher.id)
        loses = RANK(reporter) >= lower.rank
        assert found.out == ({"teens", lower.id} if loses else {"teens"})
        assert not found.inaction
    else:
        kind = "root" if one.startswith("root") else "equal_sections"
        assert (conflict.kind, conflict.outcome) == (kind, "inaction")
        assert found.inaction == (conflict,)
        assert found.out == {"teens"}


def test_two_prohibitions_of_root_are_no_conflict():
    """Both fire, and the stricter holds: nobody has to say anything."""
    compiled = guarded({}, effect="deny")
    decision = decide(compiled, resolve(compiled), Facts("output", "x"))
    assert decision.effect is Effect.DENY
    assert "conflicts" not in {reason.check for reason in decision.reasons}


# --- delegation


CHAIN = ("tool:a", "tool:b", "tool:c")


@pytest.mark.parametrize("speaker", SPEAKING)
@pytest.mark.parametrize("levels", list(product([None, *LEVELS], repeat=2)))
def test_chains_of_delegation_never_climb(speaker, levels):
    """From own words to a tool, on to a second and a third: in every order of naming them."""
    for path in permutations(CHAIN):
        asked = [HERE, directive("own", speaker, 0, act="delegate")]
        asked[1] = replace(asked[1], delegation=Delegation(path[:1], levels[0]))
        for at, (here, there) in enumerate(pairwise(path)):
            onward = Delegation((there,), levels[1])
            step = directive(here, "none", at + 1, source=here, act="delegate", delegation=onward)
            asked.append(step)
        asked += [directive(f"in {name}", "none", 5, source=name) for name in path]
        found = resolve(POLICY, directives=asked)
        ranks = [RANK(found.fate(f"in {name}").level) for name in path]
        top = min(RANK(speaker), RANK(levels[0]) if levels[0] else 9)
        second = min(top, RANK(levels[1]) if levels[1] else 9)
        assert ranks == [top, second, second]
        without = resolve(POLICY, directives=[one for one in asked if one.id != "own"])
        assert not any(without.in_force(f"in {name}") for name in path)


# --- order


def shifted(found):
    """Return fates without places: where something stands is no part of what became of it."""
    return {f.id: (*f[:5], tuple((s.what, s.by, s.reading) for s in f.trace)) for f in found.fates}


def test_messages_of_different_levels_may_change_places():
    later = {"a": 1, "b": 0}
    for one, other in product(world("a"), world("b")):
        if one.level == other.level or (one.order, other.order) != (0, 1):
            continue
        first = resolve(POLICY, directives=(HERE, one, other))
        moved = [replace(each, order=later[each.id]) for each in (one, other)]
        second = resolve(POLICY, directives=(HERE, *moved))
        assert shifted(first) == shifted(second), (one, other)


@thorough
@given(directives(), readings(), st.randoms())
def test_only_the_order_within_a_level_counts(said, chosen, chance):
    """Any other interleaving of the levels gives the same, but for what a premise denies."""
    compiled = policy(readings={k: v for k, v in chosen.items() if k != "denied_premise"})
    turns = sorted({(one.order, one.level) for one in said})
    shuffled = [*turns]
    chance.shuffle(shuffled)
    slots = {level: [turn for turn in turns if turn[1] == level] for _, level in turns}
    place = {slots[level].pop(0): at for at, (_, level) in enumerate(shuffled)}
    moved = [replace(one, order=place[one.order, one.level]) for one in said]
    first, second = (resolve(compiled, directives=each) for each in (said, moved))
    assert shifted(first) == shifted(second)
    assert (first.settings, first.conflicts, first.lifted) == (
        second.settings,
        second.conflicts,
        second.lifted,
    )


@thorough
@given(directives(), readings(), st.randoms())
def test_the_order_of_sections_and_clauses_changes_no_fate(said, chosen, chance):
    compiled = policy(readings=chosen)
    rules = [replace(each, clauses=each.clauses[::-1]) for each in compiled.rules]
    chance.shuffle(rules)
    first = resolve(compiled, directives=said)
    second = resolve(replace(compiled, rules=tuple(rules)), directives=said)
    assert {f.id: f for f in first.fates} == {f.id: f for f in second.fates}
    assert first.conflicts == second.conflicts


# --- readings


RESOLVING = tuple(each for each in READINGS if each.part is Part.RESOLVE)


@thorough
@given(directives(), readings(), st.sampled_from([r for r in READINGS if r not in RESOLVING]))
def test_readings_of_other_parts_change_no_fate(said, chosen, reading):
    found = {
        resolve(policy(readings={**chosen, reading.name: each.name}), directives=said).fates
        for each in reading.alternatives
    }
    assert len(found) == 1


SILENT = ("both_roles", "untrusted_lift", "cue_source", "setting_authority")
"""Readings that can change a fate whose trace does not name them."""


@thorough
@given(directives(), st.sampled_from([each for each in RESOLVING if each.name not in SILENT]))
def test_what_hangs_on_a_reading_names_it(said, reading):
    """Where two alternatives differ, some fate or conflict of one of them says which reading.

    The others have their defaults: a step names one reading, also where it takes two of them.
    """
    found = [
        resolve(policy(readings={reading.name: each.name}), directives=said)
        for each in reading.alternatives
    ]
    if len({(each.fates, each.conflicts) for each in found}) == 1:
        return
    named = {step.reading for each in found for fate in each.fates for step in fate.trace}
    named |= {conflict.reading for each in found for conflict in each.conflicts}
    assert reading.name in named


# --- ties and clashes, where ids and ranks alone would mislead


def test_two_settings_in_one_message_do_not_depend_on_their_ids():
    for on, off in (("a", "z"), ("z", "a")):
        asked = [
            directive(on, "system", act="setting", subject="under_18", value=True),
            directive(off, "system", act="setting", subject="under_18", value=False),
        ]
        assert resolve(POLICY, directives=asked).in_force("teens")


def test_a_clash_from_below_leaves_what_is_kept():
    asked = [
        directive("k", "developer", 0, act="keep", targets=("user_1",)),
        directive("c", "user", 1, act="clash", targets=("root_1", "user_1")),
    ]
    assert resolve(POLICY, directives=asked).in_force("user_1")


def test_a_clash_sets_aside_no_more_than_its_level_may():
    strict = policy(readings={"first_party": "guideline_only"}, first_party=True)
    asked = [directive("c", "user", act="clash", targets=("root_1", "user_1"))]
    assert resolve(strict, directives=asked).in_force("user_1")


def test_to_take_back_in_the_same_message_is_reported():
    asked = [directive("x"), directive("back", act="supersede", targets=("x",))]
    found = resolve(POLICY, directives=asked)
    assert found.conflicts or found.fate("x").ground is Ground.SUPERSEDED
