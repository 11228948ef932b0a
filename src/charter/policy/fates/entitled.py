"""Who may set a section aside: asked of the resolver itself, level by level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from charter.policy.directive import Act, Directive
from charter.policy.fates.everything import everything_on
from charter.policy.fates.resolve import resolve
from charter.policy.policy import Policy


class Entitled(NamedTuple):
    """Who may set one section aside."""

    levels: tuple[str, ...]
    """Levels whose explicit words do, lowest first."""
    context: bool
    """Whether context does too, without anybody saying so."""


def entitled(policy: Policy) -> Mapping[str, Entitled]:
    """Return, for every section, who may set it aside.

    Each level that somebody speaks at tries, with every role present: so the answer is what
    resolution does, with the policy's readings and with what its overlays keep.
    """
    found: dict[str, list[str]] = {rule.id: [] for rule in policy.rules}
    softened: set[str] = set()
    for level in reversed(policy.ladder.levels):
        if level.roles:
            for section in _yielding(policy, level.name, Act.OVERRIDE):
                found[section].append(level.name)
            softened |= _yielding(policy, level.name, Act.SOFTEN)
    return {name: Entitled(tuple(who), name in softened) for name, who in found.items()}


def _yielding(policy: Policy, level: str, act: Act) -> set[str]:
    """Return the sections that a level may set aside."""
    explicit = act is Act.OVERRIDE
    tries = {f"?{act.value}/{rule.id}": rule.id for rule in policy.rules}
    directives = [
        Directive(name, act, level, 0, targets=(section,), explicit=explicit)
        for name, section in tries.items()
    ]
    known = resolve(policy, everything_on(policy), directives)
    return {section for name, section in tries.items() if known.in_force(name)}
