"""What is promised: an indicator, the share of it that has to be good, and when to be told."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

DAY_MINUTES = 24 * 60
SEVERITIES = ("page", "ticket")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an objective speaks of; empty fields leave nothing out."""

    clause: str = ""
    section: str = ""
    application: str = ""
    model: str = ""

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each field that narrows."""
        pairs = (
            ("clause", self.clause),
            ("section", self.section),
            ("application", self.application),
            ("model", self.model),
        )
        return tuple((name, value) for name, value in pairs if value)

    @property
    def place(self) -> str:
        """The clause, or else the section; empty for all rules."""
        return self.clause or self.section


@dataclass(frozen=True, slots=True)
class Windows:
    """One row of the alert table: both windows have to burn more than `factor`."""

    name: str
    """Such as `page-1h`."""
    severity: str
    """page or ticket."""
    long_minutes: int
    short_minutes: int
    factor: Fraction
    """Times as quickly as would use the budget up in exactly the period."""


STANDARD = (
    Windows("page-1h", "page", 60, 5, Fraction(72, 5)),
    Windows("page-6h", "page", 360, 30, Fraction(6)),
    Windows("ticket-1d", "ticket", 1440, 120, Fraction(3)),
    Windows("ticket-3d", "ticket", 4320, 360, Fraction(1)),
)
"""The four rows of Sloth and of Prometheus practice; three of them are in Google's SRE workbook."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A service level with its error budget."""

    id: str
    title: str
    indicator: str
    """Id of the indicator: see `indicators/`."""
    scope: Scope
    target: Fraction
    """Share of events that has to be good: above 0 and below 1."""
    days: int
    """The rolling period of the budget."""
    windows: tuple[Windows, ...]
    within: int | None = None
    """Seconds, for indicators that measure a wait."""
    most: int | None = None
    """Items, for indicators that measure a load."""
    least_bad: int = 2
    """Bad events in the long window below which no alert fires."""
    least_events: int = 10
    """Events in the period below which nothing is said about the target."""

    @property
    def allowed(self) -> Fraction:
        """The share of events that may be bad: the error budget."""
        return 1 - self.target

    @property
    def period_minutes(self) -> int:
        """The period of the budget."""
        return self.days * DAY_MINUTES


@dataclass(frozen=True, slots=True)
class Objectives:
    """A file of them, with the digest by which records name it."""

    digest: str
    """`sha256:` and the hex digest of the text."""
    every: tuple[Objective, ...]


def spoken(minutes: int) -> str:
    """Return a number of minutes in words: `3 days`, `1 hour`, `5 minutes`."""
    for unit, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if minutes % size == 0 and minutes >= size:
            count = minutes // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{minutes} minutes"
