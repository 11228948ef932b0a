"""The checked syntax tree of a CEL expression.

Macros are expanded already: `has(x.y)` is a Select with `test_only`; `all`, `exists`, `map` and
`filter` are Comprehensions. Every node has its static type, `dyn` where that is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Const:
    """A literal: bool, int, float, str, bytes or None."""

    value: object
    type: str
    at: int
    """Characters from the start of the expression, as in every node."""


@dataclass(frozen=True, slots=True)
class Ident:
    """A variable, under its whole name (`call.args`), or the variable of a comprehension."""

    name: str
    type: str
    at: int


@dataclass(frozen=True, slots=True)
class Select:
    """`operand.field`, or `has(operand.field)` where `test_only`."""

    operand: Node
    field: str
    test_only: bool
    type: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator (`_&&_`, `!_`, `@in`) with its operands, a member's target first."""

    function: str
    operands: tuple[Node, ...]
    type: str
    at: int
    name_at: int = field(compare=False)
    """Bytes from the start of the serialized program to the function's name in it."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """`[a, b]`."""

    elements: tuple[Node, ...]
    type: str
    at: int


@dataclass(frozen=True, slots=True)
class MapOf:
    """`{key: value}`; also a message, whose keys are constants."""

    entries: tuple[tuple[Node, Node], ...]
    type: str
    at: int


@dataclass(frozen=True, slots=True)
class Comprehension:
    """A loop over a list or the keys of a map: what `all`, `exists`, `map` and `filter` become."""

    variables: tuple[str, ...]
    """One, or key and value."""
    over: Node
    accumulator: str
    initial: Node
    condition: Node
    step: Node
    result: Node
    type: str
    at: int


Node: TypeAlias = Const | Ident | Select | Call | ListOf | MapOf | Comprehension


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below one, in the order they are evaluated."""
    match node:
        case Select():
            return (node.operand,)
        case Call():
            return node.operands
        case ListOf():
            return node.elements
        case MapOf():
            return tuple(part for entry in node.entries for part in entry)
        case Comprehension():
            return (node.over, node.initial, node.condition, node.step, node.result)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    for below in children(node):
        yield from walk(below)


def free_names(node: Node) -> frozenset[str]:
    """Return the names that a tree takes from outside: variables, and names of types."""
    if isinstance(node, Ident):
        return frozenset({node.name})
    found: frozenset[str] = frozenset().union(*map(free_names, children(node)))
    if isinstance(node, Comprehension):
        inside = node.condition, node.step, node.result
        bound = {*node.variables, node.accumulator}
        outside = free_names(node.over) | free_names(node.initial)
        return outside | (frozenset().union(*map(free_names, inside)) - bound)
    return found


def loop_depth(node: Node) -> int:
    """Return how many comprehensions stand inside one another, 0 for none."""
    if isinstance(node, Comprehension):
        inside = max(map(loop_depth, (node.condition, node.step, node.result)))
        return max(loop_depth(node.over), loop_depth(node.initial), 1 + inside)
    return max(map(loop_depth, children(node)), default=0)
