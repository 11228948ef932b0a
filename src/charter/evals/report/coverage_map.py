"""Coverage -> a map of one square for each clause, and the same as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from charter.evals.coverage import Cover, Coverage, Covered, SectionCover
from charter.evals.report.beside import Covering
from charter.evals.report.wording import percent, plural

MOST = 9
"""Scenarios that a square counts up to."""
COVER_WORDS = {
    Cover.NONE: "none",
    Cover.ONE: "one",
    Cover.SOME: "two or three",
    Cover.ENOUGH: "four or more",
}


@dataclass(frozen=True, slots=True)
class Square:
    """One clause."""

    clause: Covered
    mark: str
    """How many scenarios it has: the colour says no more than this."""
    text: str
    """In words."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The squares of one section."""

    section: SectionCover
    squares: tuple[Square, ...]
    counts: Mapping[Cover, int]


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """Everything that the map and its table need."""

    strips: tuple[Strip, ...]
    """Sections with clauses, in document order."""
    counts: Mapping[Cover, int]
    untested: tuple[Covered, ...]
    sentence: str
    other: str | None
    """Said when the coverage is of another text than the run was measured against."""


def coverage_map(covering: Covering, *, measured: str) -> CoverageMap:
    """Lay out the clauses by section; `measured` is the digest of the run's spec."""
    coverage, digest = covering.coverage, covering.spec.digest
    strips = tuple(_strip(section) for section in coverage.sections if section.clauses)
    clauses = coverage.clauses
    untested = tuple(clause for clause in clauses if clause.cover is Cover.NONE)
    other = None
    if digest != measured:
        other = (
            f"This coverage is of the spec given ({digest[:19]}), not of the text that the run was "
            f"measured against ({measured[:19]})."
        )
    return CoverageMap(strips, coverage.counts, untested, _sentence(coverage), other)


def _strip(section: SectionCover) -> Strip:
    counts = {cover: sum(c.cover is cover for c in section.clauses) for cover in Cover}
    return Strip(section, tuple(_square(clause) for clause in section.clauses), counts)


def _square(clause: Covered) -> Square:
    count = clause.scenarios
    drafts = f", {plural(clause.drafts, 'draft')} that count for nothing" if clause.drafts else ""
    return Square(
        clause=clause,
        mark=str(count) if count <= MOST else f"{MOST}+",
        text=f"{clause.id}: {plural(count, 'scenario')}{drafts}",
    )


def _sentence(coverage: Coverage) -> str:
    total, counts = len(coverage.clauses), coverage.counts
    if not total:
        return "The spec has no clause that binds."
    tested = total - counts[Cover.NONE]
    return (
        f"{tested} of {plural(total, 'clause')} that bind ({percent(tested / total)}) have a "
        f"scenario; {counts[Cover.ENOUGH]} have four or more, the least for which a share is "
        "stated. This counts the whole suite, so it is no estimate; it does not say whether the "
        "scenarios are good ones."
    )
