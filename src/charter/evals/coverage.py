"""Spec and its scenarios -> which clauses are tested, and how well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from charter.evals.scenario import Scenario
from charter.evals.suite import Suite
from charter.spec.spec import Strength

ENOUGH = 4
"""Scenarios from which a share is stated; see `evals.result.ENOUGH`."""


class Cover(StrEnum):
    """How well a clause is tested."""

    NONE = "none"
    ONE = "one"
    SOME = "some"
    """More than one, and too few to state a share."""
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Covered:
    """One clause and the scenarios that name it."""

    id: str
    section: str
    authority: str | None
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
    clauses: tuple[Covered, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a suite tests of its spec."""

    sections: tuple[SectionCover, ...]
    """Those that bind, in document order."""

    @property
    def clauses(self) -> tuple[Covered, ...]:
        """Every clause of a section that binds."""
        return tuple(clause for section in self.sections for clause in section.clauses)

    @property
    def counts(self) -> Mapping[Cover, int]:
        """Clauses by how well they are tested."""
        found = Counter(clause.cover for clause in self.clauses)
        return {cover: found[cover] for cover in Cover}


def coverage(suite: Suite) -> Coverage:
    """Count what a suite tests; compile it with `drafts=True` to have drafts counted apart."""
    by_clause: dict[str, list[Scenario]] = {}
    by_section: dict[str, list[Scenario]] = {}
    for scenario in suite.scenarios:
        by_section.setdefault(scenario.section, []).append(scenario)
        if scenario.clause is not None:
            by_clause.setdefault(scenario.clause, []).append(scenario)
    sections = []
    for section in suite.spec.sections:
        if section.authority is None:
            continue
        mine = [s for s in by_section.get(section.id, ()) if not s.draft]
        clauses = tuple(
            _covered(clause.id, section.id, section.authority, clause.strength, clause.text, found)
            for clause in section.clauses
            for found in (by_clause.get(clause.id, []),)
        )
        unnamed = sum(s.clause is None for s in mine)
        sections.append(
            SectionCover(section.id, section.title, section.authority, len(mine), unnamed, clauses)
        )
    return Coverage(tuple(sections))


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
