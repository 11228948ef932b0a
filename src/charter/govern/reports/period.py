"""The days that a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from charter.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment of one day to the last moment of another, in UTC."""

    first: date
    last: date

    @property
    def since(self) -> str:
        """The first moment, as records have it."""
        return _moment(self.first)

    @property
    def until(self) -> str:
        """The first moment that does not belong to it."""
        return _moment(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """The period of equal length that ends where this one begins. Raises ConfigError."""
        try:
            return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))
        except OverflowError as cause:
            raise ConfigError(
                f"{self.first} is too early for a report", hint="choose a later --from"
            ) from cause


def period(first: str, last: str, *, today: date) -> Period:
    """Read two days, such as 2026-01-01. Raises ConfigError for what is no period of the past."""
    found = Period(_day(first, "--from"), _day(last, "--to"))
    if found.last < found.first:
        raise ConfigError(f"--to {last} lies before --from {first}", hint="exchange them")
    if found.first > today:
        raise ConfigError(f"--from {first} lies in the future", hint="choose days that are past")
    return found


def _day(text: str, option: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as cause:
        raise ConfigError(f"{option} {text[:40]!r} is no day", hint="such as 2026-01-31") from cause
    if not 1971 <= found.year <= 9000 or len(text) != len("2026-01-31"):
        raise ConfigError(f"{option} {text[:40]!r} is no day", hint="such as 2026-01-31")
    return found


def _moment(day: date) -> str:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
