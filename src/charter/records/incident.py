"""What went wrong, and all that was said and done about it. `run` is the id of the incident.

The words are under the tree for good: they name records, never people who are no part of the
organisation, and quote no conversation.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """What an incident has to do with."""

    kind: str
    """decision, exchange, section, clause, policy, model, application, alert, review, release."""
    id: str


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    """Somebody, or an alert, says that something went wrong."""

    run: str
    at: str
    by: str
    source: str
    """alert, reviewer, console, api or cli."""
    title: str
    summary: str
    severity: str
    """See `govern.incidents.severity`."""
    drill: bool
    """An exercise: never in a figure."""
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class IncidentAmended:
    """One thing said or done about an incident, after `number` - 1 others.

    Whoever writes says which number theirs is: of two who act on the same state, one comes late.
    """

    run: str
    number: int
    """From 1 without a gap."""
    at: str
    by: str
    change: str
    """note, severity, link, time, field, submitted, contained, cause, regression, postmortem,
    reviewed, resolved, closed or reopened."""
    name: str = ""
    """Of a time, a field, a regime; how it was contained."""
    state: str = ""
    """Of a field: value, unknown or withheld."""
    value: str = ""
    reason: str = ""
    """Why, or the evidence for a time."""
    links: tuple[Link, ...] = ()
