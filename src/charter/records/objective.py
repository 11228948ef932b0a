"""Alerts on service levels, and who was told. Numbers that are no counts are decimals in text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """A service level burns its budget too quickly, or a rule without a budget was broken."""

    run: str
    """Objective and severity, such as `accord-privacy/page`: its alerts are one line."""
    number: int
    """From 1 without a gap within `run`."""
    at: str
    objective: str
    severity: str
    """page, ticket or breach."""
    definition: str
    """Digest of the file that defines the objective."""
    long_minutes: int
    """The window that fired; 0 for a breach."""
    bad: int
    total: int
    """Events in that window."""
    burn: str
    """Rate there, as a decimal; empty for a breach."""
    short_burn: str
    links: tuple[str, ...] = ()
    """Decisions or reviews that it rests on, where they are few."""


@dataclass(frozen=True, slots=True)
class AlertEnded:
    """It no longer holds, or a person says that it is dealt with. `run` and `number` as raised."""

    run: str
    number: int
    at: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoticeSent:
    """Somebody was told, or could not be."""

    run: str
    """What about: `run/number` of an alert, id of an incident, of a release."""
    number: int
    """From 1 within `run`."""
    at: str
    event: str
    """Such as `alert.raised` or `clock.warning`."""
    target: str
    """Name of the target in the settings, never its address."""
    outcome: str
    """sent or failed."""
    detail: str = ""
