"""What becomes of rows and contexts, asked of `resolve` and `decide` themselves.

A row is resolved by itself, under every combination of the readings it can hang on. What a
decision asks of a resolution (its signal) is all that joins one group to another, so a decision
is asked once for each combination of signals, on a context that really has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from charter.policy.decision import STRICTNESS
from charter.policy.determinacy.action import DEFAULT_EVENT
from charter.policy.determinacy.context import (
    Answer,
    Context,
    Part,
    Situation,
    answer,
    asker_level,
    part_of,
    realise,
)
from charter.policy.determinacy.row import Row
from charter.policy.determinacy.varying import Axes, Varying, axes_of, vary
from charter.policy.fates.resolve import resolve
from charter.policy.policy import Policy
from charter.policy.scope import Scope

Choices = Mapping[int, int]
"""Number of a reading to number of its alternative; those not named are in force."""

GATES = ("conflicts", "scope", "side_effects", "asked_by", "asks")
UNLABELLED = "unlabelled_text"


class Terms(NamedTuple):
    """A scope of autonomy, but for whose it is and what it is called."""

    allowed_tools: tuple[str, ...]
    latest_time: float | None
    max_cost: float
    issued_at: float | None
    revoked: bool
    unnamed: tuple[str, ...]


class Signal(NamedTuple):
    """What one row, resolved by itself, means to a decision and to what is in force."""

    part: Part
    out: frozenset[str]
    """Sections that are not in force."""
    inaction: bool
    """Whether two sections in force leave nothing to do."""
    asks: bool
    """Whether a person has to be asked."""
    terms: Terms | None
    offered: bool
    cost: float
    asked: str | None
    """Who asked for the call."""


class Strict(NamedTuple):
    """How strict a decision is, by what it rests on."""

    gates: Mapping[str, int]
    boundaries: tuple[tuple[str, int], ...]
    """Id and strictness of each that restricts."""


class Evaluator:
    """Asks one policy, under any readings."""

    def __init__(
        self,
        policy: Policy,
        moot: Mapping[str, str],
        variants: Mapping[str, Policy] | None = None,
    ) -> None:
        """`variants` are the policies compiled under other alternatives of `unlabelled_text`."""
        self.policy = policy
        self.variants = variants or {}
        left_out = set(moot) | ({UNLABELLED} if not self.variants else set())
        self.axes: Axes = axes_of(policy.readings, left_out)
        self.asked = 0
        """How often `resolve` or `decide` was asked."""
        self._policies: dict[tuple[tuple[int, int], ...], Policy] = {}

    def under(self, choices: Choices) -> Policy:
        """Return the policy with other readings."""
        key = tuple(sorted((axis, choice) for axis, choice in choices.items() if choice))
        found = self._policies.get(key)
        if found is None:
            changed = {
                self.axes.names[axis]: self.axes.choices[axis][choice] for axis, choice in key
            }
            start = self.variants.get(changed.get(UNLABELLED, ""), self.policy)
            readings = {**start.readings, **changed}
            found = replace(start, readings=readings) if key else self.policy
            self._policies[key] = found
        return found

    def answer(self, context: Context, choices: Choices) -> Answer:
        """Resolve and decide."""
        self.asked += 2
        policy = self.under(choices)
        return answer(policy, realise(policy, context))

    def signals(
        self, row: Row, *, developer: bool = True, tool: str | None = None
    ) -> Varying[Signal]:
        """Return what one row means, for every combination of the readings it can hang on.

        `tool` is the one that the request offers, where that counts: a scope reaches no further.
        """
        event = DEFAULT_EVENT
        if tool is not None:
            event = event._replace(firing=event.firing._replace(tool=tool))
        context = Context((row,), event, developer)
        labelled = any(turn.wrap for turn in row.turns)
        situation = None if labelled else realise(self.policy, context)
        over = self.axes.of(row.reads)
        return vary(self.axes, over, lambda choices: self.signal(context, choices, situation))

    def signal(
        self, context: Context, choices: Choices, situation: Situation | None = None
    ) -> Signal:
        """Return what a context means under one combination of readings."""
        policy = self.under(choices)
        known = situation or realise(policy, context)
        self.asked += 1
        found = resolve(policy, known.conversation, known.directives)
        asked = known.facts.call.asked_by if known.facts.call else None
        if known.asker:
            asked = asker_level(found, known.asker)
        return Signal(
            part=part_of(policy, found, context.rows),
            out=found.out,
            inaction=bool(found.inaction),
            asks=bool(found.asks),
            terms=_terms(found.scope),
            offered=bool(known.conversation.tools),
            cost=known.facts.call.cost if known.facts.call else 0.0,
            asked=asked,
        )


def _terms(scope: Scope | None) -> Terms | None:
    if scope is None:
        return None
    return Terms(
        scope.allowed_tools,
        scope.latest_time,
        scope.max_cost,
        scope.issued_at,
        scope.revoked,
        scope.unnamed,
    )


def strictness(found: Answer) -> Strict:
    """Return how strict each check is."""
    gates = dict.fromkeys(GATES, 0)
    boundaries = []
    for reason in found.decision.reasons:
        strict = STRICTNESS[reason.effect]
        if reason.check in gates:
            gates[reason.check] = max(strict, gates[reason.check])
        else:
            boundaries.append((reason.check, strict))
    return Strict(gates, tuple(sorted(boundaries)))
