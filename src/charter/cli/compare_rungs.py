"""Comparison of specs -> who may set aside what, by level of authority, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charter.compare.comparison import Comparison
from charter.policy.compiled.compile import compile_policy
from charter.policy.policy import Policy
from charter.publish.standing import Standing, standing_at
from charter.spec.overlays.layer import layer


@dataclass(frozen=True, slots=True)
class Rung:
    """A level of authority in each spec."""

    name: str
    sides: tuple[tuple[Standing | None, int], ...]
    """Who may set aside what stands there, None where a spec has no such level; and how much."""


def policies_of(comparison: Comparison) -> tuple[Policy, ...]:
    """Return the policy of each side."""
    return tuple(compile_policy(layer(side.spec)) for side in comparison.sides)


def rungs(comparison: Comparison, policies: Sequence[Policy]) -> list[Rung]:
    """Return the levels in the order of the first ladder, then those that only others have."""
    names = dict.fromkeys(level.name for each in policies for level in each.ladder.levels)
    made = []
    for name in names:
        sides = tuple(
            (
                standing_of(policy, name),
                sum(authority == name for authority in side.authorities.values()),
            )
            for policy, side in zip(policies, comparison.sides, strict=True)
        )
        made.append(Rung(name, sides))
    return made


def standing_of(policy: Policy, level: str | None) -> Standing | None:
    """Return who may set aside what stands at a level; None where a spec has no such level."""
    return standing_at(policy, level) if level in policy.ladder.ranks and level else None
