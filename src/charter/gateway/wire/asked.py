"""What a request asks, whichever of the three APIs it came by."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from charter.policy.conversation import Conversation, Passage


class Api(StrEnum):
    """The endpoints a gateway reads; the value is the id of the wire in `policy/labels/wires`."""

    CHAT = "openai-chat"
    """POST /v1/chat/completions."""
    RESPONSES = "openai-responses"
    """POST /v1/responses."""
    MESSAGES = "anthropic-messages"
    """POST /v1/messages."""


class Text(NamedTuple):
    """A range of one message's text, and where in the body it stands."""

    pointer: str
    """JSON pointer (RFC 6901)."""
    message: int
    """Index in `Conversation.messages`."""
    start: int
    end: int
    """Characters of that message's text."""
    exact: bool = True
    """Whether the string at the pointer is this range. Else the range was written out of what
    stands there, such as the JSON of an unknown part: it can be refused, not edited in place."""
    signed: bool = False
    """Whether it is reasoning under its maker's signature: drop it whole or pass it, never edit."""


class Place(NamedTuple):
    """A piece of a passage in the body."""

    pointer: str
    start: int
    end: int
    """Characters of the string at the pointer; of no use where it is not exact."""
    exact: bool
    signed: bool


class Tool(NamedTuple):
    """A tool the request offers. Its description is text of no authority."""

    name: str
    """As calls name it; the type for tools that have no name of their own."""
    kind: str
    """`function`, `custom`, or the type of a tool that the provider runs."""
    description: str | None
    schema: Mapping[str, object] | None
    """JSON Schema of its arguments, where the request has one."""
    pointer: str


class Result(NamedTuple):
    """What a tool returned, as the client sends it."""

    call: str | None
    """Id of the call it says it answers."""
    tool: str | None
    """Of the call in this request under that id; never the name a result gives itself."""
    call_pointer: str | None
    """Where that call stands; None where this request has none under that id."""
    pointer: str


class Unseen(NamedTuple):
    """What goes to the model and cannot be read here."""

    kind: str
    """`previous_response_id`, `image_url`, or the type of an unknown part."""
    pointer: str


class Claim(NamedTuple):
    """A field in which a request says who it is for: data, never proof of an identity."""

    name: str
    """`user`, `safety_identifier`, `metadata.KEY`."""
    value: str | int | float | bool | None
    pointer: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as a view: the body itself is forwarded, and never rebuilt from this."""

    api: Api
    model: str | None
    stream: bool
    n: int
    """Answers asked for; 1 where the API has no such field."""
    conversation: Conversation
    texts: tuple[Text, ...]
    """In order; those of one message tile its text."""
    tools: tuple[Tool, ...] = ()
    results: tuple[Result, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    claims: tuple[Claim, ...] = ()
    signed: tuple[str, ...] = ()
    """Pointers of parts and items that must be passed as they are, or dropped whole."""
    copies: Mapping[str, str] = field(default_factory=dict)
    """By the pointer of a text, that of a member which says the same: it is edited with it."""

    @property
    def partial(self) -> bool:
        """Whether a decision on this view rests on a part of the request only."""
        return bool(self.unseen)

    def where(self, passage: Passage) -> tuple[Place, ...]:
        """Return where a passage stands in the body, in order."""
        found = []
        first = bisect_right(self.texts, (passage.message, passage.start), key=_end)
        for at in range(first, len(self.texts)):
            text = self.texts[at]
            if text.message != passage.message or text.start >= passage.end:
                break
            start, end = max(passage.start, text.start), min(passage.end, text.end)
            place = (start - text.start, end - text.start, text.exact, text.signed)
            found.append(Place(text.pointer, *place))
        return tuple(found)


def _end(text: Text) -> tuple[int, int]:
    return text.message, text.end
