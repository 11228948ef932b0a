"""What is to happen with a request, a text or a call, once all that has a say was asked.

A verdict is made without waiting for anything: approvals and ids that it names are derived from
digests, and `records` are what must be durable before anything that follows from it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from charter.policy.decision import Effect
from charter.records.record import Record


class Edit(NamedTuple):
    """A range of a text to be replaced: how `redact` is done."""

    start: int
    end: int
    """Characters, half-open; edits of one text are sorted and apart."""
    text: str = "[removed]"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to happen."""

    effect: Effect
    decision: str
    """Id, as the client is told."""
    say: str = ""
    """What the client is told where it restricts: one sentence, with the ids of section and
    decision; nothing secret of the policy, nothing of the content."""
    steer: str = ""
    """How the client may go on."""
    approval: str = ""
    """With require_approval: the id under which a person is asked."""
    edits: tuple[Edit, ...] = ()
    """With redact."""
    failed: bool = False
    """Whether it restricts because something could not be checked, not because of a finding."""
    records: tuple[Record, ...] = ()


class Channel(NamedTuple):
    """One text of an answer that grows: its kind, and where it stands."""

    kind: str
    """text, refusal, reasoning, transcript, annotations."""
    choice: int = 0
    part: int = 0
    """Output item and content part of the API, flattened; unique within the choice."""


class CallSaid(NamedTuple):
    """A tool call that a model made, complete."""

    choice: int
    id: str
    tool: str
    arguments: str
    """JSON text as the model wrote it; may be no JSON."""
    server: str = ""
    """The MCP server whose tool it is, where the provider called it there."""


class Judge(Protocol):
    """Decides on one answer. One object for each exchange; sync, and never raises."""

    def text(self, channel: Channel, text: str, hits: tuple[str, ...] = ()) -> Verdict:
        """Decide on one channel, complete, or complete up to where patterns `hits` (ids) ended it.

        Called exactly once for each channel that had any text.
        """
        ...

    def call(self, said: CallSaid) -> Verdict:
        """Decide on one tool call."""
        ...

    def cut(self, failure: str, released: int) -> None:
        """Take note that the answer ended early: a stable name of why, and characters released."""
        ...
