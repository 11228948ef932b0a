"""The permanent page of a section: its text as of the newest version that has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from charter.publish import address
from charter.publish.edition import Edition
from charter.publish.fragment import Fragment
from charter.publish.machine import article
from charter.publish.placing import Frame, placed
from charter.publish.site import Choice, Site
from charter.spec.spec import Clause, Section


class Gone(NamedTuple):
    """A clause of an earlier version."""

    clause: Clause
    label: str
    """The last version that has it."""
    heir: str | None
    """The id of the clause that took its place."""
    page: str | None
    """The permanent page on which that stands."""


def section_pages(
    site: Site,
    made: Mapping[str, Mapping[str, Fragment]],
    annexes: Mapping[str, Sequence[Markup]] | None = None,
) -> Iterator[tuple[str, str]]:
    """Yield address and HTML of every section of any version.

    `made` holds the fragments by version slug; `annexes`, what else is shown below a section,
    such as its history, by its id.
    """
    for wanted in site.slugs:
        having = [each for each in site.editions if wanted in each.part_of]
        page = site.section_page(wanted)
        if page is not None and having:
            shown = (annexes or {}).get(wanted, ())
            yield page, _page(site, made, wanted, having, shown)


def _page(
    site: Site,
    made: Mapping[str, Mapping[str, Fragment]],
    wanted: str,
    having: Sequence[Edition],
    annexes: Sequence[Markup],
) -> str:
    edition, page = having[-1], address.section(site.slugs[wanted])
    section = edition.spec.index[wanted]
    version = None if edition is site.newest else edition.slug
    frame = Frame(site, edition, page, version, frozenset({wanted}), to_permanent=True)
    heir = site.heirs.get(wanted)
    return site.page(
        "permanent.html.j2",
        page,
        title=section.title,
        about=article(site, page, section.title, edition),
        description=f"{section.title}: a section of {site.title}, and where it stood.",
        edition=edition,
        section=section,
        above=_above(edition, section),
        version=version,
        gone=edition is not site.newest,
        heir=heir if heir in site.slugs else None,
        places=_places(site, wanted),
        clauses=_gone(site, wanted, having),
        text=placed(frame, [section], made[edition.slug], unfold="all")[0],
        annexes=annexes,
    )


def _above(edition: Edition, section: Section) -> list[Section]:
    """Return the sections that it stands under, the highest first."""
    found: list[Section] = []
    above = section.parent
    while above is not None and len(found) < 8:
        found.append(edition.spec.index[above])
        above = found[-1].parent
    return found[::-1]


def _places(site: Site, wanted: str) -> list[Choice]:
    """Return every version, newest first: where the text stands in those that have the section."""
    places = []
    for each in reversed(site.editions):
        part = each.part_of.get(wanted)
        version = None if each is site.newest else each.slug
        page = address.part(part, version) if part is not None else ""
        places.append(Choice(each.label, page, bool(page)))
    return places


def _gone(site: Site, wanted: str, having: Sequence[Edition]) -> list[Gone]:
    """Return clauses that stood in the section before, and do not in the version shown."""
    left = {clause.id for clause in having[-1].spec.index[wanted].clauses}
    found: dict[str, Gone] = {}
    for edition in reversed(having[:-1]):
        for clause in edition.spec.index[wanted].clauses:
            if clause.id not in left and clause.id not in found:
                heir = site.heirs.get(clause.id)
                page = site.section_page(heir.partition("/")[0]) if heir else None
                found[clause.id] = Gone(clause, edition.label, heir, page)
    return list(found.values())
