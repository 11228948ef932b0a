"""A policy, or a resolution of it -> the single rules in force, and what is not in force and why.

Without a resolution nobody has spoken yet: what overlays set aside is out, and a section that
depends on a setting is in, with its condition, because a conversation may still switch it on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from charter.policy.conversation import Conversation, Message
from charter.policy.directive import Act
from charter.policy.fate import State
from charter.policy.policy import Policy, Rule, RuleClause
from charter.policy.resolution import Resolution
from charter.policy.resolve import resolve

SPOKEN = (Act.INSTRUCT, Act.DELEGATE, Act.SCOPE)
"""Directives of overlays whose words are rules themselves; the others act on sections, and show
in what becomes of these."""


class Why(StrEnum):
    """Why a rule is not in a brief."""

    ROOM = "room"
    """It binds, and the budget had no room for it."""
    SET_ASIDE = "set_aside"
    """An overlay, or the conversation, set it aside."""
    DORMANT = "dormant"
    """Its setting is not on."""


class Item(NamedTuple):
    """One clause, or one instruction of an overlay."""

    rule: Rule
    clause: RuleClause
    order: int
    """Its place among all clauses of the policy."""
    conditions: tuple[str, ...] = ()
    """Settings that are not known to be on, and without which it does not bind."""
    why: Why | None = None
    """Why it is not in force; None where it is."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Every clause of a policy, once."""

    items: tuple[Item, ...]
    """Those in force, in the order of the document."""
    aside: tuple[Item, ...]
    """The others."""


def outline(policy: Policy, resolution: Resolution | None = None) -> Outline:
    """Split the clauses of a policy into those in force and the others.

    Raises ValueError for a resolution of another policy.
    """
    if resolution is not None and resolution.policy_digest != policy.digest:
        raise ValueError("the resolution is of another policy")
    known = resolution or resolve(policy, everything_on(policy))
    settings = (resolution or resolve(policy)).settings
    items: list[Item] = []
    aside: list[Item] = []
    for order, (rule, clause) in enumerate(_clauses(policy)):
        state = known.fate(clause.id).state
        if state in (State.SET_ASIDE, State.DORMANT):
            why = Why.DORMANT if state is State.DORMANT else Why.SET_ASIDE
            aside.append(Item(rule, clause, order, why=why))
            continue
        unmet = tuple(name for name in rule.conditions if settings.get(name) is not True)
        items.append(Item(rule, clause, order, unmet))
    return Outline(tuple(items), tuple(aside))


def everything_on(policy: Policy) -> Conversation:
    """Return a conversation in which every role is present and every setting is on."""
    messages = tuple(Message(role, "") for level in policy.ladder.levels for role in level.roles)
    settings = dict.fromkeys(policy.conditional, True)
    return Conversation("none", messages, (), settings=settings)


def _clauses(policy: Policy) -> Iterator[tuple[Rule, RuleClause]]:
    """Yield all clauses in document order, then the words of overlays' directives."""
    for rule in policy.rules:
        for clause in rule.clauses:
            yield rule, clause
    for directive in policy.directives:
        if directive.act in SPOKEN and directive.text:
            clause = RuleClause(directive.id, directive.text, "must")
            rank = policy.ladder.rank(directive.level)
            title = directive.subject or "Instruction of an overlay"
            yield Rule(directive.id, title, directive.level, rank, (clause,)), clause
