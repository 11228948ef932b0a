"""What becomes of rows, asked of `resolve` and `decide` themselves and remembered.

A row is resolved by itself, under every combination of the readings it can hang on. What a
decision asks of a resolution (its signals) is all that joins one group to another, so a decision
is asked once for each combination of signals, on a context that really has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from charter.policy.decision import STRICTNESS
from charter.policy.determinacy.action import Action
from charter.policy.determinacy.context import (
    Answer,
    Context,
    Part,
    Situation,
    answer,
    has_developer,
    part_of,
    realise,
)
from charter.policy.determinacy.firing import Firing, plain
from charter.policy.determinacy.row import Row
from charter.policy.determinacy.varying import Axes, Varying, axes_of, vary
from charter.policy.fate import State
from charter.policy.fates.resolve import resolve
from charter.policy.policy import Policy
from charter.policy.scope import Scope
from charter.spec.ladder import NONE

Choices = Mapping[int, int]
"""Number of a reading to number of its alternative; those not named are in force."""
Given = tuple[tuple[str, object], ...]
"""Settings that sections depend on, as they are in force."""

GATES = ("scope", "side_effects", "asked_by", "conflicts", "asks")
BOUNDARIES = "boundaries"
"""The key under which the strictest of all boundaries stands."""


class Terms(NamedTuple):
    """A scope of autonomy, but for whose it is and what it is called."""

    allowed_tools: tuple[str, ...]
    latest_time: float | None
    max_cost: float
    issued_at: float | None
    revoked: bool


class Signal(NamedTuple):
    """What one row, resolved by itself, means to a decision and to what is in force."""

    part: Part
    out: frozenset[str]
    """Sections that are not in force."""
    inaction: bool = False
    """Whether two sections in force leave nothing to do."""
    asks: bool = False
    """Whether a person has to be asked."""
    scope: Terms | None = None
    asked: str | None = None
    """Who asked for the call."""


class Evaluator:
    """Asks one policy, under any readings."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.axes: Axes = axes_of(policy.readings)
        self.developer = has_developer(policy)
        self.asked = 0
        """How often `resolve` or `decide` was asked."""
        self._policies: dict[tuple[tuple[int, int], ...], Policy] = {}
        self._components: dict[tuple[object, ...], Mapping[str, int]] = {}

    def under(self, choices: Choices) -> Policy:
        """Return the policy with other readings."""
        key = tuple(sorted((axis, choice) for axis, choice in choices.items() if choice))
        found = self._policies.get(key)
        if found is None:
            names, alternatives = self.axes
            changed = {names[axis]: alternatives[axis][choice] for axis, choice in key}
            readings = {**self.policy.readings, **changed}
            found = replace(self.policy, readings=readings) if key else self.policy
            self._policies[key] = found
        return found

    def answer(self, context: Context, choices: Choices) -> Answer:
        """Resolve and decide."""
        self.asked += 2
        policy = self.under(choices)
        return answer(policy, realise(policy, context))

    def signals(
        self, row: Row, action: Action, *, developer: bool = True, given: Given = ()
    ) -> Varying[Signal]:
        """Return what one row means, for every combination of the readings it can hang on."""
        context = Context((row,), action, plain(action.stage), developer, given)
        over = self.axes.of(row.reads)
        situation = None if _labelled(row) else realise(self.policy, context)
        return vary(
            self.axes, over, lambda choices: self._signal((context, row), choices, situation)
        )

    def _signal(
        self, of: tuple[Context, Row], choices: Choices, situation: Situation | None
    ) -> Signal:
        context, row = of
        policy = self.under(choices)
        known = situation or realise(policy, context)
        self.asked += 1
        found = resolve(policy, known.conversation, known.directives)
        asked = row.asked_by
        if row.asker:
            fate = found.fate(row.asker)
            asked = fate.level if fate.state is State.IN_FORCE else NONE
        return Signal(
            part_of(self.policy, found, dict(context.given)),
            found.out,
            bool(found.inaction),
            bool(found.asks),
            _terms(found.scope),
            asked,
        )

    def component(
        self,
        key: tuple[object, ...],
        rows: Sequence[Row],
        situation: tuple[Action, Firing, bool, Given],
        choices: Choices,
    ) -> Mapping[str, int]:
        """Return how strict each gate is, and the strictest boundary, on a context.

        `key` has to name all that the wanted part of the answer can hang on: the answer for one
        context is then that for all others of the same key.
        """
        found = self._components.get(key)
        if found is None:
            action, firing, developer, given = situation
            context = Context(tuple(rows), action, firing, developer, given)
            found = self._components[key] = strictness(self.answer(context, choices))
        return found


def _labelled(row: Row) -> bool:
    """Whether readings decide which authority its words have."""
    return any(turn.wrap for turn in row.turns)


def _terms(scope: Scope | None) -> Terms | None:
    if scope is None:
        return None
    return Terms(
        scope.allowed_tools, scope.latest_time, scope.max_cost, scope.issued_at, scope.revoked
    )


def strictness(found: Answer) -> Mapping[str, int]:
    """Return how strict each check is: gates by name, boundaries as one."""
    strict = dict.fromkeys((*GATES, BOUNDARIES), 0)
    for reason in found.decision.reasons:
        name = reason.check if reason.check in GATES else BOUNDARIES
        strict[name] = max(strict[name], STRICTNESS[reason.effect])
    return strict


def given(values: Mapping[str, object]) -> Given:
    """Return settings in a form that can be compared; those that nobody set are left out."""
    return tuple(sorted((name, value) for name, value in values.items() if value is not None))


def all_on(names: Iterable[str]) -> Given:
    """Return settings that are all on."""
    return tuple(sorted((name, True) for name in names))
