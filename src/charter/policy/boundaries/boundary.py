"""Boundaries ready to be asked: compiled, and indexed by stage and tool.

A question is about one stage and, for calls and results, one tool. The boundaries that could fire
there are evaluated together, in one program that gives the list of their answers. Only where that
gives an error are they evaluated one by one, to find the one responsible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from charter.policy.boundaries.condition import (
    EFFECTS,
    STAGES,
    Condition,
    compile_condition,
    environment,
)
from charter.policy.boundaries.expression import Call, Const, Ident, ListOf, Node
from charter.policy.boundaries.plain import MAX_SIZE, plain
from charter.policy.boundaries.program import Environment, Rejected, answer
from charter.policy.decision import Check, Effect, Ran
from charter.spec import spec as written

MAX_TOGETHER = 32
"""Conditions of one program: an error makes all of them be asked again, one by one."""
MAX_REASON = 200
"""Characters of the runtime's own words; they may quote what was asked about."""

_UNNAMED = "\0"
"""Stands for every tool that no boundary of a stage names; no boundary can name it."""
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


class Asked(NamedTuple):
    """What a question to the boundaries gave."""

    fired: tuple[int, ...]
    """Positions in the policy's boundaries, ascending."""
    errored: tuple[int, ...]
    """Those whose condition gave an error, or could take too long; they count as deny."""
    checks: tuple[Check, ...]
    """One for each boundary of the policy, in its order."""


class _Group(NamedTuple):
    """Boundaries that are evaluated together."""

    members: tuple[int, ...]
    together: Any | None


@dataclass(frozen=True, slots=True)
class _Bucket:
    """The boundaries that could fire for one stage and tool."""

    members: tuple[int, ...]
    groups: tuple[_Group, ...]
    needs: frozenset[str]
    limit: int
    """Size of values up to which all of them may be asked."""
    sections: frozenset[str]
    cited: tuple[str, ...]
    """The same, sorted."""
    quiet: Asked
    """What a question gives when none of them fires."""
    environment: Environment | None


