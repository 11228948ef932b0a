"""The immutable result of reading a spec: sections, clauses, examples, references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from charter.errors import UnknownClause
from charter.source import Source, Span
from charter.syntax.conversation import Message, Problem, Response

AUTHORITIES = ("root", "system", "developer", "user", "guideline")
"""The default ladder, highest first. `platform` is the name of `root` before 2025-09."""


class Strength(StrEnum):
    """How strongly a clause binds, by its own modal word."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest addressable instruction."""

    id: str
    """`section/marker` where the author gave one, else `section/` and 10 derived characters."""
    section: str
    text: str
    """Markdown of the clause, markers removed, white space collapsed."""
    strength: Strength
    span: Span
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """An `~~~expect` fence, not yet validated: evaluation does that."""

    fields: Mapping[str, object]
    field_spans: Mapping[str, Span]
    span: Span


@dataclass(frozen=True, slots=True)
class Example:
    """A captioned conversation, usually with graded responses."""

    id: str
    """`section/e-` and 8 characters derived from the caption."""
    section: str
    caption: str
    messages: tuple[Message, ...]
    responses: tuple[Response, ...]
    comparisons: int
    span: Span
    caption_span: Span
    body_span: Span
    """The characters between the fence lines."""
    problems: tuple[Problem, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    """`key=value` pairs in the braces after the caption."""
    expectation: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Boundary:
    """A machine-checkable rule, as written; `policy.boundary` compiles and type-checks it."""

    id: str
    section: str
    on: str
    when: str
    effect: str
    say: str | None
    span: Span
    when_span: Span
    """Where the text of `when` stands, for errors inside the condition."""


@dataclass(frozen=True, slots=True)
class DirectiveFence:
    """One mapping of a `~~~directive` fence, as written; `policy.read_directive` reads it."""

    section: str
    fields: Mapping[str, object]
    field_spans: Mapping[str, Span]
    """By path, such as `scope.max_cost`; each from its key on."""
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """A link to a section of the same document."""

    target: str
    section: str | None
    """The section it stands in."""
    span: Span
    titled: bool
    """True for `[?](#id)`, shown as the target's title."""
    in_fence: bool
    """Whether it stands inside an example's conversation or grade."""


@dataclass(frozen=True, slots=True)
class Commentary:
    """A box that explains and does not instruct."""

    section: str | None
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Marker:
    """An author's clause marker `[^abcd]`."""

    name: str
    section: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with everything up to the next heading."""

    id: str
    title: str
    depth: int
    authority: str | None
    tags: tuple[str, ...]
    parent: str | None
    heading_span: Span
    span: Span
    """From its heading to the next heading of any depth."""
    id_written: bool
    """False when the id was minted from the title."""
    clauses: tuple[Clause, ...]
    examples: tuple[Example, ...]
    boundaries: tuple[Boundary, ...]
    directives: tuple[DirectiveFence, ...] = ()

    @property
    def normative(self) -> bool:
        """Whether it has an authority, and so can bind."""
        return self.authority is not None


@dataclass(frozen=True, slots=True)
class PromptSet:
    """One file of `examples/` beside a spec: further prompts for one marker."""

    marker: str
    """From the file's name."""
    title: str | None
    """The section title its first line names."""
    source: Source
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class ScenarioSet:
    """One file of `scenarios/` beside a spec: conversations to be answered, with expectations."""

    section: str
    """The section they test: `section` in front matter, else the file's name."""
    source: Source
    metadata: Mapping[str, object]
    scenarios: tuple[Example, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Spec:
    """A whole spec at one version."""

    name: str
    title: str
    version: str | None
    digest: str
    """Of the exact text: `sha256:` and hex."""
    source: Source
    metadata: Mapping[str, object]
    sections: tuple[Section, ...]
    references: tuple[Reference, ...]
    commentary: tuple[Commentary, ...]
    markers: tuple[Marker, ...]
    problems: tuple[Problem, ...]
    """What the parser could not make sense of, apart from the problems inside examples."""
    index: Mapping[str, Section] = field(repr=False, compare=False)
    """Sections by id; the first of two with one id."""
    prompt_sets: tuple[PromptSet, ...] = ()
    scenario_sets: tuple[ScenarioSet, ...] = ()
    scenario_tools: Mapping[str, object] = field(default_factory=dict)
    """`scenarios/tools.yaml` as read: tool name to description and JSON Schema parameters."""

    def section(self, section_id: str) -> Section:
        """Return a section. Raises UnknownClause."""
        found = self.index.get(section_id)
        if found is None:
            marked = next((clause.id for clause in self.clauses if clause.marker == section_id), "")
            listed = f"see `charter show {self.source.path}` for the ids"
            raise UnknownClause(
                f"{self.source.path} has no section {section_id!r}",
                hint=f"the clause of that marker is {marked}" if marked else listed,
            )
        return found

    def has_section(self, section_id: str) -> bool:
        """Whether an id names a section."""
        return section_id in self.index

    def clause(self, clause_id: str) -> Clause:
        """Return the clause `section/marker-or-derived-id`. Raises UnknownClause."""
        section = self.section(clause_id.partition("/")[0])
        for clause in section.clauses:
            if clause.id == clause_id:
                return clause
        raise UnknownClause(
            f"section {section.id!r} has no clause {clause_id!r}",
            hint=f"see `charter show {self.source.path}#{section.id}` for its clauses",
        )

    @property
    def clauses(self) -> Iterator[Clause]:
        """Every clause, in document order."""
        return (clause for section in self.sections for clause in section.clauses)

    @property
    def examples(self) -> Iterator[Example]:
        """Every example, in document order."""
        return (example for section in self.sections for example in section.examples)
