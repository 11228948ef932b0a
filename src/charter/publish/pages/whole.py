"""Everything on one page."""

from __future__ import annotations

from collections.abc import Mapping

from charter.publish import address
from charter.publish.contents import contents
from charter.publish.edition import Edition
from charter.publish.fragment import Fragment
from charter.publish.machine import article
from charter.publish.pages.part import levels
from charter.publish.placing import Beside, Frame, placed
from charter.publish.site import Site, choices


def whole_page(
    site: Site,
    edition: Edition,
    made: Mapping[str, Fragment],
    version: str | None,
    beside: Beside | None = None,
) -> tuple[str, str]:
    """Return address and HTML of the page with all parts of a version.

    `beside` tells what else is said of a section.
    """
    page = address.whole(version)
    sections = [section for part in edition.parts for section in part.sections]
    frame = Frame(site, edition, page, version, frozenset(edition.part_of), 2, beside=beside)
    pages = [address.whole(None if each is site.newest else each.slug) for each in site.editions]
    return page, site.page(
        "whole.html.j2",
        page,
        title="Full text",
        about=article(site, page, site.title, edition),
        canonical=address.whole() if edition is site.newest else page,
        description=f"The whole of {edition.title}, version {edition.label}, on one page.",
        choices=choices(site, edition, pages),
        edition=edition,
        version=version,
        part=None,
        tree=contents(edition),
        tags=sorted({tag for section in sections for tag in section.tags}),
        levels=levels(edition, *edition.parts),
        measured=beside is not None,
        sections=placed(frame, sections, made, unfold="none") if sections else [],
    )
