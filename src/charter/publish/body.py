"""A section -> what stands in it, in order: prose, commentary, examples, boundaries."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from markupsafe import Markup

from charter.publish.code import highlighted
from charter.publish.prose import Anchor, Words, rendered, rendered_clauses
from charter.publish.remarks import Remark
from charter.publish.talk import Talk, talk
from charter.source import Span
from charter.spec.spec import Boundary, Clause, Section
from charter.syntax.document import (
    Block,
    Caption,
    Document,
    FrontMatter,
    Gap,
    Heading,
    Note,
    YamlFence,
    block_span,
)


class Prose(NamedTuple):
    """Paragraphs and lists, in which the clauses stand."""

    words: Markup
    clauses: frozenset[str] = frozenset()
    """Ids of the clauses that have words of their own in it, and with them their links."""
    kind: str = "prose"


class Box(NamedTuple):
    """Commentary: it explains and does not instruct."""

    title: str
    words: Markup
    kind: str = "box"


class Check(NamedTuple):
    """A boundary: a rule that a machine checks."""

    boundary: Boundary
    when: Markup
    kind: str = "check"


Piece: TypeAlias = Prose | Box | Check | Talk
Remarked: TypeAlias = Callable[[Clause], Remark | None]
"""Where a clause is commented on; None where nothing is to be said of that."""


def body(
    document: Document, section: Section, words: Words, remarked: Remarked = lambda _: None
) -> Iterator[Piece]:
    """Yield the pieces of a section; `document` is the text that it was read from."""
    inside = _inside(document.blocks, section.span)
    examples = {example.span.start: example for example in section.examples}
    boundaries = {boundary.span.start: boundary for boundary in section.boundaries}
    run: list[Block] = []
    passed = section.span.start
    for block in inside:
        if block.start < passed or isinstance(block, Heading | FrontMatter):
            continue
        example = examples.get(block.start)
        boundary = boundaries.get(block.start)
        if not isinstance(block, Note | YamlFence | Caption) and not example:
            run.append(block)
            continue
        yield from _prose(document, section, run, words, remarked)
        run = []
        if example is not None:
            passed = example.span.end
            yield talk(example, words)
        elif isinstance(block, Note):
            yield Box(block.title or block.kind, rendered(block.body, words))
        elif boundary is not None:
            yield Check(boundary, highlighted(boundary.when.strip(), ""))
        elif isinstance(block, YamlFence):
            yield Prose(highlighted(block.body.of(document.source.text), "yaml"))
        else:
            run = [block]
    yield from _prose(document, section, run, words, remarked)


def _inside(blocks: Sequence[Block], span: Span) -> Sequence[Block]:
    first = bisect_left(blocks, span.start, key=lambda block: block.start)
    return blocks[first : bisect_left(blocks, span.end, key=lambda block: block.start)]


def _prose(
    document: Document, section: Section, run: Sequence[Block], words: Words, remarked: Remarked
) -> Iterator[Prose]:
    if all(isinstance(block, Gap) for block in run):
        return
    start, end = run[0].start, block_span(run[-1]).end
    anchors = [
        Anchor(
            Span(clause.span.start - start, clause.span.end - start),
            clause.id,
            clause.strength.value,
            remarked(clause),
        )
        for clause in section.clauses
        if start <= clause.span.start < end
    ]
    yield Prose(*rendered_clauses(document.source.text[start:end], words, anchors))
