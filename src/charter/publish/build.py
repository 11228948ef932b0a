"""A site -> all of its pages of text: home, parts, the full text, permanent pages, assets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from charter.publish import address
from charter.publish.fragment import Fragment, fragments
from charter.publish.kept import Keep, nowhere
from charter.publish.pages.home import home_page
from charter.publish.pages.part import part_pages
from charter.publish.pages.section import section_pages
from charter.publish.pages.whole import whole_page
from charter.publish.placing import Beside
from charter.publish.site import Site, assets

Made = Mapping[str, Mapping[str, Fragment]]
"""The sections of each version, by its slug."""


def draw(site: Site, keep: Keep = nowhere) -> Made:
    """Return the sections of every version, each drawn once, or never where `keep` has them."""
    return {each.slug: fragments(site, each, keep) for each in site.editions}


def pages(
    site: Site,
    made: Made,
    annexes: Mapping[str, Sequence[Markup]] | None = None,
    beside: Beside | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Yield address and bytes of every page of text.

    `annexes` as in `section_pages`, `beside` as in `part_pages`.
    """
    yield from assets().items()
    for address_, html in _pages(site, made, annexes, beside):
        yield address_, html.encode("utf-8", "replace")


def _pages(
    site: Site,
    made: Made,
    annexes: Mapping[str, Sequence[Markup]] | None,
    beside: Beside | None,
) -> Iterator[tuple[str, str]]:
    for edition in site.editions:
        drawn = made[edition.slug]
        versions: list[str | None] = [edition.slug]
        if edition is site.newest:
            versions.append(None)
        for version in versions:
            yield home_page(site, edition, version)
            yield from part_pages(site, edition, drawn, version, beside)
            yield whole_page(site, edition, drawn, version, beside)
    yield from section_pages(site, made, annexes)
    if site.searchable:
        about = f"Search the whole text of {site.title}."
        yield (
            address.SEARCH,
            site.page("search.html.j2", address.SEARCH, title="Search", description=about),
        )
