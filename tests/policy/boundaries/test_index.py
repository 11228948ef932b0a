"""The boundaries of a policy: which of them are asked, and what that gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.boundaries.drawn import TOOLS, arguments, conditions, made

from charter.policy.boundaries.index import MAX_TOGETHER, BoundaryIndex, index_boundaries
from charter.policy.decision import Check, Effect, Ran


def indexed(*conditions: str, **fields: str) -> BoundaryIndex:
    return index_boundaries(
        tuple(made(when, id=f"b{at}", **fields) for at, when in enumerate(conditions))
    )


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


def test_boundaries_that_look_for_several_keys_fire_in_the_order_of_the_policy() -> None:
    index = indexed(
        "has(args.a) && args.a == 1", "has(args.b)", "has(args.a)", "true", "'b' in args"
    )
    assert index.ask("tool_call", "t", {"args": {"a": 1, "b": 2}}).fired == (0, 1, 2, 3, 4)
    assert index.ask("tool_call", "t", {"args": {"b": 2}}).fired == (1, 3, 4)
    assert index.ask("tool_call", "t", {"args": {}}).fired == (3,)


def test_value_of_another_type_is_an_error_of_those_that_read_it() -> None:
    index = indexed("has(args.x)", "words + 1 > 5")
    asked = index.ask("tool_call", "t", {"args": {"x": 1}, "words": "many"})
    assert (asked.fired, asked.errored) == ((0,), (1,))


def test_a_large_pattern_is_asked_about_small_texts_only() -> None:
    index = indexed("request.text.matches('\\\\pL{80}')", "request.text.contains('a')")
    assert index.boundaries[0].condition.limit < 900_000
    assert index.ask("tool_call", "t", {"request.text": "a" * 100}).fired == (0, 1)
    asked = index.ask("tool_call", "t", {"request.text": "a" * 900_000})
    assert (asked.fired, asked.errored) == ((1,), (0,))


def test_many_deep_and_commented_conditions_are_asked_together() -> None:
    deep = "(" * 28 + "args.x == 1" + ")" * 28
    deepest = "(" * 31 + "args.x == 1" + ")" * 31
    many = ["args.x == 1 // one, ]", deep, deepest, *[f"args.x == {n}" for n in range(90)]]
    index = indexed(*many)
    assert index.ask("tool_call", "t", {"args": {"x": 1}}).fired == (0, 1, 2, 4)
    assert index.ask("tool_call", "t", {"args": {"x": 85}}).fired == (88,)
    assert len(many) > 2 * MAX_TOGETHER


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
