"""What became of each section in the end, once every directive has its fate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from charter.policy.directive import Act, Directive
from charter.policy.fate import Fate, Ground, State, Step
from charter.policy.fates.claim import Claims
from charter.policy.fates.powers import Powers
from charter.policy.policy import Policy, Rule
from charter.policy.resolution import Conflict
from charter.spec.ladder import Yields

# Members looked up once: on the hot path the look-up is what costs.
_IN_FORCE, _SET_ASIDE, _OVERRIDDEN = State.IN_FORCE, State.SET_ASIDE, Ground.OVERRIDDEN
_new = tuple.__new__
"""Quicker than calling the class, on the hot path."""


class Sections(NamedTuple):
    """The fates of all sections, and of clauses that have one of their own."""

    fates: dict[str, Fate]
    """Sections in the order of the policy, then clauses."""
    out: frozenset[str]
    """Ids of sections that are not in force."""
    conflicts: tuple[Conflict, ...]


def decide_sections(
    policy: Policy,
    powers: Powers,
    claims: Claims,
    alive: Mapping[str, int],
    directives: Sequence[Directive],
) -> Sections:
    """Give every section its fate, once every directive has one."""
    off = powers.off
    fates = policy.stands.copy()
    out: set[str] = set(off)
    for section in off:
        fates[section] = _fate(policy.by_id[section], State.DORMANT, Ground.SETTING_OFF)
    clauses: list[str] = []
    for wanted in claims.rules:
        if wanted in out:  # its setting is off, or it was named before
            continue
        if wanted not in fates:
            clauses.append(wanted)
        elif (released := claims.released(wanted)) is not None:
            fates[wanted] = _overridden(policy, wanted, directives[released.at])
            out.add(wanted)
    for wanted in clauses:
        if wanted in policy.clause_texts:
            fate = _clause(policy, wanted, claims, directives, fates)
            if fate is not None:
                fates[wanted] = fate
    said = [d for at in alive.values() if (d := directives[at]).act is Act.CLASH]
    conflicts = _clashes(policy, powers, claims, said, (fates, out)) if said else ()
    return Sections(fates, frozenset(out), conflicts)


def _clashes(
    policy: Policy,
    powers: Powers,
    claims: Claims,
    said: Sequence[Directive],
    result: tuple[dict[str, Fate], set[str]],
) -> tuple[Conflict, ...]:
    """Return the clashes between sections in force, and set aside those that have to yield."""
    fates, out = result
    found = [
        (directive, *pair, _clash(policy, directive, pair))
        for directive in said
        if (pair := _in_force(policy, directive, out)) is not None
    ]
    for directive, first, second, conflict in found:
        loser = _loser((first, second), conflict)
        if loser is not None and loser.id not in out and powers.may_yield(directive, loser, claims):
            fates[loser.id] = _yielding(loser, directive, conflict)
            out.add(loser.id)
    return tuple(conflict for *_, conflict in found)


def _fate(rule: Rule, state: State, ground: Ground, step: Step | None = None) -> Fate:
    trace = (step or Step(ground),)
    return Fate(rule.id, state, ground, rule.authority, step.by if step else None, trace)


def _overridden(policy: Policy, wanted: str, by: Directive) -> Fate:
    rule = policy.by_id[wanted.partition("/")[0]]
    fate = (wanted, _SET_ASIDE, _OVERRIDDEN, rule.authority, by.id, by.aside)
    return _new(Fate, fate)


def _clause(
    policy: Policy,
    wanted: str,
    claims: Claims,
    directives: Sequence[Directive],
    fates: Mapping[str, Fate],
) -> Fate | None:
    """Return the fate of a clause where it differs from that of its section."""
    section = fates[wanted.partition("/")[0]]
    if section.state is _IN_FORCE:
        released = claims.released(wanted)
        return _overridden(policy, wanted, directives[released.at]) if released else None
    if section.ground is _OVERRIDDEN and claims.kept(wanted):
        return Fate(wanted, _IN_FORCE, Ground.APPLIES, section.level)
    return None


def _in_force(policy: Policy, directive: Directive, out: set[str]) -> tuple[Rule, Rule] | None:
    """Return the two sections that a directive says cannot both be kept, if both bind."""
    named = {wanted.partition("/")[0] for wanted in directive.targets}
    rules = [policy.by_id[name] for name in sorted(named) if name not in out]
    return (rules[0], rules[1]) if len(rules) == 2 else None


def _clash(policy: Policy, directive: Directive, pair: tuple[Rule, Rule]) -> Conflict:
    first, second = pair
    if first.rank != second.rank:
        higher = first if first.rank > second.rank else second
        return Conflict(first.id, second.id, "levels", higher.id)
    if policy.ladder.level(first.authority).yields is Yields.NEVER:
        return Conflict(first.id, second.id, "root", "inaction", "root_conflict")
    outcome = _prevailing(policy.readings["equal_sections"], first, second)
    return Conflict(first.id, second.id, "equal_sections", outcome, "equal_sections")


def _prevailing(reading: str, first: Rule, second: Rule) -> str:
    if reading == "prohibition" and first.prohibits != second.prohibits:
        return first.id if first.prohibits else second.id
    if reading == "more_specific" and first.depth != second.depth:
        return first.id if first.depth > second.depth else second.id
    return "inaction"


def _loser(pair: tuple[Rule, Rule], conflict: Conflict) -> Rule | None:
    """Return the section that does not prevail; None where neither does."""
    if conflict.outcome == "inaction":
        return None
    return pair[0] if conflict.outcome == pair[1].id else pair[1]


def _yielding(loser: Rule, directive: Directive, conflict: Conflict) -> Fate:
    """Return the fate of a section that another sets aside, as a directive says it has to."""
    ground = Ground.EQUAL_SECTIONS if conflict.kind == "equal_sections" else Ground.MISALIGNED
    step = Step(ground, conflict.outcome, directive.place, conflict.reading)
    return _fate(loser, _SET_ASIDE, ground, step)
