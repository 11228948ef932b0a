"""Plain conversations: of which all is known beforehand but the words.

They have no fences, no metadata, no tools and no state elsewhere. So no directive is theirs, and
what is in force hangs on the roles that speak alone: it is resolved once for each set of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from charter.audit.row import Finding, Terms
from charter.audit.turns import finding
from charter.policy.boundaries.bucket import Bucket
from charter.policy.boundaries.plain import size_as_given
from charter.policy.conversation import Conversation, Kind, Message, Passage, Sensitivity
from charter.policy.decision import Effect, Facts
from charter.policy.decisions.decide import decide
from charter.policy.decisions.fact_values import Values
from charter.policy.fates.resolve import resolve
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.spec.ladder import NONE

LARGEST = 100_000
"""Characters of one plain conversation."""
_TOLD = frozenset({"settings", "levels", "message.role", "message.authority", "message.level"})
_COPIES = 4
"""How often the same text may stand in the values of one question, at most."""
_ROLES = ("user", "assistant", "system", "developer")


@dataclass(frozen=True)
class Plain:
    """A policy, ready to decide on plain conversations."""

    policy: Policy
    terms: Terms
    _resolved: dict[frozenset[str], Resolution] = field(default_factory=dict)

    def resolution(self, roles: frozenset[str]) -> Resolution:
        """Return what is in force where these roles speak."""
        if roles not in self._resolved:
            spoken = tuple(Message(role, "") for role in sorted(roles))
            offered = self.terms.offered
            empty = Conversation("row", spoken, (), tools=offered)
            self._resolved[roles] = resolve(self.policy, empty, ())
        return self._resolved[roles]

    def role(self, said: str) -> str:
        """Return the role that a message speaks in."""
        return self.terms.system_as if said == "system" else said

    def decide(self, messages: Sequence[tuple[str, str]], asked: Sequence[int]) -> list[Finding]:
        """Decide on those messages of a conversation that `asked` names, in order."""
        whole = tuple(Message(self.role(role), text) for role, text in messages)
        findings = []
        for at in asked:
            output = whole[at].role == "assistant"
            before = whole[:at] if output else whole[: at + 1]
            resolution = self.resolution(frozenset(message.role for message in before))
            passages = tuple(
                Passage(
                    place, 0, len(said.text), Kind.OWN, said.role, said.role, Sensitivity.PRIVILEGED
                )
                for place, said in enumerate(before)
                if said.role != "user" and self._speaks(said)
            )
            conversation = Conversation("row", before, passages, tools=self.terms.offered)
            facts = Facts("output", whole[at].text) if output else Facts("request")
            decision = decide(self.policy, resolution, facts, conversation)
            if decision.effect is not Effect.ALLOW:
                findings.append(finding(at, decision))
        return findings

    def _speaks(self, said: Message) -> bool:
        silent = said.role in ("assistant", "tool")
        return bool(said.text) and not silent and self.policy.ladder.of_role(said.role) != NONE

    @cached_property
    def resolutions(self) -> tuple[Resolution, ...]:
        """All that can be in force in plain conversations."""
        sets = (
            frozenset(self.role(name) for at, name in enumerate(_ROLES) if bits >> at & 1)
            for bits in range(1 << len(_ROLES))
        )
        return tuple(self.resolution(roles) for roles in dict.fromkeys(sets))

    def constants(self, stage: str) -> Mapping[str, Any] | None:
        """Return variables whose values are the same in all plain conversations.

        None where every conversation has to be asked about, whatever it says: a gate restricts, or
        a value is nothing that can be compared here.
        """
        found: list[dict[str, object]] = []
        facts = Facts(stage, "")
        for resolution in self.resolutions:
            if resolution.inaction:
                return None
            values = Values(self.policy, resolution, facts, resolution.conversation)
            known = _TOLD & self._needs(stage)
            found.append(values.of(known))
        if any(size_as_given(each) is None for each in found):
            return None
        return {name: found[0][name] for name in found[0] if _same(name, found)}

    def _needs(self, stage: str) -> frozenset[str]:
        return self.bucket(stage).needs

    def bucket(self, stage: str) -> Bucket:
        """Return the boundaries of a stage."""
        return self.policy.index.bucket(stage, None)

    @cached_property
    def largest(self) -> int:
        """Characters up to which no condition is refused for the size of what it is about."""
        limits, told = [LARGEST * _COPIES], 0
        for stage in ("request", "output"):
            bucket = self.bucket(stage)
            limits += [self.policy.boundaries[at].condition.limit for at in bucket.members]
            told = max(told, len(json.dumps(self.constants(stage) or {}, default=str)))
        return max((min(limits) - 2 * told - 1_000) // _COPIES, 0)


def _same(name: str, found: list[dict[str, object]]) -> bool:
    first = json.dumps(found[0][name], sort_keys=True, default=str)
    return all(json.dumps(each[name], sort_keys=True, default=str) == first for each in found)
