"""Sections -> the table of contents, as a tree with the authority of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from charter.publish.edition import Edition
from charter.spec.spec import Section


@dataclass(slots=True)
class Entry:
    """One section in the table of contents."""

    id: str
    title: str
    part: str
    """Slug of the part that holds it."""
    authority: str | None
    tags: tuple[str, ...]
    below: tuple[str, ...] = ()
    """Levels that occur in it and in the sections under it, highest first."""
    inside: list[Entry] = field(default_factory=list)


def contents(edition: Edition) -> list[Entry]:
    """Return the parts, each with the tree of its sections."""
    return [_tree(edition, part.slug, part.sections) for part in edition.parts]


def _tree(edition: Edition, slug: str, sections: Sequence[Section]) -> Entry:
    path: list[tuple[int, Entry]] = []
    for section in sections:
        entry = Entry(section.id, section.title, slug, section.authority, section.tags)
        while len(path) > 1 and path[-1][0] >= section.depth:
            path.pop()
        if path:
            path[-1][1].inside.append(entry)
        path.append((section.depth, entry))
    root = path[0][1]
    _count(edition, root)
    return root


def _count(edition: Edition, entry: Entry) -> set[str]:
    found = {entry.authority} if entry.authority else set()
    for each in entry.inside:
        found |= _count(edition, each)
    rank = edition.policy.ladder.rank
    entry.below = tuple(sorted(found, key=lambda name: (-rank(name), name)))
    return found
