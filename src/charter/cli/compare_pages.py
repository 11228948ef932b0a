"""Comparison of specs -> pages in a folder: an overview, a page for each part, what stands alone.

A page holds a part of the first spec and not one pair: pairs are short, and are read among their
neighbours. All words of the specs are hostile: Markdown is made HTML as in published sites, and
everything else is escaped. No page holds style or script of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from charter.cli.compare_page import Bar, bar, reasons
from charter.cli.compare_rungs import policies_of, rungs, standing_of
from charter.cli.page import environment
from charter.compare.align import BY_TITLE, STRUCTURE
from charter.compare.beside import labels
from charter.compare.comparison import LIMITS, Comparison, Row, Side
from charter.compare.export import export_comparison
from charter.errors import ConfigError
from charter.policy.policy import Policy
from charter.publish.edition import slug_of, unique
from charter.publish.prose import Words, rendered_inline
from charter.publish.site import assets
from charter.publish.standing import Standing
from charter.publish.write import MANIFEST, Written, write_site
from charter.spec.spec import AUTHORITIES, Section

HOME = "index.html"
ALONE = "only.html"
DATA = "comparison.json"
STYLE = "assets/compare.css"
_ASSETS = ("assets/site.css", "assets/site.js", "assets/theme.js", "assets/mark.svg")
MAX_CLAUSES = 300
"""Of one section; more are counted."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A clause."""

    strength: str
    words: Markup


