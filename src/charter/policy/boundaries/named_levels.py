"""Levels that a condition reads by name, as `levels.user`, and that the ladder may not have.

Such a condition compiles, since `levels` is a map, and is an error whenever that part of it is
read: then everything it is asked about is denied. Where the condition asks first whether the
level is there, it means what it says.
"""

from __future__ import annotations

from charter.policy.boundaries.expression import Call, Const, Ident, Node, Select, walk
from charter.policy.boundaries.program import Rejected
from charter.spec.ladder import Ladder

_LEVELS = "levels"


def unknown_level(root: Node, ladder: Ladder) -> Rejected | None:
    """Return the first level that a condition reads and the ladder does not have; None: none."""
    asked = {name for name, _, asks in map(_named, walk(root)) if asks}
    for name, at, asks in map(_named, walk(root)):
        if name is not None and not asks and name not in ladder.ranks and name not in asked:
            known = ", ".join(level.name for level in ladder.levels)
            return Rejected(f"{name[:60]!r} is no level of the ladder, which has {known}", at)
    return None


def _named(node: Node) -> tuple[str | None, int, bool]:
    """Return the level that a node names and its place, and whether it only asks for it."""
    match node:
        case Select(operand=Ident(name=outer), field=name) if outer == _LEVELS:
            return name, node.at, node.test_only
        case Call(function="_[_]", operands=(Ident(name=outer), Const(value=str(name)))):
            return (name, node.at, False) if outer == _LEVELS else (None, 0, False)
        case Call(function="@in", operands=(Const(value=str(name)), Ident(name=outer))):
            return (name, node.at, True) if outer == _LEVELS else (None, 0, False)
    return None, 0, False
