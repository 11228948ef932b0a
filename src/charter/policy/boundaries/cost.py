"""How much work a condition can be made to do, and so on how large values it may be asked.

An upper estimate, read off the syntax tree for values of a given size: every node has a size (its
characters and entries) and costs work (steps of about a nanosecond). A loop is reckoned for both
extremes, one large element and as many small ones as the runtime's budget of iterations allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from charter.policy.boundaries.expression import (
    Call,
    Comprehension,
    Const,
    Ident,
    ListOf,
    MapOf,
    Node,
    Select,
    children,
    loop_depth,
)
from charter.policy.boundaries.pattern import steps
from charter.policy.boundaries.plain import MAX_SIZE

MAX_WORK = 2e9
"""Steps of one condition: about a second or two."""
MAX_LOOP_DEPTH = 2
MAX_ITERATIONS = 10_000
"""Of all loops of one evaluation together: the runtime stops there with an error."""

SMALLEST = 1_000
_SIZES = (MAX_SIZE, 300_000, 100_000, 30_000, 10_000, 3_000, SMALLEST)
_PATTERN_WORK = 20_000_000.0
"""Compiling a pattern that is made at run time: RE2 gives up at 8 MB."""
_PATTERN_STEPS = 10_000.0
_MADE = 20.0
"""Steps for each character of a text that is made: time, and no text of gigabytes."""
_SCALARS = frozenset({"bool", "int", "uint", "double", "null"})


class Extent(NamedTuple):
    """How large a value may be."""

    size: float
    """Characters and entries, as `plain` counts."""
    entries: float
    """Of a list or map, at its top."""


class Cost(NamedTuple):
    """Of one node: how large its value may be, and what computing it costs."""

    extent: Extent
    work: float


_ONE = Extent(1.0, 1.0)


def size_limit(node: Node) -> int:
    """Return the size of values up to which a condition may be asked; 0 where it never may."""
    if loop_depth(node) > MAX_LOOP_DEPTH:
        return 0
    for size in _SIZES:
        if cost_of(node, float(size), {}).work <= MAX_WORK:
            return size
    return 0


def cost_of(node: Node, size: float, bound: Mapping[str, Extent]) -> Cost:
    """Estimate one node; `bound` has the variables of the loops around it."""
    match node:
        case Const():
            long = len(node.value) if isinstance(node.value, str | bytes) else 1
            return Cost(Extent(long, 1.0), 1.0)
        case Ident():
            free = _ONE if node.type in _SCALARS else Extent(size, size)
            return Cost(bound.get(node.name, free), 1.0)
        case Select():
            operand = cost_of(node.operand, size, bound)
            return Cost(_ONE if node.type in _SCALARS else operand.extent, operand.work + 1.0)
        case Call():
            return _call(node, [cost_of(part, size, bound) for part in node.operands])
        case ListOf() | MapOf():
            parts = [cost_of(part, size, bound) for part in children(node)]
            whole = sum(part.extent.size + 1.0 for part in parts)
            return Cost(Extent(whole, len(parts)), sum(part.work + 1.0 for part in parts))
        case Comprehension():
            return _loop(node, size, bound)


def _loop(node: Comprehension, size: float, bound: Mapping[str, Extent]) -> Cost:
    over = cost_of(node.over, size, bound)
    initial = cost_of(node.initial, size, bound)
    largest, worst = _ONE, 0.0
    for rounds in (1.0, min(over.extent.entries, MAX_ITERATIONS)):
        each = over.extent.size / max(rounds, 1.0)
        inside = {**bound, **dict.fromkeys(node.variables, Extent(each, each))}
        once = cost_of(node.step, size, {**inside, node.accumulator: initial.extent}).extent
        inside[node.accumulator] = _grown(node, once, rounds)
        parts = [cost_of(part, size, inside) for part in (node.condition, node.step)]
        result = cost_of(node.result, size, inside)
        worst = max(worst, rounds * sum(part.work for part in parts) + result.work)
        largest = max(largest, result.extent)
    return Cost(largest, over.work + initial.work + worst)


def _grown(node: Comprehension, once: Extent, rounds: float) -> Extent:
    """Return how large the accumulator of a loop becomes, where one round adds `once`."""
    if node.initial.type in _SCALARS:
        return _ONE
    return Extent(rounds * once.size, rounds * once.entries)


def _call(node: Call, parts: list[Cost]) -> Cost:
    extents = [part.extent for part in parts]
    extent, work = _applied(node, extents)
    made = _ONE if node.type in _SCALARS else extent
    return Cost(made, sum(part.work for part in parts) + work + 1.0)


def _applied(node: Call, operands: list[Extent]) -> tuple[Extent, float]:
    """Return what a function makes of its operands, and what that costs."""
    total = sum(operand.size for operand in operands)
    first, second = [*operands, _ONE, _ONE][:2]
    match node.function:
        case "matches":
            return _ONE, _matching(node, first.size, second.size)
        case "_&&_" | "_||_" | "!_" | "_?_:_" | "@not_strictly_false":
            return max(operands), 1.0
        case "startsWith" | "endsWith" | "_==_" | "_!=_":
            return _ONE, min(first.size, second.size)
        case "contains" | "indexOf" | "lastIndexOf" | "split":
            return first, _searching(first, second)
        case "replace" | "join" | "format":
            made = _made(node.function, operands)
            return Extent(made, made), _MADE * made + _searching(first, second)
        case "_+_" if node.type == "list":
            entries = first.entries + second.entries
            return Extent(total, entries), 30.0 * entries
        case "_+_":
            return Extent(total, first.entries + second.entries), 4.0 * total
        case "_[_]":
            return first, min(first.size, second.size)
    return Extent(total, total), total


def _made(function: str, operands: list[Extent]) -> float:
    """Return how long a text becomes that is made of others."""
    first, *others = (operand.size for operand in operands)
    if function == "replace":
        return (first + 1.0) * max(others[1], 1.0) + first
    if function == "join":
        return first * (1.0 + sum(others))
    return sum(others) + 1000.0 * first  # a precision may ask for so many digits each


def _searching(text: Extent, wanted: Extent) -> float:
    """Return what a search costs: it may compare all of a word at every character."""
    return 3.0 * text.size * (1.0 + wanted.size / 16.0)


def _matching(node: Call, text: float, pattern: float) -> float:
    """RE2 is linear in the text and at worst in the pattern's program, which is rarely met."""
    known = node.operands[-1]
    if isinstance(known, Const) and isinstance(known.value, str):
        try:
            return text * (2.0 + steps(known.value) / 8.0)
        except ValueError:  # no pattern: an error each time it is asked
            return 1.0
    return _PATTERN_WORK + text * (2.0 + min(pattern * 500.0, _PATTERN_STEPS) / 8.0)