@dataclass(frozen=True, slots=True)
class Cell:
    """A section as it stands in a row."""

    section: Section
    anchor: str
    authority: str | None
    standing: Standing | None
    """Who may set it aside; None where nothing is stated."""
    rules: tuple[Rule, ...]
    more: int
    """Clauses that are not shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with its cells, one for each spec."""

    row: Row
    anchor: str
    cells: tuple[Cell | None, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the first spec: a page."""

    title: str
    page: str
    bars: tuple[Bar, ...]
    rows: tuple[Row, ...]
    """Those that more than one has."""
    alone: tuple[tuple[Row, ...], ...]
    """By side."""


@dataclass(slots=True)
class _Book:
    """What all pages share."""

    comparison: Comparison
    names: tuple[str, ...]
    policies: tuple[Policy, ...]
    anchors: tuple[Mapping[str, str], ...]
    """Of sections, by side."""
    parts: tuple[Part, ...] = ()
    places: dict[tuple[int, str], str] = field(default_factory=dict)
    """The page on which each section of each side stands."""

    def entry(self, row: Row) -> Entry:
        """Return a row, ready to be shown."""
        cells = tuple(
            None if member is None else self.cell(at, member)
            for at, member in enumerate(row.sections)
        )
        anchor = next(cell.anchor for cell in cells if cell is not None)
        return Entry(row, f"row-{anchor}", cells, reasons(self.comparison, row))

    def cell(self, at: int, section_id: str) -> Cell:
        """Return a section with its clauses as HTML."""
        side = self.comparison.sides[at]
        section = side.spec.index[section_id]
        authority = side.authorities.get(section_id)
        words = Words(title=partial(_title, side), link=partial(self.link, at))
        shown = section.clauses[:MAX_CLAUSES]
        return Cell(
            section,
            self.anchors[at][section_id],
            authority,
            standing_of(self.policies[at], authority),
            tuple(Rule(each.strength.value, rendered_inline(each.text, words)) for each in shown),
            len(section.clauses) - len(shown),
        )

    def link(self, at: int, section_id: str) -> str | None:
        """Return where a section of a side stands."""
        page = self.places.get((at, section_id))
        return None if page is None else f"{page}#{self.anchors[at][section_id]}"


def write_pages(folder: Path, comparison: Comparison) -> Written:
    """Write the pages. Raises ConfigError where the folder holds something else, StorageError."""
    _check(folder)
    return write_site(folder, files(comparison))


def files(comparison: Comparison) -> Iterator[tuple[str, bytes]]:
    """Yield address and bytes of every file. The same comparison gives the same bytes."""
    book = _book(comparison)
    made = _environment()
    draw = partial(_draw, made, book)
    yield HOME, draw("compare_home.html.j2", HOME, **_overview(book))
    for at, part in enumerate(book.parts):
        yield (
            part.page,
            draw(
                "compare_part.html.j2",
                part.page,
                part=part,
                entries=[book.entry(row) for row in part.rows],
                alone=[[_listed(book, row) for row in rows] for rows in part.alone],
                before=book.parts[at - 1] if at else None,
                after=book.parts[at + 1] if at + 1 < len(book.parts) else None,
            ),
        )
    alone = [
        [[book.entry(row) for row in rows] for rows in (comparison.only(at), comparison.beside(at))]
        for at in range(len(comparison.sides))
    ]
    yield ALONE, draw("compare_only.html.j2", ALONE, alone=alone)
    exported = json.dumps(export_comparison(comparison), indent=1, allow_nan=False)
    yield DATA, f"{exported}\n".encode("ascii")
    yield STYLE, made.get_template("compare_pages.css.j2").render().encode()
    found = assets()
    for name in _ASSETS:
        yield name, found[name]


def _check(folder: Path) -> None:
    """Leave a site that is no comparison alone: it has a manifest as ours have."""
    try:
        listed = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return  # `write_site` says what is wrong
    if listed and DATA not in listed:
        raise ConfigError(
            f"{folder} holds a site that is no comparison",
            hint="name an empty or a new folder; nothing was changed",
        )


def _book(comparison: Comparison) -> _Book:
    specs = [side.spec for side in comparison.sides]
    anchors = []
    for at, spec in enumerate(specs, start=1):
        slugs = unique([slug_of(section.id) for section in spec.sections])
        ids = (section.id for section in spec.sections)
        anchors.append(dict(zip(ids, (f"s{at}-{slug}" for slug in slugs), strict=True)))
    book = _Book(
        comparison,
        labels(specs),
        policies_of(comparison),
        tuple(anchors),
    )
    book.parts = tuple(_parts(comparison))
    for row in comparison.rows:
        page = book.parts[row.part].page if len(row.sides) > 1 else ALONE
        for at, member in enumerate(row.sections):
            if member is not None:
                book.places[at, member] = page
    return book


def _parts(comparison: Comparison) -> Iterator[Part]:
    slugs = unique([slug_of(topic.id or topic.title) for topic in comparison.topics])
    for at, (topic, slug) in enumerate(zip(comparison.topics, slugs, strict=True)):
        rows = [row for row in comparison.rows if row.part == at]
        yield Part(
            topic.title,
            f"part-{slug}.html",
            tuple(bar(each) for each in topic.profiles),
            tuple(row for row in rows if len(row.sides) > 1),
            tuple(
                tuple(row for row in rows if row.sides == (side,))
                for side in range(len(comparison.sides))
            ),
        )


def _listed(book: _Book, row: Row) -> tuple[Section, str, tuple[str, ...]]:
    """Return a section that stands alone, where it is shown, and what is nearest to it."""
    at = row.sides[0]
    member = row.sections[at] or ""
    section = book.comparison.sides[at].spec.index[member]
    return section, book.link(at, member) or "", reasons(book.comparison, row)


def _overview(book: _Book) -> dict[str, object]:
    comparison = book.comparison
    return {
        "bars": [bar(side.profile) for side in comparison.sides],
        "rungs": rungs(comparison, book.policies),
        "unstated": [len(side.spec.sections) - len(side.authorities) for side in comparison.sides],
        "differing": [(book.entry(row), book.parts[row.part]) for row in comparison.differing()],
        "common": len(comparison.common()),
        "shared": len(comparison.shared()),
        "only": [len(comparison.only(at)) for at in range(len(comparison.sides))],
        "beside": [len(comparison.beside(at)) for at in range(len(comparison.sides))],
        "limits": LIMITS,
        "weights": (1.0 - STRUCTURE, STRUCTURE),
        "least": (comparison.least, max(comparison.least, BY_TITLE)),
    }


def _title(side: Side, section_id: str) -> str | None:
    found = side.spec.index.get(section_id)
    return None if found is None else found.title


def _draw(made: Environment, book: _Book, template: str, page: str, **values: object) -> bytes:
    sides: Sequence[Side] = book.comparison.sides
    text = made.get_template(template).render(
        book=book,
        names=book.names,
        sides=sides,
        comparison=book.comparison,
        page=page,
        title=" · ".join(dict.fromkeys(side.spec.title for side in sides)),
        alone_page=ALONE,
        home_page=HOME,
        data_page=DATA,
        **values,
    )
    return text.encode("utf-8", "replace")


def _environment() -> Environment:
    return environment(authorities=AUTHORITIES)
