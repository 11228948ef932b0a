"""The pages of a version that follow its text: one for each part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from charter.publish import address
from charter.publish.contents import contents
from charter.publish.edition import Edition, Part
from charter.publish.fragment import Fragment
from charter.publish.machine import article
from charter.publish.placing import Beside, Frame, placed
from charter.publish.site import Choice, Site, choices


def part_pages(
    site: Site,
    edition: Edition,
    made: Mapping[str, Fragment],
    version: str | None,
    beside: Beside | None = None,
) -> Iterator[tuple[str, str]]:
    """Yield address and HTML of each part; `version` is None at the root of the site.

    `beside` tells what else is said of a section.
    """
    tree = contents(edition)
    for at, part in enumerate(edition.parts):
        page = address.part(part.slug, version)
        here = {section.id for section in part.sections}
        frame = Frame(site, edition, page, version, here=frozenset(here), beside=beside)
        yield (
            page,
            site.page(
                "part.html.j2",
                page,
                title=part.title,
                about=article(site, page, part.title, edition),
                canonical=address.part(part.slug) if edition is site.newest else page,
                description=f"{part.title}: part {at + 1} of {len(edition.parts)} of {site.title}.",
                choices=_choices(site, edition, part),
                edition=edition,
                version=version,
                part=part,
                tree=tree,
                tags=sorted({tag for section in part.sections for tag in section.tags}),
                levels=levels(edition, part),
                measured=beside is not None,
                sections=placed(frame, part.sections, made, unfold="first"),
                before=edition.parts[at - 1] if at else None,
                after=edition.parts[at + 1] if at + 1 < len(edition.parts) else None,
            ),
        )


def levels(edition: Edition, *parts: Part) -> list[str]:
    """Return the levels that occur in parts, highest first."""
    found = {s.authority for part in parts for s in part.sections if s.authority}
    return sorted(found, key=lambda name: (-edition.policy.ladder.rank(name), name))


def _choices(site: Site, edition: Edition, part: Part) -> tuple[Choice, ...]:
    pages = []
    for each in site.editions:
        version = None if each is site.newest else each.slug
        has = any(one.slug == part.slug for one in each.parts)
        pages.append(address.part(part.slug, version) if has else address.home(version))
    return choices(site, edition, pages)
