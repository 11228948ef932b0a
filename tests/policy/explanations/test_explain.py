"""Explanations: a sentence for every way a thing can end, and harmless whatever is quoted."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.worlds import boundary, directive, directives, policy, rule, thorough

import charter.policy
from charter.load import load
from charter.policy.compiled.compile import compile_policy
from charter.policy.conversation import EMPTY, Conversation, Message
from charter.policy.decision import (
    Call,
    Check,
    Decision,
    Effect,
    Facts,
    Label,
    Ran,
    Reason,
    ToolFacts,
)
from charter.policy.decisions.decide import decide
from charter.policy.decisions.gate import PASSED
from charter.policy.directive import Act, Delegation, Origin
from charter.policy.directives.collect import directives_in
from charter.policy.directives.extractor import extractor
from charter.policy.explanations.explain import explain
from charter.policy.explanations.explain_decision import (
    ASKS,
    BY_EFFECT,
    CHECKS,
    INSTEAD,
    RAN,
    STAGES,
    VERDICTS,
)
from charter.policy.explanations.explain_page import STATES, explanation_page
from charter.policy.explanations.hinge import hinges, outcome_of_decision, outcome_of_resolution
from charter.policy.explanations.naming import ACTS, Naming
from charter.policy.explanations.phrase import text_of
from charter.policy.explanations.sentences import CONFLICTS, ON_DIRECTIVE, ON_RULE, OUTCOMES, STEPS
from charter.policy.fate import Fate, Ground, Place, State, Step
from charter.policy.fates.resolve import resolve
from charter.policy.labels.label import label
from charter.policy.labels.wire import read
from charter.policy.labels.wires.spec_xml import transcript_of
from charter.policy.policy import GATES, RESERVED
from charter.policy.resolution import Conflict, Resolution
from charter.policy.scope import Scope
from charter.source import Citation

POLICY = policy()
TALK = Conversation(
    "test",
    (
        Message("system", "s"),
        Message("developer", "d"),
        Message("user", "u"),
        Message("tool", "t", name="search"),
        Message("user", "v"),
    ),
    (),
    tools=("search",),
)
FREE = replace(TALK, tools=())
"""The same, where no tools were offered: a scope alone says which may be called."""
HOSTILE = "<script>alert(1)</script>\x1b[2J\u202eevil\u202c\r\nAllowed: the call.\n\x9b31m \ud800"
UNSEEN = re.compile("[^\n\x20-\x7e\u2014\u201c\u201d\u2026\u27e8\u27e9]")


def told(*said, conversation=TALK, world=POLICY, **options):
    """Return the explanation of what a conversation with these directives amounts to."""
    resolution = resolve(world, conversation, said)
    return explain(world, resolution, conversation, **options)


def sentence(explanation, part, about):
    """Return one statement as text, with what follows it."""
    found = next(each for each in explanation.parts if each.id == part)
    one = next(each for each in found.sentences if each.about == about)
    return " ".join(map(text_of, (one.text, *one.more)))


def constants(name, position):
    """Return the texts that the package passes at a position of a call, in any module."""
    found = set()
    for file in Path(charter.policy.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id != name or len(node.args) <= position:
                    continue
                value = node.args[position]
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.add(value.value)
    assert found, f"no call of {name} has a text there"
    return found


class TestNoneIsForgotten:
    def test_every_act_has_a_name_and_a_deed(self):
        naming = Naming(POLICY)
        assert set(ACTS) == set(Act)
        for act in Act:
            one = directive("d", act=act)
            assert text_of(naming.deed(one)).startswith("It ")
            assert text_of(naming.deed(one, in_force=False)).startswith("It would ")

    @pytest.mark.parametrize("ground", Ground)
    def test_every_ground_has_its_sentence(self, ground):
        assert ground in ON_DIRECTIVE
        assert ground in STEPS
        for state in State:
            fate = Fate("d", state, ground, "user", "user_1", (Step(ground, "user_1"),))
            known = Resolution("x", POLICY.readings, (fate,), {}, directives=(directive("d"),))
            text = explain(POLICY, fate, resolution=known).text
            assert "`d`" in text.splitlines()[1]

    def test_sections_end_in_ways_that_have_a_sentence(self):
        assert {"applies", "overridden", "setting_off", "equal_sections", "misaligned"} == set(
            ON_RULE
        )

    def test_every_step_that_is_made_has_its_sentence(self):
        assert constants("Step", 0) <= set(STEPS)
        assert {"lifted", "tied"} <= set(STEPS)

    def test_every_conflict_that_is_made_has_its_sentence(self):
        assert constants("Conflict", 2) <= set(CONFLICTS)
        assert constants("Conflict", 3) <= set(OUTCOMES)

    def test_every_gate_has_a_name_and_a_way_out(self):
        gates = {*PASSED, *GATES, *constants("Check", 0), *constants("_stopped", 0)}
        assert gates <= set(CHECKS) <= RESERVED
        assert gates - {"scope"} <= set(INSTEAD)

    def test_every_effect_and_outcome_of_a_check_has_its_words(self):
        for table in (VERDICTS, ASKS, BY_EFFECT):
            assert set(table) == set(Effect)
        assert set(RAN) == set(Ran)
        assert set(STAGES) == {"offer", "request", "output", "tool_call", "tool_result"}
        assert {*map(str, State), *map(str, Effect)} <= set(STATES)


class TestResolution:
    def test_a_section_set_aside_says_by_whom_and_who_may(self):
        found = told(directive("d", "developer", 1, act="override", targets=("user_1",)))
        text = sentence(found, "aside", "user_1")
        assert "set aside by the override `d` in message 2 (developer)" in text or (
            "set aside by the override `d` in the request" in text
        )
        assert "explicit words of user or above" in text

    def test_a_user_who_acts_for_want_of_a_developer_is_told_so(self):
        said = directive("d", "user", 0, act="override", targets=("developer_1",))
        alone = Conversation("test", (Message("user", "u"),), ())
        more = "words of developer or above, and of the user, as no developer speaks (R18)."
        assert more in sentence(told(said, conversation=alone), "aside", "developer_1")
        fate = resolve(POLICY, alone, (said,)).fate("developer_1")
        assert more in explain(POLICY, fate, resolution=resolve(POLICY, alone, (said,))).text
        both = told(said, directive("e", "developer", 1), conversation=alone)
        assert "it yields to explicit words of developer or above only" in both.text
        stays = policy(readings={"both_roles": "user_stays"})
        assert "as no developer speaks" not in told(said, conversation=alone, world=stays).text

    def test_what_does_not_bind_is_no_object_of_an_override(self):
        said = directive("d", "user", 2, act="override", targets=("teens",))
        text = sentence(told(said), "directives", "d")
        assert "is in force. It has no object here: “teens” (`teens`, root) does not bind." in text
        assert "sets aside" not in text
        both = directive("d", "user", 2, act="override", targets=("teens/aaaa", "user_1"))
        text = sentence(told(both), "directives", "d")
        assert "It sets aside “user_1” (`user_1`, user)." in text
        assert "It has no object here: the clause “teens” (`teens/aaaa`, root) does not" in text
        on = directive("on", "system", 0, act="setting", subject="under_18", value=True)
        assert "It has no object" not in told(on, said).text

    def test_a_place_is_a_message_counted_from_one_with_its_role(self):
        found = told(
            directive("d", "user", 2, place=Place(2, 0, 1), origin=Origin("fence")),
            directive("e", "user", 4, place=Place(4, 0, 1), origin=Origin("extractor", "r 1", 60)),
        )
        assert "in message 3 (user)" in sentence(found, "directives", "d")
        assert "in message 5 (user), found by `r 1` with 60 % confidence" in sentence(
            found, "directives", "e"
        )

    def test_a_place_is_told_with_its_range_where_the_detail_is(self):
        found = told(directive("d", "user", 2, place=Place(2, 1200, 3456)))
        text = "In message 3 (user), characters 1,200 to 3,456."
        assert text in found.text
        assert text not in "\n".join(line.text for line in found.lines(detail=False))
        assert "characters" not in told(directive("d", "user", 2)).text

    def test_a_clause_that_somebody_holds_is_not_told_as_set_aside(self):
        found = told(
            directive("hold", "developer", 1, act="keep", targets=("user_1/aaaa",)),
            directive("gone", "user", 2, act="override", targets=("user_1",)),
        )
        text = sentence(found, "held", "user_1/aaaa")
        assert "(`user_1/aaaa`, user) stays in force although its section was set aside." in text
        assert "The hold `hold` in the request's metadata (developer) holds it." in text
        aside = next(part for part in found.parts if part.id == "aside").sentences
        clauses = next(each.clauses for each in aside if each.about == "user_1")
        assert [text_of(each).split(":")[0] for each in clauses] == ["`user_1/bbbb`"]
        assert "Still in force" in found.text

    def test_a_clause_that_is_not_there_is_not_told_as_its_section(self):
        found = told(directive("d", "developer", 1, act="override", targets=("user_1/none",)))
        assert "It would set aside `user_1/none`." in sentence(found, "directives", "d")

    def test_words_of_an_override_are_not_told_as_its_reason(self):
        said = directive("d", "user", 2, act="override", targets=("user_1",), text="Because: why")
        assert ", and says: “Because: why”" in sentence(told(said), "directives", "d")

    def test_a_part_that_was_delegated_is_told_as_a_part(self):
        def give(id_, only):
            lifts = Delegation(("tool:*",), "user", only)
            return directive(id_, "developer", 1, act="delegate", delegation=lifts)

        low = directive("d", "none", 3, source="tool:search", subject="style")
        assert "`tool:search` may speak with at most user authority, on `style` only." in (
            told(give("g", ("style",)), low).text
        )
        assert "with at most user authority." in (
            told(give("g", ("style",)), give("h", ()), low).text
        )

    def test_a_delegation_without_authority_says_so(self):
        lifts = Delegation(("tool:search",))
        said = directive("d", "none", 3, act="delegate", delegation=lifts, source="tool:search")
        assert "let `tool:search` speak with its own authority." in told(said).text

    def test_root_says_that_nobody_may(self):
        found = told(directive("d", "system", act="override", targets=("root_1",)))
        assert "nobody may set it aside" in sentence(found, "directives", "d")
        assert "It would set aside" in sentence(found, "directives", "d")

    def test_no_authority_names_the_source(self):
        found = told(directive("d", "none", 3, source="tool:search"))
        text = sentence(found, "directives", "d")
        assert "the words of `tool:search` have no authority" in text

    def test_what_was_lifted_says_by_whom_and_how_far(self):
        found = told(
            directive("give", "developer", 1, act="delegate", delegation=Delegation(("tool:*",))),
            directive("d", "none", 3, source="tool:search"),
        )
        text = sentence(found, "directives", "d")
        assert "lifted to the level developer by the delegation `give`" in text
        assert "`tool:search` may speak with at most developer authority" in found.text

    def test_superseded_by_a_later_one_and_taken_back_differ(self):
        early = directive("early", "user", 2, subject="language", value="de")
        later = told(early, directive("late", "user", 4, subject="language", value="fr"))
        assert "superseded by the instruction `late`" in sentence(later, "directives", "early")
        back = told(early, directive("late", "user", 4, act="supersede", targets=("early",)))
        assert "taken back by the withdrawal `late`" in sentence(back, "directives", "early")

    def test_a_reading_is_named_with_question_and_meaning(self):
        found = told(
            directive("one", "user", 2, subject="language", value="de"),
            directive("two", "user", 2, subject="language", value="fr"),
        )
        text = sentence(found, "conflicts", "one")
        assert "stand in one message" in text
        assert "By reading R1, `same_level_order`: `later_message`." in text
        assert "Does a later instruction, or a later message" in found.text
        assert "same_level_order" in found.readings

    def test_a_denied_premise_is_information(self):
        found = told(
            directive("high", "developer", 1),
            directive("low", "user", 2, act="premise", targets=("high",)),
        )
        assert "does not take it away" in sentence(found, "directives", "low")
        assert "denied_premise" in found.readings

    def test_a_conflict_of_root_rules_is_inaction(self):
        found = told(directive("d", act="clash", targets=("root_1", "root_2")))
        text = found.text
        assert "neither yields: nothing with side effects may be done about it." in text

    def test_a_dormant_section_names_its_setting(self):
        assert "needs the setting `under_18`" in sentence(told(), "aside", "teens")

    def test_the_scope_is_told_in_full(self):
        scope = Scope(
            ("a", "b*"),
            latest_time=0.0,
            max_cost=2.5,
            tool_constraints={"a": {"x": {"max": 3, "in": [1, "y"], "prefix": "/p"}}},
            additional_details="no weekends",
            id="d",
            level="user",
        )
        said = directive("d", act="scope", scope=scope)
        text = sentence(told(said, conversation=FREE), "scope", "d")
        for word in ("`a` and `b*`", "at most 3", "one of 1 or “y”", "begins with “/p”", "2.5"):
            assert word in text
        assert "until 1970-01-01T00:00:00Z" in text
        assert "“no weekends”" in text

    def test_full_adds_what_is_in_force(self):
        assert "“root_1” (`root_1`, root) stays in force" not in told().text
        text = told(full=True).text
        assert "“root_1” (`root_1`, root) stays in force: nobody may set it aside." in text
        assert "yields to user or above, and to context" in text

    def test_what_is_not_seen_is_said(self):
        found = told(conversation=replace(TALK, unseen=("previous_response_id",)))
        assert "is not seen here: `previous_response_id`" in found.text
        hidden = policy(external=("Safety policy 7",))
        assert "not published may bind too: `Safety policy 7`" in told(world=hidden).text

    def test_a_single_fate_is_told_with_its_trace_and_its_rule(self):
        said = directive("d", "system", act="override", targets=("root_1",))
        resolution = resolve(POLICY, TALK, (said,))
        found = explain(POLICY, resolution.fate("d"), TALK, resolution=resolution)
        assert found.verdict == "set_aside"
        assert "`root_1/aaaa`: “Text.”" in found.text
        assert [each.id for each in found.citations] == ["root_1"]
        with pytest.raises(ValueError, match="with its resolution"):
            explain(POLICY, resolution.fate("d"), TALK)

    def test_without_detail_there_is_no_trace(self):
        said = (
            directive("give", "developer", 1, act="delegate", delegation=Delegation(("tool:*",))),
            directive("d", "none", 3, needs=("wings",)),
        )
        found = explain(POLICY, resolve(POLICY, TALK, said, capabilities=()), TALK)
        more = "\n".join(line.text for line in found.lines())
        less = "\n".join(line.text for line in found.lines(detail=False))
        assert "    1. Its words were lifted to the level developer" in more
        assert "    2. It needs what the assistant cannot do." in more
        assert "    1. " not in less

    @thorough
    @given(directives(), st.booleans())
    def test_every_candidate_is_told_once(self, said, full):
        resolution = resolve(POLICY, TALK, said, capabilities=())
        found = explain(POLICY, resolution, TALK, full=full)
        about = {part.id: [each.about for each in part.sentences] for part in found.parts}
        assert about.get("directives", []) == [each.id for each in said]
        rules = [each.id for each in resolution.fates if each.id not in {d.id for d in said}]
        listed = [each for id_ in ("aside", "held", "in_force") for each in about.get(id_, [])]
        assert sorted(listed) == sorted(rules) if full else set(listed) <= set(rules)
        assert not UNSEEN.search(found.text)
        assert "unnamed" not in found.text
        for fate in resolution.fates:
            explain(POLICY, fate, TALK, resolution=resolution)


class TestHinges:
    def test_a_reading_that_would_change_a_fate_is_found_without_being_named(self):
        said = (
            directive("first", "user", 2, subject="language", value="de"),
            directive("second", "user", 4, subject="language", value="fr", needs=("french",)),
        )

        def outcome(changed):
            return outcome_of_resolution(resolve(changed, TALK, said, capabilities=()))

        found = hinges(POLICY, outcome)
        assert [(hinge.reading, hinge.alternative) for hinge in found] == [
            ("superseder_must_apply", "any_later")
        ]
        assert found[0].changed == ("first",)
        text = told(*said, hinges=found).text
        assert found[0].states == ("set_aside",)
        assert "With `any_later`, `first` would be set aside." in text

    def test_what_only_ends_on_another_ground_or_has_no_state_is_told_so(self):
        said = (directive("off", "user", 2, act="setting", subject="under_18", value=False),)

        def outcome(changed):
            return outcome_of_resolution(resolve(changed, TALK, said))

        found = [hinge for hinge in hinges(POLICY, outcome) if hinge.alternative == "any_level"]
        assert dict(zip(found[0].changed, found[0].states, strict=True)) == {
            "off": "in_force",
            "the settings": "",
        }
        text = told(*said, hinges=found).text
        assert "`off` would be in force and the settings would end differently." in text

    def test_a_plain_conversation_hangs_on_nothing(self):
        found = hinges(POLICY, lambda other: outcome_of_resolution(resolve(other, TALK, ())))
        assert found == ()


def decided(facts, world=POLICY, said=(), conversation=TALK):
    """Return a decision with its explanation."""
    resolution = resolve(world, conversation, said)
    decision = decide(world, resolution, facts, conversation)

    def outcome(other):
        then = resolve(other, conversation, said)
        return outcome_of_decision(decide(other, then, facts, conversation))

    hung = hinges(world, outcome)
    found = explain(world, decision, conversation, resolution=resolution, facts=facts, hinges=hung)
    return decision, found


class TestDecision:
    def test_outside_of_the_scope_says_what_is_inside(self):
        scope = Scope(("read_mail",), 1e10, level="user", id="s")
        said = (directive("s", "user", 2, act="scope", scope=scope),)
        facts = Facts("tool_call", call=Call("pay"), now=1.0)
        decision, found = decided(facts, said=said, conversation=FREE)
        assert decision.effect is Effect.DENY
        assert found.verdict == "deny"
        assert "Not allowed: the call to `pay`." in found.text
        assert "The scope of autonomy rules it out: “pay is not among the allowed" in found.text
        assert "Stay inside of the scope, which allows the tool `read_mail`" in found.text

    def test_a_reading_that_decides_is_told_with_what_else_would_be(self):
        scope = Scope(("pay",), None, 5.0, level="user", id="s")
        said = (directive("s", "user", 2, act="scope", scope=scope),)
        facts = Facts("tool_call", call=Call("pay", facts=ToolFacts(effects=False)), now=1.0)
        _, found = decided(facts, said=said, conversation=FREE)
        assert "Reading R9, `scope_without_timer`: `invalid`. No: no autonomy." in found.text
        assert "With `valid`, it would be: allow." in found.text
        assert found.readings == ("scope_without_timer",)

    def test_a_boundary_is_told_with_who_may_set_its_section_aside(self):
        rules = (rule("secrets", "root"), rule("tone", "user"))
        bounds = (
            boundary("no-key", rules[0], "text.contains('key')", "deny", "output"),
            boundary("no-rude", rules[1], "text.contains('fool')", "deny", "output"),
            boundary("flagged", rules[1], "text.contains('odd')", "flag", "output"),
            boundary("cut", rules[1], "text.contains('cut')", "redact", "output"),
            boundary("person", rules[1], "text.contains('ask')", "require_approval", "output"),
        )
        world = policy(rules, boundaries=bounds)
        for text, verdict, instead in (
            (
                "key",
                "Not allowed: the reply.",
                "Nobody in the conversation can set “secrets” (`secrets`, root) aside",
            ),
            ("fool", "Not allowed: the reply.", "Somebody with user authority can set “tone”"),
            ("odd", "Allowed, and recorded for review", "somebody reviews it later"),
            ("cut", "Allowed in part: the reply", "without the text that the check found"),
            ("ask", "Not without approval: the reply", "Ask a person to approve"),
        ):
            _, found = decided(Facts("output", text), world)
            assert verdict in found.text
            assert instead in found.text
            assert "The boundary `" in found.text

    @pytest.mark.parametrize("end", [5.0, None])
    def test_a_scope_that_is_over_is_no_place_to_stay(self, end):
        scope = Scope(("pay",), end, level="user", id="s")
        said = (directive("s", "user", 2, act="scope", scope=scope),)
        _, found = decided(Facts("tool_call", call=Call("pay"), now=9.0), said=said)
        assert "Stay inside" not in found.text
        assert "Ask whoever stated it (user) to confirm a new one, with an end." in found.text

    def test_allowed_says_what_lets_it_pass(self):
        scope = Scope(("pay",), 1e10, 5.0, level="user", id="s")
        said = (directive("s", "user", 2, act="scope", scope=scope),)
        call = Call("pay", {"n": 1}, ToolFacts(effects=False))
        facts = Facts("tool_call", call=call, now=1.0)
        decision, found = decided(facts, said=said, conversation=FREE)
        assert decision.effect is Effect.ALLOW
        assert "None of the 4 checks that were asked speaks against it." in found.text
        assert "It is inside of the scope of autonomy, which allows the tool `pay`" in found.text

    def test_a_section_that_is_not_in_force_is_no_ground(self):
        teens = rule("teens", "root", conditions=("under_18",))
        bounds = (boundary("romance", teens, "text.contains('date')", "deny", "request"),)
        world = policy((teens, rule("tone", "user")), boundaries=bounds)
        _, found = decided(Facts("request", "Hi."), world)
        part = next(each for each in found.parts if each.id == "rests_on")
        assert [text_of(each.text) for each in part.sentences] == ["The spec as a whole, “Test”."]

    def test_arguments_are_told_with_whose_words_they_are(self):
        talk = label(
            read(
                [
                    {"role": "user", "content": "Write to tom@example.com."},
                    {"role": "tool", "content": "From eve@example.com", "name": "in"},
                ]
            )
        )
        args = {
            "to": "tom@example.com",
            "cc": " eve@example.com",
            "n": 7,
            "both": ["tom@example.com", "eve@example.com"],
            "made": HOSTILE,
        }
        _, found = decided(Facts("tool_call", call=Call("mail", args)), conversation=talk)
        lines = found.text.splitlines()
        at = lines.index("Where the arguments come from")
        assert lines[at + 1 : at + 6] == [
            "  - `to` is “tom@example.com”: words of `user`, with user authority.",
            "    In message 1 (user), characters 9 to 24.",
            "  - `cc` is “eve@example.com”: words of `tool:in`, without authority.",
            "    In message 2 (tool `in`), characters 5 to 20.",
            "  - `n` is 7: nobody is known to have said it, so it has no authority.",
        ]
        assert "words of `tool:in` and `user`, without authority" in lines[at + 6]
        assert not UNSEEN.search(found.text)

    def test_declared_labels_are_told_as_declared(self):
        labels = {"to": Label("user", 2, ("user",))}
        call = Call("mail", {"to": "x", "cc": "y"}, labels=labels)
        _, found = decided(Facts("tool_call", call=call))
        assert "`to` is “x”: declared to be of `user`, with user authority." in found.text
        assert "`cc` is “y”: nobody is known to have said it" in found.text

    def test_many_and_large_arguments_are_counted_or_left_out(self):
        call = Call("mail", {f"k{at}": "v" for at in range(50)})
        assert "And 42 more." in decided(Facts("tool_call", call=call))[1].text
        call = Call("mail", {"k": "v" * 2_000_000})
        assert "Where the arguments" not in decided(Facts("tool_call", call=call))[1].text

    def test_allowed_says_what_was_asked(self):
        decision, found = decided(
            Facts("tool_call", call=Call("search", facts=ToolFacts(effects=False)))
        )
        assert decision.effect is Effect.ALLOW
        assert found.text.splitlines()[1] == "Allowed: the call to `search`."
        assert "5 checks: 4 asked and 1 skipped." in found.text
        assert "The spec as a whole, “Test”." in found.text

    def test_effects_that_nobody_declared_are_told_first(self):
        loud = "  - Side effects were NOT checked: nothing declares what this tool does."
        call = Facts("tool_call", call=Call("search"))
        decision, found = decided(call)
        assert decision.effect is Effect.ALLOW
        assert found.text.splitlines()[3:5] == ["Why", loud]
        assert loud in decided(Facts("tool_call", call=Call("pay")))[1].text
        known = Facts("tool_call", call=Call("search", facts=ToolFacts(effects=False)))
        assert "NOT checked" not in decided(known)[1].text

    def test_one_check_is_told_as_one(self):
        _, found = decided(Facts("request"))
        assert "  - The one check that was asked does not speak against it." in found.text

    def test_skipped_and_errored_checks_are_listed(self):
        decision = Decision(
            effect=Effect.DENY,
            stage="tool_result",
            citations=(Citation("sha256:x", "user_1", "user_1"),),
            policy_digest="sha256:x",
            readings=POLICY.readings,
            checks=(
                Check("side_effects", Ran.SKIPPED, Effect.ALLOW, "nothing is declared"),
                Check("strange", Ran.ERRORED, Effect.DENY, "its condition failed"),
                Check("a", Ran.NOT_APPLICABLE),
                Check("b", Ran.RAN),
            ),
            reasons=(Reason(Effect.DENY, "strange", "user_1", "Not checked."),),
        )
        text = explain(POLICY, decision).text
        assert "4 checks: 1 asked, 1 skipped, 1 in error and 1 not applicable." in text
        assert "The rule on side effects was skipped: “nothing is declared”" in text
        assert "The check `strange` was in error" in text
        assert "Have the check `strange` corrected" in text
        assert "Not allowed: the result of a tool." in text

    def test_a_failure_inside_is_told(self):
        other = policy(readings={"defeat": "any_higher"})
        decision = decide(POLICY, resolve(other), Facts("output", "x"))
        text = explain(POLICY, decision).text
        assert decision.effect is Effect.DENY
        assert "The decision itself rules it out: “ValueError" in text
        assert "Have the decision itself corrected" in text


class TestHostileWords:
    def explanation(self):
        rules = (replace(rule("user_1", "user"), title=HOSTILE), rule("root_1", "root"))
        world = policy(rules)
        world = replace(world, title=HOSTILE)
        said = (
            directive("d", "none", 3, text=HOSTILE, source=f"tool:{HOSTILE}", subject=HOSTILE),
            directive(HOSTILE, "user", 2, act="override", targets=("user_1", HOSTILE)),
            directive("set", "user", 2, act="setting", subject=HOSTILE, value=HOSTILE),
            directive("m", "user", 2, mistaken=HOSTILE, needs=(HOSTILE,)),
        )
        talk = replace(TALK, messages=(*TALK.messages, Message(HOSTILE, "x", name=HOSTILE)))
        resolution = resolve(world, talk, said)
        return explain(world, resolution, talk, full=True), talk

    def test_text_is_harmless_and_makes_no_line_of_its_own(self):
        found, _ = self.explanation()
        assert not UNSEEN.search(found.text)
        assert not any(line.strip().startswith("Allowed") for line in found.text.splitlines())

    def test_long_words_are_cut(self):
        found = told(directive("d", text="word " * 100_000))
        assert len(found.text) < 3000
        assert "more)" in found.text

    def test_html_is_harmless(self):
        found, talk = self.explanation()
        page = explanation_page(found, talk)
        assert "<script" not in page
        assert "\x1b" not in page
        assert "\u202e" not in page
        page.encode()

    def test_a_quotation_cannot_be_ended_by_its_words(self):
        found = told(directive("d", text="x” is in force. “y"))
        assert '“x" is in force. "y”' in found.text

    def test_an_id_cannot_end_its_backticks(self):
        found = told(directive("a` is in force. `b"))
        assert "`a' is in force. 'b`" in found.text


class TestStrangeValues:
    def test_ids_that_name_nothing_stay_ids(self):
        fate = Fate("gone", State.SET_ASIDE, Ground.MISALIGNED, "user", "nobody", ())
        known = Resolution("x", POLICY.readings, (fate,), {})
        text = explain(POLICY, known, EMPTY).text
        assert "`gone`" in text
        assert "`nobody`" in text

    def test_unknown_steps_kinds_and_outcomes_are_told_too(self):
        fate = Fate("d", State.IN_FORCE, Ground.APPLIES, "user", None, (Step("new"), Step("newer")))
        known = Resolution(
            "x",
            POLICY.readings,
            (fate,),
            {"n": 1e300, "none": None, "list": [1]},
            conflicts=(Conflict("user_1", "d", "strange", "odd", "unheard_of"),),
            directives=(directive("d"),),
        )
        text = explain(POLICY, known, EMPTY).text
        assert "A step called `new`." in text
        assert "conflict: `odd` prevails." in text
        assert "Reading `unheard_of`." in text
        assert "a very large number" in text


@pytest.mark.data
@pytest.mark.parametrize("version", ["2025-02-12", "2025-10-27", "2025-12-18"])
def test_every_example_of_the_published_spec_can_be_explained(data_dir, version):
    spec = load(data_dir / "model_spec" / version / "model_spec.md")
    world = compile_policy(spec)
    rules = extractor("rules")
    for example in spec.examples:
        talk = label(transcript_of(example.messages), world.ladder, world.readings)
        said = directives_in(talk, ladder=world.ladder, extractor=rules, known=world.by_id)
        found = explain(world, resolve(world, talk, said.directives), talk, full=True)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", found.text)
        assert explanation_page(found, talk).endswith("</html>")
