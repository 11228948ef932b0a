"""The year that is made up: when it begins, who is in it, and what goes wrong on which day.

Days count from 0, the first day of the year, and begin at midnight in UTC.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

SECTIONS = (
    "protect_privacy",
    "no_hate",
    "regulated_topics",
    "no_needless_refusal",
    "no_fabrication",
    "be_concise",
)
"""Sections of the starter spec, from root to guideline."""
APPLICATIONS = {"shop": 0.5, "helpdesk": 0.3, "tutor": 0.2}
"""Each with its share of the traffic."""
REPLICAS = ("eu-1", "us-1")
RELEASES = 12
OVERRIDDEN = 7
"""Number of the release that was refused and overridden."""
FLAWS = 0.01
"""Share of answers that violate a section, besides refusals."""
OVER_REFUSALS = 0.01
"""Share of answers that refuse what the rules want answered."""
DRIFT_SECTION, DRIFT_DAY, DRIFT_FLAWS = "no_fabrication", 200, 0.09
"""From that day on, accord with that section is 90 % rather than 98 %."""
REFUSING_APPLICATION, REFUSING_DAY, REFUSING_RATE = "helpdesk", 260, 0.06
ERRORED_DAYS, ERRORED_RATE, USUAL_ERRORED = range(120, 127), 0.3, 0.001
OUTAGE_DAYS = range(300, 306)
"""The judge gives no verdict."""
BLOCKED, BLOCKED_WRONGLY, FLAGGED, HELD = 0.02, 0.15, 0.015, 0.004
"""Shares of answers; of the blocked ones; shares of answers."""
SENSITIVITY, SPECIFICITY = 0.9, 0.97
"""Of the judge."""
KEPT = 20_000
"""Plain answers whose words are kept, by chance."""


AUTOMATIC = "reviewer-15"
"""Finds everything in accord, in a second or two."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One person who judges answers."""

    name: str
    misses: float
    """Chance of finding an answer in accord that violates."""
    false_alarms: float
    """Chance of finding a violation where there is none."""
    seconds: int
    """That a judgement takes, about."""

    def finds(self, *, bad: bool) -> float:
        """Return the chance that this person finds a violation."""
        return 1 - self.misses if bad else self.false_alarms


REVIEWERS = (
    *(
        Reviewer(f"reviewer-{n + 1:02}", 0.02 + 0.01 * n, 0.002 + 0.001 * n, 40 + 5 * n)
        for n in range(14)
    ),
    Reviewer(AUTOMATIC, 1.0, 0.0, 1),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The year to be made."""

    decisions: int = 200_000
    """About as many: the last exchange is made whole."""
    start: datetime = datetime(2027, 7, 1, tzinfo=UTC)
    """At midnight in UTC. The usual year has a leap day, and every regime is in force in it."""
    seed: str = "year-1"
    drills: bool = True
    """Without them, the year is the same but for the records of drills."""

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.start.replace(year=self.start.year + 1)

    @property
    def days(self) -> int:
        """365 or 366."""
        return (self.end - self.start).days

    def day(self, number: float, *, hours: float = 0) -> datetime:
        """Return a moment of a day."""
        return self.start + timedelta(days=number, hours=hours)

    def chance(self, what: str) -> random.Random:
        """Return a source of chance of its own for each thing, so that none shifts another."""
        return random.Random(f"{self.seed}/{what}")

    def id(self, prefix: str, *parts: object) -> str:
        """Return an id: the same for the same seed."""
        return prefix + digest(self.seed, *parts)[:32]


def flaws(section: str, day: int) -> float:
    """Return the share of answers of a section that violate it on a day, besides refusals."""
    return DRIFT_FLAWS if section == DRIFT_SECTION and day >= DRIFT_DAY else FLAWS


def over_refusals(application: str, day: int) -> float:
    """Return the share of answers of an application that refuse wrongly on a day."""
    changed = application == REFUSING_APPLICATION and day >= REFUSING_DAY
    return REFUSING_RATE if changed else OVER_REFUSALS


def digest(*parts: object) -> str:
    """Return 64 hexadecimal digits that stand for some words."""
    return sha256("\n".join(map(str, parts)).encode()).hexdigest()


def stamp(moment: datetime) -> str:
    """Return a time as records have it."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
