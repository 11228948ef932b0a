"""Spec -> JSON: a public format, derived from the Markdown and never a second source.

The models below are the format; `charter schema spec` prints their JSON Schema.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from charter.spec.spec import Boundary, Clause, DirectiveFence, Example, Section, Spec
from charter.syntax.conversation import Message, Response

FORMAT = "charter-spec/1"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class MessageJson(_Model):
    """One message of an example."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str
    """Markdown, unescaped."""
    attributes: dict[str, str]
    """Attributes of the tag, such as `recipient` or `name`."""
    settings: dict[str, str]
    """Settings the message carries, such as `under_18`."""


class ResponseJson(_Model):
    """One graded response of an example."""

    grade: Literal["GOOD", "OK", "BAD"] | None
    """Null where the spec's text has no readable grade."""
    reason: str | None
    cites: str | None
    """Id of the section the grade cites, where it is another."""
    content: str
    attributes: dict[str, str]
    after: int
    """How many of `messages` precede it."""
    comparison: int
    """Responses with one number are alternatives to each other; counts from 0."""


class ExampleJson(_Model):
    """A captioned conversation with graded responses."""

    id: str
    caption: str
    messages: list[MessageJson]
    responses: list[ResponseJson]
    start: int
    """Characters of the source, from the caption."""
    end: int


class ClauseJson(_Model):
    """The smallest addressable instruction."""

    id: str
    """`section/marker`, or `section/` and ten characters derived from the words."""
    text: str
    """Markdown; markers removed, white space collapsed."""
    strength: Literal["must", "should", "may"]
    start: int
    """Characters of the source, half-open."""
    end: int
    marker: str | None


class BoundaryJson(_Model):
    """A machine-checkable rule."""

    id: str
    on: str
    when: str
    """A CEL condition."""
    effect: str
    say: str | None


class DirectiveJson(_Model):
    """A fence with structured instructions."""

    fields: dict[str, Any]
    """As written."""
    start: int
    """Characters of the source, half-open."""
    end: int


class SectionJson(_Model):
    """A heading with what stands under it."""

    id: str
    title: str
    depth: int
    authority: str | None
    """Null for sections that do not bind."""
    tags: list[str]
    parent: str | None
    clauses: list[ClauseJson]
    examples: list[ExampleJson]
    boundaries: list[BoundaryJson]
    directives: list[DirectiveJson]


class SpecJson(_Model):
    """A whole spec."""

    format: Literal["charter-spec/1"]
    name: str
    title: str
    version: str | None
    digest: str
    """`sha256:` and the hex digest of the source text."""
    sections: list[SectionJson]


def export(spec: Spec) -> dict[str, Any]:
    """Return the spec in its JSON format."""
    return {
        "format": FORMAT,
        "name": spec.name,
        "title": spec.title,
        "version": spec.version,
        "digest": spec.digest,
        "sections": [export_section(section) for section in spec.sections],
    }


def export_section(section: Section) -> dict[str, Any]:
    """Return one section in the format."""
    return {
        "id": section.id,
        "title": section.title,
        "depth": section.depth,
        "authority": section.authority,
        "tags": list(section.tags),
        "parent": section.parent,
        "clauses": [export_clause(clause) for clause in section.clauses],
        "examples": [_example(example) for example in section.examples],
        "boundaries": [_boundary(boundary) for boundary in section.boundaries],
        "directives": [_directive(fence) for fence in section.directives],
    }


def export_clause(clause: Clause) -> dict[str, Any]:
    """Return one clause in the format."""
    return {
        "id": clause.id,
        "text": clause.text,
        "strength": clause.strength.value,
        "start": clause.span.start,
        "end": clause.span.end,
        "marker": clause.marker,
    }


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the format."""
    found = SpecJson.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def _example(example: Example) -> dict[str, Any]:
    return {
        "id": example.id,
        "caption": example.caption,
        "messages": [_message(message) for message in example.messages],
        "responses": [_response(response) for response in example.responses],
        "start": example.span.start,
        "end": example.span.end,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "role": message.role,
        "content": message.content,
        "attributes": dict(message.attributes),
        "settings": dict(message.settings),
    }


def _response(response: Response) -> dict[str, Any]:
    return {
        "grade": response.grade.value if response.grade else None,
        "reason": response.reason,
        "cites": response.cites,
        "content": response.message.content,
        "attributes": dict(response.message.attributes),
        "after": response.after,
        "comparison": response.comparison,
    }


def _boundary(boundary: Boundary) -> dict[str, Any]:
    return {
        "id": boundary.id,
        "on": boundary.on,
        "when": boundary.when,
        "effect": boundary.effect,
        "say": boundary.say,
    }


def _directive(fence: DirectiveFence) -> dict[str, Any]:
    return {"fields": dict(fence.fields), "start": fence.span.start, "end": fence.span.end}
