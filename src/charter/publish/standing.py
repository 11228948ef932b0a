"""Policy -> who may change a rule, in plain words."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from charter.policy.policy import Policy, Rule

_PEOPLE = {"system": "the operator", "developer": "the developer", "user": "the user"}
"""Who speaks at a level, as readers know them."""
_KINDS = {"system": "operator", "developer": "developer", "user": "user"}


class Standing(NamedTuple):
    """Who may set a rule aside in a conversation."""

    kind: str
    """`nobody`, `operator`, `developer`, `user`, `context` or `other`: a class for a badge."""
    who: str
    """In one or two words."""
    how: str
    """In a sentence."""
    conditions: tuple[str, ...] = ()
    """Settings that must be true for the rule to bind at all."""


def standing(policy: Policy, section_id: str) -> Standing | None:
    """Return who may change the rule of a section; None where it does not bind.

    What it takes is the policy's table `floors`, by which conversations are resolved.
    """
    rule = policy.by_id.get(section_id)
    return None if rule is None else _of_rule(policy, rule)


def standing_at(policy: Policy, level: str) -> Standing:
    """Return who may change rules of a level. Raises KeyError where there is no such level."""
    policy.ladder.level(level)
    return _of_level(policy, level, ())


def _of_rule(policy: Policy, rule: Rule) -> Standing:
    return _of_level(policy, rule.authority, rule.conditions)


def _of_level(policy: Policy, level: str, conditions: tuple[str, ...]) -> Standing:
    floors = policy.floors[False]
    needed, by_context = floors[True][level], floors[False][level]
    if needed == inf:
        how = "No message can set this rule aside: it binds everybody in every conversation."
        return Standing("nobody", "Nobody", how, conditions)
    name = policy.ladder.name(int(needed))
    able = [
        _PEOPLE.get(each.name, f"whoever speaks as {each.name}")
        for each in policy.ladder.levels
        if policy.ladder.rank(each.name) >= needed and each.roles
    ]
    people = _listed(able) if able else f"somebody with {name} authority"
    if by_context != inf:
        how = f"A default: {people} can change it, and what the situation implies is enough."
        return Standing("context", "Anyone, by context", how, conditions)
    kind = _KINDS.get(name, "other")
    lowest = able[-1] if able else people
    only = "Only " if len(able) == 1 else ""
    how = f"{only}{people} can change this rule, by saying so."
    return Standing(kind, _capital(lowest), _capital(how), conditions)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
