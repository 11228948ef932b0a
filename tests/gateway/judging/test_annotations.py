"""What tools say of themselves only tightens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gateway.judging.scene import NOW
from tests.policy.worlds import directive, policy, readings, thorough

from charter.gateway.judging.annotations import HINTS, annotations_of, tightened
from charter.policy.conversation import EMPTY
from charter.policy.decision import STRICTNESS, Call, Facts, ToolFacts
from charter.policy.decisions.decide import decide
from charter.policy.directive import Act
from charter.policy.fates.resolve import resolve
from charter.policy.scope import Scope

FACTS = st.none() | st.builds(
    ToolFacts,
    effects=st.booleans(),
    reversible=st.sampled_from(["no", "user", "assistant", "nobody"]),
    costly=st.none() | st.booleans(),
    avoidable=st.booleans(),
    high_risk=st.booleans(),
)
SAID = st.dictionaries(st.sampled_from(HINTS), st.booleans())
SCOPES = st.sampled_from(
    [None, Scope(("pay",), NOW + 60, 5.0), Scope(("*",), NOW + 60, 5.0), Scope(("x",), NOW + 60)]
)


@thorough
@given(FACTS, SAID, SCOPES, readings(), st.booleans())
def test_annotations_never_make_a_decision_laxer(declared, hints, scope, chosen, clash):
    made = policy(readings=chosen)
    given = [directive("s", "developer", act="scope", scope=scope)] if scope else []
    if clash:
        given.append(directive("c", "system", act=Act.CLASH, targets=("root_1", "root_2")))
    conversation = EMPTY if scope else _offering("pay")
    resolution = resolve(made, conversation, given)

    def effect(facts):
        call = Call("pay", {"amount": 1}, facts=facts)
        return STRICTNESS[decide(made, resolution, Facts("tool_call", call=call, now=NOW)).effect]

    assert effect(tightened(declared, hints)) >= effect(declared)


def _offering(tool):
    from dataclasses import replace  # noqa: PLC0415

    return replace(EMPTY, tools=(tool,))


@pytest.mark.parametrize(
    ("declared", "hints", "expected"),
    [
        (None, {}, None),
        (None, {"readOnlyHint": True, "destructiveHint": False}, None),
        (None, {"readOnlyHint": True, "openWorldHint": True}, None),
        (None, {"destructiveHint": True}, ToolFacts(True, "no", True)),
        (None, {"readOnlyHint": False}, ToolFacts(True, "no", True)),
        (None, {"openWorldHint": True}, ToolFacts(True, "user")),
        (
            ToolFacts(False, "assistant", False),
            {"readOnlyHint": False, "destructiveHint": False},
            ToolFacts(True, "assistant", False),
        ),
        (ToolFacts(), {"readOnlyHint": True, "idempotentHint": True}, ToolFacts()),
        (
            ToolFacts(False, "assistant", False),
            {"idempotentHint": False},
            ToolFacts(True, "assistant", False),
        ),
    ],
)
def test_hints_are_read_as_the_protocol_means_them(declared, hints, expected):
    assert tightened(declared, hints) == expected


def test_hints_are_found_wherever_they_stand_and_the_stricter_counts():
    tool = {
        "annotations": {"readOnlyHint": True, "destructiveHint": "yes"},
        "function": {"annotations": {"readOnlyHint": False, "openWorldHint": True}},
    }
    assert annotations_of(tool) == {"readOnlyHint": False, "openWorldHint": True}
    assert annotations_of("tool") == {}
    assert annotations_of({"annotations": [1]}) == {}
