"""Who may set a section aside.

A section of the spec yields by the ladder: never, to explicit words only, or to context too, and
only from a certain level on. Source: Model Spec 2025-12-18, `levels_of_authority`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from charter.policy.conversation import Conversation
from charter.policy.directive import Act, Directive
from charter.policy.fate import Ground
from charter.policy.fates.claim import Claims
from charter.policy.policy import Policy, Rule
from charter.spec.ladder import Yields

# Members looked up once: on the hot path the look-up is what costs.
_KEEP, _SOFTEN, _EXPLICIT = Act.KEEP, Act.SOFTEN, Yields.EXPLICIT
_MISALIGNED, _NOT_EXPLICIT = Ground.MISALIGNED, Ground.NOT_EXPLICIT


class Verdict(NamedTuple):
    """Why a directive is not in force."""

    ground: Ground
    by: str | None = None
    at: int | None = None
    """Index of the directive responsible, if it is one."""
    reading: str | None = None


class Powers:
    """What directives may do to the sections of a policy, in one conversation."""

    __slots__ = ("_policy", "_user", "floors", "off")

    def __init__(self, policy: Policy, conversation: Conversation, levels: Collection[str]) -> None:
        """`levels` are those of the directives."""
        self._policy = policy
        self._user = policy.ladder.rank("user")
        self.off: frozenset[str] = frozenset()
        """Ids of sections whose setting is not on."""
        acting = policy.readings["both_roles"] == "user_inherits" and not _has_developer(
            policy, conversation, levels
        )
        self.floors = policy.floors[acting]

    def begin(self, settings: Mapping[str, object]) -> None:
        """Take in the settings on which sections depend."""
        self.off = switched_off(self._policy, settings)

    def may(self, directive: Directive, wanted: str, rank: int, claims: Claims) -> Verdict | None:
        """Say why a directive may not set a section or clause aside; None where it may."""
        if not self._policy.knows(wanted):
            return Verdict(Ground.UNKNOWN_TARGET, None)
        rule = self._policy.by_id[wanted.partition("/")[0]]
        if directive.act is _KEEP and wanted in directive.targets:
            return None
        if rule.id in self.off or claims.released(rule.id) or claims.released(wanted):
            return None
        return self._entitled(directive, rule, rank)

    def may_yield(self, directive: Directive, rule: Rule, claims: Claims) -> bool:
        """Whether a section yields to another because a directive says that the two clash.

        Only where the directive does not stand below it, which would be influence upward, could
        set it aside by itself, and nobody of its own level or above keeps it.
        """
        rank = self._policy.ladder.rank(directive.level)
        may = rank >= rule.rank and rank >= self.floors[True][rule.authority]
        return may and not claims.kept(rule.id, least=rank)

    def _entitled(self, directive: Directive, rule: Rule, rank: int) -> Verdict | None:
        explicit = directive.explicit and directive.act is not _SOFTEN
        if rank >= self.floors[explicit][rule.authority]:
            return None
        if rank >= self.floors[True][rule.authority]:
            return Verdict(_NOT_EXPLICIT, rule.id)
        level = self._policy.ladder.level(rule.authority)
        barred = level.yields is _EXPLICIT and self._policy.first_party
        steered = barred and rank == self._user and rank >= self._policy.ladder.rank(level.to)
        return Verdict(_MISALIGNED, rule.id, None, "first_party" if steered else None)


def _has_developer(policy: Policy, conversation: Conversation, levels: Collection[str]) -> bool:
    """Whether anybody speaks at the developer level, overlays included."""
    if "developer" in levels or any(layer.level == "developer" for layer in policy.layers):
        return True
    return any(message.role in _roles(policy) for message in conversation.messages)


def _roles(policy: Policy) -> tuple[str, ...]:
    ranks = policy.ladder.ranks
    return policy.ladder.level("developer").roles if "developer" in ranks else ()


def switched_off(policy: Policy, settings: Mapping[str, object]) -> frozenset[str]:
    """Return the ids of the sections whose setting is not on."""
    if not policy.conditional:
        return frozenset()
    return frozenset(
        rule.id
        for rule in policy.rules
        if rule.conditions and not all(settings.get(name) is True for name in rule.conditions)
    )
