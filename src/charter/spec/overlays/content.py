"""The class of content a section governs: prohibited, restricted or sensitive.

Source: Model Spec, section `disallowed_content`, whose parts name the classes by their ids; a tag
on a section says the same for specs that are built otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from charter.spec.spec import Section

CLASSES: Mapping[str, int] = MappingProxyType({"sensitive": 0, "restricted": 1, "prohibited": 2})
"""How little of it an exception may lift; larger is stricter."""
NO_CLASS = 2
"""What has no class is lifted by no exception either."""

_BY_SECTION = {f"{name}_content": name for name in CLASSES}


def content_class(section: Section, index: Mapping[str, Section]) -> str | None:
    """Return the class by the section's own tags, of which the strictest counts.

    Else by the nearest, of itself and the sections above it, whose id names one.
    """
    tagged = tagged_class(section.tags)
    if tagged is not None:
        return tagged
    above = (section.id, *ancestors(section, index))
    return next((_BY_SECTION[each] for each in above if each in _BY_SECTION), None)


def tagged_class(tags: tuple[str, ...]) -> str | None:
    """Return the strictest class that tags name."""
    return max((tag for tag in tags if tag in CLASSES), key=lambda tag: CLASSES[tag], default=None)


def strictness(content: str | None) -> int:
    """Return how strict a class is; larger is stricter."""
    return NO_CLASS if content is None else CLASSES[content]


def ancestors(section: Section, index: Mapping[str, Section]) -> Iterator[str]:
    """Yield the ids of the sections above one, nearest first."""
    seen = {section.id}
    parent = section.parent
    while parent is not None and parent not in seen:
        yield parent
        seen.add(parent)
        found = index.get(parent)
        parent = found.parent if found is not None else None
