"""A regime: who has to be told of an incident, of what, and by when. All of it is data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from charter.govern.incidents.condition import Condition
from charter.govern.incidents.duration import Duration

READ, SECONDARY, RECALLED = "read", "secondary", "recalled"
VERIFIED: Mapping[str, str] = {
    READ: "the text of the law was read",
    SECONDARY: "taken from others who quote the law",
    RECALLED: "from memory: look it up before you rely on it",
}
START, RESOLVED_AT = "start", "resolved_at"


@dataclass(frozen=True, slots=True)
class Question:
    """Something a regime asks of an incident, answered in the field of this name."""

    name: str
    ask: str
    choices: tuple[str, ...]
    """Of a list; empty for a question of yes or no."""


@dataclass(frozen=True, slots=True)
class Case:
    """A period, where a condition holds."""

    due: Duration
    when: Condition | None
    """None: always."""
    says: str
    """The case in a few words; empty where there is one alone."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One report that a regime asks for."""

    name: str
    title: str
    to: str
    """Who gets it."""
    after: str
    """What its period counts from: `start`, `resolved_at`, or another stage's submission."""
    repeats: bool
    """Whether it is due again and again until the incident is resolved."""
    cases: tuple[Case, ...]
    """The shortest that applies counts."""


@dataclass(frozen=True, slots=True)
class Regime:
    """One law or code."""

    id: str
    title: str
    source: str
    verified: str
    """read, secondary or recalled."""
    law_checked_on: datetime
    review_by: datetime
    in_force_from: datetime
    """Start of that day in UTC."""
    starts_at: tuple[str, ...]
    """Times of an incident; the earliest that is known starts the clock."""
    questions: tuple[Question, ...]
    applies: Condition
    stages: tuple[Stage, ...]
    keep_for: Duration | None
    """How long its papers are kept, from the later of the incident and the newest of them."""
    limits: str
    """What these lines leave out."""

    def stage(self, name: str) -> Stage | None:
        """Return a stage by its name."""
        return next((stage for stage in self.stages if stage.name == name), None)

    def is_stale(self, now: datetime) -> bool:
        """Whether the day has come by which the law should have been looked at again."""
        return now >= self.review_by
