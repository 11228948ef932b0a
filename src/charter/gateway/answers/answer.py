"""An upstream's answer as texts and calls, and where each stands in the body.

What a client gets is written from what was read here: members that no API has and that hold text
are taken out of the body before anything is decided (`stripped`), and what a check cannot read
but a client needs, such as pictures, is named (`uncovered`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from charter.gateway.verdict import CallSaid, Channel, Verdict
from charter.gateway.wire.asked import Api
from charter.records.record import Record


class Cut(Enum):
    """What a redaction does to a text."""

    EDIT = "edit"
    """The ranges are replaced, in every copy."""
    DROP = "drop"
    """What holds it goes whole: it is signed, or is JSON that was written out to be read."""


class Said(NamedTuple):
    """One text of an answer."""

    channel: Channel
    text: str
    pointers: tuple[str, ...]
    """Of every copy; with `Cut.DROP` of what is dropped."""
    cut: Cut = Cut.EDIT
    logprobs: str = ""
    """Pointer to the list of its tokens, where there is one."""
    beside: tuple[str, ...] = ()
    """Pointers of what goes as well when the text is edited: places in it, sound of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read."""

    api: Api
    body: Any
    """What a client may get, once each text and call was decided on; never changed."""
    said: tuple[Said, ...]
    calls: tuple[CallSaid, ...]
    uncovered: frozenset[str] = frozenset()
    stripped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an answer."""

    body: bytes
    """For the client. Empty where a verdict restricts: see `refused`."""
    refused: Verdict | None
    """The strictest verdict that denies or asks for approval."""
    records: tuple[Record, ...]
    """Must be durable before anything of it is sent."""
    released: int
    """Characters of texts and calls in `body`."""
    edited: bool
