"""A conversation as labelled passages: what decisions are taken on.

A wire reader makes a `Transcript` of a request; `label` turns it into a `Conversation`, whose
passages tile the text of every message exactly. All ranges are characters of `Message.text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from charter.source import Span


class Kind(StrEnum):
    """What a passage is, and so whose words it holds."""

    OWN = "own"
    """Unquoted words of the message's author: the only kind with authority by itself."""
    QUOTE = "quote"
    """In quotation marks, or a `>` block quote."""
    CODE = "code"
    """In backticks or a code fence."""
    JSON = "json"
    YAML = "yaml"
    XML = "xml"
    UNTRUSTED = "untrusted"
    """Marked as untrusted by a tag, a fence, or the caller's own offsets."""
    ATTACHMENT = "attachment"
    """The text of a file."""
    TOOL = "tool"
    """What a tool returned."""
    ASSISTANT = "assistant"
    """The assistant's earlier words: the client may have made them up."""
    DIRECTIVE = "directive"
    """A `~~~directive` fence, which its author wrote as an instruction: the role's own words."""


class Sensitivity(StrEnum):
    """How far content may travel; it joins upward, as authority joins downward."""

    PUBLIC = "public"
    PRIVATE = "private"
    """The user's words, and what tools returned."""
    PRIVILEGED = "privileged"
    """System and developer messages: confidential unless they say otherwise."""


class Doubt(NamedTuple):
    """Why undelimited text may be someone else's: one named heuristic."""

    heuristic: str
    confidence: int
    """Percent, stated by the heuristic; not a measured probability unless its page says so."""


class Passage(NamedTuple):
    """A range of one message with one source and one label."""

    message: int
    """Index in `Conversation.messages`."""
    start: int
    end: int
    kind: Kind
    source: str
    """Whose words: `user`, `tool:read_file`, `attachment:notes.txt`, `quote:user`; what
    delegations name."""
    authority: str
    """A level of the ladder, or `none`."""
    sensitivity: Sensitivity
    doubt: Doubt | None = None

    @property
    def span(self) -> Span:
        """The range alone."""
        return Span(self.start, self.end)


class Call(NamedTuple):
    """A tool call the assistant made earlier in the conversation."""

    id: str | None
    tool: str
    arguments: str
    """JSON text, as sent."""


class Hint(NamedTuple):
    """A range a reader knows more about than its text shows."""

    start: int
    end: int
    kind: Kind
    name: str | None = None
    """Tool or file."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Tool results inside a user message of another wire are messages of their own."""

    role: str
    """system, developer, user, assistant, tool; any other speaks with no authority."""
    text: str
    """All its text parts, joined without anything in between."""
    name: str | None = None
    """Of the tool that a tool message answers for."""
    hints: tuple[Hint, ...] = ()
    """In order, without overlap."""
    calls: tuple[Call, ...] = ()
    media: tuple[str, ...] = ()
    """Parts without text, such as `image_url`; they never have authority."""
    settings: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What a reader or labeller could not make full sense of; nothing is dropped for it."""

    message: int
    """Index in the messages; -1 for the request as a whole."""
    kind: str
    """A stable name such as `unknown-role`."""
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a wire reader makes of a request, before any label."""

    wire: str
    messages: tuple[Message, ...]
    tools: tuple[str, ...] = ()
    """Names of the tools offered."""
    unseen: tuple[str, ...] = ()
    """State outside of the request, such as `previous_response_id`: the view is partial."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A transcript with a label on every passage."""

    wire: str
    messages: tuple[Message, ...]
    passages: tuple[Passage, ...]
    """In order; those of one message tile its text. An empty message has none."""
    tools: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    """From outside of the messages, by the caller's authority: request metadata."""

    def text_of(self, passage: Passage) -> str:
        """Return the characters of a passage."""
        return self.messages[passage.message].text[passage.start : passage.end]

    def of(self, message: int) -> tuple[Passage, ...]:
        """Return the passages of one message."""
        return tuple(passage for passage in self.passages if passage.message == message)


EMPTY = Conversation("none", (), ())
"""Before anybody has said anything."""
