"""A section -> what a model is asked to draft for it, the clauses tested least first.

The choice depends on the spec, its scenarios and the seed alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from charter.errors import SpecError
from charter.evals.coverage import Covered, coverage
from charter.evals.drafts.draft import Ask, Kind
from charter.evals.suite import Suite
from charter.policy.policy import Policy
from charter.source import digest_of
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.raw_directive import origin_of, raw_directives
from charter.spec.spec import Example, Section, Strength
from charter.syntax.conversation import Message

MOST_CLAUSES = 12
"""Clauses of a section that are asked about, those tested least first."""
MOST_PARTNERS = 40
"""Clauses of other sections that one is weighed against."""
MOST_SAID = 2000
"""Characters of what an overlay says."""
_STRENGTHS = list(Strength)
_SPOKEN = ("system", "developer", "user")
"""Roles that can give an instruction."""

_T = TypeVar("_T")


def plan_asks(  # noqa: PLR0913 - what the choice depends on, by name
    suite: Suite,
    effective: Effective,
    policy: Policy,
    section_id: str,
    *,
    kinds: Sequence[Kind],
    each: int,
    seed: int,
) -> list[Ask]:
    """Plan requests for `each` drafts of every kind, spread over as many sources as there are.

    `suite` is of the spec that the drafts are for, drafts included; `effective` has overlays laid
    over it. Only clauses of the spec itself are tested, as its scenarios are compiled without
    overlays. A kind for which the section offers nothing (no example to vary) gets no request.
    Raises UnknownClause for an id that is no section of the spec, SpecError for one without rules
    that bind.
    """
    clauses = _by_need(suite, suite.spec.section(section_id))
    section = effective.spec.section(section_id)
    known = {clause.id for clause in section.clauses}
    clauses = [clause for clause in clauses if clause in known]
    if section.authority is None or not clauses:
        raise SpecError(
            f"section {section_id!r} has no rules that bind",
            hint="name a section with an authority and clauses",
        )
    planner = _Planner(effective, policy, section, clauses[:MOST_CLAUSES], seed)
    found: list[Ask] = []
    for kind in dict.fromkeys(kinds):
        makers = {
            Kind.VARIATION: planner.variations,
            Kind.CONFLICT: planner.conflicts,
            Kind.TRADEOFF: planner.tradeoffs,
        }
        found += _dealt(list(makers[kind]()), each)
    return found


def _dealt(candidates: list[Ask], wanted: int) -> list[Ask]:
    """Share a number of drafts out among the first candidates, as evenly as can be."""
    if not candidates:
        return []
    used = candidates[:wanted]
    least, more = divmod(wanted, len(used))
    counts = [least + (place < more) for place in range(len(used))]
    return [replace(ask, count=count) for ask, count in zip(used, counts, strict=True)]


def _by_need(suite: Suite, section: Section) -> list[str]:
    """Return the clauses of a section, those with the fewest scenarios and drafts first."""
    known = {clause.id: clause for clause in coverage(suite).clauses}

    def need(id_: str, strength: Strength, place: int) -> tuple[int, int, int]:
        found: Covered | None = known.get(id_)
        tested = found.scenarios + found.drafts if found else 0
        return tested, _STRENGTHS.index(strength), place

    ranked = sorted(
        (need(clause.id, clause.strength, place), clause.id)
        for place, clause in enumerate(section.clauses)
    )
    return [clause for _, clause in ranked]


class _Planner:
    """Candidates for the requests of one section, the best first."""

    def __init__(
        self, effective: Effective, policy: Policy, section: Section, clauses: list[str], seed: int
    ) -> None:
        self._effective = effective
        self._policy = policy
        self._section = section
        self._clauses = clauses
        self._seed = seed

    def variations(self) -> Iterator[Ask]:
        """Vary each example that can be answered; without any, each scenario of the section."""
        spec = self._effective.spec
        pool: list[Example] = [e for e in self._section.examples if _varied(e.messages)]
        if not pool:
            pool = [
                scenario
                for group in spec.scenario_sets
                if group.section == self._section.id
                for scenario in group.scenarios
                if dict(scenario.attributes).get("status") != "draft" and scenario.messages
            ]
        for place, example in enumerate(self._shuffled(pool, key=lambda e: e.id)):
            yield Ask(
                kind=Kind.VARIATION,
                section=self._section.id,
                clause=self._clauses[place % len(self._clauses)],
                source=_source_of(example),
                count=0,
                example=example,
            )

    def conflicts(self) -> Iterator[Ask]:
        """Cross what overlays say with the user, then each clause with each level that speaks."""
        ladder = self._policy.ladder
        speakers = [(ladder.of_role(r), r) for r in _SPOKEN if ladder.rank(ladder.of_role(r))]
        if not speakers:
            return
        lowest = min(speakers, key=lambda pair: ladder.rank(pair[0]))
        for number, (said, role) in enumerate(self._said()):
            if role != lowest[1]:
                clause = self._clauses[number % len(self._clauses)]
                source = f"{clause}:overlay:{digest_of(said)[7:15]}"
                yield self._conflict(clause, source, lowest, said=said, said_by=role)
        turns = {clause: self._shuffled(speakers, key=str, salt=clause) for clause in self._clauses}
        for turn in range(len(speakers)):
            for clause in self._clauses:
                speaker = turns[clause][turn]
                yield self._conflict(clause, f"{clause}:{speaker[0]}", speaker)

    def _conflict(
        self,
        clause: str,
        source: str,
        speaker: tuple[str, str],
        *,
        said: str = "",
        said_by: str = "",
    ) -> Ask:
        return Ask(
            kind=Kind.CONFLICT,
            section=self._section.id,
            clause=clause,
            source=source,
            count=0,
            speaker=speaker[0],
            role=speaker[1],
            said=said,
            said_by=said_by,
        )

    def tradeoffs(self) -> Iterator[Ask]:
        """Weigh clauses against clauses of sections that are linked, then of any other."""
        partners = self._partners()
        for turn, other in enumerate(partners):
            clause = self._clauses[turn % len(self._clauses)]
            yield Ask(
                kind=Kind.TRADEOFF,
                section=self._section.id,
                clause=clause,
                source=f"{clause}:{other}",
                count=0,
                other=other,
            )

    def _partners(self) -> list[str]:
        spec, mine = self._effective.spec, self._section.id
        linked = {r.target for r in spec.references if r.section == mine}
        linked |= {r.section for r in spec.references if r.target == mine and r.section}
        near: list[str] = []
        far: list[str] = []
        for section in spec.sections:
            if section.authority is None or section.id == mine or not section.clauses:
                continue
            strong = min(section.clauses, key=lambda clause: _STRENGTHS.index(clause.strength))
            (near if section.id in linked else far).append(strong.id)
        ordered = [*self._shuffled(near, key=str), *self._shuffled(far, key=str)]
        return ordered[:MOST_PARTNERS]

    def _said(self) -> Iterator[tuple[str, str]]:
        """Yield what overlays say about the section, with the role that speaks at their level."""
        origins, layers = self._effective.origins, self._effective.layers
        for clause in self._section.clauses:
            role = self._role_of(layers[origins.get(clause.id, 0)].level)
            if role is not None:
                yield clause.text[:MOST_SAID], role
        wanted = {self._section.id, *(clause.id for clause in self._section.clauses)}
        for section in self._effective.spec.sections:
            for raw in raw_directives(section):
                role = self._role_of(layers[origins.get(origin_of(raw), 0)].level)
                if role is not None and wanted & {*raw.relaxed, *raw.kept}:
                    what = "set aside" if wanted & {*raw.relaxed} else "hold, whoever objects,"
                    told = " ".join(clause.text for clause in section.clauses)
                    yield f"{what} the rules of {self._section.id}. {told}"[:MOST_SAID], role

    def _role_of(self, level: str | None) -> str | None:
        if level is None:
            return None
        ladder = self._policy.ladder
        roles = ladder.level(level).roles if level in ladder.ranks else ()
        return next((role for role in roles if role in _SPOKEN), None)

    def _shuffled(
        self, items: Sequence[_T], *, key: Callable[[_T], str], salt: str = ""
    ) -> list[_T]:
        """Return items in an order that the seed decides, the same everywhere."""
        return sorted(items, key=lambda item: digest_of(f"{self._seed}/{salt}/{key(item)}"))


def _varied(messages: Sequence[Message]) -> bool:
    """Whether a conversation ends with something to answer."""
    return bool(messages) and messages[-1].role != "assistant"


def _source_of(example: Example) -> str:
    """Return the id of an example as an attribute can hold it; a scenario's without its file."""
    name = example.id.removeprefix("scenario/")
    plain = name.isascii() and name.isprintable() and not set(name) & set(" {}=")
    return name if plain else digest_of(name)[7:17]
