"""Times as records have them and as people read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from charter.policy.instant import instant

_AT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,20})?)?)?(Z|[+-]\d\d:\d\d)?")
_LAST = 253_402_300_799.0
"""The end of the year 9999."""
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def stamp(now: float) -> str:
    """Return an instant as records have it: UTC, RFC 3339 to the millisecond."""
    moment = datetime.fromtimestamp(now, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def seconds_of(at: str) -> float | None:
    """Return an instant of a record in seconds; None for a text that is none."""
    try:
        return instant(at)
    except ValueError:
        return None


def asked_time(text: str) -> str:
    """Return a time that a person typed as records have it; empty where it is none.

    Without an offset it is UTC, as all times that are shown.
    """
    text = text.strip().upper().replace(" ", "T")
    if not _AT.fullmatch(text):
        return ""
    whole = text if "T" in text else f"{text}T00:00"
    has_offset = whole.endswith("Z") or re.search(r"[+-]\d\d:\d\d$", whole) is not None
    found = seconds_of(whole if has_offset else f"{whole}Z")
    return stamp(min(max(found, 0.0), _LAST)) if found is not None else ""


def span(seconds: float) -> str:
    """Return a span of time in its two largest units: `2 hours 5 minutes`."""
    left = max(0, int(seconds))
    said = []
    for size, name in _UNITS:
        count, left = divmod(left, size)
        if count:
            said.append(f"{count} {name}{'' if count == 1 else 's'}")
        if len(said) == 2 or (said and not count):
            break
    return " ".join(said) or "0 seconds"


def ago(at: str, now: float) -> str:
    """Return how long ago something was, or will be."""
    then = seconds_of(at)
    if then is None:
        return "at an unknown time"
    return f"{span(now - then)} ago" if now >= then else f"in {span(then - now)}"


def day_and_time(at: str) -> str:
    """Return an instant for people: `2026-11-22 08:15:04 UTC`."""
    then = seconds_of(at)
    if then is None:
        return at[:40]
    try:
        return f"{datetime.fromtimestamp(then, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, ValueError, OSError):
        return at[:40]
