"""Kinds of sections: those of one kind differ in nothing that decides what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from charter.policy.policy import Policy, Rule
from charter.spec.ladder import Yields

GATES_IN_FORCE = ("side_effects", "transformation")
"""Gates that are asked only while the section they rest on is in force."""


class Kind(NamedTuple):
    """Sections that are interchangeable, but for the text of their clauses."""

    authority: str
    conditions: tuple[str, ...]
    """Settings that must be on."""
    boundaries: frozenset[tuple[str, str, str | None]]
    """Stage, effect and class of content of each of its boundaries."""
    gates: tuple[str, ...]
    """Gates that rest on it."""
    named: tuple[str, ...]
    """Directives of overlays that act on it."""
    sections: tuple[str, ...]

    @property
    def example(self) -> str:
        """The section that stands for all."""
        return self.sections[0]


class Pair(NamedTuple):
    """Two sections that stand for all pairs that a clash would treat alike."""

    kind: str
    """`root`, `equal` or `levels`."""
    first: str
    second: str
    say: str
    """In words."""


def kinds_of(policy: Policy) -> tuple[Kind, ...]:
    """Return the kinds of sections of a policy, highest authority first."""
    found: dict[tuple[object, ...], list[str]] = {}
    for rule in sorted(policy.rules, key=lambda rule: -rule.rank):
        found.setdefault(_features(policy, rule), []).append(rule.id)
    return tuple(Kind(*key, tuple(ids)) for key, ids in found.items())  # type: ignore[arg-type,call-arg]


def _features(policy: Policy, rule: Rule) -> tuple[object, ...]:
    own = (b for b in policy.boundaries if b.section == rule.id)
    return (
        rule.authority,
        rule.conditions,
        frozenset((b.on, b.effect, b.content) for b in own),
        tuple(gate for gate in GATES_IN_FORCE if policy.gate_section(gate) == rule.id),
        _named(policy, rule),
    )


def _named(policy: Policy, rule: Rule) -> tuple[str, ...]:
    return tuple(
        directive.id
        for directive in policy.directives
        if any(wanted.partition("/")[0] == rule.id for wanted in directive.targets)
    )


def pairs_of(policy: Policy) -> tuple[Pair, ...]:
    """Return pairs of sections that cannot both be kept, one for each way such a clash ends.

    Sections that depend on a setting are left out: without it there is no clash.
    """
    return (*_equal_pairs(policy), *_unequal_pair(policy))


def _equal_pairs(policy: Policy) -> Iterator[Pair]:
    for level in policy.ladder.levels:
        rules = [r for r in policy.rules if r.authority == level.name and not r.conditions]
        seen: set[tuple[object, ...]] = set()
        for one, other in combinations(sorted(_ordinary(policy, rules), key=_id), 2):
            never = level.yields is Yields.NEVER
            ending = ("root",) if never else _ending(one, other)
            if ending in seen:
                continue
            seen.add(ending)
            kind = "root" if never else "equal"
            yield Pair(kind, one.id, other.id, f"two {level.name} sections: {_say(one, other)}")


def _ordinary(policy: Policy, rules: list[Rule]) -> list[Rule]:
    """Return one or two sections of each sort that `equal_sections` could tell apart."""
    special = {policy.gate_section(gate) for gate in GATES_IN_FORCE}
    special |= {boundary.section for boundary in policy.boundaries}
    groups: dict[tuple[bool, int], list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: (rule.id in special, rule.id)):
        groups.setdefault((rule.prohibits, rule.depth), []).append(rule)
    return [rule for group in groups.values() for rule in group[:2]]


def _ending(one: Rule, other: Rule) -> tuple[object, ...]:
    """Return who would prevail under each alternative of `equal_sections`: 0 for neither."""
    forbids = (one.prohibits > other.prohibits) - (one.prohibits < other.prohibits)
    deeper = (one.depth > other.depth) - (one.depth < other.depth)
    return abs(forbids), abs(deeper), forbids * deeper


def _say(one: Rule, other: Rule) -> str:
    forbids = "one forbids" if one.prohibits != other.prohibits else "neither forbids more"
    deeper = "one stands deeper" if one.depth != other.depth else "equally deep"
    return f"{forbids}, {deeper}"


def _unequal_pair(policy: Policy) -> Iterator[Pair]:
    rules = sorted((r for r in policy.rules if not r.conditions), key=lambda r: (-r.rank, r.id))
    lower = next((rule for rule in rules if rule.rank < rules[0].rank), None) if rules else None
    if lower is not None:
        say = f"a {rules[0].authority} section and a {lower.authority} section"
        yield Pair("levels", rules[0].id, lower.id, say)


def _id(rule: Rule) -> str:
    return rule.id
