"""How much work a condition can be made to do, and so on how large values it may be asked.

An upper estimate, read off the syntax tree for values of a given size: every node has a size (its
characters and entries) and costs work (steps of about a nanosecond). A loop is reckoned for both
extremes, one large element and as many small ones as the runtime's budget of iterations allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from charter.policy.expression import (
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
from charter.policy.pattern import steps

MAX_SIZE = 1_000_000
"""Characters and entries of the values that one question may be about."""
MAX_WORK = 2e9
"""Steps of one condition: about a second or two."""
MAX_LOOP_DEPTH = 2
MAX_ITERATIONS = 10_000
"""Of all loops of one evaluation together: the runtime stops there with an error."""
MAX_NESTING = 64
"""Of maps and lists in a value; the runtime walks them on its stack."""

SMALLEST = 1_000
_SIZES = (MAX_SIZE, 300_000, 100_000, 30_000, 10_000, 3_000, SMALLEST)
_PATTERN_WORK = 20_000_000.0
"""Compiling a pattern that is made at run time: RE2 gives up at 8 MB."""
_PATTERN_STEPS = 10_000.0
_MADE = 20.0
"""Steps for each character of a text that is made: time, and no text of gigabytes."""
_SEARCHES = frozenset({"contains", "indexOf", "lastIndexOf", "split", "replace"})
_PLAIN = frozenset({int, float, bool, type(None)})
_SCALARS = frozenset({"bool", "int", "uint", "double", "null"})


class Cost(NamedTuple):
    """Of one node: how large its value may be, and what computing it costs."""

    size: float
    work: float


def size_limit(node: Node) -> int:
    """Return the size of values up to which a condition may be asked; 0 where it never may."""
    if loop_depth(node) > MAX_LOOP_DEPTH:
        return 0
    for size in _SIZES:
        if cost_of(node, float(size), {}).work <= MAX_WORK:
            return size
    return 0


def measure(value: object, limit: int = MAX_SIZE, depth: int = 0) -> int:
    """Return the size of plain values: characters and entries. Walks no further than `limit`.

    Values nested more than MAX_NESTING deep are larger than any limit.
    """
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        parts: Iterable[object] = value.values()
        size = sum([len(key) if isinstance(key, str) else 1 for key in value])
    elif isinstance(value, list | tuple):
        parts, size = value, 0
    elif type(value) not in _PLAIN and isinstance(value, Mapping):  # asked last: it is slow
        parts, size = value.values(), sum(len(str(key)) for key in value)
    else:
        return 1
    size += len(value)
    if depth > MAX_NESTING:
        return limit + 1
    for part in parts:
        if isinstance(part, str):
            size += len(part)
        elif type(part) not in _PLAIN:
            size += measure(part, limit - size, depth + 1)
        if size > limit:
            break
    return size


def cost_of(node: Node, size: float, bound: Mapping[str, float]) -> Cost:
    """Estimate one node; `bound` holds the sizes of the variables of the loops around it."""
    match node:
        case Const():
            return Cost(len(node.value) if isinstance(node.value, str | bytes) else 1.0, 1.0)
        case Ident():
            free = 1.0 if node.type in _SCALARS else size
            return Cost(bound.get(node.name, free), 1.0)
        case Select():
            operand = cost_of(node.operand, size, bound)
            return Cost(1.0 if node.type in _SCALARS else operand.size, operand.work + 1.0)
        case Call():
            return _call(node, size, bound)
        case ListOf() | MapOf():
            parts = [cost_of(part, size, bound) for part in children(node)]
            return Cost(
                sum(part.size + 1.0 for part in parts), sum(part.work + 1.0 for part in parts)
            )
        case Comprehension():
            return _loop(node, size, bound)


def _loop(node: Comprehension, size: float, bound: Mapping[str, float]) -> Cost:
    over = cost_of(node.over, size, bound)
    initial = cost_of(node.initial, size, bound)
    worst = Cost(0.0, 0.0)
    for rounds in (1.0, min(over.size, MAX_ITERATIONS)):
        each = dict.fromkeys(node.variables, over.size / max(rounds, 1.0))
        step = cost_of(node.step, size, {**bound, **each, node.accumulator: initial.size})
        grown = 1.0 if node.type in _SCALARS else rounds * step.size
        inside = {**bound, **each, node.accumulator: grown}
        parts = [cost_of(part, size, inside) for part in (node.condition, node.step)]
        result = cost_of(node.result, size, inside)
        work = rounds * sum(part.work for part in parts) + result.work
        worst = Cost(max(worst.size, result.size), max(worst.work, work))
    return Cost(worst.size, over.work + initial.work + worst.work)


def _call(node: Call, size: float, bound: Mapping[str, float]) -> Cost:
    parts = [cost_of(part, size, bound) for part in node.operands]
    inner = sum(part.work for part in parts)
    total = sum(part.size for part in parts)
    first, second = (parts[at].size if at < len(parts) else 1.0 for at in (0, 1))
    grown, work = total, total
    if node.function == "matches":
        work = _matching(node, first, second)
    elif node.function in ("_&&_", "_||_", "!_", "_?_:_", "@not_strictly_false"):
        grown, work = max((part.size for part in parts), default=1.0), 1.0
    elif node.function in ("startsWith", "endsWith", "_==_", "_!=_"):
        work = min(first, second)
    elif node.function in _SEARCHES:  # a search may compare all of the word at every character
        work = 3.0 * first * (1.0 + second / 16.0)
        third = parts[2].size if len(parts) > 2 else 1.0
        if node.function == "replace":
            grown = (first + 1.0) * max(third, 1.0) + first
            work += grown * _MADE
    elif node.function == "join":
        grown = first * (1.0 + (second if len(parts) > 1 else 0.0))
        work = grown * _MADE
    elif node.function == "format":
        grown = total + 1000.0 * first  # a precision may ask for so many digits each
        work = grown * _MADE
    elif node.function == "_+_" and node.type not in _SCALARS:
        work = total * (30.0 if node.type == "list" else 4.0)
    elif node.function in ("_[_]", "@in"):
        grown, work = first, min(first, second) + 1.0 if node.function == "_[_]" else total
    return Cost(1.0 if node.type in _SCALARS else grown, inner + work + 1.0)


def _matching(node: Call, text: float, pattern: float) -> float:
    """RE2 is linear in the text and at worst in the pattern's program, which is rarely met."""
    known = node.operands[-1]
    if isinstance(known, Const) and isinstance(known.value, str):
        try:
            return text * (2.0 + steps(known.value) / 8.0)
        except ValueError:  # no pattern: an error each time it is asked
            return 1.0
    return _PATTERN_WORK + text * (2.0 + min(pattern * 500.0, _PATTERN_STEPS) / 8.0)
