"""Document -> Spec: group blocks into sections, cut clauses, collect what refers to what."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from charter.source import Span, digest_of
from charter.spec.spec import (
    Boundary,
    Clause,
    Commentary,
    Example,
    Expectation,
    Marker,
    PromptSet,
    Reference,
    ScenarioSet,
    Section,
    Spec,
    Strength,
)
from charter.spec.split import MARKER, Piece, derived_id, split, strength_of
from charter.syntax.attributes import slug
from charter.syntax.conversation import Conversation, Problem
from charter.syntax.document import (
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
from charter.syntax.parse_conversation import parse_conversation

RENAMED = {"platform": "root"}
"""Levels that changed their name: `platform` became `root` in the Model Spec of 2025-09-12."""

_REFERENCE = re.compile(r"\]\(#([^)\s]{1,200})\)")
_LABEL_LIMIT = 300


def build(document: Document, *, name: str | None = None, version: str | None = None) -> Spec:
    """Make the Spec of a document. `name` and `version` serve where front matter has none.

    Never fails: what is odd stays in `problems`, or is there for lint to see.
    """
    builder = _Builder(document.source.text)
    for block in document.blocks:
        builder.take(block)
    builder.close_section(len(document.source.text))
    fields = builder.fields
    titles = [section.title for section in builder.sections if section.depth == 1]
    shown = name or "spec"
    sections = tuple(builder.sections)
    return Spec(
        name=_text(fields, "spec") or shown,
        title=_text(fields, "title")
        or (titles[0] if len(titles) == 1 else shown.replace("_", " ").capitalize()),
        version=_text(fields, "version") or version,
        digest=digest_of(document.source.text),
        source=document.source,
        metadata=MappingProxyType(dict(fields)),
        sections=sections,
        references=tuple(builder.references()),
        commentary=tuple(builder.commentary),
        markers=tuple(builder.markers()),
        problems=(*document.problems, *builder.problems),
        index=MappingProxyType({section.id: section for section in reversed(sections)}),
    )


def build_prompts(document: Document, marker: str, title: str | None) -> PromptSet:
    """Make the prompts of one file of `examples/`."""
    builder = _Builder(document.source.text)
    builder.open_implicit(marker)
    for block in document.blocks:
        builder.take(block)
    builder.close_section(len(document.source.text))
    examples = tuple(example for section in builder.sections for example in section.examples)
    return PromptSet(marker, title, document.source, examples)


def build_scenarios(document: Document, section: str) -> ScenarioSet:
    """Make the scenarios of one file; `section` is what they test unless front matter says."""
    builder = _Builder(document.source.text)
    builder.open_implicit("scenario")
    for block in document.blocks:
        builder.take(block)
    builder.close_section(len(document.source.text))
    return ScenarioSet(
        _text(builder.fields, "section") or section,
        document.source,
        MappingProxyType(dict(builder.fields)),
        tuple(example for part in builder.sections for example in part.examples),
        (*document.problems, *builder.problems),
    )


def _text(fields: Mapping[str, object], key: str) -> str | None:
    value = fields.get(key)
    return None if value is None or value == "" else str(value)


@dataclass(slots=True)
class _Open:
    """The section being filled."""

    heading: Heading
    id: str
    parent: str | None
    clauses: list[Clause] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    text: str
    fields: Mapping[str, object] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    commentary: list[Commentary] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fences: list[Span] = field(default_factory=list)
    opened: _Open | None = None
    lead: Strength | None = None
    """Strength of the paragraph before, when it ends in a colon."""
    caption: Caption | None = None
    """A caption whose fence has not come yet."""
    fresh: bool = False
    """Whether the last block was an example, so that an `expect` fence belongs to it."""
    ids: Counter[str] = field(default_factory=Counter)
    path: list[tuple[int, str]] = field(default_factory=list)

    def take(self, block: object) -> None:
        """Take the next block of the document."""
        if type(block) is Gap:
            return
        was_fresh, self.fresh = self.fresh, False
        lead, self.lead = self.lead, None
        if self.caption is not None and not isinstance(block, Fence):
            self._lose_caption()
        if type(block) is Paragraph:
            self._prose(block)
        elif type(block) is Fence:
            self._fence(block)
        elif type(block) is Caption:
            self.caption = block
        elif type(block) is List:
            self._list(block, lead)
        elif type(block) is Heading:
            self._open_section(block)
        elif type(block) is Note:
            section = self.opened.id if self.opened else None
            self.commentary.append(Commentary(section, block.body, block_span(block)))
        elif type(block) is YamlFence:
            self.fences.append(block_span(block))
            self._yaml(block, after_example=was_fresh)
        elif type(block) is FrontMatter:
            self.fields = block.fields

    def open_implicit(self, section_id: str) -> None:
        """Start a section that no heading opens, for files that have none."""
        self.opened = _Open(Heading("", 0, 1, section_id, section_id, ()), section_id, None)

    def close_section(self, end: int) -> None:
        """Finish the open section at character `end`."""
        if self.caption is not None:
            self._lose_caption()
        if self.opened is None:
            return
        opened, heading = self.opened, self.opened.heading
        attributes = dict(heading.attributes)
        authority = attributes.get("authority")
        self.sections.append(
            Section(
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
            )
        )
        self.opened = None

    def references(self) -> list[Reference]:
        """Find every link to a section, in text order."""
        found = []
        starts = [section.heading_span.start for section in self.sections]
        for match in _REFERENCE.finditer(self.text):
            floor = max(0, match.start() - _LABEL_LIMIT)
            opening = self.text.rfind("[", floor, match.start())
            if opening < 0:
                continue
            span = Span(opening, match.end())
            titled = self.text[opening + 1 : match.start()] == "?"
            section = self._section_at(starts, opening)
            in_fence = self._in_fence(opening)
            found.append(Reference(match[1], section, span, titled, in_fence))
        return found

    def markers(self) -> list[Marker]:
        """Find every clause marker outside of fences, in text order."""
        starts = [section.heading_span.start for section in self.sections]
        return [
            Marker(match[1], self._section_at(starts, match.start()), Span(*match.span()))
            for match in MARKER.finditer(self.text)
            if not self._in_fence(match.start())
        ]

    def _section_at(self, starts: list[int], offset: int) -> str | None:
        at = bisect_right(starts, offset) - 1
        return self.sections[at].id if at >= 0 else None

    def _in_fence(self, offset: int) -> bool:
        at = bisect_right(self.fences, offset, key=lambda span: span.start) - 1
        return at >= 0 and offset < self.fences[at].end

    def _open_section(self, heading: Heading) -> None:
        self.close_section(heading.start)
        section_id = heading.id or self._unique(slug(heading.title), "_")
        if heading.id:
            self.ids[heading.id] += 1
        while self.path and self.path[-1][0] >= heading.level:
            self.path.pop()
        parent = self.path[-1][1] if self.path else None
        self.path.append((heading.level, section_id))
        self.opened = _Open(heading, section_id, parent)

    def _prose(self, block: Paragraph) -> None:
        raw = block.raw.rstrip()
        span = Span(block.start, block.start + len(raw))
        self._clauses(span, None)
        if raw.endswith(":"):
            self.lead = strength_of(raw)

    def _list(self, block: List, lead: Strength | None) -> None:
        leads: list[Strength | None] = [lead]
        for item in block.items:
            del leads[item.depth + 1 :]
            inherited = leads[-1]
            for span in item.texts:
                self._clauses(span, inherited)
            last = item.texts[-1].of(self.text) if item.texts else ""
            own = strength_of(last) if last.endswith(":") else None
            leads.append(own or inherited)

    def _clauses(self, span: Span, inherited: Strength | None) -> None:
        if self.opened is None:
            return
        for piece in split(self.text, span, inherited):
            self.opened.clauses.append(self._clause(self.opened.id, piece))

    def _clause(self, section: str, piece: Piece) -> Clause:
        local = piece.marker or derived_id(piece.text)
        clause_id = self._unique(f"{section}/{local}", "-")
        return Clause(clause_id, section, piece.text, piece.strength, piece.span, piece.marker)

    def _unique(self, wanted: str, joiner: str) -> str:
        self.ids[wanted] += 1
        if self.ids[wanted] == 1:
            return wanted
        return self._unique(f"{wanted}{joiner}{self.ids[wanted]}", joiner)

    def _fence(self, block: Fence) -> None:
        self.fences.append(block_span(block))
        caption, self.caption = self.caption, None
        if block.info != "xml":
            if caption is not None:
                self.caption = caption
                self._lose_caption()
            return
        conversation = parse_conversation(self.text, block.body)
        if caption is None:
            here = Span(block.start, block.body.start)
            what = "conversation without a `**Example**: …` caption before it"
            self.problems.append(Problem("fence-without-caption", what, here))
        if self.opened is None:
            here = Span(block.start, block.body.start)
            what = "example before the first heading belongs to no section"
            self.problems.append(Problem("example-without-section", what, here))
            return
        self.opened.examples.append(self._example(self.opened.id, caption, block, conversation))
        self.fresh = True

    def _example(
        self, section: str, caption: Caption | None, block: Fence, conversation: Conversation
    ) -> Example:
        words = caption.text if caption else ""
        start = caption.start if caption else block.start
        key = words or self.text[block.body.start : block.body.end]
        written = caption.id if caption else None
        local = f"{section}/{written}" if written else f"{section}/e-{derived_id(key)[:8]}"
        return Example(
            id=self._unique(local, "-"),
            section=section,
            caption=words,
            messages=conversation.messages,
            responses=conversation.responses,
            comparisons=conversation.comparisons,
            span=Span(start, block.start + len(block.raw)),
            caption_span=block_span(caption) if caption else Span(block.start, block.start),
            body_span=block.body,
            problems=conversation.problems,
            attributes=caption.attributes if caption else (),
        )

    def _lose_caption(self) -> None:
        if self.caption is not None:
            what = "caption without a `~~~xml` conversation right after it"
            self.problems.append(Problem("caption-without-fence", what, block_span(self.caption)))
        self.caption = None

    def _yaml(self, block: YamlFence, *, after_example: bool) -> None:
        here = Span(block.start, block.body.start)
        if self.opened is None:
            what = f"~~~{block.info} before the first heading belongs to no section"
            self.problems.append(Problem(f"{block.info}-without-section", what, here))
        elif block.info == "boundary":
            self.opened.boundaries.append(self._boundary(self.opened.id, block))
        elif after_example:
            last = self.opened.examples.pop()
            expectation = Expectation(block.fields, block.field_spans, block_span(block))
            self.opened.examples.append(_expecting(last, expectation))
        else:
            what = "~~~expect must follow an example's conversation"
            self.problems.append(Problem("expect-without-example", what, here))

    def _boundary(self, section: str, block: YamlFence) -> Boundary:
        for key in ("id", "on", "when", "effect", "say"):
            value = block.fields.get(key)
            missing = value is None and key != "say"
            if block.fields and (missing or not isinstance(value, str | None)):
                what = f"boundary needs a text for {key!r}" if missing else f"{key!r} must be text"
                here = block.field_spans.get(key, Span(block.start, block.body.start))
                self.problems.append(Problem("boundary-fields", what, here))
        unknown = sorted(set(block.fields) - {"id", "on", "when", "effect", "say"})
        for key in unknown:
            what = f"boundary has no field {key!r}"
            self.problems.append(Problem("boundary-fields", what, block.field_spans[key]))
        return Boundary(
            id=_text(block.fields, "id") or "",
            section=section,
            on=_text(block.fields, "on") or "",
            when=_text(block.fields, "when") or "",
            effect=_text(block.fields, "effect") or "",
            say=_text(block.fields, "say"),
            span=block_span(block),
            when_span=block.field_spans.get("when", block.body),
        )


def _expecting(example: Example, expectation: Expectation) -> Example:
    """Return the example with its expectation, its span reaching over the fence."""
    span = Span(example.span.start, expectation.span.end)
    return replace(example, expectation=expectation, span=span)
