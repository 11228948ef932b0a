"""Whatever fails inside of a decision, nothing happens, and the decision says why."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.worlds import boundary, policy, rule, thorough

from charter.policy.conversation import Conversation, Kind, Message, Passage, Sensitivity
from charter.policy.decision import (
    STRICTNESS,
    Call,
    Decision,
    Effect,
    Facts,
    Label,
    Ran,
    ToolFacts,
    Transformation,
)
from charter.policy.decisions.decide import decide
from charter.policy.directive import Act, Directive
from charter.policy.fates.resolve import resolve
from charter.policy.scope import Scope

TOP = rule("top", "root", content="restricted")
RULES = (TOP, rule("mild", "user"), rule("transformation_exception", "root"))
POLICY = policy(
    RULES,
    boundaries=(
        boundary("short", TOP, "has(args.n) && args.n > 5", "deny", "tool_call"),
        boundary("long", TOP, "has(args.l) && args.l.exists(x, x == 'a')", "flag", "tool_call"),
        boundary("loop", TOP, "args.l.exists(x, x == 'b')", "redact", "tool_call"),
        boundary("whose", TOP, "labels.to.level < levels.user", "deny", "tool_call"),
        boundary("echo", TOP, "privileged > 4", "redact", "tool_call"),
        boundary("words", TOP, "words > 0 && text.matches('a+')", "flag", "output"),
    ),
)
TEXT = "Write to tom@example.com"
TALK = Conversation(
    "test",
    (Message("user", TEXT), Message("developer", "Be kind to everybody at all times.")),
    (
        Passage(0, 0, len(TEXT), Kind.OWN, "user", "user", Sensitivity.PRIVATE),
        Passage(1, 0, 34, Kind.OWN, "developer", "developer", Sensitivity.PRIVILEGED),
    ),
    tools=("send",),
)
SCOPE = Directive(
    "s",
    Act.SCOPE,
    "developer",
    scope=Scope(("send",), latest_time=9.0, tool_constraints={"send": {"n": {"max": 9}}}),
)
CALL = Facts(
    "tool_call",
    call=Call("send", {"n": 3, "l": ["c"], "to": "tom@example.com"}, facts=ToolFacts()),
    now=1.0,
)
UNASKED = replace(CALL, call=replace(CALL.call, asked_by="none"))
OUTPUT = Facts("output", "aaa", transformation=Transformation("format", 0, adds_nothing=True))


def decided(facts: Facts) -> Decision:
    return decide(POLICY, resolve(POLICY, TALK, [SCOPE]), facts, TALK)


def test_without_a_fault_all_of_it_is_allowed() -> None:
    assert decided(CALL).effect is Effect.ALLOW
    assert decided(OUTPUT).effect is Effect.ALLOW


class BrokenError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


FAULTS = (ValueError("no"), KeyError("no"), MemoryError(), RecursionError(), BrokenError())
INSIDE = (
    ("decisions.decide.gates", CALL),
    ("decisions.decide.Values", CALL),
    ("decisions.decide.lifts", OUTPUT),
    ("decisions.decide._provenance_first", UNASKED),
    ("decisions.decide._transforms", OUTPUT),
    ("decisions.decide._fired", OUTPUT),
    ("decisions.decide._result", CALL),
    ("decisions.decide._citations", CALL),
    ("decisions.gate.conflicts", CALL),
    ("decisions.gate.within_scope", CALL),
    ("decisions.gate.over", CALL),
    ("decisions.gate.allows_tool", CALL),
    ("decisions.gate.broken_constraint", CALL),
    ("decisions.gate.side_effects", CALL),
    ("decisions.gate.names_tool", CALL),
    ("decisions.gate.asked_by", CALL),
    ("decisions.gate.open_questions", CALL),
    ("decisions.fact_values.label_arguments", CALL),
    ("decisions.fact_values.longest_run", CALL),
    ("decisions.fact_values._texts", CALL),
    ("decisions.provenance.too_large", CALL),
    ("decisions.provenance._alone", CALL),
    ("decisions.provenance._leaves", CALL),
    ("decisions.transformation._supplied", OUTPUT),
    ("decisions.leak._longest", CALL),
    ("boundaries.bucket.size_as_given", CALL),
    ("boundaries.bucket.environment", CALL),
    ("boundaries.bucket._flags", CALL),
    ("boundaries.bucket.answer and boundaries.condition.answer", CALL),
    ("boundaries.pattern._compiled", OUTPUT),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize(("place", "facts"), INSIDE, ids=lambda part: str(part)[:40])
def test_a_fault_anywhere_denies(
    monkeypatch: pytest.MonkeyPatch, place: str, facts: Facts, fault: Exception
) -> None:
    compiled = policy(RULES, boundaries=POLICY.boundaries)
    resolution = resolve(compiled, TALK, [SCOPE])
    called = []

    def broken(*_: object, **__: object) -> None:
        called.append(place)
        raise fault

    for one in place.split(" and "):
        module, _, name = f"charter.policy.{one}".rpartition(".")
        monkeypatch.setattr(importlib.import_module(module), name, broken)
    decision = decide(compiled, resolution, facts, TALK)
    assert called
    assert decision.effect is Effect.DENY
    assert any(check.status is Ran.ERRORED for check in decision.checks)
    assert decision.reasons[0].effect is Effect.DENY
    assert decision.policy_digest == compiled.digest
    assert decision.readings == compiled.readings
    assert decision.citations


class Hostile(Mapping[str, object]):
    """Arguments that cannot be looked at."""

    def __getitem__(self, key: str) -> object:
        raise RuntimeError("no")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("no")

    def __len__(self) -> int:
        raise RuntimeError("no")


CYCLE: list[object] = []
CYCLE.append(CYCLE)
DEEP: object = "x"
for _ in range(5_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        2**64,
        -(2**63) - 1,
        "\ud800",
        {1: 2},
        {"a\0": 1, "a\ufffd": 2},
        {"\ud800": 1},
        object(),
        b"bytes",
        {1, 2},
        CYCLE,
        DEEP,
        Hostile(),
        "x" * 2_000_000,
        [0] * 1_000_001,
    ],
    ids=lambda value: f"{type(value).__name__}",
)
@pytest.mark.parametrize("labels", [None, {}], ids=["found", "declared"])
def test_arguments_that_json_does_not_have_are_denied(
    value: object, labels: dict[str, Label] | None
) -> None:
    given_call = Call("send", {"n": 3, "l": ["c"], "other": value}, labels=labels)
    compiled = policy(RULES, boundaries=(POLICY.boundaries[0],))
    decision = decide(compiled, resolve(compiled, TALK), Facts("tool_call", call=given_call), TALK)
    assert decision.effect is Effect.DENY
    assert any(check.status is Ran.ERRORED for check in decision.checks)


def test_a_number_that_is_none_is_never_small_enough() -> None:
    top = boundary("top", TOP, "has(args.sum) && args.sum > 5", "require_approval", "tool_call")
    compiled = policy(RULES, boundaries=(top,))
    found = [
        decide(
            compiled,
            resolve(compiled, TALK),
            Facts("tool_call", call=Call("send", {"sum": value})),
            TALK,
        ).effect
        for value in (4, 4.5, 6, 6.5, float("nan"), "6", True, None, [], 2**63)
    ]
    assert found == [
        *[Effect.ALLOW] * 2,
        *[Effect.REQUIRE_APPROVAL] * 2,
        *[Effect.DENY] * 5,
        Effect.REQUIRE_APPROVAL,
    ]


@pytest.mark.parametrize(
    "facts",
    [
        None,
        Facts("tool_call"),
        Facts("output"),
        Facts("tool_result"),
        Facts("request", 5),  # type: ignore[arg-type]
        Facts("tool_call", call=Call("send", None)),  # type: ignore[arg-type]
        Facts("tool_call", call=Call(["send"])),  # type: ignore[arg-type]
        Facts(["output"], "a"),  # type: ignore[arg-type]
        Facts("output", 5),  # type: ignore[arg-type]
        Facts("nowhere"),
    ],
)
def test_facts_that_are_none_are_denied(facts: Facts) -> None:
    for compiled in (POLICY, policy(RULES)):
        decision = decide(compiled, resolve(compiled, TALK, [SCOPE]), facts, TALK)
        assert decision.effect is Effect.DENY
        assert decision.citations


def test_a_missing_text_is_named() -> None:
    for stage in ("output", "tool_result"):
        decision = decided(Facts(stage))
        assert decision.checks[0].reason == (
            f"ValueError: there is no text of the {stage} to decide on"
        )
        assert decided(Facts(stage, "")).effect is Effect.ALLOW


def test_without_a_policy_there_is_no_decision() -> None:
    resolution = resolve(POLICY, TALK)
    with pytest.raises(TypeError, match="a decision needs a compiled policy, not NoneType"):
        decide(None, resolution, CALL)  # type: ignore[arg-type]
    for wrong in (None, "x"):
        decision = decide(POLICY, wrong, CALL)  # type: ignore[arg-type]
        assert decision.effect is Effect.DENY


def test_an_action_without_boundaries_is_still_inside_of_the_scope() -> None:
    empty = policy(RULES)
    nothing = decide(empty, resolve(empty, TALK), Facts("tool_call"), TALK)
    assert nothing.effect is Effect.DENY
    for tool, expected in (("send", Effect.ALLOW), ("erase", Effect.DENY)):
        facts = Facts("tool_call", call=Call(tool, {}))
        assert decide(empty, resolve(empty, TALK), facts, TALK).effect is expected


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**66), 2**66)
    | st.floats()
    | st.text(alphabet=st.characters(), max_size=8)
    | st.sampled_from(["\ud800", "a\0", "tom@example.com", b"b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 2), inner, max_size=3)
    ),
    max_leaves=6,
)
LABELS = st.builds(
    Label,
    st.sampled_from(["none", "user", "developer", "emperor", ""]),
    st.integers(-1, 99),
    st.lists(st.text(max_size=4), max_size=2).map(tuple),
    st.sampled_from(["private", "nonsense"]),
)
EFFECTS = st.sampled_from(["deny", "require_approval", "redact", "flag"])


FACTS = st.builds(
    Facts,
    st.sampled_from(["tool_call", "output", "request", "tool_result", "x"]),
    st.none() | st.text(alphabet="a \0\ud800", max_size=6),
    st.none()
    | st.builds(
        Call,
        st.sampled_from(["send", "erase", "", "\ud800"]),
        st.dictionaries(st.sampled_from(["n", "l", "to", "x"]), ANY, max_size=4),
        cost=st.floats(),
        labels=st.none() | st.dictionaries(st.sampled_from(["n", "to"]), LABELS, max_size=2),
    ),
    now=st.none() | st.floats(),
    spent=st.floats(),
)


@thorough
@given(FACTS)
def test_decide_never_raises_and_every_decision_has_its_grounds(facts: Facts) -> None:
    decision = decided(facts)
    strictest = max((r.effect for r in decision.reasons), key=STRICTNESS.__getitem__, default=None)
    assert decision.effect is (strictest or Effect.ALLOW)
    assert decision.citations
    assert decision.policy_digest == POLICY.digest
    assert decision.checks
    if any(check.status is Ran.ERRORED for check in decision.checks):
        assert decision.effect is Effect.DENY


@thorough
@given(
    st.dictionaries(st.sampled_from(["n", "l", "to", "x"]), ANY, max_size=4),
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "has(args.n) && args.n > 5",
                    "args.n > 5",
                    "has(args.to) && labels.to.level < levels.user",
                    "args.all(k, labels[k].level >= levels.user)",
                    "'x' in args",
                    "size(args) > 2",
                ]
            ),
            EFFECTS,
        ),
        max_size=4,
    ),
)
def test_the_effect_is_the_strictest_of_all_and_more_boundaries_are_stricter(
    args: dict[str, object], drawn: list[tuple[str, str]]
) -> None:
    """Effects are joined: order makes no difference, and no boundary makes another one laxer."""
    made = [
        boundary(f"b{at}", TOP, when, effect, "tool_call")
        for at, (when, effect) in enumerate(drawn)
    ]
    facts = Facts("tool_call", call=Call("send", args))

    def effect(boundaries: list) -> Effect:
        compiled = policy(RULES, boundaries=tuple(boundaries))
        return decide(compiled, resolve(compiled, TALK), facts, TALK).effect

    together = effect(made)
    assert effect(made[::-1]) is together
    assert effect(made + made) is together
    alone = [effect([one]) for one in made]
    assert together is max(alone, key=STRICTNESS.__getitem__, default=Effect.ALLOW)
    for at in range(len(made)):
        assert STRICTNESS[effect(made[:at])] <= STRICTNESS[together]


@thorough
@given(LABELS, st.sampled_from(["root", "system", "developer", "user", "guideline"]))
def test_an_argument_without_authority_never_passes_for_one_that_has(
    given_label: Label, level: str
) -> None:
    """A rule that lets only arguments of a level pass stops all others, whatever their label."""
    needs = boundary("b", TOP, f"!(labels.to.level >= levels.{level})", "deny", "tool_call")
    named = boundary("c", TOP, f"labels.to.authority != '{level}'", "flag", "tool_call")
    compiled = policy(RULES, boundaries=(needs, named))
    facts = Facts("tool_call", call=Call("send", {"to": "x"}, labels={"to": given_label}))
    decision = decide(compiled, resolve(compiled, TALK), facts, TALK)
    rank = compiled.ladder.rank(given_label.authority)
    assert ("b" in {reason.check for reason in decision.reasons}) is (
        rank < compiled.ladder.rank(level)
    )
    if not rank:
        assert {reason.check for reason in decision.reasons} == {"b", "c"}
