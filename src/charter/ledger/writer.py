"""Records of many requests in few commits: one thread writes, everybody waits for durability.

A commit starts at once when none is under way; what comes meanwhile goes into the next one. Where
the last one was for more than one request, the next waits a moment for company: a commit costs far
more than a record.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Condition, Thread

from charter.errors import CharterError, LedgerError, LedgerUnavailable
from charter.ledger.body import entry_of
from charter.ledger.ledger import Ledger
from charter.ledger.store import Entry, Sealed
from charter.records.decision import DecisionRecorded
from charter.records.record import Record
from charter.records.service import ServiceCounted

MOST = 20_000
"""Records that may wait; more are not taken until there is room."""
WAIT_MS = 2_000
"""How long a write waits for room."""
PATIENCE_MS = 30_000
"""How long a write waits for its commit."""
COMMIT = 512
"""Records in a commit, unless one write has more."""
GATHER_S = 0.002
"""How long a commit waits for company, where the one before had some."""
PROBE_S = 0.5
"""How often a ledger that failed is tried again."""
SLOW_S = 5.0
"""A commit that takes longer than this is a fault."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether records can be kept."""

    ok: bool
    reason: str = ""
    """In one line, where they cannot."""
    since: float = 0.0
    """Wall clock, seconds since the epoch, of the first failure."""


@dataclass(slots=True, eq=False)
class _Submission:
    """Records that are kept or refused together, and who waits for that."""

    records: tuple[Record, ...]
    payloads: tuple[Sealed, ...]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]
    error: CharterError | None = None
    entries: list[Entry] = field(default_factory=list)


