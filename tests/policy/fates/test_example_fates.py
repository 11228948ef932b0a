"""Examples of the Model Spec, read by hand: what is in force in each, and what set aside the rest.

A case in tests/cases/fates/*.yaml names an example by its id and by a digest of its messages, and
says which instructions stand where in them. Their authority is not in the case: it is that of the
passage that the labeller makes there. Every directive has its expected fate in the case, and every
section that the case does not name is as if nothing had been said. No text of the spec is kept.

    spec:       versions whose example it is
    example:    id of the example, and `digest` of its messages
    mechanism:  what the case is about
    supposed:   true where the case changes what is said, or how it is read, to show a mechanism
    readings:   other than the defaults
    says:       directives as in a fence; `message` and `at` (characters, else the whole message)
                say where; `mistaken`, `relation` and `risk` are what an extractor would say
    fates:      `in_force`, or a ground; `by` whom; `at` which level where it is another
    conflicts, lifted, asks, settings, scope: of the resolution
    tools, boundaries, calls, outputs: decisions under it
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from tests.policy.worlds import boundary

from charter.load import load
from charter.policy.compiled.compile import compile_policy
from charter.policy.conversation import Passage
from charter.policy.decision import Call, Effect, Facts, ToolFacts, Transformation
from charter.policy.decisions.decide import decide
from charter.policy.directive import Directive, Relation, Risk
from charter.policy.directives.collect import directives_in
from charter.policy.directives.read_directive import Carrier, read_directive
from charter.policy.explanations.answer_json import Beside, decision_json, resolution_json
from charter.policy.fate import Ground, Place, State
from charter.policy.fates.resolve import resolve
from charter.policy.labels.label import label
from charter.policy.labels.wires.spec_xml import transcript_of

CASES = Path(__file__).resolve().parents[2] / "cases" / "fates"
VERSIONS = {"2025-02-12": 154, "2025-10-27": 181, "2025-12-18": 183}
STRAY = {("2025-02-12", "be_creative/e-1ab8ecc3")}
"""Examples with text outside of any message: it is reported, and no message is lost by it."""
MECHANISMS = (
    "root prohibition",
    "developer over user",
    "explicit override",
    "implicit override",
    "implicit is not enough",
    "no upward influence",
    "quoted text",
    "tool output",
    "assistant text",
    "delegation",
    "transformation exception",
    "superseded by later",
    "same-level tie",
    "root conflict",
    "privileged information",
    "conditional section",
    "scope",
    "side effects",
    "suspected mistaken",
    "beyond capability",
)
"""Each is the subject of at least one case."""
STATES = {
    Ground.APPLIES: State.IN_FORCE,
    Ground.MISTAKEN: State.SUSPENDED,
    Ground.ASK_FIRST: State.SUSPENDED,
    Ground.SETTING_OFF: State.DORMANT,
}
"""Of the grounds that do not set aside."""


def case_of(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


PATHS = sorted(CASES.glob("*.yaml"))
EACH = [
    pytest.param(path, version, id=f"{path.stem}-{version}")
    for path in PATHS
    for version in case_of(path)["spec"]
]


@cache
def spec_of(folder):
    return load(folder)


@cache
def policy_of(folder, readings=()):
    return compile_policy(spec_of(folder), readings=dict(readings))


def digest_of(example):
    said = [[message.role, message.content] for message in example.messages]
    return hashlib.sha256(json.dumps(said).encode("ascii")).hexdigest()[:16]


def conversation_of(example, policy):
    return label(transcript_of(example.messages), policy.ladder, policy.readings)


def structured(policy, conversation):
    """Return what the conversation itself says in directives: its settings."""
    found = directives_in(conversation, ladder=policy.ladder, readings=policy.readings)
    assert not found.unusable
    return found.directives


# --- every example


@pytest.mark.data
@pytest.mark.parametrize("version", VERSIONS)
def test_every_example_resolves(data_dir, version):
    spec = spec_of(data_dir / "model_spec" / version)
    policy = policy_of(data_dir / "model_spec" / version)
    examples = [*spec.examples]
    assert len(examples) == VERSIONS[version]
    assert len({example.id for example in examples}) == len(examples)
    for example in examples:
        assert bool(example.problems) == ((version, example.id) in STRAY), example.id
        conversation = conversation_of(example, policy)
        assert not conversation.problems, example.id
        for at, message in enumerate(conversation.messages):
            assert message.text == example.messages[at].content
            passages = conversation.of(at)
            assert "".join(map(conversation.text_of, passages)) == message.text, example.id
            edges = [0, *(passage.end for passage in passages)]
            assert [passage.start for passage in passages] == edges[:-1]
        found = resolve(policy, conversation, structured(policy, conversation))
        shown = resolution_json(policy, found, Beside(conversation))
        assert json.loads(json.dumps(shown, allow_nan=False)) == shown
        assert {fate.id for fate in found.fates} >= set(policy.by_id)
        young = found.settings.get("under_18") is True
        asleep = {rule.id for rule in policy.rules if rule.conditions and not young}
        assert found.out == asleep, example.id


# --- those read by hand


def carrier_of(conversation, passage: Passage, start, end):
    place = Place(passage.message, start, end)
    return Carrier(passage.authority, passage.message, passage.source, place)


def passage_at(conversation, said):
    """Return the one passage that holds the characters of a directive, and those characters."""
    passages = conversation.of(said["message"])
    start, end = said.get("at") or (0, len(conversation.messages[said["message"]].text))
    (passage,) = [each for each in passages if each.start <= start < end <= each.end]
    return passage, start, end


def directive_of(conversation, policy, said) -> Directive:
    passage, start, end = passage_at(conversation, said)
    judged = {"message", "at", "mistaken", "relation", "risk"}
    fields = {key: value for key, value in said.items() if key not in judged}
    carrier = carrier_of(conversation, passage, start, end)
    carrier = carrier._replace(mistaken=said.get("mistaken"))
    found = read_directive(fields, carrier, ladder=policy.ladder)
    assert isinstance(found, Directive), found
    return replace(
        found,
        relation=Relation(said.get("relation", "unrelated")),
        risk=Risk(said.get("risk", "serious")),
    )


def expected(text):
    """Read `misaligned by other at user`; a level is None where it is the candidate's own."""
    ground, *rest = text.split()
    pairs = dict(zip(rest[::2], rest[1::2], strict=True))
    assert pairs.keys() <= {"by", "at"}, text
    ground = Ground.APPLIES if ground == "in_force" else Ground(ground)
    state = STATES.get(ground, State.SET_ASIDE)
    return state, ground, pairs.get("by"), pairs.get("at")


