"""Whether a commit is quick enough for the event loop to wait for it, or is a thread's matter.

A commit to a local disk takes a fraction of a millisecond: less than it costs to wake a thread and
to be woken by it. One that has to wait, for a lock, a slow disk or a server, holds up everybody.
"""

from __future__ import annotations

SLOW_S = 0.05
"""A commit that took longer shows that the disk is slow now; nobody notices a shorter one."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""How long the thread then commits; doubled each time that was too short."""
TIDY = 2_000
"""Records after which the thread makes one commit, and moves the log of changes with it."""
WEIGHT = 4_096
"""Bytes of payload that count as a record: they grow the log of changes by as much."""


class Pace:
    """What recent commits say of the next. Moments are of a monotonic clock, in seconds."""

    __slots__ = ("_pause", "_records", "_until")

    def __init__(self) -> None:
        self._pause = 0.0
        self._until = 0.0
        self._records = 0

    def prompt(self, now: float) -> bool:
        """Whether the event loop may commit by itself."""
        return self._records < TIDY and now >= self._until

    def took(self, now: float, seconds: float, records: int, payload_bytes: int = 0) -> None:
        """Note a commit of the event loop."""
        self._records += records + payload_bytes // WEIGHT
        if seconds > SLOW_S:
            self.refused(now)

    def refused(self, now: float) -> None:
        """Note that a commit was slow, or could not be made without waiting."""
        again = now - self._until < 2 * self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE_S) if again else FIRST_PAUSE_S
        self._until = now + self._pause

    def tidied(self) -> None:
        """Note a commit of the thread."""
        self._records = 0
