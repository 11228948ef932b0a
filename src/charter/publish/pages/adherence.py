"""How models keep to a spec: beside each section, and on a page that compares them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from markupsafe import Markup

from charter.publish import address
from charter.publish.adherence import Adherence, Cell, Found, Run, texts_of
from charter.publish.adherence_failures import Failures
from charter.publish.adherence_json import DATA, SCHEMA, as_json, schema
from charter.publish.adherence_plot import Drawn, drawn
from charter.publish.adherence_words import WORDS
from charter.publish.edition import Edition
from charter.publish.lineage import Lineage
from charter.publish.site import Link, Site
from charter.spec.spec import Clause, Section

LINK = Link(address.ADHERENCE, "Adherence")
SHORT = 160
"""Characters of a rule that head its figures."""


class Group(NamedTuple):
    """Several models on one thing."""

    title: str
    id: str
    """Of the clause; empty where it has no place of its own."""
    rows: tuple[Found, ...]


class Point(NamedTuple):
    """One model in one version."""

    cell: Cell | None
    bare: bool
    """Whether it was measured without the overlays of that version."""
    other: str | None
    """The id of the section there, where it is another one."""


class Line(NamedTuple):
    """One model over the versions."""

    model: str
    points: tuple[Point, ...]
    drawn: Drawn


class View(NamedTuple):
    """What stands beside a section."""

    section: Section
    version: str
    rows: tuple[Found, ...]
    measured: bool
    """Whether any model was measured on the section, in this version."""
    overlays: int
    """That the version has."""
    clauses: tuple[Group, ...]
    silent: int
    """Rules of the section that nobody measured one by one."""
    versions: tuple[str, ...]
    trend: tuple[Line, ...]
    """Empty where only one version was measured."""
    failures: tuple[tuple[Run, Failures], ...]
    ids: frozenset[str]
    """Rules that have a place on the permanent page."""


_NOWHERE = Point(None, bare=False, other=None)


def beside(  # noqa: PLR0913, PLR0917 - the last three are those of every such function
    site: Site,
    known: Adherence,
    lives: Lineage,
    edition: Edition,
    section_id: str,
    page: str,
) -> Markup:
    """Return the figures of a section for a page that shows many; empty without any to speak of.

    In the full text they are one line.
    """
    shown = _view(site, known, lives, edition, section_id)
    section = shown.section
    if not shown.rows or not (shown.measured or section.clauses or section.authority):
        return Markup("")
    whole = page in (address.whole(), address.whole(edition.slug))
    return _macro(site, "brief" if whole else "beside", page, shown)


def annexes(site: Site, known: Adherence, lives: Lineage) -> dict[str, Markup]:
    """Return what the permanent page of each section says of adherence, by its id."""
    found = {}
    for wanted in site.slugs:
        having = [each for each in site.editions if wanted in each.part_of]
        page = site.section_page(wanted)
        if page is None or not having:
            continue
        shown = _view(site, known, lives, having[-1], wanted)
        section = shown.section
        if shown.measured or shown.trend or (known.runs and (section.clauses or section.authority)):
            found[wanted] = _macro(site, "annex", page, shown)
    return found


def files(site: Site, known: Adherence) -> Iterator[tuple[str, str]]:
    """Yield the page that compares models, and all figures as JSON with its schema, by address."""
    yield address.ADHERENCE, overview(site, known)
    yield DATA, as_json(site, known)
    yield SCHEMA, json.dumps(schema(), indent=1) + "\n"


def overview(site: Site, known: Adherence) -> str:
    """Return the page that compares models: on the newest version that was measured."""
    measured = [each for each in site.editions if known.measured(texts_of(each))]
    edition = measured[-1] if measured else site.newest
    texts = texts_of(edition)
    whole = known.of_whole(texts)
    sections = _sections(edition, known)
    cells = [*whole, *(row for _, group in sections for row in group.rows)]
    return site.page(
        "adherence.html.j2",
        address.ADHERENCE,
        title="How models keep to it",
        description=f"How well {len(whole)} models keep to {site.title}, section by section.",
        edition=edition,
        newest=edition is site.newest,
        runs=_runs(cells),
        whole=whole,
        doubted=sorted({row.run.model for row in cells if row.cell and row.run.uncalibrated}),
        bare=any(row.bare and row.cell for row in cells),
        overlays=len(edition.texts) - 1,
        levels=_levels(edition, known),
        sections=sections,
        own=site.section_page,
        versions=tuple(each.label for each in site.editions),
        trend=_trend_of_whole(site, known) if len(measured) > 1 else (),
        data=DATA,
        words=WORDS,
    )


def _macro(site: Site, name: str, page: str, shown: View) -> Markup:
    module: Any = site.templates.get_template("adherence_section.html.j2").module
    to = partial(address.to, page)
    own = site.section_page
    made = getattr(module, name)(shown, WORDS, own, to, lambda id_: to(own(id_) or page))
    return Markup(made)  # noqa: S704 - escaped there


def _view(site: Site, known: Adherence, lives: Lineage, edition: Edition, section_id: str) -> View:
    texts, section = texts_of(edition), edition.spec.index[section_id]
    rows = known.of_section(texts, section_id)
    groups = [_clause(known, texts, clause) for clause in section.clauses]
    clauses = tuple(each for each in groups if any(row.cell for row in each.rows))
    trend = _trend(site, known, lives, edition, section_id)
    own = site.editions.index(edition)
    elsewhere = any(
        point.cell for line in trend for at, point in enumerate(line.points) if at != own
    )
    return View(
        section,
        edition.label,
        rows,
        any(row.cell for row in rows),
        len(edition.texts) - 1,
        clauses,
        len(groups) - len(clauses),
        tuple(each.label for each in site.editions),
        trend if elsewhere else (),
        tuple((r.run, r.run.failures[section_id]) for r in rows if section_id in r.run.failures),
        frozenset(clause.id for clause in section.clauses),
    )


def _clause(known: Adherence, texts: Sequence[str], clause: Clause) -> Group:
    text = clause.text if len(clause.text) <= SHORT else f"{clause.text[:SHORT]}\u2026"
    return Group(text, clause.id, known.of_clause(texts, clause.id))


def _trend(
    site: Site, known: Adherence, lives: Lineage, edition: Edition, section_id: str
) -> tuple[Line, ...]:
    """Return each model over all versions in one section, under whatever id it stands there."""
    place = site.editions.index(edition)
    columns = []
    for at, each in enumerate(site.editions):
        there = lives.at(section_id, place, at)
        rows = known.of_section(texts_of(each), there) if there is not None else ()
        other = there if there != section_id else None
        columns.append({row.run.model: Point(row.cell, row.bare, other) for row in rows})
    return _lines(known, columns)


def _trend_of_whole(site: Site, known: Adherence) -> tuple[Line, ...]:
    """Return each model over all versions on the whole."""
    return _lines(
        known,
        [
            {row.run.model: Point(row.cell, row.bare, None) for row in known.of_whole(texts)}
            for texts in map(texts_of, site.editions)
        ],
    )


def _lines(known: Adherence, columns: Sequence[Mapping[str, Point]]) -> tuple[Line, ...]:
    lines = []
    for model in known.models:
        points = tuple(column.get(model, _NOWHERE) for column in columns)
        if any(point.cell for point in points):
            shares = [point.cell.adherence.share if point.cell else None for point in points]
            lines.append(Line(model, points, drawn(shares)))
    return tuple(lines)


def _levels(edition: Edition, known: Adherence) -> tuple[Group, ...]:
    """Return the levels that were measured, the highest first, what has none last."""
    ladder = [level.name for level in edition.policy.ladder.levels]
    texts = texts_of(edition)
    runs = [row.run for row in known.of_whole(texts)]
    found = dict.fromkeys(name for run in runs for name in run.authorities)
    names = sorted(found, key=lambda n: (ladder.index(n) if n in ladder else len(ladder), n))
    return tuple(Group(name, "", known.of_level(texts, name)) for name in names)


def _sections(edition: Edition, known: Adherence) -> tuple[tuple[Section, Group], ...]:
    """Return every section that has rules or was measured, in the order of the text."""
    found: dict[str, tuple[Section, Group]] = {}
    for part in edition.parts:
        for section in part.sections:
            rows = known.of_section(texts_of(edition), section.id)
            if section.clauses or section.authority or any(row.cell for row in rows):
                found.setdefault(section.id, (section, Group(section.title, "", rows)))
    return tuple(found.values())


def _runs(rows: Iterable[Found]) -> tuple[Run, ...]:
    """Return the runs that rows speak of, by model, the newest first."""
    named = {row.run.id: row.run for row in rows}
    newest = sorted(named.values(), key=lambda run: (run.at, run.id), reverse=True)
    return tuple(sorted(newest, key=lambda run: run.model))
