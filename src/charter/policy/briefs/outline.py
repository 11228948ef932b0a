"""A policy, or a resolution of it -> the single rules in force, and what is not in force and why.

Without a resolution nobody has spoken yet: what overlays set aside is out, and a section that
depends on a setting is in, with its condition, because a conversation may still switch it on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from charter.policy.directive import Act, Directive
from charter.policy.fate import State
from charter.policy.fates.everything import everything_on
from charter.policy.fates.resolve import resolve
from charter.policy.instant import written
from charter.policy.policy import Policy, Rule, RuleClause
from charter.policy.resolution import Resolution
from charter.policy.scope import Scope


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


def _clauses(policy: Policy) -> Iterator[tuple[Rule, RuleClause]]:
    """Yield all clauses in document order, then the words of overlays' directives."""
    for rule in policy.rules:
        for clause in rule.clauses:
            yield rule, clause
    for directive in policy.directives:
        words = spoken(directive)
        if words and directive.subject not in policy.conditional:
            clause = RuleClause(directive.id, words, "must")
            rank = policy.ladder.rank(directive.level)
            title = directive.subject or "Said by an overlay"
            yield Rule(directive.id, title, directive.level, rank, (clause,)), clause


def spoken(directive: Directive) -> str:
    """Return what a directive says to the assistant; empty where it only acts on sections.

    Those show in what becomes of the sections, and in who may change them.
    """
    delegation, scope = directive.delegation, directive.scope
    if directive.act is Act.INSTRUCT or (directive.act is Act.OVERRIDE and directive.value):
        return directive.text
    if directive.act is Act.SETTING:
        return f"The setting {directive.subject} is {_value(directive.value)}."
    if delegation is not None:
        level = delegation.level or directive.level
        about = f" about {', '.join(delegation.only)}" if delegation.only else ""
        return f"Instructions of {', '.join(delegation.to)}{about} count as those of {level} level."
    return _scope(scope) if scope is not None else ""


def _scope(scope: Scope) -> str:
    tools = ", ".join(scope.allowed_tools) or "none"
    end = f" until {written(scope.latest_time)}" if scope.latest_time is not None else ""
    limits = "".join(
        f" {tool}: {name} is {_value(dict(rule) if isinstance(rule, Mapping) else rule)}."
        for tool, constraint in scope.tool_constraints.items()
        for name, rule in constraint.items()
    )
    details = f" {scope.additional_details}" if scope.additional_details else ""
    revoked = " It is revoked." if scope.revoked else ""
    return (
        f"Act on your own only within this scope: tools {tools}, at a cost of {scope.max_cost:g} "
        f"at most{end}.{limits}{details}{revoked}"
    )


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
