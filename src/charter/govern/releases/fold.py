"""Records of releases -> every request as it stands, and the line of releases of each spec."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from charter.govern.releases.gate import named
from charter.ledger.board import folded
from charter.ledger.ledger import Ledger
from charter.records.release import (
    Refusal,
    ReleaseAsked,
    Released,
    ReleaseOverridden,
    ReleaseVoted,
    ReleaseWithdrawn,
)

APPROVE, DENY = "approve", "deny"
REFUSED, WAITING, APPROVED = "refused", "waiting", "approved"
DENIED, RELEASED, WITHDRAWN, OUTDATED = "denied", "released", "withdrawn", "outdated"
STATUSES = (REFUSED, WAITING, APPROVED, DENIED, RELEASED, WITHDRAWN, OUTDATED)

KINDS = (ReleaseAsked, ReleaseVoted, ReleaseOverridden, Released, ReleaseWithdrawn)


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """One request and what became of it."""

    asked: ReleaseAsked
    votes: tuple[ReleaseVoted, ...] = ()
    override: ReleaseOverridden | None = None
    released: Released | None = None
    withdrawn: ReleaseWithdrawn | None = None

    @property
    def id(self) -> str:
        """The id of the request."""
        return self.asked.run

    @property
    def approvals(self) -> tuple[ReleaseVoted, ...]:
        """The votes for it: one of each person, and none of who asked."""
        return tuple(vote for vote in self._others() if vote.verdict == APPROVE)

    @property
    def denied(self) -> ReleaseVoted | None:
        """The first vote against it."""
        return next((vote for vote in self._others() if vote.verdict != APPROVE), None)

    @property
    def open_refusals(self) -> tuple[Refusal, ...]:
        """The reasons against it that nobody set aside."""
        aside = frozenset(self.override.refusals) if self.override else frozenset()
        return tuple(each for each in self.asked.refusals if named(each) not in aside)

    @property
    def overridden(self) -> bool:
        """Whether somebody set reasons against it aside."""
        return self.override is not None

    def _others(self) -> tuple[ReleaseVoted, ...]:
        seen = {folded(self.asked.by)}
        found = []
        for vote in self.votes:
            if folded(vote.by) not in seen:
                seen.add(folded(vote.by))
                found.append(vote)
        return tuple(found)


class Releases:
    """The releases of a ledger. May be used from any thread."""

    def __init__(self) -> None:
        self._index = 0
        self._states: dict[str, ReleaseState] = {}
        self._lock = threading.Lock()

    def poll(self, ledger: Ledger) -> bool:
        """Take what the ledger has gained; return whether there was anything."""
        with self._lock:
            before = self._index
            for index, record in ledger.read_any(KINDS, after=before):
                if isinstance(record, ReleaseAsked):
                    self._states.setdefault(record.run, ReleaseState(record))
                elif isinstance(
                    record, ReleaseVoted | ReleaseOverridden | Released | ReleaseWithdrawn
                ):
                    self._change(record)
                self._index = index
            return self._index != before

    def _change(
        self, record: ReleaseVoted | ReleaseOverridden | Released | ReleaseWithdrawn
    ) -> None:
        wanted = record.release if isinstance(record, Released) else record.run
        state = self._states.get(wanted)
        if state is None:
            return
        if isinstance(record, ReleaseVoted):
            state = replace(state, votes=(*state.votes, record))
        elif isinstance(record, ReleaseOverridden):
            state = replace(state, override=record)
        elif isinstance(record, ReleaseWithdrawn):
            state = replace(state, withdrawn=record)
        elif state.released is None:
            state = replace(state, released=record)
        self._states[wanted] = state

    def all(self) -> tuple[ReleaseState, ...]:
        """Return every request, oldest first."""
        with self._lock:
            return tuple(self._states.values())

    def get(self, request: str) -> ReleaseState | None:
        """Return one request."""
        with self._lock:
            return self._states.get(request)

    def line(self, spec: str) -> tuple[ReleaseState, ...]:
        """Return the releases of one spec by number, withdrawn ones too."""
        found = (each for each in self.all() if each.released and each.released.run == spec)
        return tuple(sorted(found, key=_number))

    def head(self, spec: str) -> ReleaseState | None:
        """Return the official release of a spec: the newest that is not withdrawn."""
        return next((each for each in reversed(self.line(spec)) if not each.withdrawn), None)

    def heads(self) -> Mapping[str, ReleaseState]:
        """Return the official release of every spec that has one."""
        specs = dict.fromkeys(each.released.run for each in self.all() if each.released)
        found = {spec: self.head(spec) for spec in specs}
        return {spec: each for spec, each in found.items() if each is not None}

    def status(self, state: ReleaseState) -> str:
        """Return one of STATUSES; votes are counted as they were cast (see `tally`)."""
        if state.withdrawn:
            return WITHDRAWN
        if state.released:
            return RELEASED
        if state.denied:
            return DENIED
        head = self.head(state.asked.spec_name)
        if state.asked.before != (head.id if head else ""):
            return OUTDATED
        if state.open_refusals:
            return REFUSED
        return APPROVED if len(state.approvals) >= state.asked.needed else WAITING


def _number(state: ReleaseState) -> int:
    return state.released.number if state.released else 0