def assert_fates(found, case, said):
    fates = {name: expected(text) for name, text in case["fates"].items()}
    own = {each.id: each for each in said}
    assert own.keys() <= fates.keys(), "each directive of a case has its fate in it"
    for fate in found.fates:
        default = "setting_off" if fate.id in found.out and fate.id not in fates else "in_force"
        state, ground, by, level = fates.get(fate.id) or expected(default)
        level = level or (own[fate.id].level if fate.id in own else fate.level)
        assert (fate.state, fate.ground, fate.by, fate.level) == (state, ground, by, level), fate
    for name, (state, _, _, _) in fates.items():
        assert found.fate(name).state is state, name


def assert_rest(found, case):
    conflicts = [list(conflict[:4]) for conflict in found.conflicts]
    assert conflicts == case.get("conflicts", [])
    assert found.lifted == case.get("lifted", {})
    assert sorted(fate.id for fate in found.asks) == sorted(case.get("asks", []))
    assert found.settings == case.get("settings", {})
    for name, value in (case.get("scope") or {}).items():
        shown = getattr(found.scope, name)
        assert (list(shown) if isinstance(shown, tuple) else shown) == value, name
    assert (found.scope is None) == (not case.get("scope"))


def assert_decision(policy, found, facts, conversation, wanted):
    decision = decide(policy, found, facts, conversation)
    assert decision.effect is Effect(wanted["effect"]), decision.reasons
    assert json.dumps(decision_json(policy, decision, facts), allow_nan=False)
    if decision.effect is not Effect.ALLOW:
        assert decision.reasons[0].check == wanted["check"]


def assert_decisions(policy, found, conversation, case):
    for wanted in case.get("calls", []):
        facts = ToolFacts(**wanted["facts"])
        call = Call(
            wanted["tool"], facts=facts, cost=wanted.get("cost", 0), asked_by=wanted.get("asked_by")
        )
        facts = Facts("tool_call", call=call, now=wanted.get("now"))
        assert_decision(policy, found, facts, conversation, wanted)
    for wanted in case.get("outputs", []):
        claim = wanted.get("transformation")
        claimed = Transformation(**claim) if claim else None
        facts = Facts("output", wanted["text"], transformation=claimed)
        assert_decision(policy, found, facts, conversation, wanted)


def with_boundaries(policy, case):
    """Return the policy with boundaries that an overlay could give to its sections."""
    made = tuple(
        boundary(each["id"], policy.by_id[each["section"]], each["when"], "deny", "output")
        for each in case.get("boundaries", [])
    )
    return replace(policy, boundaries=made) if made else policy


@pytest.mark.data
@pytest.mark.parametrize(("path", "version"), EACH)
def test_fates(data_dir, path, version):
    case, folder = case_of(path), data_dir / "model_spec" / version
    section, _, _ = case["example"].partition("/")
    (example,) = [e for e in spec_of(folder).section(section).examples if e.id == case["example"]]
    assert digest_of(example) == case["digest"]
    policy = policy_of(folder, tuple(sorted(case.get("readings", {}).items())))
    conversation = replace(conversation_of(example, policy), tools=tuple(case.get("tools", [])))
    said = [directive_of(conversation, policy, each) for each in case["says"]]
    assert len({each.id for each in said}) == len(said)
    settings = structured(policy, conversation)
    can = case.get("capabilities")
    found = resolve(policy, conversation, (*settings, *said), capabilities=can)
    assert_fates(found, case, said)
    assert_rest(found, case)
    policy = with_boundaries(policy, case)
    assert_decisions(policy, found, conversation, case)


def test_there_are_cases_of_every_mechanism():
    cases = [case_of(path) for path in PATHS]
    real = [case for case in cases if not case.get("supposed")]
    assert len({case["example"] for case in real}) >= 45
    counted = Counter(mechanism for case in cases for mechanism in case["mechanism"])
    assert set(MECHANISMS) <= set(counted), set(MECHANISMS) - set(counted)
