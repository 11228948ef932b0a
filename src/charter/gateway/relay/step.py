"""What a relay is given and what it returns.

A relay stands between the events of an upstream and a client. It reads bytes however they are cut
and returns bytes that hold whole events only, so that a comment (`KEEP_ALIVE`) can be put between
any two steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from charter.gateway.verdict import Verdict
from charter.records.record import Record

KEEP_ALIVE = b": keep-alive\n\n"
"""A comment, which every client ignores."""
MOST_ANSWER = 32 * 1024 * 1024
"""Characters of all texts and calls of one answer together, unless told otherwise."""


class Step(NamedTuple):
    """What to do next."""

    before: tuple[Record, ...] = ()
    """Records that must be durable before `out` is written."""
    out: bytes = b""
    done: bool = False
    """Whether this ends the stream. The terminal event is always in the step that says so;
    nothing follows it."""


@dataclass(frozen=True, slots=True)
class RelayTerms:
    """What a relay needs to know of its request."""

    id: str
    """Of the exchange; ids of what the gateway itself adds to a stream are made of it."""
    model: str = ""
    """As asked for; for answers whose upstream never said."""
    created: int = 0
    """Seconds since 1970, for the same."""
    n: int = 1
    """Answers asked for."""
    request: Mapping[str, Any] = field(default_factory=dict)
    """The body as the client sent it: where a response repeats its request, it repeats this."""
    most: int = MOST_ANSWER


class Relay(Protocol):
    """One stream of one API. Pure: no I/O, no clock. It never raises."""

    @property
    def released(self) -> int:
        """Characters of model output that the client was given, over all channels."""
        ...

    @property
    def failure(self) -> str:
        """Why the stream ended early, as a stable name; empty where it did not fail."""
        ...

    @property
    def refused(self) -> Verdict | None:
        """The verdict that ended the stream, where one did."""
        ...

    @property
    def stripped(self) -> frozenset[str]:
        """Names of members and events that hold text no check can read, and were left out."""
        ...

    @property
    def uncovered(self) -> frozenset[str]:
        """Kinds of content that were passed on though no check can read them."""
        ...

    def feed(self, data: bytes) -> Step:
        """Take bytes of the upstream's body, decoded from any content encoding."""
        ...

    def end(self, failure: str | None = None) -> Step:
        """Take note that the upstream has ended (None), or broke: a stable name of how.

        With a failure, texts that were begun are decided on as far as they came.
        """
        ...

    def stop(self, why: Verdict) -> Step:
        """End the stream because a person stopped it; `why` says what the client is told."""
        ...
