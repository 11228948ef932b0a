"""Boundaries: which tools they are about, and what asking them gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.policy.boundaries.boundary import Boundary, compile_boundary, tools_of
from charter.policy.boundaries.condition import Condition, compile_condition
from charter.policy.boundaries.index import MAX_TOGETHER, BoundaryIndex, index_boundaries
from charter.policy.boundaries.program import Rejected
from charter.policy.decision import Check, Effect, Ran
from charter.source import Span
from charter.spec.spec import Boundary as Written

NOWHERE = Span(0, 0)


def written(when: str, **fields: str) -> Written:
    known = {"id": "one", "section": "s", "on": "tool_call", "effect": "deny"} | fields
    return Written(say=None, span=NOWHERE, when_span=NOWHERE, when=when, **known)


def made(when: str, **fields: str) -> Boundary:
    found = compile_boundary(written(when, **fields), 3, None, 0)
    assert isinstance(found, Boundary), found
    return found


def indexed(*conditions: str, **fields: str) -> BoundaryIndex:
    return index_boundaries(
        tuple(made(when, id=f"b{at}", **fields) for at, when in enumerate(conditions))
    )


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


def test_only_those_of_stage_and_tool_are_asked() -> None:
    index = index_boundaries(
        (
            made("tool == 'a'", id="a"),
            made("tool == 'b'", id="b"),
            made("has(args.x)", id="open"),
            made("true", id="out", on="output"),
        )
    )
    asked = index.ask("tool_call", "a", {"tool": "a", "args": {}})
    assert asked.fired == (0,)
    assert asked.errored == ()
    assert asked.checks == (
        Check("a", Ran.RAN, Effect.DENY, "it fired"),
        Check("b", Ran.NOT_APPLICABLE, Effect.ALLOW, "not about this tool"),
        Check("open", Ran.RAN),
        Check("out", Ran.NOT_APPLICABLE, Effect.ALLOW, "asked on output"),
    )
    assert index.ask("tool_call", "other", {"args": {"x": 1}}).fired == (2,)
    assert index.ask("output", None, {}).fired == (3,)
    assert index.ask("request", None, {}).fired == ()
    with pytest.raises(KeyError):
        index.ask("reply", None, {})


def test_needs_name_the_variables_of_the_bucket() -> None:
    index = indexed("tool == 'a' && args.x == 1", "tool == 'b' && words > 1", "asked_by == 'user'")
    assert index.needs("tool_call", "a") == {"tool", "args", "asked_by"}
    assert index.needs("tool_call", "b") == {"tool", "words", "asked_by"}
    assert index.needs("tool_call", "c") == {"asked_by"}
    assert index.needs("tool_call", None) == {"tool", "args", "words", "asked_by"}
    assert index.needs("output", None) == frozenset()


def test_sections_are_those_of_the_bucket() -> None:
    index = index_boundaries(
        (made("tool == 'a'", section="t"), made("true", section="s"), made("true", section="s"))
    )
    assert index.bucket("tool_call", "a").sections == ("s", "t")
    assert index.bucket("tool_call", "b").sections == ("s",)
    assert index.bucket("request", None).sections == ()


def test_sections_not_in_force_are_not_asked() -> None:
    index = index_boundaries(
        (made("true", id="a", section="s"), made("true", id="b"), made("args.x == 1", section="s"))
    )
    asked = index.ask("tool_call", "t", {"args": {}}, frozenset({"s", "other"}))
    assert asked.fired == asked.errored == ()
    asked = index.ask("tool_call", "t", {"args": {}}, frozenset({"other"}))
    assert (asked.fired, asked.errored) == ((0, 1), (2,))


def test_section_not_in_force_is_said_to_be() -> None:
    index = index_boundaries((made("true", id="a", section="x"), made("true", id="b")))
    asked = index.ask("tool_call", "t", {}, frozenset({"x"}))
    assert asked.fired == (1,)
    assert asked.checks[0] == Check("a", Ran.NOT_APPLICABLE, Effect.ALLOW, asked.checks[0].reason)
    assert "not in force" in asked.checks[0].reason


def test_error_is_that_of_one_boundary() -> None:
    index = indexed("args.x == 1", "has(args.y)", "words > 2")
    asked = index.ask("tool_call", "t", {"args": {"y": 1}, "words": 3})
    assert asked.fired == (1, 2)
    assert asked.errored == (0,)
    assert asked.checks[0].status is Ran.ERRORED
    assert asked.checks[0].effect is Effect.DENY
    assert "Key not found" in asked.checks[0].reason


@pytest.mark.parametrize(
    "values",
    [
        {"args": {}},
        {"args": {}, "words": "many"},
        {"args": None, "words": 3},
        {"args": {"x": "x" * 2_000_000}, "words": 3},
        {"args": {"x": 2**80}, "words": 3},
        {"args": {"x": "\ud800"}, "words": 3},
        {"args": {"x": object()}, "words": 3},
    ],
)
def test_what_cannot_be_evaluated_is_an_error_never_silence(values: dict[str, object]) -> None:
    index = indexed("has(args.x) && args.x != 'a'", "words > 5")
    asked = index.ask("tool_call", "t", values)
    assert asked.errored
    assert all(len(check.reason) < 300 for check in asked.checks)


def test_condition_that_could_take_too_long_is_an_error_of_its_own() -> None:
    index = indexed("args.to.exists(x, request.text.contains(x))", "size(args.to) > 2")
    values = {"args": {"to": ["a", "b", "c"]}, "request.text": "b"}
    assert index.ask("tool_call", "t", values).fired == (0, 1)
    asked = index.ask("tool_call", "t", {**values, "request.text": "b" * 500_000})
    assert (asked.fired, asked.errored) == ((1,), (0,))
    assert "could take too long" in asked.checks[0].reason


def test_loops_that_use_up_the_runtime_are_errors_of_their_own() -> None:
    index = indexed("args.l.all(x, x == 1)", "args.l.exists(x, x == 2)", "has(args.l)")
    asked = index.ask("tool_call", "t", {"args": {"l": [1] * 6000}})
    assert (asked.fired, asked.errored) == ((0, 2), ())
    asked = index.ask("tool_call", "t", {"args": {"l": [1] * 10_001}})
    assert (asked.fired, asked.errored) == ((2,), (0, 1))


def test_many_deep_and_commented_conditions_are_asked_together() -> None:
    deep = "(" * 28 + "args.x == 1" + ")" * 28
    deepest = "(" * 31 + "args.x == 1" + ")" * 31
    many = ["args.x == 1 // one, ]", deep, deepest, *[f"args.x == {n}" for n in range(90)]]
    index = indexed(*many)
    assert index.ask("tool_call", "t", {"args": {"x": 1}}).fired == (0, 1, 2, 4)
    assert index.ask("tool_call", "t", {"args": {"x": 85}}).fired == (88,)
    assert len(many) > 2 * MAX_TOGETHER


TOOLS = ("pay", "send", "read", "other")
parts = st.sampled_from(
    [
        "tool == 'pay'",
        "call.tool == 'send'",
        "tool in ['pay', 'read']",
        "tool != 'read'",
        "has(args.x)",
        "args.x > 3",
        "args.x == 'a'",
        "args.text.contains('a')",
        "args.text.matches('^a+$')",
        "words > 2",
        "args.l.exists(y, y == words)",
        "true",
        "false",
    ]
)
conditions = st.recursive(
    parts,
    lambda inner: st.one_of(
        st.builds("({}) && ({})".format, inner, inner),
        st.builds("({}) || ({})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("({}) ? ({}) : ({})".format, inner, inner, inner),
    ),
    max_leaves=5,
)
arguments = st.dictionaries(
    st.sampled_from(["x", "text", "l"]),
    st.sampled_from([1, 5, "a", "aa", "ab", [1, 2], [3], None, 4.5, {"k": 1}]),
)


@given(
    st.lists(st.tuples(conditions, st.sampled_from("st")), max_size=8),
    st.sampled_from(TOOLS),
    arguments,
    st.integers(0, 4),
    st.sets(st.sampled_from("stu")),
)
def test_index_gives_what_each_condition_gives_alone(
    drawn: list[tuple[str, str]], tool: str, args: dict[str, object], words: int, out: set[str]
) -> None:
    boundaries = tuple(
        made(when, id=str(at), section=section) for at, (when, section) in enumerate(drawn)
    )
    values = {"tool": tool, "call.tool": tool, "args": args, "words": words}
    fired, errored = [], []
    for at, boundary in enumerate(boundaries):
        if boundary.section in out:
            continue
        try:
            if boundary.condition.holds(values):
                fired.append(at)
        except ValueError:
            errored.append(at)
    index = index_boundaries(boundaries)
    asked = index.ask("tool_call", tool, values, frozenset(out))
    assert asked.fired == tuple(fired)
    every = index.ask("tool_call", None, values, frozenset(out))
    assert every.fired == tuple(fired)
    # for a tool it is not about, a condition is false even where it would be an error
    assert asked.errored == tuple(errored)
    assert [check.id for check in asked.checks] == [str(at) for at in range(len(boundaries))]
    assert {at for at, c in enumerate(asked.checks) if c.status is Ran.ERRORED} == set(errored)


@given(conditions, st.sampled_from(TOOLS), arguments)
def test_condition_is_false_for_tools_it_is_not_about(
    when: str, tool: str, args: dict[str, object]
) -> None:
    found = compile_condition(when, "tool_call")
    assert isinstance(found, Condition)
    tools = tools_of(found.root)
    if tools is not None and tool not in tools:
        assert not found.holds({"tool": tool, "call.tool": tool, "args": args, "words": 1})
