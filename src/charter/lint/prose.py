"""What rules ask of a spec's own words: where its prose is, and what kind of document it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from charter.source import Source, Span
from charter.spec.spec import Marker, Section, Spec
from charter.syntax.conversation import Response

_CODE_REACH = 500
"""How far back on a line ticks are counted, so that a line of megabytes stays linear."""
_DEFINITION = re.compile(r"^ {0,3}\[\^([^\]\s]{1,64})\]:", re.MULTILINE)


def is_dialect(spec: Spec) -> bool:
    """Whether the text uses the dialect's own forms: a heading with `{#id}`, a captioned example.

    In any other Markdown a footnote is a footnote and a fence is a fence, so the rules about
    ids, markers and examples have nothing to say there.
    """
    return any(section.id_written for section in spec.sections) or any(
        example.caption for example in spec.examples
    )


def is_overlay(spec: Spec) -> bool:
    """Whether it builds on another spec, so that what it names may be defined there."""
    return "extends" in spec.metadata


def own_prose(spec: Spec) -> Iterator[tuple[Section, tuple[Span, ...]]]:
    """Yield each section with the ranges of its prose.

    Left out are the heading, examples, boundaries and commentary. One pass over the text.
    """
    boxes = iter([*(box.span for box in spec.commentary), Span(len(spec.source.text) + 1, -1)])
    box = next(boxes)
    for section in spec.sections:
        holes = [example.span for example in section.examples]
        holes += [boundary.span for boundary in section.boundaries]
        while box.start < section.span.end:
            holes.append(box)
            box = next(boxes)
        yield section, tuple(_between(section, holes))


def own_text(spec: Spec, spans: tuple[Span, ...]) -> str:
    """Return the characters of some ranges, joined by line ends."""
    return "\n".join(span.of(spec.source.text) for span in spans)


def _between(section: Section, holes: list[Span]) -> Iterator[Span]:
    position = section.heading_span.end
    for hole in sorted(holes, key=lambda span: span.start):
        if hole.start > position:
            yield Span(position, hole.start)
        position = max(position, hole.end)
    if position < section.span.end:
        yield Span(position, section.span.end)


def in_code(text: str, offset: int) -> bool:
    """Whether a character stands in a code span of its line: an odd number of ticks before it."""
    floor = max(text.rfind("\n", 0, offset) + 1, offset - _CODE_REACH)
    return text.count("`", floor, offset) % 2 == 1


def clause_markers(spec: Spec) -> Iterator[Marker]:
    """Yield the markers that name clauses: no footnotes, nothing in code, dialect only."""
    if not is_dialect(spec):
        return
    text = spec.source.text
    footnotes = {found[1] for found in _DEFINITION.finditer(text)}
    for marker in spec.markers:
        if marker.name not in footnotes and not in_code(text, marker.span.start):
            yield marker


def first_line(source: Source) -> Span:
    """Return the range of a text's first line."""
    end = source.text.find("\n")
    return Span(0, len(source.text) if end < 0 else end)


def opening_tag(spec: Spec, response: Response) -> Span:
    """Return the range of the line that a reply's tag and grade stand on."""
    span = response.message.span
    end = spec.source.text.find("\n", span.start, span.end)
    return Span(span.start, span.end if end < 0 else end)
