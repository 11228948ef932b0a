"""The public JSON of a spec -> Spec, without the text that it was made from.

What the format leaves out (commentary, references, the source) is empty.
"""

from __future__ import annotations

from types import MappingProxyType

from pydantic import ValidationError

from charter.errors import ParseError
from charter.source import Source, Span
from charter.spec.export import ExampleJson, SectionJson, SpecJson
from charter.spec.spec import Boundary, Clause, DirectiveFence, Example, Section, Spec, Strength
from charter.syntax.conversation import Grade, Message, Response

_NOWHERE = Span(0, 0)


def restore(said: bytes, place: str) -> Spec:
    """Return the spec that JSON of the format holds; `place` is where it came from.

    Raises ParseError where it is not in the format.
    """
    try:
        read = SpecJson.model_validate_json(said)
    except (ValidationError, ValueError, RecursionError) as cause:
        what = cause.errors()[0] if isinstance(cause, ValidationError) else None
        where = ".".join(map(str, what["loc"])) if what else ""
        why = f"{where or 'the whole'}: {what['msg']}" if what else str(cause)
        raise ParseError(
            f"{place} is no published spec: {why:.200}",
            hint="name the address of a site that `charter publish` made, or of its spec.json",
        ) from cause
    sections = tuple(map(_section, read.sections))
    index: dict[str, Section] = {}
    for section in sections:
        index.setdefault(section.id, section)
    return Spec(
        name=read.name,
        title=read.title,
        version=read.version,
        digest=read.digest,
        source=Source(place, ""),
        metadata=MappingProxyType({}),
        sections=sections,
        references=(),
        commentary=(),
        markers=(),
        problems=(),
        index=MappingProxyType(index),
    )


def _section(read: SectionJson) -> Section:
    return Section(
        id=read.id,
        title=read.title,
        depth=min(max(read.depth, 1), 6),  # as headings have it; what is shown is set in by it
        authority=read.authority,
        tags=tuple(read.tags),
        parent=read.parent,
        heading_span=_NOWHERE,
        span=_NOWHERE,
        id_written=True,
        clauses=tuple(
            Clause(c.id, read.id, c.text, Strength(c.strength), _span(c.start, c.end), c.marker)
            for c in read.clauses
        ),
        examples=tuple(_example(read.id, each) for each in read.examples),
        boundaries=tuple(
            Boundary(b.id, read.id, b.on, b.when, b.effect, b.say, _NOWHERE, _NOWHERE)
            for b in read.boundaries
        ),
        directives=tuple(
            DirectiveFence(read.id, d.fields, {}, _span(d.start, d.end)) for d in read.directives
        ),
    )


def _example(section: str, read: ExampleJson) -> Example:
    return Example(
        id=read.id,
        section=section,
        caption=read.caption,
        messages=tuple(
            _message(m.role, m.content, m.attributes, m.settings) for m in read.messages
        ),
        responses=tuple(
            Response(
                _message("assistant", r.content, r.attributes, {}),
                Grade(r.grade) if r.grade else None,
                r.reason,
                r.cites,
                r.comparison,
                r.after,
            )
            for r in read.responses
        ),
        comparisons=len({each.comparison for each in read.responses}),
        span=_span(read.start, read.end),
        caption_span=_NOWHERE,
        body_span=_NOWHERE,
    )


def _message(
    role: str, content: str, attributes: dict[str, str], settings: dict[str, str]
) -> Message:
    return Message(role, content, _NOWHERE, tuple(attributes.items()), tuple(settings.items()))


def _span(start: int, end: int) -> Span:
    return Span(max(0, start), max(0, start, end))
