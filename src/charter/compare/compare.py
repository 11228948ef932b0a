"""Specs -> Comparison. Deterministic: the same texts give the same figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from charter.compare.align import Corrections, Grid
from charter.compare.comparison import Comparison, Row, Side, Topic
from charter.compare.meaning import Meaning, Tables, meaning
from charter.compare.profile import profile
from charter.compare.rows import rows_of
from charter.errors import SpecError
from charter.spec.gather import RENAMED
from charter.spec.overlays.layer import layer
from charter.spec.spec import Clause, Section, Spec

MOST = 3
"""Specs side by side: more have no room beside each other."""
MOST_SECTIONS = 2_000
"""Of one spec; the largest published one has eighty."""
NO_PART = "No part"
"""Title of what belongs to no part, where the first spec has no section at all."""


def compare(
    specs: Sequence[Spec],
    *,
    authorities: Mapping[int, Mapping[str, str]] | None = None,
    corrections: Mapping[tuple[int, int], Corrections] | None = None,
    by: Meaning | None = None,
) -> Comparison:
    """Put two or three specs side by side.

    `authorities` gives sections of a spec, by its place, what its text does not state. Raises
    ValueError for another number of specs, SpecError for one with too many sections or with two
    of one id, and as `layer` does for one that is no base.
    """
    if not 2 <= len(specs) <= MOST:
        raise ValueError("a comparison is of two or three specs")
    for spec in specs:
        _check(spec)
    beside = authorities or {}
    sides = tuple(_side(spec, beside.get(at, {})) for at, spec in enumerate(specs))
    method = by or meaning()
    tables = method.tables(specs)
    said = corrections or {}
    grids = {
        at: Grid(specs[at[0]], specs[at[1]], table, method, said.get(at))
        for at, table in tables.items()
    }
    pairs = {at: grid.pairs() for at, grid in grids.items()}
    parts = _parts(specs[0])
    rows = rows_of(sides, grids, pairs, said, _belonging(specs, tables, parts))
    return Comparison(
        sides=sides,
        rows=rows,
        topics=tuple(_topics(sides, rows, parts)),
        pairs=MappingProxyType(pairs),
        method=method.name,
        least=method.least,
    )


def _check(spec: Spec) -> None:
    if len(spec.sections) > MOST_SECTIONS:
        raise SpecError(
            f"{spec.source.path} has {len(spec.sections):,} sections, and comparisons go up to "
            f"{MOST_SECTIONS:,}",
            hint="compare a part of it",
        )
    twice = [name for name, number in Counter(s.id for s in spec.sections).items() if number > 1]
    if twice:
        raise SpecError(
            f"{spec.source.path} has two sections with the id {twice[0]!r:.80}",
            hint="give each section an id of its own; `charter check` finds them all",
        )


def _side(spec: Spec, beside: Mapping[str, str]) -> Side:
    named = {s.id: RENAMED.get(s.authority, s.authority) for s in spec.sections if s.authority}
    own = dict(named)
    for section, authority in beside.items():
        if spec.has_section(section):
            own.setdefault(section, RENAMED.get(authority, authority))
    counted = profile(spec.clauses, frozenset(own))
    return Side(spec, layer(spec).ladder, MappingProxyType(own), bool(named), counted)


def _parts(spec: Spec) -> list[Section]:
    """Return the sections that a spec's parts begin with: its chapters, below one single title."""
    for depth in sorted({section.depth for section in spec.sections}):
        found = [section for section in spec.sections if section.depth <= depth]
        if len(found) > 1 or len(found) == len(spec.sections):
            return found
    return []


def _belonging(
    specs: Sequence[Spec], tables: Tables, parts: Sequence[Section]
) -> list[dict[str, int]]:
    """Return, for each spec, the place of the part of the first that each section is nearest to."""
    first = specs[0]
    begins = {section.id: at for at, section in enumerate(parts)}
    part, own = 0, []
    for section in first.sections:
        part = begins.get(section.id, part)
        own.append(part)
    made = [dict(zip((section.id for section in first.sections), own, strict=True))]
    for at, spec in enumerate(specs[1:], start=1):
        columns = list(zip(*tables[0, at], strict=True)) or [()] * len(spec.sections)
        made.append(
            {
                section.id: own[max(range(len(own)), key=lambda row: (column[row], -row))]
                if own
                else 0
                for section, column in zip(spec.sections, columns, strict=True)
            }
        )
    return made


def _topics(sides: Sequence[Side], rows: Sequence[Row], parts: Sequence[Section]) -> list[Topic]:
    """Count the clauses of each side by topic, in the order of the first spec."""
    titles = [(part.id, part.title) for part in parts] or [("", NO_PART)]
    held: list[list[list[Clause]]] = [[[] for _ in sides] for _ in titles]
    for row in rows:
        for place, member in enumerate(row.sections):
            if member is not None:
                held[row.part][place] += sides[place].spec.index[member].clauses
    binding = [frozenset(side.authorities) for side in sides]
    return [
        Topic(part, title, tuple(profile(own, binding[at]) for at, own in enumerate(lists)))
        for (part, title), lists in zip(titles, held, strict=True)
    ]
