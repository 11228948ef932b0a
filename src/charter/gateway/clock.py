"""The time of a gateway: wall clock, that never goes backwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Seconds since the epoch for expiry, and the text that records hold.

    A wall clock that is set back stands still until it has caught up, so that what has expired
    stays expired. One that is set forward is believed: approvals then expire early, which denies.
    """

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._last = 0.0
        self._second = -1
        self._prefix = ""

    def now(self) -> float:
        """Return the seconds since the epoch, never less than before."""
        self._last = max(self._last, self._wall())
        return self._last

    def text(self, now: float) -> str:
        """Return a time as records hold it: UTC, RFC 3339 to the millisecond."""
        second = int(now)
        if second != self._second:  # formatted once a second, not once a request
            self._prefix = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            self._second = second
        return f"{self._prefix}.{int((now - second) * 1000):03d}Z"

    def at(self) -> str:
        """Return the present time as records hold it."""
        return self.text(self.now())
