"""The syntax tree: what a compiled expression is made of, and which names it takes from outside."""

import pytest

from charter.policy.boundaries.condition import Condition, compile_condition
from charter.policy.boundaries.expression import (
    Call,
    Comprehension,
    Const,
    Ident,
    ListOf,
    MapOf,
    Node,
    Select,
    free_names,
    loop_depth,
    walk,
)


def tree(text: str, stage: str = "tool_call") -> Node:
    found = compile_condition(text, stage)
    assert isinstance(found, Condition), found
    return found.root


def test_has_is_a_select_that_only_tests() -> None:
    assert tree("has(args.url)") == Select(
        Ident("args", "map", 4), "url", test_only=True, type="bool", at=3
    )


def test_dotted_variable_is_one_name() -> None:
    found = tree("call.args.amount > 5")
    assert isinstance(found, Call)
    assert found.operands[0] == Select(
        Ident("call.args", "map", 4), "amount", test_only=False, type="dyn", at=9
    )


def test_places_are_characters() -> None:
    found = tree("'é😀' == text")
    assert isinstance(found, Call)
    assert [operand.at for operand in found.operands] == [0, 8]


@pytest.mark.parametrize(
    ("literal", "value", "kind"),
    [
        ("-9223372036854775808", -(2**63), "int"),
        ("9223372036854775807", 2**63 - 1, "int"),
        ("0", 0, "int"),
        ("18446744073709551615u", 2**64 - 1, "uint"),
        ("2.5", 2.5, "double"),
        ("'é\\u0001'", "é\x01", "string"),
        ("''", "", "string"),
        ("b'\\xff'", b"\xff", "bytes"),
        ("true", True, "bool"),
        ("false", False, "bool"),
        ("null", None, "null"),
    ],
)
def test_literals_keep_value_and_type(literal: str, value: object, kind: str) -> None:
    found = next(node for node in walk(tree(f"args.x == {literal}")) if isinstance(node, Const))
    assert (found.value, found.type) == (value, kind)
    assert type(found.value) is type(value)


def test_lists_maps_and_conditionals() -> None:
    found = tree("words > 1 ? args.a == [1, 'b'] : {'k': 2, 'l': words} == args.b")
    kinds = [type(node).__name__ for node in walk(found)]
    assert kinds.count("ListOf") == kinds.count("MapOf") == 1
    (made,) = [node for node in walk(found) if isinstance(node, MapOf)]
    assert [key.value for key, _ in made.entries if isinstance(key, Const)] == ["k", "l"]
    (listed,) = [node for node in walk(found) if isinstance(node, ListOf)]
    assert len(listed.elements) == 2


@pytest.mark.parametrize(
    ("macro", "variables"),
    [
        ("args.l.all(x, x == tool)", ("x",)),
        ("args.l.exists(x, x == tool)", ("x",)),
        ("args.l.exists_one(x, x == tool)", ("x",)),
        ("args.l.filter(x, x == tool) == []", ("x",)),
        ("args.l.map(x, x + tool) == []", ("x",)),
        ("args.l.map(x, x == tool, x) == []", ("x",)),
    ],
)
def test_macros_are_comprehensions(macro: str, variables: tuple[str, ...]) -> None:
    found = tree(macro)
    loops = [node for node in walk(found) if isinstance(node, Comprehension)]
    assert [loop.variables for loop in loops] == [variables]
    assert free_names(found) == {"args", "tool"}
    assert loop_depth(found) == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("true", set()),
        ("has(args.x) && args.x == 1", {"args"}),
        ("type(args.x) == int", {"args", "int"}),
        ("labels.url.level >= levels.user", {"labels", "levels"}),
        ("['a'].exists(tool, tool == 'b')", set()),
        ("['a'].exists(x, x == tool) && ['b'].exists(tool, tool == 'b')", {"tool"}),
        ("request.text == text || call.tool == asked_by", {"request.text", "text"}),
    ],
)
def test_free_names_are_those_from_outside(text: str, names: set[str]) -> None:
    assert names <= free_names(tree(text)) <= names | {"call.tool", "asked_by"}


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("words > 1", 0),
        ("args.l.all(x, x == 1) && args.l.all(x, x == 2)", 1),
        ("args.l.all(x, args.m.all(y, x == y))", 2),
        ("args.l.filter(x, x == 1).all(y, y == 1)", 1),
        ("[1].exists(x, args.m.filter(y, y == x) == [])", 2),
    ],
)
def test_loop_depth_counts_loops_inside_loops(text: str, depth: int) -> None:
    assert loop_depth(tree(text)) == depth
