"""One gateway: what it serves, whom it serves now, and what it keeps count of.

Everything here runs on the event loop's thread, but for reading the ledger. What is served is one
reference, taken once by each request and swapped whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from charter.errors import CharterError, LedgerError, LedgerUnavailable
from charter.gateway.callers import Budgets
from charter.gateway.clock import Clock
from charter.gateway.governing import KINDS as GOVERN_KINDS
from charter.gateway.governing import Governing
from charter.gateway.log import Log
from charter.gateway.metrics import Metrics, watch_loop
from charter.gateway.outage import outage
from charter.gateway.reload import Reloader
from charter.gateway.retention import Retention, longest_gap
from charter.gateway.running import ENDING, STOPPED, SWEEP, Running, sweep
from charter.gateway.settings import Settings
from charter.gateway.swaps import Swaps
from charter.gateway.table import Table
from charter.gateway.upstream import Upstream
from charter.gateway.wire.json_body import Limits
from charter.ledger.board import KINDS, Board
from charter.ledger.ledger import Ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.vault import Vault
from charter.ledger.writer import Writer
from charter.records.record import Record
from charter.records.service import ServiceCounted, ServiceStarted
from charter.records.stop import StopOrdered
from charter.version import VERSION

if TYPE_CHECKING:  # needs an extra of its own
    from charter.gateway.telemetry import Telemetry

POLL = 0.2
"""Seconds between two looks at approvals and stops."""
BLIND = 5.0
"""Seconds without a good look, after which nothing is served: a stop might not be seen."""
SUBJECTS = 10_000
"""Pseudonyms at hand."""
RETAIN = 600.0
"""Seconds between two looks for payloads that are past their time."""
COUNT = 10.0
"""Seconds between two records of counters."""
JUDGE = 30.0
"""Seconds between two looks at whether thresholds are crossed as time goes on."""


@dataclass(slots=True)
class Counted:
    """Requests since the start."""

    received: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0


class Service:
    """A gateway that serves. `start` within the event loop, `stop` at its end."""

    def __init__(  # noqa: PLR0913 - its parts, by name
        self,
        table: Table,
        *,
        ledger: Ledger,
        vault: Vault | None = None,
        log: Log | None = None,
        metrics: Metrics | None = None,
        clock: Clock | None = None,
        log_key: LogKey | None = None,
        replica: str = "",
    ) -> None:
        self.settings: Settings = table.settings
        self.table = table
        self.ledger = ledger
        self.vault = vault
        self.log = log
        self.log_key = log_key
        self.metrics = metrics or Metrics(applications=_applications(table))
        self.clock = clock or Clock()
        self.board = Board()
        self.budgets = Budgets()
        self.upstream = Upstream(self.settings.upstream)
        self.run = f"s_{secrets.token_hex(16)}"
        self.replica = replica
        self.counted = Counted()
        self.running: set[Running] = set()
        server, upstream = self.settings.server, self.settings.upstream
        self.limits = Limits(server.body_bytes, server.depth, server.values)
        self.answer_limits = Limits(upstream.answer_bytes, server.depth, server.values)
        self._subjects: dict[tuple[str, str], str] = {}
        self.ending = False
        self.writer = Writer(ledger, self.run, most=self.settings.ledger.waiting)
        self._looked = 0.0
        """When approvals and stops were last read, by the loop's clock."""
        self._unread = ""
        """Why they could not be read at the last look; so the log says it once."""
        self._unsettled = False
        """Whether pins or releases came that what is served was not held against yet."""
        self._writes = True
        """Whether the ledger could be written at the last look."""
        self._counts = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._polling = asyncio.Lock()
        self._signed = -1
        self.telemetry: Telemetry | None = None
        """Where exchanges become spans, if they do."""
        self._retention: Retention | None = None
        self.governing = Governing(table, "" if log_key is None else log_key.vkey)
        """Pins, releases and thresholds, and what they keep from being served."""
        self.swaps = Swaps(self)
        self.reloader: Reloader[Table] | None = None
        """What serves another spec when it changes, where something does."""

    # Life

    async def start(self) -> None:
        """Record that it serves, and begin.

        Raises LedgerError where that cannot be recorded, and ConfigError for what must not be
        served: nothing is recorded then.
        """
        await self.swaps.admit()
        self.upstream.open()
        base, *others = self.table.policies
        at = self.clock.at()
        records: list[Record] = [
            ServiceStarted(
                run=self.run,
                at=at,
                charter=VERSION,
                replica=self.replica,
                policy=base.policy.digest,
                spec_name=base.policy.name,
                spec_version=base.spec_version,
                documents=base.documents,
                settings=self.settings.digest,
            )
        ]
        records += [self.swaps.served(each, "", at) for each in others]
        await self.writer.write(records)
        await self.poll()
        every: list[tuple[float, Callable[[], Coroutine[Any, Any, None]]]] = [
            (POLL, self.poll),
            (COUNT, self._count),
            (SWEEP, self._sweep),
            (JUDGE, self.swaps.judge),
        ]
        if self.vault is not None:
            self._retention = await asyncio.to_thread(self._retention_of, self.vault)
            every.append((RETAIN, self._retain))
        if self.log_key is not None and self.settings.ledger.checkpoint_seconds:
            every.append((self.settings.ledger.checkpoint_seconds, self._sign))
        self._tasks = [asyncio.create_task(self._repeat(*each)) for each in every]
        self._tasks.append(asyncio.create_task(watch_loop(self.metrics)))
        self._watch()
        self.say("info", "serving", policy=base.policy.digest, version=base.spec_version)

    def _watch(self) -> None:
        """Give out what metrics ask for when somebody reads them."""
        metrics, base = self.metrics, self.table.base
        metrics.policy(base.policy.digest, base.spec_version)
        metrics.watch("ledger_waiting", "Records not durable yet.", lambda: self.writer.waiting)
        metrics.watch("stops", "Stops in force.", lambda: len(self.board.stops))
        metrics.watch("pins", "Pins in force.", lambda: len(self.governing.pins.all))
        crossed = lambda: len(self.governing.judged.reasons)  # noqa: E731
        metrics.watch("thresholds_crossed", "Thresholds that a served model crosses.", crossed)
        pending = lambda: len(self.board.pending(self.clock.now()))  # noqa: E731
        metrics.watch("approvals_pending", "Approvals that wait for people.", pending)
        metrics.watch("ready", "1 where it can serve.", lambda: float(not self.why_not))

    def end_soon(self) -> None:
        """Take note that it is to end: it is no longer ready; what is under way goes on.

        What has not finished shortly before time is up is cut, so that it can still be recorded.
        """
        self.ending = True
        left = max(0.1, self.settings.server.shutdown_seconds - 1.0)
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().call_later(left, self.cut_all, ENDING)

    async def stop(self) -> None:
        """Write what is left, and end."""
        self.ending = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.cut_all(ENDING)
        await self.upstream.close()
        with contextlib.suppress(CharterError):
            await self._count(last=True)
        await self.writer.close()
        if self.telemetry is not None:
            await asyncio.to_thread(self.telemetry.close)
        if self.log_key is not None:
            with contextlib.suppress(CharterError):
                await self._sign()
        self.say("info", "ended")

    def cut_all(self, why: str) -> None:
        """End every exchange under way."""
        for one in list(self.running):
            one.cut(why)

    async def replace(self, table: Table) -> None:
        """Serve something else from now on; requests under way finish under what they began with.

        It is recorded first. Raises LedgerError where that fails, and ConfigError for what must
        not be served; nothing has changed then.
        """
        await self.poll()  # of the pin or release that somebody has just made
        await self.swaps.take(table)

    # State

    @property
    def why_not(self) -> str:
        """Why it is not ready, in words for anybody; empty where it is."""
        return self.unable or self.governing.why_not(self.table)

    @property
    def unable(self) -> str:
        """Why it can serve nobody anything, whatever policy it has; empty where it can."""
        if self.ending:
            return "the gateway is shutting down"
        if self.unwritable:
            return f"the ledger cannot be written: {self.unwritable}"
        if time.monotonic() - self._looked > BLIND:
            return "the ledger cannot be read, so that a stop would not be seen"
        return ""

    @property
    def unwritable(self) -> str:
        """Why the ledger cannot be written, in words for anybody; empty where it can."""
        health = self.writer.health
        return "" if health.ok else outage(health.reason or "unknown", self.ledger.where)

    def subject(self, application: str, user: str) -> str:
        """Return the pseudonym of a user of an application; empty where nothing is kept."""
        if self.vault is None:
            return ""
        key = (application, user)
        found = self._subjects.get(key)
        if found is None:
            if len(self._subjects) >= SUBJECTS:
                self._subjects.clear()
            found = self._subjects[key] = self.vault.pseudonym(application, user)
        return found

    def stopped(self, application: str, tools: Any = ()) -> StopOrdered | None:
        """Return a stop that reaches an application or a tool."""
        return self.board.stopped(application, tools)

    # What repeats

    async def poll(self) -> None:
        """Read approvals and stops that are new, and end what they stop."""
        async with self._polling:
            await self._poll()

    async def _poll(self) -> None:
        after = self.board.index
        try:
            found = await asyncio.to_thread(self._read, after)
        except LedgerError as error:
            if self._unread != error.message:
                self.say("error", "ledger.unreadable", reason=error.message)
            self._unread = error.message
            return
        for index, record in found:
            if isinstance(record, GOVERN_KINDS):
                self._unsettled = True
                self.governing.take(record)
            self.board.take(index, record)  # last: what cannot be taken is read again
        if any(isinstance(record, StopOrdered) for _, record in found):
            self.enforce()
        if self._unsettled:
            self.governing.settle(self.table)  # refused from now on, whatever the swap takes
            self._unsettled = False
            self.swaps.look_again()
        self._looked = time.monotonic()  # of all that was found: else nothing is served soon
        if self._unread:
            self._unread = ""
            self.say("info", "ledger.readable")
        await self.swaps.obey()
        await self._expire()

    def _read(self, after: int) -> list[tuple[int, Record]]:
        return list(self.ledger.read_any((*KINDS, *GOVERN_KINDS), after=after))

    def enforce(self) -> None:
        """End every exchange under way that a stop reaches."""
        for one in list(self.running):
            stop = self.board.stopped(one.application, one.tools)
            if stop is not None:
                one.stop = stop
                one.cut(STOPPED)

    async def _expire(self) -> None:
        now = self.clock.now()
        for record in self.board.overdue(now, self.clock.text(now)):
            with contextlib.suppress(LedgerError):  # another replica may have been quicker
                await self.writer.write([record])

    async def _count(self, *, last: bool = False) -> None:
        self._counts += 1
        counted = self.counted
        record = ServiceCounted(
            run=self.run,
            at=self.clock.at(),
            number=self._counts,
            sequence=self.writer.sequence,
            received=counted.received,
            answered=counted.answered,
            refused=counted.refused,
            failed=counted.failed,
            last=last,
        )
        try:
            await self.writer.write([record])
        except LedgerUnavailable:
            self._counts -= 1  # written with the next one: numbers have no gap
            raise

    async def _sign(self) -> None:
        size = await asyncio.to_thread(self.ledger.size)
        if size and size != self._signed and self.log_key is not None:
            await asyncio.to_thread(checkpoint, self.ledger, self.log_key)
            self._signed = size

    def _retention_of(self, vault: Vault) -> Retention:
        return Retention(self.ledger, vault, self.clock, gap=longest_gap(self.ledger))

    async def _retain(self) -> None:
        """Delete payloads that have been kept for as long as the settings say."""
        if self._retention is None:
            return
        done = await asyncio.to_thread(self._retention.keep_to, self.table.settings.keep.days)
        if done.why_not:
            self.say("warning", "retention.left", reason=done.why_not)
        elif done.payloads:
            self.say("info", "payloads.expired", payloads=done.payloads)

    def _tell(self) -> None:
        """Say once in the log that records can no longer be kept and why, and that they can."""
        health = self.writer.health
        if health.ok == self._writes:
            return
        self._writes = health.ok
        if health.ok:
            self.say("info", "ledger.writable")
        else:
            self.say("error", "ledger.unwritable", reason=health.reason)

    async def _sweep(self) -> None:
        self._tell()
        sweep(list(self.running), asyncio.get_running_loop().time())

    async def _repeat(self, every: float, what: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await what()
            except CharterError as error:
                self.say("error", "task.failed", reason=error.message)
            except Exception as error:  # noqa: BLE001 - one failure must not end the next look
                self.say("error", "task.failed", reason=f"{type(error).__name__}: {error}")

    def say(self, level: str, event: str, **fields: Any) -> None:
        """Write a line of log, where there is one."""
        if self.log is not None:
            self.log.say(level, event, **fields)


def _applications(table: Table) -> set[str]:
    return {entry.caller.application for entry in table.settings.callers}
