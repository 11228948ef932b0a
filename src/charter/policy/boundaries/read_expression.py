"""Reads the checked syntax tree of a CEL expression from its serialized program.

The runtime writes a compiled program as `google.protobuf.Any` with a `cel.expr.CheckedExpr`.
Source: cel-spec, proto/cel/expr/checked.proto and syntax.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
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
)
from charter.policy.boundaries.protobuf import Field, entry, fields, only, signed, text_of

MAX_DEPTH = 200
"""Nodes above one another; the runtime's own parser stops far below."""


def read_expression(serialized: bytes) -> Node:
    """Read the tree of a serialized program. Raises ValueError when it is not one."""
    try:
        return _read(serialized)
    except (ValueError, IndexError, struct.error) as cause:
        raise ValueError(f"not a serialized CEL program: {cause}") from cause


class _Tree(NamedTuple):
    """What turns bytes into nodes."""

    data: bytes
    types: dict[int, str]
    positions: dict[int, int]


class _Where(NamedTuple):
    """What is known of a node from outside of it."""

    type: str
    at: int
    depth: int
    """Of the nodes below."""


_PRIMITIVES = {1: "bool", 2: "int", 3: "uint", 4: "double", 5: "string", 6: "bytes"}
_TYPES = {1: "dyn", 2: "null", 6: "list", 7: "map", 9: "message"}


def _read(data: bytes) -> Node:
    checked = only(fields(data, 0, len(data)), 2)
    types: dict[int, str] = {}
    positions: dict[int, int] = {}
    root: Field | None = None
    for part in fields(data, checked.start, checked.stop):
        if part.number == 3:
            node_id, kind = entry(data, part)
            types[node_id] = _type(data, kind)
        elif part.number == 4:
            root = part
        elif part.number == 5:
            for found in fields(data, part.start, part.stop):
                if found.number == 4:
                    node_id, offset = entry(data, found)
                    positions[node_id] = offset.start
    if root is None:
        raise ValueError("no expression")
    return _node(_Tree(data, types, positions), root, 0)


def _node(tree: _Tree, place: Field, depth: int) -> Node:
    """Read one `Expr`."""
    if depth > MAX_DEPTH or place.stop < 0:
        raise ValueError("nested too deeply")
    node_id = 0
    body: Field | None = None
    for part in fields(tree.data, place.start, place.stop):
        if part.number == 2:
            node_id = part.start
        elif part.number in _READERS:
            body = part
    if body is None or body.stop < 0:
        raise ValueError("an expression of unknown kind")
    parts = fields(tree.data, body.start, body.stop)
    where = _Where(tree.types.get(node_id, "dyn"), tree.positions.get(node_id, 0), depth + 1)
    return _READERS[body.number](tree, parts, where)


def _literal(tree: _Tree, parts: list[Field], where: _Where) -> Node:
    return Const(_constant(tree.data, parts), where.type, where.at)


def _ident(tree: _Tree, parts: list[Field], where: _Where) -> Node:
    return Ident(text_of(tree.data, only(parts, 1)), where.type, where.at)


def _select(tree: _Tree, parts: list[Field], where: _Where) -> Node:
    operand = _node(tree, only(parts, 1), where.depth)
    test = any(part.number == 3 and part.start for part in parts)
    return Select(operand, text_of(tree.data, only(parts, 2)), test, where.type, where.at)


def _called(tree: _Tree, parts: list[Field], where: _Where) -> Node:
    name = only(parts, 2)
    placed = [part for number in (1, 3) for part in parts if part.number == number]
    operands = tuple(_node(tree, part, where.depth) for part in placed)
    return Call(text_of(tree.data, name), operands, where.type, where.at, name.start)


def _list(tree: _Tree, parts: list[Field], where: _Where) -> Node:
    elements = tuple(_node(tree, part, where.depth) for part in parts if part.number == 1)
    return ListOf(elements, where.type, where.at)


def _map(tree: _Tree, parts: list[Field], where: _Where) -> Node:
    entries = tuple(_map_entry(tree, part, where.depth) for part in parts if part.number == 2)
    return MapOf(entries, where.type, where.at)


def _map_entry(tree: _Tree, place: Field, depth: int) -> tuple[Node, Node]:
    parts = fields(tree.data, place.start, place.stop)
    named = next((part for part in parts if part.number == 2), None)
    if named is not None:
        key: Node = Const(text_of(tree.data, named), "string", 0)
    else:
        key = _node(tree, only(parts, 3), depth)
    return key, _node(tree, only(parts, 4), depth)


def _comprehension(tree: _Tree, parts: list[Field], where: _Where) -> Node:
    over, initial, condition, step, result = (
        _node(tree, only(parts, number), where.depth) for number in (2, 4, 5, 6, 7)
    )
    return Comprehension(
        variables=tuple(text_of(tree.data, part) for part in parts if part.number in (1, 8)),
        over=over,
        accumulator=text_of(tree.data, only(parts, 3)),
        initial=initial,
        condition=condition,
        step=step,
        result=result,
        type=where.type,
        at=where.at,
    )


_READERS: Mapping[int, Callable[[_Tree, list[Field], _Where], Node]] = {
    3: _literal,
    4: _ident,
    5: _select,
    6: _called,
    7: _list,
    8: _map,
    9: _comprehension,
}
"""By the field of `Expr` that says what it is."""


def _constant(data: bytes, parts: list[Field]) -> object:
    if not parts:
        raise ValueError("an empty constant")
    place = parts[-1]
    match place.number:
        case 2:
            return bool(place.start)
        case 3:
            return signed(place.start)
        case 4:
            if place.stop < 0:
                return place.start
        case 5:
            return float(struct.unpack_from("<d", data, place.start)[0])
        case 6:
            return text_of(data, place)
        case 7:
            return data[place.start : place.stop]
    return None


def _type(data: bytes, place: Field) -> str:
    parts = fields(data, place.start, place.stop)
    if not parts:
        return "dyn"
    part = parts[0]
    if part.number == 3:
        return _PRIMITIVES.get(part.start, "other")
    return _TYPES.get(part.number, "other")
