"""What a service serves, put in its place: at the start, at a reload, by a pin, by thresholds.

Every swap is recorded before it is made. Of two at once the later waits for the earlier and looks
at what holds by then. On the event loop's thread, but for reading files and the ledger.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from charter.errors import LedgerError
from charter.gateway.clock import Clock
from charter.gateway.governing import Governing
from charter.gateway.metrics import Metrics
from charter.gateway.reload import Reloader
from charter.gateway.served import Served
from charter.gateway.table import Table
from charter.gateway.watched import Watched, read_again, read_watched, reasons_of
from charter.ledger.ledger import Ledger
from charter.ledger.writer import Writer
from charter.records.service import PolicyServed

READ_AGAIN = 3600.0
"""Seconds between two readings of thresholds and evidence; each look reads while one is crossed."""
MOST_SAID = 20
"""Reasons that are logged at one look."""


class Serves(Protocol):
    """What has swaps: `service.Service`."""

    table: Table
    governing: Governing
    ledger: Ledger
    writer: Writer
    clock: Clock
    metrics: Metrics
    reloader: Reloader[Table] | None
    run: str

    def say(self, level: str, event: str, **fields: Any) -> None:
        """Write a line of log, where there is one."""
        ...


class Swaps:
    """Swaps of one service."""

    def __init__(self, service: Serves) -> None:
        self._service = service
        self._one = asyncio.Lock()
        self._number = 0
        self._unsure = False
        """Whether records were handed over of which nobody knows if they are in the ledger."""
        self._unswapped = ""
        """Why what a pin asks for is not served yet; so the log says it once."""
        self.read_last = 0.0
        """When thresholds were last read, by the loop's clock."""

    async def admit(self) -> None:
        """Raise ConfigError where what is there to be served at the start must not be."""
        service, governing = self._service, self._service.governing
        await asyncio.to_thread(governing.read, service.ledger)
        watched = await asyncio.to_thread(read_watched, service.table.settings.govern)
        reasons = await self._reasons(watched)
        governing.refuse(service.table, reasons)
        self._judged(watched, reasons)
        governing.settle(service.table)

    async def take(self, table: Table) -> None:
        """Serve something else from now on, or as soon as no pin is in force.

        Raises LedgerError and ConfigError; nothing has changed then.
        """
        governing = self._service.governing
        watched = await asyncio.to_thread(read_watched, table.settings.govern)
        reasons = await self._reasons(watched)
        async with self._one:
            before = governing.latest
            if table.settings.govern == governing.settings:
                self._judged(
                    watched, reasons
                )  # what evidence says now counts for what is served, too
            governing.refuse(table, reasons)
            governing.latest = table
            try:
                await self._put(await asyncio.to_thread(governing.wanted))
            except BaseException:
                governing.latest = before
                raise
            self._judged(watched, reasons)

    async def obey(self) -> None:
        """Serve what a pin names, or what was served before the pin that was lifted."""
        service, governing = self._service, self._service.governing
        barred = governing.barred.get(service.table.base.policy.digest)
        if service.table is governing.latest and (governing.pins.current is None or barred is None):
            return
        async with self._one:
            wanted = await asyncio.to_thread(governing.wanted)
            if wanted is service.table:
                return
            try:
                await self._put(wanted)
            except LedgerError as error:  # the next look tries again
                if self._unswapped != error.message:
                    service.say("error", "not.swapped", reason=error.message)
                self._unswapped = error.message
                return
            self._unswapped = ""
            service.say("warning", "swapped", policy=service.table.base.policy.digest)

    async def judge(self) -> None:
        """Ask thresholds again; read them and the evidence again where that is due."""
        service, governing = self._service, self._service.governing
        judged, settings = governing.judged, governing.settings
        if settings.thresholds is None:
            return
        before, known = judged.reasons, judged.watched
        anew = bool(before) or asyncio.get_running_loop().time() - self.read_last > READ_AGAIN
        found = await asyncio.to_thread(read_again, settings) if anew else known
        reasons = () if isinstance(found, str) else await self._reasons(found)
        if settings is not governing.settings or judged.watched is not known:
            return  # a reload came between
        if isinstance(found, str):
            judged.lost(found)
        elif anew:
            self._judged(found, reasons)
        else:
            judged.put(found, reasons)
        if judged.reasons != before:
            self.look_again()
            for reason in judged.reasons[:MOST_SAID]:
                service.say("error", "threshold.crossed", reason=reason)
            if not judged.reasons:
                service.say("info", "thresholds.passed")

    def look_again(self) -> None:
        """Let a change of files that was refused be tried again: it may be allowed now."""
        if self._service.reloader is not None:
            self._service.reloader.retry()

    def served(self, each: Served, before: str, at: str) -> PolicyServed:
        """Return the record that a policy is served from now on."""
        self._number += 1
        return PolicyServed(
            run=self._service.run,
            at=at,
            number=self._number,
            policy=each.policy.digest,
            before=before,
            spec_version=each.spec_version,
            documents=each.documents,
        )

    async def _put(self, table: Table) -> None:
        """Record that other policies are served, and serve them. Raises LedgerError."""
        service = self._service
        known = {each.policy.digest for each in service.table.policies}
        before, at = service.table.base.policy.digest, service.clock.at()
        fresh = [each for each in table.policies if each.policy.digest not in known]
        if self._unsure:
            self._number = await asyncio.to_thread(self._recorded)
        records = [self.served(each, before, at) for each in fresh]
        if records:
            self._unsure = True
            await service.writer.write(records)
        self._unsure = False
        service.governing.settle(table)
        service.table = table
        service.metrics.policy(table.base.policy.digest, table.base.spec_version)

    def _recorded(self) -> int:
        """Return the number of the newest record of this service: a gap would read as a loss."""
        service = self._service
        found = service.ledger.read(PolicyServed, run=service.run, newest=True, limit=1)
        return next((each.number for each in found), 0)

    async def _reasons(self, watched: Watched | None) -> tuple[str, ...]:
        return await asyncio.to_thread(reasons_of, watched, self._service.clock.now())

    def _judged(self, watched: Watched | None, reasons: tuple[str, ...]) -> None:
        self.read_last = asyncio.get_running_loop().time()
        self._service.governing.judged.put(watched, reasons)
