"""An upstream's answer as texts and calls, and where each stands in the body.

What a client gets is written from what was read: members that no API has and that hold text are
left out of the body before anything is decided (`stripped`), and what a check cannot read but a
client needs, such as pictures, is named (`uncovered`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from charter.gateway.answers.encode import encode
from charter.gateway.verdict import CallSaid, Channel
from charter.gateway.wire.asked import Api


class Said(NamedTuple):
    """One text of an answer."""

    channel: Channel
    text: str
    pointers: tuple[str, ...]
    """JSON pointers of every copy."""
    whole: bool = False
    """Whether a redaction drops what stands there, which is signed, or is JSON and no text."""
    logprobs: str = ""
    """Pointer to the list of its tokens, where there is one."""
    beside: tuple[str, ...] = ()
    """Pointers of what goes as well when the text is edited: places in it, sound of it."""


@dataclass(slots=True)
class Answer:
    """One answer, read."""

    api: Api
    body: Any = None
    """What a client may get, once each text and call was decided on."""
    said: list[Said] = field(default_factory=list)
    calls: list[CallSaid] = field(default_factory=list)
    uncovered: set[str] = field(default_factory=set)
    stripped: set[str] = field(default_factory=set)

    def add(
        self,
        channel: Channel,
        text: str,
        pointer: str,
        *,
        logprobs: str = "",
        beside: tuple[str, ...] = (),
    ) -> None:
        """Add a text that can be edited where it stands; an empty one is none."""
        if text:
            self.said.append(Said(channel, text, (pointer,), logprobs=logprobs, beside=beside))

    def add_value(self, channel: Channel, value: Any, *pointers: str) -> None:
        """Add what is no text, by its JSON: it passes as it is or goes whole."""
        self.said.append(Said(channel, encode(value).decode(), pointers, whole=True))
