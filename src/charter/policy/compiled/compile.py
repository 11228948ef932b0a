"""Spec and overlays -> Policy: what binds, at what level, with conditions that are type-checked.

What cannot be compiled soundly is an error with its place, never a rule that is left out: an
authority that is no level, two binding sections or boundaries of one id, a condition that does
not type-check, a directive that cannot be read or acts on nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from charter.errors import ConfigError, SpecError
from charter.policy.compiled.bind import bound
from charter.policy.compiled.export import digest_of_policy
from charter.policy.directives.from_overlays import overlay_directives
from charter.policy.policy import GATES, Layer, Policy, Rule, RuleClause
from charter.spec.ladder import Ladder, Yields
from charter.spec.overlays.content import ancestors, content_class
from charter.spec.overlays.effective import Effective, yields_to
from charter.spec.overlays.layer import layer
from charter.spec.overlays.stance import forbids
from charter.spec.overlays.terms import field_span
from charter.spec.reading import choose
from charter.spec.spec import Clause, Section, Spec


def compile_policy(spec: Effective | Spec, *, readings: Mapping[str, str] | None = None) -> Policy:
    """Compile an effective spec, or a spec without overlays.

    `readings` stand above those that the layers choose; whoever compiles answers for them, and
    they are part of the digest. Raises SpecError, ConfigError for an unknown reading, and for a
    spec as `layer` does.
    """
    effective = spec if isinstance(spec, Effective) else layer(spec)
    try:
        chosen = choose(effective.readings, readings or {})
    except ValueError as cause:
        raise ConfigError(str(cause), hint="the reference page Readings lists them") from cause
    levels = binding_levels(effective, chosen["unlabelled_text"])
    rules = tuple(_rules(effective, levels))
    _check_gates(effective, levels)
    policy = Policy(
        name=effective.spec.name,
        title=effective.spec.title,
        layers=tuple(Layer(*each) for each in effective.layers),
        ladder=effective.ladder,
        readings=chosen,
        rules=rules,
        boundaries=tuple(bound(effective, rules)),
        directives=overlay_directives(effective),
        digest="",
        external=effective.external,
        first_party=effective.first_party,
        default_timer=effective.default_timer,
        gates=effective.gates,
    )
    return replace(policy, digest=digest_of_policy(policy))


def _check_gates(effective: Effective, levels: Mapping[str, str]) -> None:
    place = effective.place(0, field_span(effective.spec, "gates"))
    for gate, section in effective.gates.items():
        if gate not in GATES:
            raise SpecError(
                f"`gates` names {gate[:60]!r}, which is none",
                hint=f"one of {', '.join(GATES)}",
                place=place,
            )
        if section not in levels:
            raise SpecError(
                f"gate {gate} rests on section {section}, which has no authority",
                hint="name a section that binds",
                place=place,
            )


def binding_levels(effective: Effective, unlabelled: str) -> dict[str, str]:
    """Return the level of each section that binds, by id.

    `unlabelled` is the alternative of reading `unlabelled_text`: what sections without an
    authority of their own take from those below them. Raises SpecError for an unknown level.
    """
    ladder, index = effective.ladder, effective.spec.index
    levels: dict[str, str] = {}
    below: dict[str, set[str]] = {}
    for section in effective.spec.sections:
        if section.authority is None:
            continue
        if section.authority not in ladder.ranks:
            raise SpecError(
                f"section {section.id} has authority {section.authority[:60]!r}, "
                "which is no level of the ladder",
                hint=f"one of {', '.join(level.name for level in ladder.levels)}",
                place=effective.locate(section),
            )
        levels[section.id] = section.authority
        for parent in ancestors(section, index):
            below.setdefault(parent, set()).add(section.authority)
    if unlabelled == "interprets":
        return levels
    prefer = _rank_of(ladder) if unlabelled == "highest_child" else _hold_of(ladder)
    for section in effective.spec.sections:
        if section.authority is None and section.clauses and section.id in below:
            levels[section.id] = max(below[section.id], key=prefer.__getitem__)
    return levels


def _rank_of(ladder: Ladder) -> dict[str, tuple[int, ...]]:
    return {level.name: (ladder.rank(level.name),) for level in ladder.levels}


def _hold_of(ladder: Ladder) -> dict[str, tuple[int, ...]]:
    """How little each level yields: never, else by how much authority it takes, then its rank."""
    return {
        level.name: (
            level.yields is Yields.NEVER,
            level.yields is Yields.EXPLICIT,
            ladder.rank(level.to),
            ladder.rank(level.name),
        )
        for level in ladder.levels
    }


def _rules(effective: Effective, levels: Mapping[str, str]) -> Iterator[Rule]:
    index, conditional = effective.spec.index, set(effective.conditions)
    seen: set[str] = set()
    for section in effective.spec.sections:
        if section.id not in levels:
            continue
        if section.id in seen:
            raise SpecError(
                f"two binding sections have the id {section.id}",
                hint="give one another id",
                place=effective.locate(section),
            )
        seen.add(section.id)
        counted = list(_counted(effective, section, levels[section.id]))
        forbidding = sum(forbids(clause.text) for clause in counted)
        yield Rule(
            id=section.id,
            title=section.title,
            authority=levels[section.id],
            rank=effective.ladder.rank(levels[section.id]),
            clauses=tuple(
                RuleClause(each.id, each.text, each.strength.value, effective.origins[each.id])
                for each in section.clauses
            ),
            depth=section.depth,
            parents=tuple(ancestors(section, index)),
            conditions=tuple(sorted(conditional.intersection(section.tags))),
            content=content_class(section, index),
            prohibits=2 * forbidding > len(counted),
            layer=effective.origins[section.id],
        )


def _counted(effective: Effective, section: Section, authority: str) -> Iterator[Clause]:
    """Yield the clauses that say what a section is: not those that overlays below it added."""
    own = effective.origins[section.id]
    for clause in section.clauses:
        origin = effective.origins[clause.id]
        level = effective.layers[origin].level
        if origin == own or (level and yields_to(effective.ladder, authority, level)):
            yield clause
