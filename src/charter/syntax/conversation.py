"""A conversation as a spec writes it: messages in XML-like tags, replies with grades."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from charter.source import Span

ROLES = ("system", "developer", "user", "assistant", "tool")


class Grade(StrEnum):
    """How well a response keeps to the spec."""

    GOOD = "GOOD"
    OK = "OK"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Message:
    """One message, its text unescaped."""

    role: str
    content: str
    """Markdown after unescaping, without the settings block and the layout line ends."""
    span: Span
    """From `<role` to the end of `</role>`, in the spec's text."""
    attributes: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    untrusted: tuple[Span, ...] = ()
    """Ranges of `content` inside `<untrusted>` tags, tags left out."""

    def attribute(self, name: str) -> str | None:
        """Return the value of a tag attribute such as `recipient`, or None."""
        return dict(self.attributes).get(name)


@dataclass(frozen=True, slots=True)
class Response:
    """One graded assistant message inside a comparison."""

    message: Message
    grade: Grade | None
    """None when the grade is missing or unknown, which is also a problem."""
    reason: str | None
    cites: str | None
    """The section id in `BAD[#id]`."""
    comparison: int
    """Which comparison of the conversation it belongs to, from 0."""
    after: int
    """How many messages of the conversation precede the comparison."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a parser could not make sense of; kept in the text, never dropped."""

    kind: str
    """A stable name such as `unclosed-tag`."""
    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Conversation:
    """The body of one `~~~xml` fence."""

    messages: tuple[Message, ...] = ()
    responses: tuple[Response, ...] = ()
    comparisons: int = 0
    problems: tuple[Problem, ...] = ()
