"""Whether and when to ask a server again. Nothing here waits."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

FIRST_WAIT = 0.5


def may_recover(status: int, code: str) -> bool:
    """Say whether the same request may succeed later; `code` is that of the server's error."""
    if status == 429:
        return code != "insufficient_quota"
    return status in (408, 409) or 500 <= status < 600


def wait_seconds(attempt: int, headers: Mapping[str, str], *, most: float, now: float) -> float:
    """Return the seconds to wait after the failed `attempt` (from 1), at most `most`.

    What the server asks for in `headers` (any case-insensitive mapping) goes before the backoff.
    `now` is the Unix time that an HTTP date is counted from.
    """
    asked = _asked(headers, now)
    return backoff(attempt, most=most) if asked is None else min(asked, most)


def backoff(attempt: int, *, most: float) -> float:
    """Return a wait that doubles with each attempt, less up to half of it at random.

    The jitter keeps clients that failed together from coming back together.
    """
    full = min(FIRST_WAIT * 2.0 ** min(attempt - 1, 32), most)
    return full * random.uniform(0.5, 1.0)  # noqa: S311  # spreads load, guards nothing


def _asked(headers: Mapping[str, str], now: float) -> float | None:
    """Return the wait named by `retry-after-ms` or `retry-after` (RFC 9110, 10.2.3), if usable."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    after = headers.get("retry-after")
    seconds = _number(after)
    if seconds is not None or after is None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(after).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else -1.0
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
