"""Spans of time as laws give them: ISO 8601 in hours, days, weeks or years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from charter.errors import ConfigError

MOST = 10_000
"""Of one unit."""
_SHAPE = re.compile(r"PT([1-9]\d{0,4})H|P([1-9]\d{0,4})([DWY])", re.ASCII)
_HOURS = {"H": 1, "D": 24, "W": 7 * 24}
_UNITS = {"H": "hours", "D": "days", "W": "weeks", "Y": "years"}


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of hours, days, weeks or years. Days are 24 hours and weeks 168: no calendar."""

    count: int
    unit: str
    """H, D, W or Y."""

    def after(self, start: datetime) -> datetime:
        """Return the instant at its end, in UTC; the last one there is where it lies beyond.

        Years are of the calendar in UTC: the same date and time; from 29 February it is 1 March
        where there is no such day, as nothing may end early that has to be kept so long.
        """
        start = start.astimezone(UTC)
        try:
            if self.unit != "Y":
                return start + timedelta(hours=self.count * _HOURS[self.unit])
            year = start.year + self.count
            if start.month == 2 and start.day == 29:
                start += timedelta(days=1) if not _is_leap(year) else timedelta()
            return start.replace(year=year)
        except (OverflowError, ValueError):
            return datetime.max.replace(tzinfo=UTC)

    def __str__(self) -> str:
        name = _UNITS[self.unit]
        return f"{self.count} {name if self.count != 1 else name[:-1]}"


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def parse(text: str) -> Duration:
    """Return a duration such as PT72H, P15D, P4W, P5Y. Raises ConfigError for anything else."""
    found = _SHAPE.fullmatch(text)
    if found is None or int(found[1] or found[2]) > MOST:
        raise ConfigError(
            f"not a duration: {text[:40]!r}", hint=f"PT72H, P15D, P4W or P5Y, up to {MOST}"
        )
    return Duration(int(found[1]), "H") if found[1] else Duration(int(found[2]), found[3])


def spoken(left: timedelta) -> str:
    """Return how much time that is, in its two largest units, rounded down; never negative."""
    minutes = max(0, int(left.total_seconds() // 60))
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
