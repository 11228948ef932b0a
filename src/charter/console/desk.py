"""What every page of the console works on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from charter.console.accounts import Accounts
from charter.console.comments import Comments
from charter.console.govern import Govern
from charter.console.limit import Limit
from charter.console.moment import stamp
from charter.console.reviews import Reviews
from charter.console.sessions import Sessions
from charter.evolve.surveys.counts import SurveyCounts
from charter.ledger.board import ApprovalState, Board
from charter.ledger.ledger import Ledger
from charter.policy.policy import Policy
from charter.records.approval import ApprovalAsked


class Opens(Protocol):
    """What opens payloads: `ledger.vault.Vault`."""

    def open(self, id: str) -> Mapping[str, Any] | None:  # noqa: A002 - as the vault has it
        """Return a payload; None where it was erased, has expired or never was."""
        ...


class Keeps(Protocol):
    """A clock: `gateway.clock.Clock`."""

    def now(self) -> float:
        """Return seconds since 1970 that never go backwards."""
        ...


class Edits(Protocol):
    """What makes the fresh approval that changed arguments need, and records the edit."""

    def __call__(self, asked: ApprovalAsked, arguments: str, by: str, now: float) -> str:
        """Return the id of the new approval. Raises CharterError where it cannot be made."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Ledger, vault, policies and people."""

    ledger: Ledger
    vault: Opens | None
    policies: Callable[[str], Policy | None]
    accounts: Accounts
    clock: Keeps
    sessions: Sessions
    edit: Edits | None = None
    public: bool = True
    """Whether the public may comment here."""
    govern: Govern = field(default_factory=Govern)
    """Files of roles and objectives, and what else pages of accountability rest on."""
    board: Board = field(default_factory=Board)
    board_lock: threading.Lock = field(default_factory=threading.Lock)
    reviews: Reviews = field(default_factory=Reviews)
    comments: Comments = field(default_factory=Comments)
    surveys: SurveyCounts = field(default_factory=SurveyCounts)
    lock: threading.Lock = field(default_factory=threading.Lock)
    logins: Limit = field(default_factory=lambda: Limit(10, 15 * 60))
    """Tries by one name from one address."""
    names: Limit = field(default_factory=lambda: Limit(60, 15 * 60))
    """Tries by one name from anywhere."""
    places: Limit = field(default_factory=lambda: Limit(60, 15 * 60))
    """Tries from one address by any name."""
    tokens: Limit = field(default_factory=lambda: Limit(60, 15 * 60))
    """Tokens of nobody, from one address."""
    actions: Limit = field(default_factory=lambda: Limit(60, 60))
    """Votes, stops and reviews of one account."""
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """Passwords tried at the same time."""
    reads: Limit = field(default_factory=lambda: Limit(300, 60))
    """Pages and answers of the API for one account."""
    opened: dict[tuple[str, str], float] = field(default_factory=dict)
    """When somebody was first shown an approval, since the start."""
    seen: dict[str, set[str]] = field(default_factory=dict)
    """Exchanges whose decision an account has looked at: it can no longer judge them blindly."""

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return self.clock.now()

    def at(self) -> str:
        """Return the time as records have it."""
        return stamp(self.clock.now())

    @contextmanager
    def up_to_date(self) -> Iterator[Board]:
        """Lend approvals and stops as the ledger has them now; nobody else changes them meanwhile.

        Raises LedgerTampered and LedgerUnavailable.
        """
        with self.board_lock:
            self.board.poll(self.ledger)
            yield self.board

    def approval(self, wanted: str) -> ApprovalState | None:
        """Return one approval as it stands now."""
        with self.up_to_date() as board:
            return board.approval(wanted)

    def opened_by(self, person: str, approval: str) -> None:
        """Note that somebody is shown an approval."""
        with self.lock:
            if len(self.opened) < 100_000:
                self.opened.setdefault((person, approval), self.clock.now())

    def seconds_on(self, person: str, approval: str) -> int:
        """Return how long ago somebody was first shown an approval, at least 1; 0 if unknown."""
        begun = self.opened.get((person, approval))
        return 0 if begun is None else max(1, int(self.clock.now() - begun))

    def looked_at(self, person: str, exchange: str) -> None:
        """Note that somebody saw what the gateway decided on an exchange."""
        with self.lock:
            known = self.seen.setdefault(person, set())
            if len(known) < 100_000:
                known.add(exchange)

    def has_seen(self, person: str, exchange: str) -> bool:
        """Whether somebody saw what the gateway decided on an exchange, since the start."""
        return exchange in self.seen.get(person, ())
