"""How large a spec may be to be published: sections, pages, and what stands on each of them."""

from __future__ import annotations

from collections.abc import Sequence

from charter.errors import ConfigError
from charter.publish.edition import Edition
from charter.spec.spec import Section

MAX_TEXT = 2_000_000
"""Characters of one version, overlays included. The public Model Spec has fewer than 300,000."""
MAX_SECTIONS = 5000
"""Of one version. The public Model Spec has fewer than 150."""
MAX_PARTS = 300
"""Top-level sections of one version; each has a page that lists all of them."""
MAX_REPEATED = 200_000_000
"""Characters of titles, over all pages."""
_ON_EACH_PAGE = 6
"""How often the name of a site is on a page."""
_ABOVE = 8
"""Titles of sections above that a page shows."""


def check_bounds(editions: Sequence[Edition]) -> None:
    """Raise ConfigError where a site of these versions would be larger than anyone reads."""
    for each in editions:
        path, sections, parts = each.spec.source.path, len(each.spec.sections), len(each.parts)
        if sum(len(text.source.text) for text in each.texts) > MAX_TEXT:
            raise ConfigError(
                f"{path} is too long for a site",
                hint=f"at most {MAX_TEXT:,} characters, with its overlays",
            )
        if sections > MAX_SECTIONS:
            raise ConfigError(
                f"{path} has {sections:,} sections: too many for a site",
                hint=f"at most {MAX_SECTIONS:,}; a heading begins a section",
            )
        if parts > MAX_PARTS:
            raise ConfigError(
                f"{path} has {parts:,} sections at its top level: too many for a site",
                hint=f"at most {MAX_PARTS:,}: put them below others",
            )
    if repeated(editions) > MAX_REPEATED:
        raise ConfigError(
            f"titles in {editions[-1].spec.source.path} are too long: they stand on many pages",
            hint="make the titles of the document and of its sections shorter",
        )


def repeated(editions: Sequence[Edition]) -> int:
    """Return about how many characters of titles the pages hold together."""
    newest = editions[-1].spec
    license_ = newest.metadata.get("license")
    name = _ON_EACH_PAGE * len(newest.title) + len(str(license_ or ""))
    head = name + sum(len(each.label) for each in editions)
    made = 0
    for each in editions:
        contents = sum(len(part.title) for part in each.parts)
        made += len(each.parts) * (head + contents)
        made += sum(head + _above(each, section) for section in each.spec.sections)
    return made


def _above(edition: Edition, section: Section) -> int:
    """Return how long the titles on the permanent page of a section are."""
    size, at = 0, section
    for _ in range(_ABOVE):
        size += len(at.title)
        if at.parent is None:
            break
        at = edition.spec.index[at.parent]
    return size
