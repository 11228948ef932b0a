"""What is made once for each served policy, so that no request pays for it."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import re2

from charter.gateway.check import Configured
from charter.gateway.judging.plan import Planned, literals, planned
from charter.gateway.look import Looked
from charter.gateway.served import Served
from charter.policy.boundaries.pattern import matched
from charter.policy.decision import Decision, Effect, Ran
from charter.policy.decisions.gate import PASSED, UNASKED, UNDECLARED
from charter.policy.fates.resolve import resolve
from charter.spec.reading import DEFAULTS

KEPT = 64
"""Served policies, and plans of one of them, that are at hand."""
MOST_OFFERS = 4_000
"""Offered tools whose checks are remembered."""
MOST_WRITTEN = 1_000
"""Decisions whose boundaries are kept as they are written."""


class Written(NamedTuple):
    """The part of a record that most decisions of one kind share."""

    boundaries: tuple[str, ...]
    citations: tuple[str, ...]
    kept: Decision
    """Holds what the key of this entry points to."""


class Tables:
    """What is known of one served policy. Safe to share: entries are only ever added."""

    def __init__(self, served: Served) -> None:
        self.served = served
        policy = served.policy
        self.policy = policy
        self.empty = resolve(policy)
        """What is in force before anybody has said anything."""
        self.readings = ";".join(
            f"{name}={value}"
            for name, value in policy.readings.items()
            if value != DEFAULTS.get(name)
        )
        self.taken = (
            *policy.by_id,
            *policy.clause_texts,
            *(directive.id for directive in policy.directives),
        )
        """Ids that no directive of a conversation may have."""
        self.boundaries = {boundary.id: boundary for boundary in policy.boundaries}
        self.replying = frozenset(b.section for b in policy.boundaries if b.on == "output")
        """Sections with boundaries on output: plans depend on which of them are set aside."""
        self._plans: OrderedDict[tuple[str, frozenset[str]], Planned] = OrderedDict()
        self._checks: dict[tuple[str, str], tuple[Configured, ...]] = {}
        self._written: dict[tuple[int, ...], Written] = {}
        self._literals: dict[str, tuple[Any, ...]] = {}
        self._offers: OrderedDict[bytes, list[Looked]] = OrderedDict()

    def plan(self, application: str, out: frozenset[str]) -> Planned:
        """Return how answers stream for an application where some sections are set aside."""
        key = application if self._limited() else "", out & self.replying if out else out
        found = self._plans.get(key)
        if found is None:
            checks = tuple(
                each
                for each in self.served.checks
                if not each.applications or application in each.applications
            )
            found = planned(self.policy, checks, key[1])
            self._plans[key] = found
            if len(self._plans) > KEPT:
                self._plans.popitem(last=False)
        return found

    def checks(self, stage: str, channel: str) -> tuple[Configured, ...]:
        """Return the checks that look at a channel at a stage, of all applications."""
        found = self._checks.get((stage, channel))
        if found is None:
            found = self._checks[stage, channel] = tuple(
                each
                for each in self.served.checks
                if stage in each.stages and channel in each.channels
            )
        return found

    def written(self, decision: Decision, tool: str | None) -> Written:
        """Return boundaries and citations of a decision as records have them."""
        key = (hash(tool), *map(id, decision.checks))
        found = self._written.get(key)
        if found is None:
            found = Written(
                self._asked(decision, tool),
                tuple(cited.id for cited in decision.citations),
                decision,
            )
            if len(self._written) < MOST_WRITTEN and self._lasting(decision, tool):
                self._written[key] = found
        return found

    def searches(self, boundary: str) -> tuple[Any, ...]:
        """Return the patterns in a boundary's condition that find what it is about, compiled."""
        found = self._literals.get(boundary)
        if found is None:
            known = self.boundaries[boundary]
            patterns = literals(known.condition.root, known.on)
            found = self._literals[boundary] = tuple(map(_compiled, patterns))
        return found

    def offer(self, key: bytes, look: Callable[[], list[Looked]]) -> list[Looked]:
        """Return what checks found in an offered tool: looked once, as applications repeat them.

        What could not look is asked again.
        """
        found = self._offers.get(key)
        if found is None:
            found = look()
            if not any(ran.status == Ran.ERRORED for _, ran, _ in found):
                self._offers[key] = found
                if len(self._offers) > MOST_OFFERS:
                    self._offers.popitem(last=False)
        return found

    def _limited(self) -> bool:
        return any(each.applications for each in self.served.checks)

    def _lasting(self, decision: Decision, tool: str | None) -> bool:
        """Whether a decision has the checks that every quiet one of its kind shares."""
        if decision.reasons:
            return False
        quiet = self.policy.index.bucket(decision.stage, tool).quiet.checks
        offset = len(decision.checks) - len(quiet)
        gates_last = all(id(check) in _LASTING for check in decision.checks[:offset])
        return gates_last and all(map(operator.is_, decision.checks[offset:], quiet))

    def _asked(self, decision: Decision, tool: str | None) -> tuple[str, ...]:
        """Write the gates, and the boundaries that could fire for this stage and tool."""
        policy, checks = self.policy, decision.checks
        offset = len(checks) - len(policy.boundaries)
        if offset <= 0:  # it failed before anything was asked
            return tuple(_one(check) for check in checks)
        members = policy.index.bucket(decision.stage, tool).members
        return (
            *(_one(check) for check in checks[:offset]),
            *(_one(checks[offset + at]) for at in members),
        )


_LASTING = {id(gated.check) for gated in (*PASSED.values(), UNDECLARED, UNASKED)}
"""Checks of gates that were made once."""


def _one(check: Any) -> str:
    if check.status is Ran.RAN and check.effect is Effect.ALLOW:
        return str(check.id)
    return f"{check.id} {check.status} {check.effect}"


def _compiled(pattern: str) -> Any:
    matched("", pattern)  # raises where it is none; boundaries were compiled before
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


_KNOWN: OrderedDict[int, Tables] = OrderedDict()


def tables(served: Served) -> Tables:
    """Return the tables of a served policy, made when it is first asked for."""
    found = _KNOWN.get(id(served))
    if found is None or found.served is not served:
        found = _KNOWN[id(served)] = Tables(served)
        if len(_KNOWN) > KEPT:
            _KNOWN.popitem(last=False)
    return found


def all_ranges(searches: Iterable[Any], text: str) -> list[tuple[int, int]]:
    """Return the ranges that compiled patterns match in a text, those without width left out."""
    return [
        match.span()
        for compiled in searches
        for match in compiled.finditer(text)
        if match.end() > match.start()
    ]
