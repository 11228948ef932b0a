"""Sections -> their HTML on one page: addresses as seen from there, headings in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from charter.publish import address
from charter.publish.edition import Edition
from charter.publish.fragment import Fragment
from charter.publish.site import Site
from charter.spec.spec import Section

Beside = Callable[[Edition, str, str], Markup]
"""What else is said of a section, by its version, its id and the page; may be nothing."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The page that sections are put into."""

    site: Site
    edition: Edition
    page: str
    version: str | None
    """The version that its address names; None for the newest at the root."""
    here: frozenset[str]
    """Ids of the sections on the page."""
    rank: int = 1
    """Of its highest heading."""
    to_permanent: bool = False
    """Whether references lead to permanent pages."""
    beside: Beside | None = None

    def address(self, wanted: str, *, permanent: bool) -> str:
        """Return the address of a section or clause as seen from the page."""
        # an id with a slash may be a section's own
        section = wanted if wanted in self.edition.part_of else wanted.partition("/")[0]
        if section in self.here and not permanent:
            return address.to(self.page, self.page, wanted)
        own = self.site.section_page(section)
        if (permanent or self.to_permanent) and own is not None:
            return address.to(self.page, own, wanted if section != wanted else "")
        part = self.edition.part_of[section]
        return address.to(self.page, address.part(part, self.version), wanted)


def placed(
    frame: Frame, sections: Sequence[Section], made: Mapping[str, Fragment], *, unfold: str
) -> list[Markup]:
    """Return sections as they stand on a page. Ranks of headings leave none out."""
    found, seen = [], set()
    top = min(section.depth for section in sections)
    last = frame.rank - 1
    for section in sections:
        if section.id in seen:
            continue  # the first of two with one id is the one that is published
        seen.add(section.id)
        last = min(section.depth - top + frame.rank, last + 1)
        shown = made[section.id].placed(frame.address, last, unfold)
        if frame.beside is not None:
            shown += frame.beside(frame.edition, section.id, frame.page)
        found.append(shown)
    return found
