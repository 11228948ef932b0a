"""Records of many requests in few commits; everybody waits for durability.

A commit costs far more than a record. The event loop commits by itself, once it has nothing else to
do, where the store can do that without waiting and was quick of late (`ledger.pace`). Else a thread
commits: at once when no commit is under way; what comes meanwhile goes into the next one, and where
the last one was for more than one request, the next waits a moment for company.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition, Thread

from charter.errors import AlreadyRecorded, CharterError, LedgerError, LedgerUnavailable
from charter.ledger.commit import Committer, Submission
from charter.ledger.ledger import Ledger
from charter.ledger.pace import Pace
from charter.ledger.store import Sealed
from charter.records.record import Record

MOST = 20_000
"""Records that may wait; more are not taken until there is room."""
WAIT_MS = 2_000
"""How long a write waits for room."""
PATIENCE_MS = 30_000
"""How long a write waits for its commit."""
COMMIT = 512
"""Records in a commit, unless one write has more."""
GATHER_S = 0.002
"""How long a commit of the thread waits for company, where the one before had some."""
BUSY_S = 0.01
"""How long a commit of the event loop waits at most for the loop to have nothing else to do."""
IDLE_S = 0.000_1
"""A loop that comes round sooner than this has nothing else to do."""
PROBE_S = 0.5
"""How often a ledger that failed is tried again."""
SLOW_S = 5.0
"""A commit that takes longer than this is a fault."""
_NO_FAULT = (LedgerError, AlreadyRecorded)
"""Of the ledger: what a record says, or that it was there already."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether records can be kept."""

    ok: bool
    reason: str = ""
    """In one line, where they cannot."""
    since: float = 0.0
    """Wall clock, seconds since the epoch, of the first failure."""