class Writer:
    """Keeps the records of one service; numbers its decisions from 1 without a gap.

    Use it within one event loop. `write` returns when its records are durable.
    """

    def __init__(
        self,
        ledger: Ledger,
        run: str,
        *,
        most: int = MOST,
        wait_ms: int = WAIT_MS,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        self._ledger = ledger
        self._run = run
        self._most = most
        self._wait_s = wait_ms / 1000
        self._patience_s = patience_ms / 1000
        self._changed = Condition()
        self._queue: deque[_Submission] = deque()
        self._waiting = 0  # records in the queue and in the commit under way
        self._closing = False
        self._sequence: int | None = None  # of the last decision kept; None: ask the ledger
        self._failure: tuple[str, float] | None = None
        self._commit_since: float | None = None  # monotonic
        self._room: deque[asyncio.Future[None]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    @property
    def sequence(self) -> int:
        """The number of the last decision that is durable."""
        return self._sequence or 0

    @property
    def waiting(self) -> int:
        """How many records are not durable yet."""
        return self._waiting

    @property
    def health(self) -> Health:
        """Whether records can be kept, and since when they cannot."""
        failure, since = self._failure, self._commit_since
        if failure is not None:
            return Health(ok=False, reason=failure[0], since=failure[1])
        if not self._thread.is_alive():
            return Health(ok=False, reason="the ledger's writer has ended")
        took = 0.0 if since is None else time.monotonic() - since
        if took > SLOW_S:
            return Health(
                ok=False,
                reason=f"a commit has been under way for {took:.0f} s",
                since=time.time() - took,
            )
        return Health(ok=True)

    async def write(self, records: Sequence[Record], payloads: Sequence[Sealed] = ()) -> None:
        """Return when the records and payloads are durable, all or none.

        The `sequence` of this service's DecisionRecorded and ServiceCounted is filled in.
        Raises LedgerUnavailable (the ledger fails, or has no room for more in time) and
        LedgerError (a record is there already: others written at the same time are kept).
        After LedgerUnavailable the records may be there all the same.
        """
        if not records and not payloads:
            return
        loop = asyncio.get_running_loop()
        await self._make_room(len(records), loop)
        submission = _Submission(tuple(records), tuple(payloads), loop, loop.create_future())
        self._submit(submission)
        late = loop.call_later(self._patience_s, _give_up, submission.done, self._ledger.where)
        try:
            await submission.done
        finally:
            late.cancel()

    async def close(self) -> None:
        """Keep what is waiting, then end. Nothing can be written afterwards."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._wake_all()

    async def _make_room(self, count: int, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        until = loop.time() + self._wait_s
        while self._waiting and self._waiting + count > self._most and not self._closing:
            turn = loop.create_future()
            self._room.append(turn)
            try:
                async with asyncio.timeout_at(until):
                    await turn
            except TimeoutError:
                raise LedgerUnavailable(
                    f"{self._ledger.where}: {self._waiting} records are waiting to be written",
                    hint="the disk or database is too slow for this load",
                ) from None

    def _submit(self, submission: _Submission) -> None:
        with self._changed:
            if self._closing or not self._thread.is_alive():
                raise LedgerUnavailable(f"{self._ledger.where}: the writer is closed")
            self._queue.append(submission)
            self._waiting += len(submission.records)
            self._changed.notify()

    def _work(self) -> None:
        """Commit until closed. Runs in the thread."""
        company = False
        while True:
            if company and not self._closing:
                time.sleep(GATHER_S)
            batch = self._next()
            company = batch is not None and len(batch) > 1
            if batch is None:
                return
            if not batch:
                self._probe()
                continue
            self._commit_since = time.monotonic()
            try:
                self._keep(batch)
            except BaseException as cause:  # noqa: BLE001 - whoever waits must hear of it
                self._refuse(batch, _as_error(cause, self._ledger.where))
            self._commit_since = None
            self._answer(batch)

    def _next(self) -> list[_Submission] | None:
        """Return what to commit; nothing when it is time to probe; None at the end."""
        with self._changed:
            while not self._queue:
                if self._closing:
                    return None
                if not self._changed.wait(PROBE_S if self._failure else None):
                    return []
            batch = [self._queue.popleft()]
            size = len(batch[0].records)
            while self._queue and size + len(self._queue[0].records) <= COMMIT:
                batch.append(self._queue.popleft())
                size += len(batch[-1].records)
            return batch

    def _keep(self, batch: Sequence[_Submission]) -> None:
        """Commit all submissions but those whose records are there already."""
        left = list(batch)
        while left:
            number = self._number(left)
            entries = [entry for one in left for entry in one.entries]
            payloads = [sealed for one in left for sealed in one.payloads]
            try:
                self._ledger.store.append(entries, payloads)
            except LedgerUnavailable:
                raise
            except LedgerError as cause:
                self._sequence = None
                fitting = self._fitting(left, cause)
                if len(fitting) == len(left):
                    if len(left) == 1:
                        raise
                    for one in left:  # what is wrong shows where each stands alone
                        self._keep_alone(one)
                    return
                left = fitting
            else:
                self._sequence = number
                self._failure = None
                return

    def _keep_alone(self, one: _Submission) -> None:
        try:
            self._keep([one])
        except CharterError as cause:
            self._refuse([one], cause)

    def _number(self, batch: Sequence[_Submission]) -> int:
        """Make the entries of a commit, its decisions numbered; return the last number."""
        if self._sequence is None:
            self._sequence = self._last()
        number = self._sequence
        for one in batch:
            one.entries = []
            for record in one.records:
                if isinstance(record, DecisionRecorded) and record.run == self._run:
                    number += 1
                    one.entries.append(entry_of(record, number))
                elif isinstance(record, ServiceCounted) and record.run == self._run:
                    one.entries.append(entry_of(record, number))
                else:
                    one.entries.append(entry_of(record))
        return number

    def _last(self) -> int:
        """Return the number of the last decision that the ledger has."""
        newest = self._ledger.read(DecisionRecorded, run=self._run, newest=True, limit=1)
        return next((record.sequence for record in newest), 0)

    def _fitting(self, batch: Sequence[_Submission], cause: LedgerError) -> list[_Submission]:
        """Refuse the submissions with a key that is there, or comes before; return the others."""
        keys = [entry.key for one in batch for entry in one.entries if entry.key is not None]
        seen = self._ledger.store.known(keys)
        fitting = []
        for one in batch:
            own = [entry.key for entry in one.entries if entry.key is not None]
            if seen.isdisjoint(own) and len(set(own)) == len(own):
                fitting.append(one)
                seen.update(own)
            else:
                again = next((k for at, k in enumerate(own) if k in seen or k in own[:at]), "")
                one.error = LedgerError(
                    f"{self._ledger.where} already holds {again}", hint=cause.hint
                )
        return fitting

    def _probe(self) -> None:
        self._commit_since = time.monotonic()
        try:
            self._ledger.store.probe()
        except BaseException as cause:  # noqa: BLE001 - tried again
            self._note(_as_error(cause, self._ledger.where))
        else:
            self._failure = None
        self._commit_since = None

    def _refuse(self, batch: Sequence[_Submission], error: CharterError) -> None:
        self._sequence = None  # whether it was kept is not known
        for one in batch:
            one.error = one.error or error
        if type(error) is not LedgerError:  # a record that was there already is no fault
            self._note(error)

    def _note(self, error: CharterError) -> None:
        since = self._failure[1] if self._failure else time.time()
        self._failure = (str(error), since)

    def _answer(self, batch: Sequence[_Submission]) -> None:
        with self._changed:
            self._waiting -= sum(len(one.records) for one in batch)
        for loop in {one.loop for one in batch}:
            mine = [one for one in batch if one.loop is loop]
            try:
                loop.call_soon_threadsafe(self._settle, mine)
            except RuntimeError:  # the loop has ended, and with it who waited
                continue

    def _settle(self, batch: Sequence[_Submission]) -> None:
        """Tell those who wait. Runs in the event loop."""
        for one in batch:
            if one.done.done():
                continue
            if one.error is None:
                one.done.set_result(None)
            else:
                one.done.set_exception(one.error)
        self._wake_all()

    def _wake_all(self) -> None:
        while self._room:
            turn = self._room.popleft()
            if not turn.done():
                turn.set_result(None)


def _give_up(done: asyncio.Future[None], where: str) -> None:
    if not done.done():
        done.set_exception(
            LedgerUnavailable(
                f"{where}: the commit takes too long", hint="look at its disk or server"
            )
        )


def _as_error(cause: BaseException, where: str) -> CharterError:
    if isinstance(cause, CharterError):
        return cause
    return LedgerUnavailable(f"{where}: {type(cause).__name__}: {cause}", hint="see the log")
