"""The text of a section as its authors wrote it, cut so that each clause can carry its id.

Headings, commentary, examples and fences are left out: what remains is what binds and what
explains it. Grades stand in fences, so none of them gets through.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from charter.policy.briefs.one_line import one_line
from charter.source import Source, Span
from charter.spec.build import build
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Clause, Section
from charter.spec.split import MARKER
from charter.syntax.document import Block, List, Other, Paragraph, block_span
from charter.syntax.reader import parse

_LINK = re.compile(r"\]\(#([^)\s]{1,200})\)")
_WORD = re.compile(r"\w")

Titles = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line: clauses that are one sentence, or words between clauses."""

    text: str
    clauses: tuple[str, ...]
    """Their ids; empty for words that bind nobody."""
    links: tuple[str, ...]
    """Ids of the sections that its author linked to."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, a list item, or a line of a table."""

    layer: int
    bullet: str
    """What it begins with: empty, or a dash under its indentation."""
    segments: tuple[Segment, ...]


class Prose:
    """The prose of all sections of a stack, layer by layer."""

    def __init__(self, effective: Effective) -> None:
        self._effective = effective
        self._layers = [_read(source) for source in effective.sources]

    def lines(self, section: Section, titles: Titles) -> Iterator[Line]:
        """Yield what a section says, its own layer first; each clause in force comes once.

        A clause that a later layer replaced stands as that layer has it.
        """
        origins = self._effective.origins
        left = {clause.id: clause for clause in section.clauses}
        for layer, sections in enumerate(self._layers):
            known = sections.get(section.id)
            if known is None:
                continue
            mine = {name for name in left if origins.get(name, layer) == layer}
            for line in _lines(known, layer, mine, titles):
                for segment in line.segments:
                    for name in segment.clauses:
                        left.pop(name, None)
                yield line
        for clause in left.values():  # read by another reader than this text asks for
            layer = origins.get(clause.id, 0)
            segment = _segment(clause.text, (clause.id,), titles)
            yield Line(layer, "- ", (segment,))


@dataclass(frozen=True, slots=True)
class _Known:
    """A section of one layer: its text, the blocks of prose and its clauses in text order."""

    text: str
    blocks: tuple[Block, ...]
    clauses: Sequence[Clause]


def _read(source: Source) -> Mapping[str, _Known]:
    document = parse(source)
    spec = build(document)
    found: dict[str, _Known] = {}
    blocks = iter(document.blocks)
    block = next(blocks, None)
    for section in spec.sections:
        mine: list[Block] = []
        while block is not None and block.start < section.span.end:
            if block.start >= section.span.start and isinstance(block, Paragraph | List | Other):
                mine.append(block)
            block = next(blocks, None)
        clauses = sorted(section.clauses, key=_start)
        found.setdefault(section.id, _Known(source.text, tuple(mine), clauses))
    return found


def _lines(known: _Known, layer: int, mine: set[str], titles: Titles) -> Iterator[Line]:
    for block in known.blocks:
        for bullet, span in _spans(block, known.text):
            segments = tuple(_segments(known, span, mine, titles))
            if segments:
                yield Line(layer, bullet, segments)


def _spans(block: Block, text: str) -> Iterator[tuple[str, Span]]:
    if isinstance(block, List):
        for item in block.items:
            for place, span in enumerate(item.texts):
                yield "  " * item.depth + ("  " if place else "- "), span
        return
    span = block_span(block)
    if isinstance(block, Paragraph):
        yield "", span
    elif not block.raw.lstrip().startswith("<!--"):  # a note of the author's to authors
        start = span.start
        for raw in block.raw.splitlines(keepends=True):
            yield "", Span(start, start + len(raw))
            start += len(raw)


def _segments(known: _Known, span: Span, mine: set[str], titles: Titles) -> Iterator[Segment]:
    """Yield the pieces of one span; a clause that another layer replaced is left out."""
    at = span.start
    for inner, names in _grouped(known.clauses, span):
        if inner.start < at:
            continue
        yield from _between(known.text[at : inner.start], titles)
        ours = tuple(name for name in names if name in mine)
        if ours:
            yield _segment(known.text[inner.start : inner.end], ours, titles)
        at = inner.end
    yield from _between(known.text[at : span.end], titles)


def _grouped(clauses: Sequence[Clause], span: Span) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """Yield the spans of clauses inside a span, with all ids of each."""
    found: dict[Span, list[str]] = {}
    first = bisect_left(clauses, span.start, key=_start)
    for clause in clauses[first : bisect_left(clauses, span.end, key=_start)]:
        if clause.span.end <= span.end:
            found.setdefault(clause.span, []).append(clause.id)
    for inner, names in found.items():
        yield inner, tuple(names)


def _start(clause: Clause) -> int:
    return clause.span.start


def _between(raw: str, titles: Titles) -> Iterator[Segment]:
    segment = _segment(raw, (), titles)
    if _WORD.search(segment.text):
        yield segment


def _segment(raw: str, names: tuple[str, ...], titles: Titles) -> Segment:
    links = tuple(dict.fromkeys(_LINK.findall(raw)))
    return Segment(one_line(MARKER.sub("", raw), titles), names, links)
