"""Spec and its scenarios -> which clauses are tested, and how well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from charter.estimates.interval import ENOUGH
from charter.evals.scenario import Scenario
from charter.evals.suite import Suite
from charter.spec.spec import AUTHORITIES, Strength

_STRENGTHS = list(Strength)


class Cover(StrEnum):
    """How well a clause is tested."""

    NONE = "none"
    ONE = "one"
    SOME = "some"
    """More than one, and too few to state a share."""
    ENOUGH = "enough"


_COVERS = list(Cover)


@dataclass(frozen=True, slots=True)
class Covered:
    """One clause and the scenarios that name it."""

    id: str
    section: str
    authority: str
    strength: Strength
    text: str
    scenarios: int
    """Accepted ones, each source once: those made from one another are one piece of evidence."""
    judged: int
    """Of these, how many need a judge."""
    drafts: int

    @property
    def cover(self) -> Cover:
        """How well it is tested."""
        if self.scenarios == 0:
            return Cover.NONE
        if self.scenarios == 1:
            return Cover.ONE
        return Cover.ENOUGH if self.scenarios >= ENOUGH else Cover.SOME


@dataclass(frozen=True, slots=True)
class SectionCover:
    """One section that binds."""

    id: str
    title: str
    authority: str
    scenarios: int
    unnamed: int
    """Scenarios that test the section without naming a clause."""
    drafts: int
    clauses: tuple[Covered, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a suite tests of its spec."""

    sections: tuple[SectionCover, ...]
    """Those that bind, in document order."""
    ladder: tuple[str, ...]
    """Names of the levels of authority, highest first."""

    @property
    def clauses(self) -> tuple[Covered, ...]:
        """Every clause of a section that binds."""
        return tuple(clause for section in self.sections for clause in section.clauses)

    @property
    def counts(self) -> Mapping[Cover, int]:
        """Clauses by how well they are tested."""
        found = Counter(clause.cover for clause in self.clauses)
        return {cover: found[cover] for cover in Cover}

    def ranked(self, most: Cover = Cover.ENOUGH) -> tuple[Covered, ...]:
        """Return clauses by authority, strength and place; with `most`, none covered better."""
        known = [
            clause for clause in self.clauses if _COVERS.index(clause.cover) <= _COVERS.index(most)
        ]
        ranks = {name: place for place, name in enumerate(self.ladder)}
        return tuple(
            sorted(
                known,
                key=lambda clause: (
                    ranks.get(clause.authority, len(ranks)),
                    _STRENGTHS.index(clause.strength),
                ),
            )
        )

    def by_authority(self) -> tuple[tuple[str, tuple[Covered, ...]], ...]:
        """Return the clauses of each authority that has some, the highest first."""
        found: dict[str, list[Covered]] = {}
        for clause in self.ranked():
            found.setdefault(clause.authority, []).append(clause)
        return tuple((name, tuple(clauses)) for name, clauses in found.items())


def coverage(suite: Suite, ladder: tuple[str, ...] = AUTHORITIES) -> Coverage:
    """Count what a suite tests; compile it with `drafts=True` to have drafts counted apart.

    Scenarios for training measure nothing, and are not counted. `ladder` are the names of the
    spec's levels of authority, highest first.
    """
    by_clause: dict[str, list[Scenario]] = {}
    by_section: dict[str, list[Scenario]] = {}
    for scenario in suite.scenarios:
        if scenario.use == "train":
            continue
        by_section.setdefault(scenario.section, []).append(scenario)
        if scenario.clause is not None:
            by_clause.setdefault(scenario.clause, []).append(scenario)
    sections = []
    for section in suite.spec.sections:
        if section.authority is None:
            continue
        everything = by_section.get(section.id, [])
        mine = [s for s in everything if not s.draft]
        clauses = tuple(
            _covered(clause.id, section.id, section.authority, clause.strength, clause.text, found)
            for clause in section.clauses
            for found in (by_clause.get(clause.id, []),)
        )
        unnamed = sum(s.clause is None for s in mine)
        sections.append(
            SectionCover(
                id=section.id,
                title=section.title,
                authority=section.authority,
                scenarios=len(mine),
                unnamed=unnamed,
                drafts=len(everything) - len(mine),
                clauses=clauses,
            )
        )
    return Coverage(tuple(sections), ladder)


def _covered(  # noqa: PLR0913, PLR0917 - the parts of one clause
    clause: str,
    section: str,
    authority: str,
    strength: Strength,
    text: str,
    found: list[Scenario],
) -> Covered:
    accepted = [scenario for scenario in found if not scenario.draft]
    return Covered(
        id=clause,
        section=section,
        authority=authority,
        strength=strength,
        text=text,
        scenarios=len({scenario.cluster for scenario in accepted}),
        judged=sum(not scenario.decidable for scenario in accepted),
        drafts=len(found) - len(accepted),
    )
