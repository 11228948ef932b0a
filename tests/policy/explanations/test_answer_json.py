"""The JSON of resolutions and decisions is complete and follows its schema."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given, settings
from tests.policy.worlds import boundary, directive, directives, policy, readings, rule, thorough

from charter.load import load
from charter.policy.compiled.compile import compile_policy
from charter.policy.conversation import Conversation, Message, Problem
from charter.policy.decision import Call, Effect, Facts, Ran
from charter.policy.decisions.decide import decide
from charter.policy.directive import Act, Unusable
from charter.policy.directives.collect import Unread
from charter.policy.explanations import answer_form, answer_json
from charter.policy.explanations.answer_form import decision_schema, resolution_schema
from charter.policy.explanations.answer_json import Beside, decision_json, resolution_json
from charter.policy.explanations.explain import explain
from charter.policy.explanations.hinge import Hinge
from charter.policy.fate import State
from charter.policy.fates.resolve import resolve
from charter.policy.scope import Scope
from charter.source import Span
from charter.spec.reading import READINGS

POLICY = policy()
TALK = Conversation(
    "openai_chat",
    (Message("user", "hello"), Message("tool", "t", name="search")),
    (),
    tools=("search",),
    unseen=("previous_response_id",),
    problems=(Problem(-1, "bad-tools", "a tool without a name"),),
)
UNREAD = Unread(0, "user", Unusable("a directive needs a verb", Span(3, 5), "one of …"))


@pytest.fixture(scope="module")
def checked():
    """Validate a document against the schema of its format."""
    known = {"charter-resolution/1": resolution_schema(), "charter-decision/1": decision_schema()}
    for schema in known.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    validators = {name: jsonschema.Draft202012Validator(schema) for name, schema in known.items()}

    def check(document):
        written = json.loads(json.dumps(document, allow_nan=False))
        validators[document["format"]].validate(written)
        return written

    return check


def test_formats_have_one_name():
    assert answer_form.RESOLUTION == answer_json.RESOLUTION
    assert answer_form.DECISION == answer_json.DECISION


@pytest.mark.parametrize("schema", [resolution_schema(), decision_schema()])
def test_every_part_is_closed(schema):
    parts = [schema, *schema["$defs"].values()]
    objects = [part for part in parts if part.get("type") == "object"]
    assert all(part["additionalProperties"] is False for part in objects)
    assert all(set(part["required"]) == set(part["properties"]) for part in objects)


def test_the_words_of_the_formats_are_those_of_the_enums():
    for name, enum in (("StateName", State), ("EffectName", Effect), ("ActName", Act)):
        assert set(getattr(answer_form, name).__args__) == {*map(str, enum)}
    status = answer_form.CheckJson.model_fields["status"].annotation
    assert set(status.__args__) == {*map(str, Ran)}


@settings(thorough, max_examples=min(thorough.max_examples, 2_000))  # validating takes 5 ms
@given(directives())
def test_any_resolution_follows_its_schema(checked, said):
    resolution = resolve(POLICY, TALK, said, capabilities=())
    explanation = explain(POLICY, resolution, TALK)
    hung = (Hinge("defeat", "any_higher", ("a",)),)
    beside = Beside(TALK, (UNREAD,), hung, explanation)
    written = checked(resolution_json(POLICY, resolution, beside))
    assert [fate["id"] for fate in written["fates"]] == [fate.id for fate in resolution.fates]
    kinds = [fate["kind"] for fate in written["fates"]]
    assert kinds.count("directive") == len(said) == len(written["directives"])


@given(directives(), readings())
def test_any_decision_follows_its_schema(checked, said, chosen):
    section = rule("root_1", "root")
    world = policy(
        (section,), boundaries=(boundary("b", section, "true", "flag", "tool_call"),),
        readings=chosen,
    )  # fmt: skip
    resolution = resolve(world, TALK, said)
    facts = Facts("tool_call", call=Call("search"), now=1.0)
    decision = decide(world, resolution, facts, TALK)
    written = checked(decision_json(world, decision, facts, Beside(TALK)))
    assert written["effect"] == decision.effect
    assert written["tool"] == "search"
    assert written["now"] == "1970-01-01T00:00:01Z"
    assert written["explanation"] is None
    assert written["hinges"] is None


def test_every_reading_is_in_the_answer_and_changes_the_digest(checked):
    spec = load("starter")
    seen = {}
    for reading in READINGS:
        for choice in reading.alternatives:
            world = compile_policy(spec, readings={reading.name: choice.name})
            resolution = resolve(world)
            decision = decide(world, resolution, Facts("output", "x"))
            for written in (
                checked(resolution_json(world, resolution)),
                checked(decision_json(world, decision, Facts("output", "x"))),
            ):
                assert set(written["readings"]) == {each.name for each in READINGS}
                assert written["readings"][reading.name] == choice.name
                assert written["policy"]["digest"] == world.digest
            seen.setdefault(world.digest, set()).add(tuple(sorted(world.readings.items())))
    assert all(len(chosen) == 1 for chosen in seen.values())
    others = sum(len(reading.alternatives) - 1 for reading in READINGS)
    assert len(seen) == others + 1


def test_moot_readings_are_told_with_their_reason(checked):
    plain = policy((rule("root_1", "root"),))
    resolution = resolve(plain)
    written = checked(resolution_json(plain, resolution))
    assert written["moot"]["setting_authority"] == "no section depends on a setting"
    assert "cue_source" in written["moot"]
    text = explain(plain, resolution, full=True).text
    assert "R17, `setting_authority`: no section depends on a setting." in text
    assert "cannot matter" not in explain(plain, resolution).text


def test_what_was_read_beside_it_is_in_it(checked):
    scope = Scope(("a",), 5.0, 1.0, {"a": {"x": {"in": [1, True, "z"]}}}, "d", 1.0, "user", "s")
    said = (directive("s", act="scope", scope=scope),)
    resolution = resolve(POLICY, TALK, said)
    hung = (Hinge("root_conflict", "silence", ("the decision",), "deny"),)
    written = checked(resolution_json(POLICY, resolution, Beside(TALK, (UNREAD,), hung)))
    assert written["unusable"][0]["start"] == 3
    assert written["problems"] == [
        {"message": -1, "kind": "bad-tools", "text": "a tool without a name"}
    ]
    assert written["unseen"] == ["previous_response_id"]
    assert written["scope"]["tool_constraints"] == {"a": {"x": {"in": [1, True, "z"]}}}
    assert written["hinges"][0]["becomes"] == "deny"
    assert written["closed"] is False


def test_a_decision_of_no_known_time_and_no_tool(checked):
    facts = Facts("output", "x")
    decision = decide(POLICY, resolve(POLICY), facts)
    written = checked(decision_json(POLICY, decision, facts))
    assert written["now"] is None
    assert written["tool"] is None
    assert written["citations"]
