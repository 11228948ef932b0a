"""Approvals and stops as they stand: a fold of their records, and of nothing else.

Every replica, the console and the command line fold the same records in the same order, so that
they agree. What counts as a vote is decided here: one for each person, made in time, on the very
binding that was asked for, and never from whoever asks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Protocol, TypeAlias

from charter.prose.looks import looks
from charter.records.approval import (
    ApprovalAsked,
    ApprovalExpired,
    ApprovalUsed,
    ApprovalVoted,
)
from charter.records.record import Record
from charter.records.stop import StopLifted, StopOrdered

Kinds: TypeAlias = tuple[type[Record], ...]
KINDS: Kinds = (
    ApprovalAsked,
    ApprovalVoted,
    ApprovalExpired,
    ApprovalUsed,
    StopOrdered,
    StopLifted,
)
"""What a board is made of."""

PENDING, APPROVED, DENIED = "pending", "approved", "denied"
EXPIRED, SUPERSEDED, USED = "expired", "superseded", "used"
VERDICTS = ("approve", "deny", "edit")
REACHES = ("all", "app", "tool")


class Readable(Protocol):
    """What a board reads: a ledger."""

    def read_any(self, kinds: Kinds, *, after: int = 0) -> Iterator[tuple[int, Record]]:
        """Yield the records of some kinds after an index, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class ApprovalState:
    """One approval, and what became of it so far."""

    asked: ApprovalAsked
    votes: tuple[ApprovalVoted, ...] = ()
    """Those that count, in order."""
    expired: ApprovalExpired | None = None
    used: ApprovalUsed | None = None
    asking: frozenset[str] = frozenset()
    """Who asks, folded: the principal, and whoever changed the arguments on the way here."""

    @property
    def id(self) -> str:
        """The approval's id."""
        return self.asked.run

    @property
    def approvers(self) -> tuple[str, ...]:
        """Who agreed, each once."""
        return tuple(vote.by for vote in self.votes if vote.verdict == "approve")

    @property
    def successor(self) -> str:
        """The approval that edited arguments need; empty where nobody edited them."""
        return next((vote.successor for vote in self.votes if vote.verdict == "edit"), "")

    def may_vote(self, by: str) -> bool:
        """Whether somebody's agreement would count: not of those who ask, and once."""
        who = folded(by)
        return bool(who) and who not in self.asking and who not in map(folded, self.approvers)

    def status(self, now: float) -> str:
        """Return pending, approved, denied, expired, superseded or used at a moment.

        Only `approved` releases anything, and not once its time has run out.
        """
        if self.used is not None:
            return USED
        said = {vote.verdict for vote in self.votes}
        if "deny" in said:
            return DENIED
        if "edit" in said:
            return SUPERSEDED
        end = seconds(self.asked.expires)
        if self.expired is not None or end is None or not now < end:
            return EXPIRED
        return APPROVED if len(self.approvers) >= max(1, self.asked.needed) else PENDING

    def voted(self, vote: ApprovalVoted) -> ApprovalState:
        """Return the state after a vote; the same where it does not count."""
        ended = self.used is not None or self.expired is not None
        at, end = seconds(vote.at), seconds(self.asked.expires)
        late = at is None or end is None or at >= end
        other = vote.binding != self.asked.binding or vote.verdict not in VERDICTS
        if ended or late or other or not folded(vote.by):
            return self
        if vote.verdict == "approve" and not self.may_vote(vote.by):
            return self
        return replace(self, votes=(*self.votes, vote))


