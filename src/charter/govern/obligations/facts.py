"""A ledger -> Facts: what obligations ask about, in one reading.

Decisions are counted, not kept: there may be millions. What people did is kept record by record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast

from charter.errors import LedgerTampered
from charter.govern.instants import instant
from charter.ledger.ledger import Ledger, digest_of_body
from charter.records.approval import ApprovalAsked, ApprovalExpired, ApprovalVoted
from charter.records.calibration import CalibrationFinished, CalibrationStarted
from charter.records.comment import CommentModerated, CommentReceived
from charter.records.erasure import HoldPlaced, PayloadsExpired, SubjectErased
from charter.records.grading import GradingFinished, GradingStarted
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.objective import AlertEnded, AlertRaised, NoticeSent
from charter.records.oversight import AnswerKnown, ItemQueued
from charter.records.record import Record
from charter.records.release import (
    ReleaseAsked,
    Released,
    ReleaseOverridden,
    ReleaseVoted,
    ReleaseWithdrawn,
)
from charter.records.review import ReviewRecorded
from charter.records.run import RunFinished, RunStarted
from charter.records.sample import SampleDrawn
from charter.records.service import PolicyServed, ServiceStarted
from charter.records.stop import StopLifted, StopOrdered

KEPT: tuple[type[Record], ...] = (
    ApprovalAsked,
    ApprovalVoted,
    ApprovalExpired,
    CalibrationStarted,
    CalibrationFinished,
    CommentReceived,
    CommentModerated,
    SubjectErased,
    PayloadsExpired,
    HoldPlaced,
    GradingStarted,
    GradingFinished,
    IncidentOpened,
    IncidentAmended,
    AlertRaised,
    AlertEnded,
    NoticeSent,
    ItemQueued,
    AnswerKnown,
    ReleaseAsked,
    ReleaseVoted,
    ReleaseOverridden,
    Released,
    ReleaseWithdrawn,
    ReviewRecorded,
    RunStarted,
    RunFinished,
    SampleDrawn,
    ServiceStarted,
    PolicyServed,
    StopOrdered,
    StopLifted,
)
"""Kinds of which every record is kept."""

R = TypeVar("R", bound=Record)

# In canonical JSON a quotation mark within a text is escaped, so these find keys only.
_AT = re.compile('"at":"([^"\\\\]{0,40})"')
_DECISION = re.compile('"decision":"([^"\\\\]{0,200})"')
_PAYLOAD = re.compile('"payload":"([^"\\\\]{0,200})"')
_NUMBERS = re.compile('"(number|sequence)":([0-9]{1,18})[,}]')


@dataclass(frozen=True, slots=True)
class Held:
    """A record with its place in the ledger."""

    index: int
    moment: datetime
    record: Record


@dataclass(frozen=True, slots=True)
class Service:
    """What is left of the decisions of one start of one replica."""

    run: str
    decisions: int
    highest: int
    """Of the sequence numbers that are there, or that its own counts say there were."""
    first_index: int
    last_index: int
    first: datetime
    last: datetime

    @property
    def missing(self) -> int:
        """Decisions that were recorded once and are not there."""
        return max(0, self.highest - self.decisions)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a ledger holds that obligations ask about."""

    where: str
    size: int
    records: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    """By kind, oldest first."""
    services: tuple[Service, ...] = ()
    lost: tuple[tuple[int, int], ...] = ()
    """First and last index of each stretch of records that is not there."""
    ahead: int = 0
    """Records of a time that is still to come: they prove nothing yet."""
    undated: int = 0
    """Records whose time is none."""
    payload_gone: Mapping[str, bool] = field(default_factory=dict)
    """By the id of each decision that an incident names, no exercise, with a payload."""
    signed: tuple[int, datetime | None] | None = None
    """Size of the latest signed checkpoint, and the time of the last record under it."""
    broken: str = ""
    """What is wrong with the ledger, where it is not what was appended: nothing of it counts."""

    def of(self, kind: type[R]) -> tuple[tuple[Held, R], ...]:
        """Return the records of one kind, oldest first."""
        return tuple((held, cast("R", held.record)) for held in self.records.get(kind.__name__, ()))

    @property
    def exercises(self) -> frozenset[str]:
        """Decisions whose right answer is known: what people say of them is of no live answer."""
        known = {record.run for _, record in self.of(AnswerKnown)}
        return frozenset(r.decision for _, r in self.of(ItemQueued) if r.run in known)

    @property
    def lost_count(self) -> int:
        """How many records are not there any more."""
        return sum(last - first + 1 for first, last in self.lost)


