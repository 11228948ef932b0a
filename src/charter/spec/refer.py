"""Text -> references and markers: what points to a section, and what labels a clause."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from charter.source import Span
from charter.spec.spec import Marker, Reference, Section
from charter.spec.split import MARKER

_REFERENCE = re.compile(r"\]\(#([^)\s]{1,200})\)")
_LABEL_LIMIT = 300
"""Characters of a link's text: further back no opening bracket is looked for."""


class Places:
    """Which section or fence an offset lies in; both lists in text order."""

    __slots__ = ("_fence_starts", "_fences", "_sections", "_starts")

    def __init__(self, sections: Sequence[Section], fences: Sequence[Span]) -> None:
        self._sections = sections
        self._fences = fences
        self._fence_starts = [fence.start for fence in fences]
        self._starts = [section.heading_span.start for section in sections]

    def section_at(self, offset: int) -> str | None:
        """Return the id of the section around an offset; None before the first heading."""
        at = bisect_right(self._starts, offset) - 1
        return self._sections[at].id if at >= 0 else None

    def in_fence(self, offset: int) -> bool:
        """Whether an offset lies in a fenced block."""
        at = bisect_right(self._fence_starts, offset) - 1
        return at >= 0 and offset < self._fences[at].end


def find_references(text: str, places: Places) -> tuple[Reference, ...]:
    """Find every link to a section, in text order."""
    found = []
    for match in _matches(_REFERENCE, "](#", text):
        floor = max(0, match.start() - _LABEL_LIMIT)
        opening = text.rfind("[", floor, match.start())
        if opening < 0:
            continue
        titled = text[opening + 1 : match.start()] == "?"
        section, in_fence = places.section_at(opening), places.in_fence(opening)
        found.append(Reference(match[1], section, Span(opening, match.end()), titled, in_fence))
    return tuple(found)


def find_markers(text: str, places: Places) -> tuple[Marker, ...]:
    """Find every clause marker outside of fences, in text order."""
    return tuple(
        Marker(match[1], places.section_at(match.start()), Span(*match.span()))
        for match in _matches(MARKER, "[^", text)
        if not places.in_fence(match.start())
    )


def _matches(pattern: re.Pattern[str], first: str, text: str) -> Iterator[re.Match[str]]:
    """Yield what `finditer` would, faster: `first` is what every match begins with."""
    at = text.find(first)
    while at >= 0:
        match = pattern.match(text, at)
        if match:
            yield match
        at = text.find(first, match.end() if match else at + 1)
