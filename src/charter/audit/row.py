"""One row of a log, and what a policy says of it."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

STAGES = ("request", "output", "tool_call", "tool_result")


class Row(NamedTuple):
    """One conversation as a log has it; None where it has no such column, or nothing in it."""

    request: str | None = None
    """What the user said."""
    answer: str | None = None
    """What the model answered; with `messages`, after them."""
    system: str | None = None
    """What the application told the model before."""
    messages: str | None = None
    """JSON: a list of messages, or a request body of any wire."""


class Terms(NamedTuple):
    """How rows are read."""

    system_as: str = "developer"
    """The role that system text speaks in, as behind a gateway."""
    offered: tuple[str, ...] = ()
    """Tools that every conversation had, beside those that its row names."""
    wire: str | None = None
    """Of `messages`; None: guessed."""


class Finding(NamedTuple):
    """One decision that is stricter than allow."""

    message: int
    """Index in the conversation, the answer included."""
    stage: str
    effect: str
    checks: tuple[str, ...]
    """Boundaries and gates that ask for it, strictest first."""
    sections: tuple[str, ...]
    """What it rests on: ids of sections."""


class Decided(NamedTuple):
    """Everything that was decided in one conversation."""

    asked: tuple[int, int, int, int]
    """Decisions by stage, in the order of STAGES."""
    findings: tuple[Finding, ...] = ()


class Unread(NamedTuple):
    """A row on which nothing could be decided."""

    why: str
    """A stable name: empty, not_json, not_text, no_conversation, too_long, ragged."""


RowResult: TypeAlias = Decided | Unread
