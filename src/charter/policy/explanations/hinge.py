"""Which readings an outcome hangs on: found by trying every alternative.

A trace names the readings that were applied. Others matter without being named, because nothing
happened under them; trying tells both apart from those that change nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from charter.policy.decision import Decision
from charter.policy.fate import Ground, State
from charter.policy.policy import Policy
from charter.policy.resolution import Conflict, Resolution
from charter.spec.reading import READINGS, Part

Outcome = Mapping[str, object]
"""What became of each thing, by its id; two are compared with `==`."""

OTHERS = (SCOPE, SETTINGS, DECISION) = ("the scope", "the settings", "the decision")
"""Keys of an outcome that are no ids."""

_COMPILED = "unlabelled_text"
"""Decides what binds at all, so a compiled policy cannot try it."""


class Hinge(NamedTuple):
    """An alternative of one reading under which the outcome differs."""

    reading: str
    alternative: str
    changed: tuple[str, ...]
    """What would end differently."""
    becomes: str = ""
    """What it would be instead, where it is one thing."""
    states: tuple[str, ...] = ()
    """For each of `changed` its state then; empty where that is the same, or it has none."""


class Ended(NamedTuple):
    """What became of one candidate of a resolution."""

    state: State | None
    ground: Ground | None
    level: str
    conflicts: tuple[Conflict, ...] = ()


def hinges(policy: Policy, outcome: Callable[[Policy], Outcome]) -> tuple[Hinge, ...]:
    """Return the alternatives that would change an outcome.

    `outcome` is asked once for the policy as it is and once for each alternative of each reading,
    other than `unlabelled_text` and those of evaluations.
    """
    now = outcome(policy)
    found: list[Hinge] = []
    for reading in READINGS:
        if reading.part is Part.MEASURE or reading.name == _COMPILED:
            continue
        for choice in reading.alternatives:
            if choice.name == policy.readings[reading.name]:
                continue
            other = replace(policy, readings={**policy.readings, reading.name: choice.name})
            then = outcome(other)
            changed = tuple(key for key in {**now, **then} if now.get(key) != then.get(key))
            if changed:
                becomes = str(then[changed[0]]) if len(now) == 1 else ""
                states = tuple(_state(now.get(key), then.get(key)) for key in changed)
                found.append(Hinge(reading.name, choice.name, changed, becomes, states))
    return tuple(found)


def outcome_of_resolution(resolution: Resolution) -> Outcome:
    """Return what became of every candidate, and of the scope, settings and conflicts."""
    found: dict[str, object] = {}
    for fate in resolution.fates:
        key = fate.id if fate.id not in found else f"{fate.id} (again)"
        found[key] = Ended(fate.state, fate.ground, fate.level)
    for conflict in resolution.conflicts:
        known = found.get(conflict.first)
        ended = known if isinstance(known, Ended) else Ended(None, None, "")
        found[conflict.first] = ended._replace(conflicts=(*ended.conflicts, conflict))
    found[SCOPE] = resolution.scope
    found[SETTINGS] = dict(resolution.settings)
    return found


def _state(now: object, then: object) -> str:
    """Return the state of a candidate under another alternative, where that is another."""
    if not isinstance(then, Ended) or then.state is None:
        return ""
    before = now.state if isinstance(now, Ended) else None
    return "" if then.state is before else then.state.value


def outcome_of_decision(decision: Decision) -> Outcome:
    """Return the effect alone."""
    return {DECISION: decision.effect}