def gather(ledger: Ledger, *, at: datetime, size: int | None = None) -> Facts:
    """Return what a ledger held at a time, of its first `size` records; of all unless said.

    Records that come while it is read count on no side. Raises LedgerTampered and
    LedgerUnavailable.
    """
    latest = ledger.store.checkpoint()
    there = ledger.size()  # asked for afterwards: what is signed by then has been there
    size = there if size is None else size
    kept, ahead, undated = _kept(ledger, at, size)
    drills = {
        held.record.run
        for held in kept.get("IncidentOpened", ())
        if isinstance(held.record, IncidentOpened) and held.record.drill
    }
    wanted = {
        link.id
        for held in (*kept.get("IncidentOpened", ()), *kept.get("IncidentAmended", ()))
        if isinstance(held.record, IncidentOpened | IncidentAmended)
        and held.record.run not in drills
        for link in held.record.links
        if link.kind == "decision"
    }
    swept = _Sweep(at, wanted)
    swept.take(ledger, size)
    lost = list(swept.lost)
    signed = None if latest is None else _signed(ledger, latest[0], there=there, size=size)
    end = max(size, signed or 0)
    if end > swept.last:
        lost.append((swept.last + 1, end))
    return Facts(
        where=ledger.where,
        size=size,
        records={kind: tuple(found) for kind, found in kept.items()},
        services=tuple(swept.services()),
        lost=tuple(lost),
        ahead=ahead + swept.ahead,
        undated=undated + swept.undated,
        payload_gone={
            decision: ledger.store.payload(payload) is None
            for decision, payload in swept.payloads.items()
        },
        signed=None if signed is None else (signed, _time_of(ledger, min(signed, size))),
    )


def _signed(ledger: Ledger, latest: int, *, there: int, size: int) -> int | None:
    """Return how many of the first `size` records are signed; all that were where it was cut."""
    if latest <= size or latest > there:
        return latest
    return max((signed for signed, _ in ledger.store.checkpoints(size)), default=None)


def _kept(ledger: Ledger, at: datetime, size: int) -> tuple[dict[str, list[Held]], int, int]:
    kept: dict[str, list[Held]] = {}
    ahead = undated = 0
    for index, record in ledger.read_any(KEPT):
        if index > size:
            break
        when = instant(getattr(record, "at", ""))
        if when is None:
            undated += 1
        elif when > at:
            ahead += 1
        else:
            kept.setdefault(type(record).__name__, []).append(Held(index, when, record))
    return kept, ahead, undated


def _time_of(ledger: Ledger, index: int) -> datetime | None:
    entry = ledger.store.entry(index) if index else None
    found = _AT.search(entry.body) if entry is not None else None
    return instant(found[1]) if found else None


class _Sweep:
    """One pass over everything as it is stored, counting decisions and what is missing."""

    def __init__(self, at: datetime, wanted: set[str]) -> None:
        self._at = at
        self._wanted = wanted
        self._found: dict[str, list[tuple[int, datetime]]] = {}
        self._count: dict[str, int] = {}
        self._highest: dict[str, int] = {}
        self.lost: list[tuple[int, int]] = []
        self.payloads: dict[str, str] = {}
        self.ahead = self.undated = self.last = 0

    def take(self, ledger: Ledger, size: int) -> None:
        """Read `size` entries. Raises LedgerTampered for a decision that is not as it was."""
        for index, entry in ledger.store.read():
            if index > size:
                break
            if index > self.last + 1:
                self.lost.append((self.last + 1, index - 1))
            self.last = index
            if entry.kind not in ("DecisionRecorded", "ServiceCounted"):
                continue
            if not isinstance(entry.body, str) or digest_of_body(entry.body) != entry.digest:
                raise LedgerTampered(
                    f"{ledger.where}: ledger record {index} ({entry.kind}) does not match its "
                    "digest",
                    index=index,
                    hint="see `charter verify`",
                )
            self._one(index, entry.kind, entry.run, entry.body)

    def _one(self, index: int, kind: str, run: str, body: str) -> None:
        found = _AT.search(body)
        when = instant(found[1]) if found else None
        if when is None:
            self.undated += 1
            return
        if when > self._at:
            self.ahead += 1
            return
        numbers = dict(_NUMBERS.findall(body))
        sequence = int(numbers.get("sequence", 0))
        self._highest[run] = max(sequence, self._highest.get(run, 0))
        if kind != "DecisionRecorded":
            return
        self._count[run] = self._count.get(run, 0) + 1
        ends = self._found.setdefault(run, [(index, when)])
        ends[1:] = [(index, when)]
        named = _DECISION.search(body) if self._wanted else None
        if named is not None and named[1] in self._wanted:
            payload = _PAYLOAD.search(body)
            if payload is not None and payload[1]:
                self.payloads[named[1]] = payload[1]

    def services(self) -> Iterator[Service]:
        """Yield every service that decided, in the order of its first decision."""
        for run, highest in self._highest.items():
            ends = self._found.get(run)
            if ends is not None:
                (first_index, first), (last_index, last) = ends[0], ends[-1]
                yield Service(run, self._count[run], highest, first_index, last_index, first, last)
            elif highest:  # all that it decided is gone
                yield Service(run, 0, highest, 0, 0, self._at, self._at)
