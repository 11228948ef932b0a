"""Payloads past their time deleted, as long as the clock can be believed.

What is deleted by a clock that was set wrongly does not come back. Where this one jumped, or where
by the ledger no gateway lived for as long as payloads are kept, it is left to a person: a gateway
that was started by a wrong clock has left such a gap.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from charter.errors import LedgerError, LedgerUnavailable
from charter.gateway.clock import Clock
from charter.ledger.erasure import expire
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.records.erasure import PayloadsExpired
from charter.records.service import ServiceCounted, ServiceStarted

DAY_S = 86_400
JUMP_S = 3_600.0
"""Seconds by which the wall clock may part from the time that has passed."""
LOOK_S = 20.0
"""So long a look goes on deleting: the rest is left to the next one, and an end waits no longer."""
STARTS = 50
"""So many starts are looked at."""
BY_HAND = "run `charter expire` once it is right"


class Kept(NamedTuple):
    """What a look came to."""

    payloads: int = 0
    """How many were deleted."""
    why_not: str = ""
    """Why none was, in words."""


class Retention:
    """The retention of one service, from its start."""

    def __init__(
        self,
        ledger: Ledger,
        vault: Vault,
        clock: Clock,
        *,
        gap: float = 0.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`gap` is for how many seconds no gateway lived: see `longest_gap`."""
        self._ledger = ledger
        self._vault = vault
        self._clock = clock
        self._gap = gap
        self._monotonic = monotonic
        self._began = clock.now() - monotonic()

    def keep_to(self, days: int) -> Kept:
        """Delete what was kept for longer, but for people under a legal hold, and record it.

        Where there is much, as much as can be done in `LOOK_S`.
        Raises LedgerUnavailable.
        """
        now, until = self._clock.now(), self._monotonic() + LOOK_S
        before = self._clock.text(max(0.0, now - days * DAY_S))
        if self._jumped():
            return Kept(why_not=f"the clock was set while the gateway ran; {BY_HAND}")
        if self._gap > days * DAY_S:
            return Kept(why_not=f"by the ledger nothing happened for {days} days; {BY_HAND}")
        try:
            done = expire(
                self._ledger,
                self._vault,
                before,
                at=self._clock.text(now),
                quietly=True,
                go_on=lambda: self._monotonic() < until and not self._jumped(),
            )
        except LedgerUnavailable:
            raise
        except LedgerError:  # another replica was quicker
            return Kept()
        return Kept(done.payloads)

    def _jumped(self) -> bool:
        """Whether the wall clock parted from the time that has passed."""
        return abs(self._clock.now() - self._monotonic() - self._began) > JUMP_S


def longest_gap(ledger: Ledger) -> float:
    """Return for how long no gateway lived before one started, in seconds; 0 where none was known.

    Of the newest starts, this one's included; those before the last expiry were no reason against
    it, or a person who asked for it has seen them.
    """
    starts = list(ledger.read(ServiceStarted, newest=True, limit=STARTS))
    expired = next(iter(ledger.read(PayloadsExpired, newest=True, limit=1)), None)
    gap, lived = 0.0, 0.0
    for start in reversed(starts):
        began = _seconds(start.at)
        if lived and (expired is None or start.at > expired.at):
            gap = max(gap, began - lived)
        last = next(iter(ledger.read(ServiceCounted, run=start.run, newest=True, limit=1)), start)
        lived = max(lived, began, _seconds(last.at))
    return gap


def _seconds(at: str) -> float:
    try:
        return datetime.fromisoformat(at).timestamp()
    except (ValueError, OverflowError):
        return 0.0
