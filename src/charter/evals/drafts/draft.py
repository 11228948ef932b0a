"""What is asked of a model that drafts scenarios, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from charter.models.provider import ChatMessage
from charter.source import digest_of
from charter.spec.expectation import Outcome, is_undecided
from charter.spec.spec import Example


class Kind(StrEnum):
    """How a draft comes about."""

    VARIATION = "variation"
    """Another conversation that asks what one of the spec's examples asks."""
    CONFLICT = "conflict"
    """Somebody in the conversation instructs against the section."""
    TRADEOFF = "tradeoff"
    """Two clauses pull in different directions."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for drafts."""

    kind: Kind
    section: str
    clause: str
    """Id of the clause that is to be tested."""
    source: str
    """What the drafts are made from: they count as one cluster."""
    count: int
    example: Example | None = None
    """Variation: what is varied."""
    speaker: str = ""
    """Conflict: the level at which the instruction is given."""
    role: str = ""
    """Conflict: the role that speaks at it."""
    said: str = ""
    """Conflict: what an overlay says about the section."""
    said_by: str = ""
    """Conflict: the role that says it in the conversation."""
    other: str = ""
    """Trade-off: id of the other clause."""


class Expected(NamedTuple):
    """What an answer should do."""

    outcome: Outcome
    checks: tuple[Mapping[str, Mapping[str, Any]], ...] = ()
    """Each of one key, as in a scenario file."""
    rubric: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One draft as the model wrote it, of the right form and within bounds."""

    ask: Ask
    caption: str
    clause: str
    """Id of the clause it says it tests."""
    family: str
    messages: tuple[ChatMessage, ...]
    tools: tuple[str, ...]
    instruction: int | None
    """Conflict: index of the message that instructs."""
    alternatives: Mapping[str, Expected]
    """`expect` alone; `kept` and `set_aside`; or `first` and `second`."""


class Nearest(NamedTuple):
    """What is most like a draft."""

    id: str
    similarity: float
    """From 0 to 1, by the method of the `Similarity` that measured it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal with what is expected of an answer, ready to be written down."""

    id: str
    proposal: Proposal
    expected: Expected
    decided: str
    """Who decided the outcome, in words."""
    nearest: Nearest | None = None

    @property
    def undecided(self) -> bool:
        """Whether a person has to say what is expected before it can be accepted."""
        return is_undecided(self.expected.rubric)


class Provenance(NamedTuple):
    """Where drafts come from; stored with each."""

    model: str
    """`provider:name`, with the digest of the weights where that is known."""
    prompt: str
    """Digest of everything a model is told that does not depend on the spec."""
    date: str
    """Day, `2030-01-31`; the command line says it."""
    similarity: str
    """Name of the method."""
    threshold: float
    """From which on two conversations are the same."""


def conversation_text(messages: tuple[ChatMessage, ...]) -> str:
    """Return a conversation as one text, for comparison."""
    return "\n".join(f"{message.role}: {message.content}" for message in messages)


def draft_id(section: str, kind: Kind, messages: tuple[ChatMessage, ...]) -> str:
    """Return the id of a draft: its conversation alone decides it, whenever it is drafted."""
    said = "\x00".join(f"{m.role}\x00{m.tool or ''}\x00{m.content}" for m in messages)
    return f"{section[:40]}_{kind}_{digest_of(said)[7:17]}"