class Board:
    """All approvals and stops. `take` must be given records in the order of the ledger."""

    def __init__(self) -> None:
        self.index = 0
        """Of the last record taken."""
        self._approvals: dict[str, ApprovalState] = {}
        self._open: dict[str, None] = {}
        """Ids that no record has ended, in order."""
        self._conversations: dict[str, list[str]] = {}
        self._bindings: dict[str, list[str]] = {}
        self._stops: dict[str, StopOrdered] = {}

    def poll(self, ledger: Readable) -> int:
        """Take what a ledger has gained; return how many records that were."""
        before = taken = self.index
        for index, record in ledger.read_any(KINDS, after=before):
            taken += 1
            self.take(index, record)
        return taken - before

    def take(self, index: int, record: Record) -> None:
        """Fold one record; one that was taken before, or is of another kind, changes nothing."""
        if index <= self.index:
            return
        self.index = index
        match record:
            case ApprovalAsked():
                self._ask(record)
            case ApprovalVoted(run=run):
                self._change(run, lambda state: state.voted(record))
            case ApprovalExpired(run=run):
                self._change(run, lambda state: replace(state, expired=state.expired or record))
            case ApprovalUsed(run=run):
                self._change(run, lambda state: replace(state, used=state.used or record))
            case StopOrdered(run=run):
                self._stops[run] = record
            case StopLifted(run=run):
                self._stops.pop(run, None)

    def approval(self, id: str) -> ApprovalState | None:  # noqa: A002 - what it is called
        """Return an approval; None where there is none of that id."""
        return self._approvals.get(id)

    def pending(self, now: float | None = None) -> tuple[ApprovalState, ...]:
        """Return what waits for people, oldest first; without `now`, what no record has ended."""
        found = (self._approvals[wanted] for wanted in self._open)
        if now is None:
            return tuple(state for state in found if state.status(float("-inf")) == PENDING)
        return tuple(state for state in found if state.status(now) == PENDING)

    def all(self) -> tuple[ApprovalState, ...]:
        """Return every approval, oldest first."""
        return tuple(self._approvals.values())

    def for_conversation(self, digest: str) -> tuple[ApprovalState, ...]:
        """Return the approvals that one conversation asked for, oldest first."""
        return self._named(self._conversations.get(digest, ()))

    def for_binding(self, binding: str) -> tuple[ApprovalState, ...]:
        """Return the attempts at one binding, oldest first."""
        return self._named(self._bindings.get(binding, ()))

    def overdue(self, now: float, at: str) -> tuple[ApprovalExpired, ...]:
        """Return the records that end what ran out of time; `at` is `now`, written."""
        states = (self._approvals[wanted] for wanted in self._open)
        return tuple(ApprovalExpired(s.id, at) for s in states if s.status(now) == EXPIRED)

    @property
    def stops(self) -> tuple[StopOrdered, ...]:
        """Stops in force, oldest first."""
        return tuple(self._stops.values())

    def stopped(self, application: str, tools: Collection[str] = ()) -> StopOrdered | None:
        """Return a stop that reaches an application or one of some tools; None where none does.

        One of an unknown reach reaches everything.
        """
        for stop in self._stops.values():
            if stop.reach == "app":
                if stop.name == application:
                    return stop
            elif stop.reach != "tool" or stop.name in tools:
                return stop
        return None

    def _ask(self, asked: ApprovalAsked) -> None:
        if asked.run in self._approvals:
            return
        asking = {folded(asked.principal), folded(asked.editor)} - {""}
        before = self._approvals.get(asked.edited_from)
        if before is not None:
            asking |= before.asking
        self._approvals[asked.run] = ApprovalState(asked, asking=frozenset(asking))
        self._open[asked.run] = None
        self._conversations.setdefault(asked.conversation, []).append(asked.run)
        self._bindings.setdefault(asked.binding, []).append(asked.run)

    def _change(self, run: str, change: _Change) -> None:
        state = self._approvals.get(run)
        if state is None:
            return
        state = self._approvals[run] = change(state)
        ended = state.used is not None or state.expired is not None
        if ended or any(vote.verdict != "approve" for vote in state.votes):
            self._open.pop(run, None)

    def _named(self, wanted: Iterable[str]) -> tuple[ApprovalState, ...]:
        return tuple(self._approvals[each] for each in wanted)


class _Change(Protocol):
    def __call__(self, state: ApprovalState, /) -> ApprovalState: ...


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """Return a person's name as it is compared: what looks the same is nobody else."""
    return looks(name)


def seconds(at: str) -> float | None:
    """Return the seconds since 1970 of a time in a record; None where it is none."""
    try:
        moment = datetime.fromisoformat(at)
    except (TypeError, ValueError):
        return None
    return moment.timestamp() if moment.tzinfo is not None else None
