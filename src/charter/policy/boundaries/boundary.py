"""Boundaries ready to be asked, and the tools that each can be about."""

from __future__ import annotations

from typing import NamedTuple

from charter.policy.boundaries.condition import EFFECTS, STAGES, Condition, compile_condition
from charter.policy.boundaries.expression import Call, Const, Ident, ListOf, Node
from charter.policy.boundaries.program import Rejected
from charter.spec import spec as written

_TOOL = frozenset({"tool", "call.tool", "result.tool"})


class Boundary(NamedTuple):
    """One compiled boundary of the effective spec."""

    id: str
    section: str
    on: str
    when: str
    effect: str
    say: str | None
    rank: int
    """Of its section's authority."""
    content: str | None
    """Class of content that its section governs: prohibited, restricted, sensitive, or None."""
    layer: int
    tools: frozenset[str] | None
    """Tools it can fire for, read off its condition; None where that is open."""
    condition: Condition


def compile_boundary(
    boundary: written.Boundary, rank: int, content: str | None, layer: int
) -> Boundary | Rejected:
    """Compile a boundary as it is written in a spec."""
    for name, value, known in (
        ("on", boundary.on, STAGES),
        ("effect", boundary.effect, EFFECTS),
    ):
        if value not in known:
            return Rejected(f"{name!r} is {value[:60]!r}, but must be one of {', '.join(known)}", 0)
    condition = compile_condition(boundary.when, boundary.on)
    if isinstance(condition, Rejected):
        return condition
    return Boundary(
        id=boundary.id,
        section=boundary.section,
        on=boundary.on,
        when=boundary.when,
        effect=boundary.effect,
        say=boundary.say,
        rank=rank,
        content=content,
        layer=layer,
        tools=tools_of(condition.root),
        condition=condition,
    )


def tools_of(condition: Node) -> frozenset[str] | None:
    """Return the only tools for which a condition can be true; None where that is open.

    For any other tool it is false: in CEL, false on one side of `&&` makes it false even where
    the other side is an error.
    """
    match condition:
        case Call(function="_&&_"):
            sides = [side for side in map(tools_of, condition.operands) if side is not None]
            return frozenset.intersection(*sides) if sides else None
        case Call(function="_||_"):
            found = [tools_of(side) for side in condition.operands]
            known = [side for side in found if side is not None]
            return frozenset().union(*known) if len(known) == len(found) else None
        case Call(function="_==_", operands=(Ident(name=name), Const(value=str(tool)))):
            return frozenset({tool}) if name in _TOOL else None
        case Call(function="_==_", operands=(Const(value=str(tool)), Ident(name=name))):
            return frozenset({tool}) if name in _TOOL else None
        case Call(function="@in", operands=(Ident(name=name), ListOf(elements=elements))):
            tools = [element.value for element in elements if isinstance(element, Const)]
            if name in _TOOL and len(tools) == len(elements):
                return frozenset(tool for tool in tools if isinstance(tool, str))
    return None
