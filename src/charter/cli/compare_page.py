"""Comparison of specs -> one self-contained HTML page: no request to anywhere.

All words of the specs are hostile: templates escape them, and hidden characters are made visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from jinja2 import Environment

from charter.cli.compare_rungs import policies_of, standing_of
from charter.cli.compare_screen import parts_of, verdict
from charter.cli.page import environment, render
from charter.compare.beside import labels
from charter.compare.comparison import LIMITS, Comparison, Row, Side
from charter.compare.profile import Profile
from charter.policy.policy import Policy
from charter.publish.standing import Standing
from charter.spec.spec import AUTHORITIES, Clause, Section

MAX_CLAUSES = 60
"""Of one section; more are counted."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A section in a row."""

    section: Section
    authority: str | None
    standing: Standing | None
    """Who may set it aside; None where nothing is stated."""
    clauses: tuple[Clause, ...]
    more: int
    """Clauses that are not shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its cells, one for each spec."""

    row: Row
    cells: tuple[Cell | None, ...]
    reasons: tuple[str, ...]
    """How near what stands in it is, or what is nearest to what stands alone; in words."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What a spec forbids, demands and permits, in hundredths of its clauses."""

    profile: Profile
    forbids: float
    demands: float
    permits: float


def page(comparison: Comparison) -> str:
    """Return the comparison as HTML."""
    names = labels([side.spec for side in comparison.sides])
    line = partial(_line, comparison, policies_of(comparison))
    return render(
        _environment(),
        "compare.html.j2",
        styles=("compare.css.j2",),
        title=" \u00b7 ".join(side.spec.title for side in comparison.sides),
        names=names,
        sides=comparison.sides,
        bars=[bar(side.profile) for side in comparison.sides],
        topics=comparison.topics,
        shared=[line(row) for row in comparison.shared()],
        differing=len(comparison.differing()),
        common=len(comparison.common()),
        alone=[[line(row) for row in comparison.only(at)] for at in range(len(comparison.sides))],
        beside=[
            [line(row) for row in comparison.beside(at)] for at in range(len(comparison.sides))
        ],
        method=comparison.method,
        limits=LIMITS,
    )


def reasons(comparison: Comparison, row: Row) -> tuple[str, ...]:
    """Return why the sections of a row stand side by side, or why one stands alone, in words."""
    names = labels([side.spec for side in comparison.sides])
    several = len(names) > 2
    made = []
    for join in row.joins:
        whose = f"{names[join.first]} and {names[join.second]}: " if several else ""
        people = "matched by people; " if join.pair.by == "people" else ""
        figure = f"{people}score {join.pair.likeness.score:.2f}"
        made.append(f"{whose}{figure} ({parts_of(join.pair.likeness)})")
    for other, near in enumerate(row.nearest):
        if near is not None:
            title = comparison.sides[other].spec.index[near.section].title
            whose = f" of {names[other]}" if several else ""
            why = verdict(comparison, row, other)
            made.append(f"nearest{whose}: {title}, {near.likeness.meaning:.2f}, {why}")
    return tuple(made)


def _line(comparison: Comparison, policies: Sequence[Policy], row: Row) -> Line:
    return Line(
        row,
        tuple(
            None if member is None else _cell(comparison.sides[at], policies[at], member)
            for at, member in enumerate(row.sections)
        ),
        reasons(comparison, row),
    )


def _cell(side: Side, policy: Policy, section_id: str) -> Cell:
    section = side.spec.index[section_id]
    authority = side.authorities.get(section_id)
    return Cell(
        section,
        authority,
        standing_of(policy, authority),
        section.clauses[:MAX_CLAUSES],
        max(0, len(section.clauses) - MAX_CLAUSES),
    )


def bar(profile: Profile) -> Bar:
    """Return what a spec forbids, demands and permits, in hundredths."""
    whole = max(1, profile.clauses)
    forbids, permits = 100 * profile.forbids / whole, 100 * profile.permissions / whole
    return Bar(profile, forbids, 100 * profile.demands / whole, permits)


@cache
def _environment() -> Environment:
    return environment(authorities=AUTHORITIES)
