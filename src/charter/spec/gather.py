"""Blocks -> sections: one pass that gives every block its place and every clause its id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from charter.source import Span
from charter.spec.parts import (
    example_name,
    expecting,
    make_boundary,
    make_directives,
    make_example,
)
from charter.spec.spec import (
    Boundary,
    Clause,
    Commentary,
    DirectiveFence,
    Example,
    Section,
    Strength,
)
from charter.spec.split import derived_id, lead_strength, split
from charter.syntax.attributes import slug
from charter.syntax.conversation import Problem
from charter.syntax.document import (
    Block,
    Caption,
    Document,
    Fence,
    FrontMatter,
    Gap,
    Heading,
    List,
    Note,
    Paragraph,
    YamlFence,
    block_span,
)

RENAMED = {"platform": "root"}
"""Levels that changed their name: `platform` became `root` in the Model Spec of 2025-09-12."""


@dataclass(slots=True)
class Gathered:
    """What one pass over a document yields, in text order."""

    fields: Mapping[str, object] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    commentary: list[Commentary] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fences: list[Span] = field(default_factory=list)

    @property
    def examples(self) -> tuple[Example, ...]:
        """Every example, whichever section it stands in."""
        return tuple(example for section in self.sections for example in section.examples)

    def note(self, kind: str, message: str, span: Span) -> None:
        """Add a problem."""
        self.problems.append(Problem(kind, message, span))


def gather(document: Document, *, implicit: str | None = None) -> Gathered:
    """Sort a document's blocks into sections.

    `implicit` is the id of a section for what stands before the first heading; without it,
    instructions and examples there belong to no section and are only reported.
    """
    gatherer = _Gatherer(document.source.text, document.blocks)
    if implicit is not None:
        gatherer.open(Heading("", 0, 1, implicit, implicit, ()), implicit)
    for block in document.blocks:
        gatherer.take(block)
    gatherer.close(len(document.source.text))
    return gatherer.result


class _Ids:
    """Ids given out so far; those an author wrote are never minted."""

    __slots__ = ("_next", "_taken")

    def __init__(self, written: Iterable[str]) -> None:
        self._taken = set(written)
        self._next: dict[str, int] = {}

    def mint(self, wanted: str, joiner: str) -> str:
        """Return `wanted`, or with the first free number after it."""
        name = wanted
        if name in self._taken:
            number = self._next.get(wanted, 2)
            while (name := f"{wanted}{joiner}{number}") in self._taken:
                number += 1
            self._next[wanted] = number + 1
        self._taken.add(name)
        return name


@dataclass(slots=True)
class _Open:
    """The section being filled."""

    heading: Heading
    id: str
    parent: str | None
    clauses: list[Clause] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)
    directives: list[DirectiveFence] = field(default_factory=list)


class _Gatherer:
    def __init__(self, text: str, blocks: Iterable[Block]) -> None:
        self.text = text
        self.result = Gathered()
        self.opened: _Open | None = None
        self.ids = _Ids(b.id for b in blocks if type(b) is Heading and b.id)
        self.path: list[tuple[int, str]] = []
        """Level and id of the headings above."""
        self.lead = ""
        """The paragraph right before, from which a list inherits its strength."""
        self.caption: Caption | None = None
        """A caption whose fence has not come yet."""
        self.after_example = False
        """Whether the last block was an example, so that an `expect` fence belongs to it."""

    def take(self, block: Block) -> None:
        """Take the next block of the document."""
        kind = type(block)
        if kind is Gap:
            return
        if self.caption is not None and kind is not Fence:
            self.lose_caption()
        taker = _TAKERS.get(kind)
        if taker is not None:
            taker(self, block)
        if kind is not Paragraph:
            self.lead = ""
        if kind is not Fence:
            self.after_example = False

    def open(self, heading: Heading, section_id: str) -> None:
        """Start a section under the headings above it."""
        while self.path and self.path[-1][0] >= heading.level:
            self.path.pop()
        parent = self.path[-1][1] if self.path else None
        self.path.append((heading.level, section_id))
        self.opened = _Open(heading, section_id, parent)

    def close(self, end: int) -> None:
        """Finish the open section at character `end`."""
        if self.caption is not None:
            self.lose_caption()
        if self.opened is None:
            return
        opened, heading = self.opened, self.opened.heading
        attributes = dict(heading.attributes)
        authority = attributes.get("authority")
        section = Section(
            id=opened.id,
            title=heading.title,
            depth=heading.level,
            authority=RENAMED.get(authority, authority) if authority else None,
            tags=tuple(tag for tag in attributes.get("tags", "").split(",") if tag),
            parent=opened.parent,
            heading_span=block_span(heading),
            span=Span(heading.start, end),
            id_written=heading.id is not None,
            clauses=tuple(opened.clauses),
            examples=tuple(opened.examples),
            boundaries=tuple(opened.boundaries),
            directives=tuple(opened.directives),
        )
        self.result.sections.append(section)
        self.opened = None

    def lose_caption(self) -> None:
        """Report a caption that no conversation follows."""
        if self.caption is not None:
            what = "caption without a `~~~xml` conversation right after it"
            self.result.note("caption-without-fence", what, block_span(self.caption))
        self.caption = None

    def take_front_matter(self, block: FrontMatter) -> None:
        """Keep its fields."""
        self.result.fields = block.fields

    def take_heading(self, block: Heading) -> None:
        """Close the section before and open the heading's."""
        self.close(block.start)
        self.open(block, block.id or self.ids.mint(slug(block.title), "_"))

    def take_note(self, block: Note) -> None:
        """Keep commentary; it never instructs."""
        section = self.opened.id if self.opened else None
        self.result.commentary.append(Commentary(section, block.body, block_span(block)))

    def take_paragraph(self, block: Paragraph) -> None:
        """Cut prose into clauses."""
        raw = block.raw.rstrip()
        self.add_clauses(Span(block.start, block.start + len(raw)), None)
        self.lead = raw

    def take_list(self, block: List) -> None:
        """Cut items into clauses; each inherits from the lead it stands under."""
        leads = [lead_strength(self.lead)]
        for item in block.items:
            del leads[item.depth + 1 :]
            inherited = leads[-1]
            for span in item.texts:
                self.add_clauses(span, inherited)
            own = lead_strength(item.texts[-1].of(self.text)) if item.texts else None
            leads.append(own or inherited)

    def add_clauses(self, span: Span, inherited: Strength | None) -> None:
        """Cut one paragraph or item of the open section."""
        if self.opened is None:
            return
        section, add, mint = self.opened.id, self.opened.clauses.append, self.ids.mint
        for piece in split(self.text, span, inherited):
            clause_id = mint(f"{section}/{piece.marker or derived_id(piece.text)}", "-")
            add(Clause(clause_id, section, piece.text, piece.strength, piece.span, piece.marker))

    def take_caption(self, block: Caption) -> None:
        """Hold a caption until its fence comes."""
        self.caption = block

    def take_fence(self, block: Fence) -> None:
        """Read an example's conversation; other fences are only remembered as places."""
        self.result.fences.append(block_span(block))
        self.after_example = False
        if block.info != "xml":
            self.lose_caption()
            return
        caption, self.caption = self.caption, None
        head = Span(block.start, block.body.start)
        if caption is None:
            what = "conversation without a `**Example**: …` caption before it"
            self.result.note("fence-without-caption", what, head)
        if self.opened is None:
            what = "example before the first heading belongs to no section"
            self.result.note("example-without-section", what, head)
            return
        section = self.opened.id
        name = self.ids.mint(f"{section}/{example_name(self.text, caption, block)}", "-")
        self.opened.examples.append(make_example(self.text, name, section, caption, block))
        self.after_example = True

    def take_yaml_fence(self, block: YamlFence) -> None:
        """Give boundaries and directives to their section, an expectation to its example."""
        self.result.fences.append(block_span(block))
        head = Span(block.start, block.body.start)
        if self.opened is None:
            what = f"~~~{block.info} before the first heading belongs to no section"
            self.result.note(f"{block.info}-without-section", what, head)
        elif block.info == "boundary":
            boundary, problems = make_boundary(self.opened.id, block)
            self.opened.boundaries.append(boundary)
            self.result.problems.extend(problems)
        elif block.info == "directive":
            self.opened.directives.extend(make_directives(self.opened.id, block))
        elif self.after_example:
            self.opened.examples[-1] = expecting(self.opened.examples[-1], block)
        else:
            what = "~~~expect must follow an example's conversation"
            self.result.note("expect-without-example", what, head)


_TAKERS: dict[type, Callable[[_Gatherer, Any], None]] = {
    Paragraph: _Gatherer.take_paragraph,
    Heading: _Gatherer.take_heading,
    List: _Gatherer.take_list,
    Note: _Gatherer.take_note,
    Caption: _Gatherer.take_caption,
    Fence: _Gatherer.take_fence,
    YamlFence: _Gatherer.take_yaml_fence,
    FrontMatter: _Gatherer.take_front_matter,
}
