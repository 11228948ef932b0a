"""The boundaries of a policy, by stage and tool.

A question is about one stage and, for calls and results, one tool. Boundaries of another stage, or
whose condition is false for that tool, are not asked: they are no part of its bucket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from charter.policy.boundaries.boundary import Boundary
from charter.policy.boundaries.bucket import Asked, Bucket, Group, Keyed, Patterned, Short
from charter.policy.boundaries.condition import STAGES, Condition, environment
from charter.policy.boundaries.pattern import PatternSet
from charter.policy.boundaries.shortcut import (
    Shortcut,
    needed_key,
    needed_pattern,
    shortcut,
)
from charter.policy.decision import Check, Effect, Ran

MAX_TOGETHER = 32
"""Conditions of one program: an error makes all of them be asked again, one by one."""

_UNNAMED = "\0"
"""Stands for every tool that no boundary of a stage names; no boundary can name it."""


@dataclass(frozen=True, slots=True)
class BoundaryIndex:
    """The boundaries of one policy. Buckets are made when first asked for, and kept."""

    boundaries: tuple[Boundary, ...]
    fires: tuple[Check, ...]
    """What each becomes when it fires."""
    named: Mapping[str, frozenset[str]]
    """By stage, the tools that some boundary names; all others share one bucket."""
    buckets: dict[tuple[str, str | None], Bucket] = field(repr=False, compare=False)

    def bucket(self, stage: str, tool: str | None) -> Bucket:
        """Return the boundaries that could fire at a stage, for a tool.

        `tool` None at a stage that has tools is about all of the stage. Raises KeyError when there
        is no such stage.
        """
        found = self.buckets.get((stage, tool))
        if found is None:
            named = self.named[stage]
            known = tool if tool is None or tool in named else _UNNAMED
            found = self.buckets.get((stage, known))
            if found is None:
                found = self.buckets[stage, known] = self._made(stage, known)
        return found

    def needs(self, stage: str, tool: str | None) -> frozenset[str]:
        """Return the names of the variables that a question needs; no others are read."""
        return self.bucket(stage, tool).needs

    def ask(
        self,
        stage: str,
        tool: str | None,
        values: Mapping[str, object],
        out: frozenset[str] = frozenset(),
    ) -> Asked:
        """Ask every boundary that could fire at a stage, for a tool; see `Bucket.ask`."""
        return self.bucket(stage, tool).ask(values, out)

    def _made(self, stage: str, tool: str | None) -> Bucket:
        members = [
            at
            for at, boundary in enumerate(self.boundaries)
            if boundary.on == stage
            and (tool is None or boundary.tools is None or tool in boundary.tools)
        ]
        asked = frozenset(members)
        checks = tuple(
            Check(boundary.id, Ran.RAN)
            if at in asked
            else Check(boundary.id, Ran.NOT_APPLICABLE, reason=_elsewhere(boundary, stage))
            for at, boundary in enumerate(self.boundaries)
        )
        conditions = {at: self.boundaries[at].condition for at in members}
        only = None if tool == _UNNAMED else tool
        answers = {at: shortcut(condition.root, only) for at, condition in conditions.items()}
        others = [at for at, found in answers.items() if found is None]
        keyed, patterned = _sorted(conditions, answers)
        return Bucket(
            boundaries=self.boundaries,
            fires=self.fires,
            members=tuple(members),
            keyed=keyed,
            patterned=patterned,
            groups=self._groups(stage, others) if others else (),
            needs=frozenset().union(*(condition.uses for condition in conditions.values())),
            sections=tuple(sorted({self.boundaries[at].section for at in members})),
            quiet=Asked((), (), checks),
            stage=stage,
        )

    def _groups(self, stage: str, members: list[int]) -> tuple[Group, ...]:
        found = []
        for start in range(0, len(members), MAX_TOGETHER):
            part = members[start : start + MAX_TOGETHER]
            texts = [self.boundaries[at].when for at in part]
            limit = min(self.boundaries[at].condition.limit for at in part)
            together = environment(stage).together(texts) if len(part) > 1 else None
            found.append(Group(tuple(part), together, limit))
        return tuple(found)


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


def _sorted(
    conditions: Mapping[int, Condition], answers: Mapping[int, Shortcut | None]
) -> tuple[tuple[Keyed, ...], tuple[Patterned, ...]]:
    """Sort shortcuts by the key, or the pattern, without which their condition is false."""
    keyed: dict[tuple[str, str], list[Short]] = {}
    patterned: dict[str, list[tuple[str, Short]]] = {}
    for at, answer in answers.items():
        if answer is None:
            continue
        condition = conditions[at]
        short = Short(at, answer, condition.limit)
        key = needed_key(condition.root)
        pattern = needed_pattern(condition.root) if key is None else None
        if pattern is None:
            keyed.setdefault(key or ("", ""), []).append(short)
        else:
            patterned.setdefault(pattern[0], []).append((pattern[1], short))
    for variable in [name for name, found in patterned.items() if len(found) == 1]:
        ((_, alone),) = patterned.pop(variable)
        keyed.setdefault(("", ""), []).append(alone)
    return (
        tuple(Keyed(*key, tuple(shorts)) for key, shorts in keyed.items()),
        tuple(
            Patterned(
                variable,
                PatternSet([pattern for pattern, _ in found]),
                tuple(short for _, short in found),
                min(short.limit for _, short in found),
            )
            for variable, found in patterned.items()
        ),
    )


def _elsewhere(boundary: Boundary, stage: str) -> str:
    return f"asked on {boundary.on}" if boundary.on != stage else "not about this tool"
