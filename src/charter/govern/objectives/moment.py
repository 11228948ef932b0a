"""Times of records as whole milliseconds and minutes since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from charter.errors import ConfigError

MINUTE_MS = 60_000
MOST_TEXT = 40
_START = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(text: str) -> int | None:
    """Return a time of RFC 3339 as milliseconds; None where it is none, or without a zone."""
    if len(text) > MOST_TEXT:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is None:
        return None
    try:
        return (found - _START) // timedelta(milliseconds=1)
    except OverflowError:
        return None


def written(moment: int) -> str:
    """Return milliseconds as records write times: UTC, RFC 3339 to the millisecond."""
    at = _START + timedelta(milliseconds=moment)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def required(text: str, what: str) -> int:
    """Return milliseconds. Raises ConfigError where a text is no time with its zone."""
    found = milliseconds(text)
    if found is None:
        raise ConfigError(
            f"{what}: {text[:MOST_TEXT]!r} is no time", hint="such as 2026-01-31T23:59:59Z"
        )
    return found
