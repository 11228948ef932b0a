"""Blocks of the dialect -> examples, expectations, boundaries and directives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from charter.source import Span
from charter.spec.spec import Boundary, DirectiveFence, Example, Expectation
from charter.spec.split import derived_id
from charter.syntax.conversation import Problem
from charter.syntax.document import Caption, Fence, YamlFence, block_span
from charter.syntax.parse_conversation import parse_conversation

MAX_DIRECTIVES = 200
"""In one fence."""
_BOUNDARY_FIELDS = ("id", "on", "when", "effect", "say")


def text_of(fields: Mapping[str, object], key: str) -> str | None:
    """Return a field as text; None when it is missing or empty."""
    value = fields.get(key)
    return None if value is None or value == "" else str(value)


def example_name(text: str, caption: Caption | None, fence: Fence) -> str:
    """Return what names an example inside its section: written, or derived from its words."""
    if caption is not None and caption.id is not None:
        return caption.id
    words = caption.text if caption else ""
    return f"e-{derived_id(words or fence.body.of(text))[:8]}"


def make_example(
    text: str, example_id: str, section: str, caption: Caption | None, fence: Fence
) -> Example:
    """Read the conversation of a fence."""
    conversation = parse_conversation(text, fence.body)
    return Example(
        id=example_id,
        section=section,
        caption=caption.text if caption else "",
        messages=conversation.messages,
        responses=conversation.responses,
        comparisons=conversation.comparisons,
        span=Span(caption.start if caption else fence.start, fence.start + len(fence.raw)),
        caption_span=block_span(caption) if caption else Span(fence.start, fence.start),
        body_span=fence.body,
        problems=conversation.problems,
        attributes=caption.attributes if caption else (),
    )


def expecting(example: Example, block: YamlFence) -> Example:
    """Return the example with an `~~~expect` fence, its span reaching over the fence."""
    expectation = Expectation(block.fields, block.field_spans, block_span(block))
    span = Span(example.span.start, expectation.span.end)
    return replace(example, expectation=expectation, span=span)


def make_boundary(section: str, block: YamlFence) -> tuple[Boundary, list[Problem]]:
    """Return a `~~~boundary` fence as a boundary, and what is wrong with its fields."""
    fields = block.fields
    boundary = Boundary(
        id=text_of(fields, "id") or "",
        section=section,
        on=text_of(fields, "on") or "",
        when=text_of(fields, "when") or "",
        effect=text_of(fields, "effect") or "",
        say=text_of(fields, "say"),
        span=block_span(block),
        when_span=block.field_spans.get("when", block.body),
    )
    return boundary, _boundary_problems(block)


def make_directives(section: str, block: YamlFence) -> list[DirectiveFence]:
    """Return each mapping of a `~~~directive` fence; what it means is read by the policy.

    A fence is one mapping, or has several under `directives`. Where that is no list of mappings
    the fence stays whole, so that reading it says what is wrong.
    """
    whole, spans = block_span(block), block.field_spans
    listed = block.fields.get("directives")
    if (
        len(block.fields) != 1
        or not isinstance(listed, list)
        or not 0 < len(listed) <= MAX_DIRECTIVES
        or not all(isinstance(each, dict) and each for each in listed)
    ):
        return [DirectiveFence(section, block.fields, spans, whole)]
    found = []
    for number, fields in enumerate(listed):
        prefix = f"directives.{number}."
        inner = {p.removeprefix(prefix): s for p, s in spans.items() if p.startswith(prefix)}
        found.append(DirectiveFence(section, fields, inner, spans[prefix[:-1]]))
    return found


def _boundary_problems(block: YamlFence) -> list[Problem]:
    if not block.fields:  # an empty or unreadable fence is a problem of its own
        return []
    found: list[Problem] = []
    head = Span(block.start, block.body.start)
    for key in _BOUNDARY_FIELDS:
        value = block.fields.get(key)
        if value is None and key != "say":
            found.append(Problem("boundary-fields", f"boundary needs a text for {key!r}", head))
        elif not isinstance(value, str | None):
            where = block.field_spans[key]
            found.append(Problem("boundary-fields", f"{key!r} must be text", where))
    found.extend(
        Problem("boundary-fields", f"boundary has no field {key!r}", block.field_spans[key])
        for key in sorted(set(block.fields) - set(_BOUNDARY_FIELDS))
    )
    return found
