"""What a ranker is: candidate answers that people ranked in, the order that the spec gives out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from charter.evals.judge import Rules
from charter.evals.judging.cost import NONE, Tokens
from charter.models.provider import ChatMessage
from charter.records.grading import JudgeId

RELEVANCE = range(1, 6)
"""How much a section speaks to an item: 5 decides it, 1 hardly touches it. 0 was not said."""

Order = tuple[tuple[str, ...], ...]
"""Ids of answers, the best first; those in one group are level."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section that an item asks about, or one clause of it."""

    section: str
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Candidate answers to rank. Nothing in it says how people ranked them."""

    id: str
    """Of the item; never shown to a model."""
    parts: tuple[Part, ...]
    """What it asks about, at least one."""
    messages: tuple[ChatMessage, ...]
    answers: Mapping[str, str]
    """Words by id, at least two; the ids are never shown to a model either."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a ranker made of a question, once."""

    order: Order = ()
    """Every answer once; empty where it failed."""
    section: str = ""
    """The one that decided."""
    clauses: tuple[str, ...] = ()
    relevance: int = 0
    reason: str = ""
    failure: str = ""
    """Why there is no order."""
    unavailable: bool = False
    """Whether no reply came, so that asking again may help."""
    shown: tuple[str, ...] = ()
    """Ids of answers in the order in which they stood; empty where none stood beside another."""
    text: str = ""
    """What was replied, of a failure."""
    used: Tokens = NONE
    """What it cost; what a server does not count is estimated."""


@dataclass(frozen=True, slots=True)
class Need:
    """What ranking a question once takes at most."""

    requests: int = 0
    tokens: Tokens = NONE
    """Told, estimated from above, and said, the longest replies there can be."""


class Ranker(Protocol):
    """A ranker that is ready. Close it when done."""

    @property
    def identity(self) -> str:
        """Canonical JSON of model, prompt and settings: what makes another instrument."""
        ...

    @property
    def asks(self) -> JudgeId:
        """Who is asked, and paid."""
        ...

    def need(self, question: Question) -> Need:
        """Return what ranking it once takes, whichever the repeat. Asks nobody."""
        ...

    async def rank(self, question: Question, *, repeat: int) -> Ranked:
        """Rank once; `repeat` from 0 varies order, names and seed. Failures are values.

        Raises ModelError only where asking anything else would fail as well.
        """
        ...

    async def close(self) -> None: ...


class RankerPlugin(Protocol):
    """A module in `evals/ranking/rankers/`; others come by the group `charter.rankers`."""

    def open(self, name: str, options: Mapping[str, str], rules: Rules) -> Ranker:
        """Return a ranker that knows the rules. Raises ConfigError or ModelUnavailable."""
        ...
