"""What was planted in the year, so that whatever is found can be held against it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from .plan import Plan


class Due(NamedTuple):
    """One report that an incident owes."""

    incident: str
    regime: str
    stage: str
    due: datetime
    """In UTC."""
    state: str
    """At the end of the year: met, met late, overdue or running."""


class Cell(NamedTuple):
    """A part of the traffic."""

    day: int
    section: str
    application: str


@dataclass(slots=True)
class Truth:
    """Everything planted."""

    plan: Plan
    answers: Counter[Cell] = field(default_factory=Counter)
    """Answers: decisions of the stages output and tool_call."""
    violated: Counter[Cell] = field(default_factory=Counter)
    """Those that violate the section they are held against; also those that refuse wrongly."""
    over_refused: Counter[Cell] = field(default_factory=Counter)
    bad: set[str] = field(default_factory=set)
    """Decisions on answers that violate."""
    refused: set[str] = field(default_factory=set)
    """Decisions on answers that refuse what the rules want answered."""
    checks: Counter[int] = field(default_factory=Counter)
    """Checks by day."""
    errored: Counter[int] = field(default_factory=Counter)
    blocked: int = 0
    blocked_wrongly: int = 0
    approval_waits: dict[str, float] = field(default_factory=dict)
    """Seconds by approval that was decided."""
    approvals_expired: int = 0
    reviews: Counter[str] = field(default_factory=Counter)
    """Reviews of live answers by person."""
    wrong: Counter[str] = field(default_factory=Counter)
    """Of those: with the wrong label."""
    pairs: list[tuple[str, str, bool]] = field(default_factory=list)
    """Two people who judged one live answer, and whether it violates."""
    seeds: Counter[str] = field(default_factory=Counter)
    """Items with a known answer that a person judged."""
    caught: Counter[str] = field(default_factory=Counter)
    """Of those: judged rightly."""
    samples: list[str] = field(default_factory=list)
    unjudged: int = 0
    """Verdicts that failed in the outage of the judge."""
    dues: list[Due] = field(default_factory=list)
    incidents: int = 0
    drills: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    releases: list[str] = field(default_factory=list)
    """Ids of the requests, in their order."""
    overridden: set[str] = field(default_factory=set)
    erased: dict[str, int] = field(default_factory=dict)
    """Payloads by subject that was erased."""
    standing: set[str] = field(default_factory=set)
    """Stops in force at the end."""

    def accord(
        self, *, since: int = 0, until: int = 10**6, section: str = "", application: str = ""
    ) -> float:
        """Return the true share of answers in accord, of `since` <= day < `until`."""
        cells = [
            cell
            for cell in self.answers
            if since <= cell.day < until
            and section in ("", cell.section)
            and application in ("", cell.application)
        ]
        total = sum(self.answers[cell] for cell in cells)
        return 1 - sum(self.violated[cell] for cell in cells) / total
