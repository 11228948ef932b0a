"""Payloads past their time deleted, as long as the clock can be believed.

What is deleted by a clock that was set wrongly does not come back. Where this one jumped, or shows
a time at which the last sign of life in the ledger is itself past its time, it is left to a person.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from charter.errors import LedgerError, LedgerUnavailable
from charter.gateway.clock import Clock
from charter.ledger.erasure import expire
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault

DAY_S = 86_400
JUMP_S = 3_600.0
"""Seconds by which the wall clock may part from the time that has passed."""
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
        alive: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`alive` is when a gateway last recorded that it lives: RFC 3339; empty: never."""
        self._ledger = ledger
        self._vault = vault
        self._clock = clock
        self._alive = alive
        self._monotonic = monotonic
        self._began = clock.now() - monotonic()

    def keep_to(self, days: int) -> Kept:
        """Delete what was kept for longer, but for people under a legal hold, and record it.

        Raises LedgerUnavailable.
        """
        now = self._clock.now()
        before = self._clock.text(max(0.0, now - days * DAY_S))
        if abs(now - self._monotonic() - self._began) > JUMP_S:
            return Kept(why_not=f"the clock was set while the gateway ran; {BY_HAND}")
        if self._alive and self._alive < before:
            return Kept(why_not=f"by this clock nothing happened for {days} days; {BY_HAND}")
        try:
            done = expire(self._ledger, self._vault, before, at=self._clock.text(now), quietly=True)
        except LedgerUnavailable:
            raise
        except LedgerError:  # another replica was quicker
            return Kept()
        return Kept(done.payloads)