class Writer:
    """Keeps the records of one service; numbers its decisions from 1 without a gap.

    Use it within one event loop. `write` returns when its records are durable.
    """

    def __init__(  # noqa: PLR0913 - its limits
        self,
        ledger: Ledger,
        run: str,
        *,
        most: int = MOST,
        wait_ms: int = WAIT_MS,
        patience_ms: int = PATIENCE_MS,
        prompt: bool = True,
    ) -> None:
        """`prompt`: whether the event loop may commit by itself."""
        self._ledger = ledger
        self._run = run
        self._most = most
        self._wait_s = wait_ms / 1000
        self._patience_s = patience_ms / 1000
        self._changed = Condition()
        self._queue: deque[Submission] = deque()
        self._waiting = 0  # records in the queue and in the commit under way
        self._closing = False
        self._prompt = prompt
        self._pace = Pace()
        self._by_thread = not prompt
        """Whose the queue, the numbers and the store are: the thread's, or the event loop's."""
        self._gathering: asyncio.AbstractEventLoop | None = None
        """The event loop that comes round to commit."""
        self._committer = Committer(ledger, run)
        self._failure: tuple[str, float] | None = None
        self._commit_since: float | None = None  # monotonic
        self._room: deque[asyncio.Future[None]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    @property
    def sequence(self) -> int:
        """The number of the last decision that is durable."""
        return self._committer.sequence or 0

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
        submission = Submission(tuple(records), tuple(payloads), loop, loop.create_future())
        self._submit(submission)
        try:
            await submission.done
        finally:
            if submission.late is not None:
                submission.late.cancel()

    async def close(self) -> None:
        """Keep what is waiting, as far as patience lasts, then end for good."""
        with self._changed:
            self._closing = True
            self._hand_over()
        # One that hangs is not waited for: whoever waited has been told.
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._thread.join, self._patience_s)
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

    def _submit(self, submission: Submission) -> None:
        with self._changed:
            if self._closing or not self._thread.is_alive():
                raise LedgerUnavailable(f"{self._ledger.where}: the writer is closed")
            self._queue.append(submission)
            self._waiting += len(submission.records)
            if self._by_thread:
                self._hand_over()
                return
        if self._gathering is not submission.loop:  # another one may have ended before its turn
            self._gather(submission.loop)

    # What the event loop does

    def _gather(self, loop: asyncio.AbstractEventLoop) -> None:
        """Commit as soon as the loop comes round with nothing else to do."""
        self._gathering = loop
        now = time.perf_counter()
        loop.call_soon(self._come_round, loop, now + BUSY_S, now)

    def _come_round(self, loop: asyncio.AbstractEventLoop, until: float, before: float) -> None:
        now = time.perf_counter()
        if now - before > IDLE_S and now < until and self._waiting < COMMIT:
            loop.call_soon(self._come_round, loop, until, now)
            return
        self._gathering = None
        if not self._by_thread:
            self._commit_now()

    def _commit_now(self) -> None:
        """Commit what waits, or leave it to the thread."""
        begun = time.monotonic()
        if not self._pace.prompt(begun):
            self._leave([])
            return
        batch = self._batch()
        if not batch:
            return
        size = sum(len(one.records) for one in batch)
        ending: BaseException | None = None
        try:
            kept = self._committer.keep_now(batch)
        except BaseException as cause:  # noqa: BLE001 - whoever waits must hear of it
            self._refuse(batch, _as_error(cause, self._ledger.where))
            self._pace.refused(begun)
            ending = None if isinstance(cause, Exception) else cause
        else:
            if not kept:
                self._pace.refused(begun)
                self._leave(batch)
                return
            ended = time.monotonic()
            held = sum(len(sealed.blob) for one in batch for sealed in one.payloads)
            self._pace.took(ended, ended - begun, size, held)
        self._waiting -= size
        if self._failure is not None:
            self._leave([])
        self._settle(batch)
        if ending is not None:  # such as KeyboardInterrupt: meant for the process
            raise ending

    def _leave(self, batch: Sequence[Submission]) -> None:
        """Leave what waits to the thread, the batch first."""
        with self._changed:
            self._queue.extendleft(reversed(batch))
            self._hand_over()

    def _hand_over(self) -> None:
        """Wake the thread, which commits from now on; it is waited for with patience."""
        self._by_thread = True
        for one in reversed(self._queue):
            if one.late is not None:
                break
            if one.loop.is_closed():
                continue
            where = self._ledger.where
            one.late = one.loop.call_later(self._patience_s, _give_up, one.done, where)
        self._changed.notify()

    # What the thread does

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
                self._committer.keep(batch)
                self._look_back(batch)
            except BaseException as cause:  # noqa: BLE001 - whoever waits must hear of it
                self._refuse(batch, _as_error(cause, self._ledger.where))
            self._commit_since = None
            self._answer(batch)

    def _next(self) -> list[Submission] | None:
        """Return what to commit; nothing when it is time to probe; None at the end."""
        with self._changed:
            while not (self._queue and self._by_thread):
                if self._closing:
                    return None
                if not self._changed.wait(PROBE_S if self._failure else None):
                    return []
        return self._batch()

    def _batch(self) -> list[Submission]:
        """Take what fits into one commit."""
        with self._changed:
            batch: list[Submission] = []
            size = 0
            while self._queue and (not batch or size + len(self._queue[0].records) <= COMMIT):
                batch.append(self._queue.popleft())
                size += len(batch[-1].records)
            return batch

    def _probe(self) -> None:
        self._commit_since = time.monotonic()
        try:
            self._ledger.store.probe()
        except BaseException as cause:  # noqa: BLE001 - tried again
            self._note(_as_error(cause, self._ledger.where))
        else:
            self._failure = None
        self._commit_since = None

    def _refuse(self, batch: Sequence[Submission], error: CharterError) -> None:
        self._committer.refuse(batch, error)
        if type(error) not in _NO_FAULT:  # a record that was there already is no fault
            self._note(error)

    def _look_back(self, batch: Sequence[Submission]) -> None:
        """Note whether the ledger works: that a record was there already is no fault of it."""
        errors = [one.error for one in batch if one.error and type(one.error) not in _NO_FAULT]
        if errors:
            self._note(errors[0])
        else:
            self._failure = None

    def _note(self, error: CharterError) -> None:
        since = self._failure[1] if self._failure else time.time()
        self._failure = (str(error), since)

    def _answer(self, batch: Sequence[Submission]) -> None:
        with self._changed:
            self._waiting -= sum(len(one.records) for one in batch)
            self._pace.tidied()
            fit = self._prompt and self._failure is None and not self._closing
            if fit and self._pace.prompt(time.monotonic()):
                self._by_thread = False
        for loop in {one.loop for one in batch}:
            mine = [one for one in batch if one.loop is loop]
            try:
                loop.call_soon_threadsafe(self._settle, mine)
            except RuntimeError:  # the loop has ended, and with it who waited
                continue

    def _settle(self, batch: Sequence[Submission]) -> None:
        """Tell those who wait. Runs in the event loop."""
        for one in batch:
            if one.done.done() or one.loop.is_closed():
                continue
            if one.error is None:
                one.done.set_result(None)
            else:
                one.done.set_exception(one.error)
        self._wake_all()
        if self._queue and not self._by_thread and self._gathering is None:
            self._gather(asyncio.get_running_loop())

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
