"""Points in time as texts: RFC 3339 with an offset, and seconds since 1970. No clock here."""

from __future__ import annotations

from datetime import UTC, datetime


def instant(text: str) -> float:
    """Return seconds since 1970-01-01T00:00Z. Raises ValueError for anything but RFC 3339.

    A time without an offset is refused: whose noon would it be?
    """
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"not a time such as 2026-11-21T17:00:00Z: {text!r:.80}") from None
    if moment.tzinfo is None:
        raise ValueError(f"time without an offset: {text!r:.80}; end it with Z or +02:00")
    return moment.timestamp()


def written(seconds: float) -> str:
    """Return an instant as RFC 3339 in UTC; outside of the years 1 to 9999, as a number."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return f"{seconds:g} s after 1970"
    return moment.isoformat().replace("+00:00", "Z")