@dataclass(frozen=True, slots=True)
class BoundaryIndex:
    """The boundaries of one policy. Buckets are made when first asked for, and kept."""

    boundaries: tuple[Boundary, ...]
    fires: tuple[Check, ...]
    """What each becomes when it fires."""
    named: Mapping[str, frozenset[str]]
    """By stage, the tools that some boundary names; all others share one bucket."""
    buckets: dict[tuple[str, str | None], _Bucket] = field(repr=False, compare=False)

    def needs(self, stage: str, tool: str | None) -> frozenset[str]:
        """Return the names of the variables that a question needs; no others are read."""
        return self._bucket(stage, tool).needs

    def sections(self, stage: str, tool: str | None) -> tuple[str, ...]:
        """Return the ids of the sections whose boundaries a question asks, sorted."""
        return self._bucket(stage, tool).cited

    def ask(
        self,
        stage: str,
        tool: str | None,
        values: Mapping[str, object],
        out: frozenset[str] = frozenset(),
    ) -> Asked:
        """Ask every boundary that could fire at a stage, for a tool.

        `values` has a value, as JSON has them, for each of `needs`. Boundaries of the sections in
        `out` are not asked. `tool` None at a stage that has tools asks all of the stage.
        """
        bucket = self._bucket(stage, tool)
        if bucket.environment is None:
            return bucket.quiet
        fired, errors = self._answers(bucket, bucket.environment, values)
        left_out: list[int] = []
        if not out.isdisjoint(bucket.sections):
            left_out = [at for at in bucket.members if self.boundaries[at].section in out]
            fired = [at for at in fired if at not in left_out]
        if not (fired or errors or left_out):
            return bucket.quiet
        checks = list(bucket.quiet.checks)
        for at in fired:
            checks[at] = self.fires[at]
        for at, reason in errors.items():
            checks[at] = Check(self.boundaries[at].id, Ran.ERRORED, Effect.DENY, reason)
        for at in left_out:
            errors.pop(at, None)
            checks[at] = Check(self.boundaries[at].id, Ran.NOT_APPLICABLE, reason=_NOT_IN_FORCE)
        return Asked(tuple(fired), tuple(sorted(errors)), tuple(checks))

    def _answers(
        self, bucket: _Bucket, used: Environment, values: Mapping[str, object]
    ) -> tuple[list[int], dict[int, str]]:
        """Return which boundaries of a bucket fire, and why others gave an error."""
        try:
            known, size = plain(values)
            activation = used.activation(known)
        except ValueError as cause:
            return [], dict.fromkeys(bucket.members, _error(cause))
        fired: list[int] = []
        errors: dict[int, str] = {}
        for group in bucket.groups:
            flags = None
            if group.together is not None and size <= bucket.limit:
                flags = _flags(group.together, activation)
            if flags is None:
                self._one_by_one(group, activation, size, fired, errors)
            elif True in flags:
                fired.extend(at for at, flag in zip(group.members, flags, strict=True) if flag)
        return fired, errors

    def _one_by_one(
        self,
        group: _Group,
        activation: Any,
        size: int,
        fired: list[int],
        errors: dict[int, str],
    ) -> None:
        for at in group.members:
            try:
                if self.boundaries[at].condition.holds_in(activation, size):
                    fired.append(at)
            except ValueError as cause:
                errors[at] = _error(cause)

    def _bucket(self, stage: str, tool: str | None) -> _Bucket:
        """Return the bucket of a stage and tool. Raises KeyError when there is no such stage."""
        found = self.buckets.get((stage, tool))
        if found is None:
            named = self.named[stage]
            known = tool if tool is None or tool in named else _UNNAMED
            found = self.buckets.get((stage, known))
            if found is None:
                found = self.buckets[stage, known] = self._made(stage, known)
        return found

    def _made(self, stage: str, tool: str | None) -> _Bucket:
        members = tuple(
            at
            for at, boundary in enumerate(self.boundaries)
            if boundary.on == stage
            and (tool is None or boundary.tools is None or tool in boundary.tools)
        )
        asked = frozenset(members)
        conditions = [self.boundaries[at].condition for at in members]
        checks = tuple(
            Check(boundary.id, Ran.RAN)
            if at in asked
            else Check(boundary.id, Ran.NOT_APPLICABLE, reason=_elsewhere(boundary, stage))
            for at, boundary in enumerate(self.boundaries)
        )
        used = environment(stage) if members else None
        return _Bucket(
            members=members,
            groups=tuple(self._groups(members, used)) if used else (),
            needs=frozenset().union(*(condition.uses for condition in conditions)),
            limit=min((condition.limit for condition in conditions), default=MAX_SIZE),
            sections=frozenset(self.boundaries[at].section for at in members),
            cited=tuple(sorted({self.boundaries[at].section for at in members})),
            quiet=Asked((), (), checks),
            environment=used,
        )

    def _groups(self, members: tuple[int, ...], used: Environment) -> list[_Group]:
        found = []
        for start in range(0, len(members), MAX_TOGETHER):
            part = members[start : start + MAX_TOGETHER]
            texts = [self.boundaries[at].when for at in part]
            found.append(_Group(part, used.together(texts) if len(part) > 1 else None))
        return found


_NOT_IN_FORCE = "its section is not in force"


def index_boundaries(boundaries: tuple[Boundary, ...]) -> BoundaryIndex:
    """Index the boundaries of a policy, once."""
    named: dict[str, frozenset[str]] = dict.fromkeys(STAGES, frozenset())
    for boundary in boundaries:
        named[boundary.on] |= boundary.tools or frozenset()
    fires = tuple(
        Check(boundary.id, Ran.RAN, Effect(boundary.effect), boundary.say or "it fired")
        for boundary in boundaries
    )
    return BoundaryIndex(boundaries, fires, named, {})


def _flags(program: Any, activation: Any) -> list[bool] | None:
    """Return the answers of a group, or None where one of them is an error."""
    try:
        found = answer(program, activation)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def _elsewhere(boundary: Boundary, stage: str) -> str:
    return f"asked on {boundary.on}" if boundary.on != stage else "not about this tool"


def _error(cause: ValueError) -> str:
    return f"its condition could not be evaluated: {str(cause)[:MAX_REASON]}"
