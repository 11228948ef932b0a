"""An incident as its records make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from charter.ledger.board import folded
from charter.records.incident import Link

TIMES: Mapping[str, str] = {
    "occurred_from": "it began",
    "occurred_to": "it ended",
    "discovered_at": "it was discovered",
    "causal_link_suspected_at": "it was first thought reasonably likely that the model had a part",
    "aware_at": "the organisation became aware",
    "determined_at": "it was determined that it happened, and what the model had to do with it",
    "resolved_at": "it was resolved",
}
"""The times of an incident, each with what it says."""

OPEN, RESOLVED, CLOSED = "open", "resolved", "closed"
VALUE, UNKNOWN, WITHHELD = "value", "unknown", "withheld"
STATES = (VALUE, UNKNOWN, WITHHELD)

SOURCES = ("alert", "reviewer", "console", "api", "cli")
LINK_KINDS = (
    "decision",
    "exchange",
    "section",
    "clause",
    "policy",
    "model",
    "application",
    "alert",
    "review",
    "release",
)
CHANGES = (
    "note",
    "severity",
    "link",
    "time",
    "field",
    "submitted",
    "contained",
    "cause",
    "regression",
    "postmortem",
    "reviewed",
    "resolved",
    "closed",
    "reopened",
)
AFTER_CLOSE = frozenset({"note", "link", "submitted", "reopened"})
"""What may be said of an incident that is closed: a final report may fall due later."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing said or done."""

    number: int
    """Of the record: 0 for the opening."""
    at: str
    by: str
    change: str
    """opened, or one of CHANGES."""
    name: str
    state: str
    value: str
    reason: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the times of an incident."""

    at: datetime
    """In UTC."""
    evidence: str
    number: int
    """Of the record that says so."""
    by: str


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of one thing that a report or a regime asks."""

    state: str
    """value, unknown or withheld."""
    value: str
    """Empty unless the state is value."""
    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Submission:
    """A report that was handed in."""

    regime: str
    stage: str
    at: datetime
    evidence: str
    number: int
    by: str


@dataclass(frozen=True, slots=True)
class Containment:
    """What was done to stop it."""

    how: str
    """stop, pin or overlay."""
    what: str
    """Id of the stop or pin, or digest of the overlay's new text."""
    reason: str
    number: int
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Regression:
    """A scenario that is to show the fault and that it is gone."""

    scenario: str
    before: str
    """Run in which it failed."""
    after: str
    """Run in which it passed."""
    number: int


@dataclass(frozen=True, slots=True)
class PostMortem:
    """What was learned, in Markdown; a later one takes the place of an earlier."""

    text: str
    by: str
    at: str
    number: int


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody read a post-mortem."""

    postmortem: int
    """Number of the record that was read."""
    accepted: bool
    by: str
    note: str
    at: str
    number: int


@dataclass(frozen=True, slots=True)
class Incident:
    """Everything that is known of an incident."""

    id: str
    title: str
    summary: str
    source: str
    opened_at: str
    opened_by: str
    drill: bool
    """An exercise: in no figure."""
    severity: str
    status: str
    """open, resolved or closed."""
    number: int
    """Of the newest record: the next one is this and 1."""
    timeline: tuple[Event, ...]
    times: Mapping[str, Moment]
    fields: Mapping[str, Field]
    links: tuple[Link, ...]
    submissions: tuple[Submission, ...]
    containment: tuple[Containment, ...]
    cause: str
    cause_number: int
    regressions: tuple[Regression, ...]
    """One for each scenario, as last recorded."""
    postmortem: PostMortem | None
    reviews: tuple[Review, ...]
    """Of the post-mortem as it stands."""
    oddities: tuple[str, ...]
    """What does not fit together; nothing of it is lost, it stands in the timeline."""

    @property
    def latest_reviews(self) -> tuple[Review, ...]:
        """What each person said last of the post-mortem as it stands; names as they look."""
        return tuple({folded(review.by): review for review in self.reviews}.values())

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Who accepted the post-mortem as it stands, other than its author, and did not go back."""
        author = folded(self.postmortem.by) if self.postmortem else ""
        accepted = (each.by for each in self.latest_reviews if each.accepted)
        return tuple(by for by in accepted if folded(by) != author)
