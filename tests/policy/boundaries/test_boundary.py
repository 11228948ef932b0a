"""Boundaries: what compiles, and which tools they are about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.boundaries.drawn import TOOLS, arguments, conditions, made, written

from charter.policy.boundaries.boundary import Boundary, compile_boundary, tools_of
from charter.policy.boundaries.condition import Condition, compile_condition
from charter.policy.boundaries.program import Rejected


@pytest.mark.parametrize(
    ("when", "tools"),
    [
        ("tool == 'pay'", {"pay"}),
        ("'pay' == call.tool && args.amount > 5", {"pay"}),
        ("has(args.x) && (tool == 'a' || tool in ['b', 'c'])", {"a", "b", "c"}),
        ("(tool == 'a' && has(args.x)) || (has(args.y) && tool == 'b')", {"a", "b"}),
        ("tool in ['a', 'b'] && tool in ['b', 'c']", {"b"}),
        ("tool in []", set()),
        ("tool == 'a' && tool == 'b'", set()),
        ("has(args.x)", None),
        ("tool == 'a' || has(args.x)", None),
        ("!(tool == 'a')", None),
        ("tool != 'a'", None),
        ("tool in scope.allowed_tools", None),
        ("tool in ['a', request.text]", None),
        ("tool.startsWith('a')", None),
        ("tool == 'a' ? true : false", None),
        ("request.text == 'a'", None),
        ("['a'].exists(tool, tool == 'a')", None),
        ("tool == request.text", None),
    ],
)
def test_tools_are_read_off_the_condition(when: str, tools: set[str] | None) -> None:
    found = made(when).tools
    assert found == (None if tools is None else frozenset(tools))


def test_result_tool_counts_at_its_stage() -> None:
    assert made("result.tool == 'a'", on="tool_result").tools == {"a"}


@pytest.mark.parametrize(
    ("fields", "message", "offset"),
    [
        ({"when": "nope"}, "undeclared reference", 0),
        ({"when": "tool == 1"}, "no matching overload", 5),
        ({"when": "true", "on": "reply"}, "'on' is 'reply', but must be one of request", 0),
        ({"when": "true", "effect": "block"}, "'effect' is 'block', but must be one of deny", 0),
    ],
)
def test_boundary_that_does_not_compile_says_why(
    fields: dict[str, str], message: str, offset: int
) -> None:
    found = compile_boundary(written(**fields), 3, None, 0)
    assert isinstance(found, Rejected)
    assert message in found.message
    assert found.offset == offset


def test_compiled_boundary_keeps_what_was_written() -> None:
    found = compile_boundary(written("true", effect="flag"), 5, "prohibited", 2)
    assert isinstance(found, Boundary)
    assert found[:9] == ("one", "s", "tool_call", "true", "flag", None, 5, "prohibited", 2)


@given(conditions, st.sampled_from(TOOLS), arguments)
def test_condition_is_false_for_tools_it_is_not_about(
    when: str, tool: str, args: dict[str, object]
) -> None:
    found = compile_condition(when, "tool_call")
    assert isinstance(found, Condition)
    tools = tools_of(found.root)
    if tools is not None and tool not in tools:
        assert not found.holds({"tool": tool, "call.tool": tool, "args": args, "words": 1})
