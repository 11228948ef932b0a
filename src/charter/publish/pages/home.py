"""The page that a version begins with: what it is, its parts, and how to read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from charter.publish import address
from charter.publish.edition import Edition, Part
from charter.publish.lead import lead
from charter.publish.machine import article
from charter.publish.reading import read_document
from charter.publish.site import Choice, Site, choices
from charter.publish.standing import Standing, standing_at
from charter.spec.spec import Section
from charter.syntax.document import Document


class Card(NamedTuple):
    """A part, as the overview shows it."""

    part: Part
    sections: Sequence[Section]
    """Those right below its first."""
    levels: tuple[tuple[str, int], ...]
    """How many sections bind at each level, highest first."""
    examples: int
    lead: str


class Rung(NamedTuple):
    """A level, and who may change what stands at it."""

    name: str
    standing: Standing
    sections: int


def home_page(site: Site, edition: Edition, version: str | None) -> tuple[str, str]:
    """Return address and HTML of the page a version begins with."""
    page = address.home(version)
    spec = edition.spec
    document = read_document(edition.texts[0].source)
    begins = lead(document)
    count = Counter(section.authority for section in spec.sections if section.authority)
    return page, site.page(
        "home.html.j2",
        page,
        title=site.title,
        about=article(site, page, site.title, edition),
        canonical=address.HOME if edition is site.newest else page,
        description=begins[:200] or f"{edition.title}, version {edition.label}.",
        choices=_choices(site, edition),
        edition=edition,
        version=version,
        lead=begins,
        cards=[_card(edition, part, document) for part in edition.parts],
        rungs=[
            Rung(level.name, standing_at(edition.policy, level.name), count[level.name])
            for level in edition.policy.ladder.levels
        ],
        numbers=(
            (len(spec.sections), "sections"),
            (sum(1 for _ in spec.clauses), "rules, each with a link of its own"),
            (sum(1 for _ in spec.examples), "worked examples"),
            (sum(len(each.responses) for each in spec.examples), "graded replies"),
        ),
    )


def _card(edition: Edition, part: Part, document: Document) -> Card:
    count = Counter(section.authority for section in part.sections if section.authority)
    rank = edition.policy.ladder.rank
    levels = sorted(count.items(), key=lambda pair: (-rank(pair[0]), pair[0]))
    below = [section for section in part.sections[1:] if section.parent == part.sections[0].id]
    examples = sum(len(section.examples) for section in part.sections)
    own = edition.texts[0].index.get(part.sections[0].id)
    begins = lead(document, own.span) if own is not None else ""
    return Card(part, below, tuple(levels), examples, begins)


def _choices(site: Site, edition: Edition) -> tuple[Choice, ...]:
    pages = [address.home(None if each is site.newest else each.slug) for each in site.editions]
    return choices(site, edition, pages)
