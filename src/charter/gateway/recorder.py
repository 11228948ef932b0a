"""Records of one exchange made durable, with what is sealed beside them.

A payload is kept where the configuration says so, and always where a person has to see it: an
approval is asked for together with what it is about, or not at all.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from charter.gateway.served import Served
from charter.gateway.service import Service
from charter.ledger.store import Sealed
from charter.ledger.vault import payload_id
from charter.records.approval import ApprovalAsked, ApprovalUsed
from charter.records.decision import DecisionRecorded
from charter.records.record import Record

PLAIN = frozenset({"allow"})


class Recorder:
    """Writes the records of one exchange."""

    __slots__ = (
        "_always",
        "_keep",
        "_subject",
        "_writer",
        "asked",
        "payload",
        "sealed",
        "service",
        "sparing",
        "written",
    )

    def __init__(self, service: Service, served: Served, subject: str) -> None:
        self.service = service
        self._subject = subject
        self._writer = service.writer
        self._keep = served.keep if service.vault is not None else "none"
        drawn = served.sample > 0 and secrets.randbelow(1000) < served.sample
        self._always = self._keep == "all" or (drawn and service.vault is not None)
        self.payload = payload_id() if service.vault is not None else ""
        """Id that the payload has if it is kept."""
        self.sparing = not self._always
        self.written: list[DecisionRecorded] = []
        """Decisions that are durable, where telemetry asks for them."""
        self.sealed = False
        self.asked = False
        """Whether people were asked for approval, or an approval was used."""

    async def write(
        self,
        records: Sequence[Record],
        payload: Callable[[], Mapping[str, Any]] | None = None,
    ) -> None:
        """Return when records are durable. Raises LedgerError and LedgerUnavailable.

        `payload` makes what is sealed, where it is to be kept and was not already.
        """
        if not records:
            return
        asks, used, restricts = self._seen(records)
        keep = asks or self._always or restricts
        sealed: tuple[Sealed, ...] = ()
        if self.payload and keep and not self.sealed and payload is not None:
            sealed = (await self._seal(payload()),)
        if self.payload and not keep and not self.sealed:
            records = [_bare(one) for one in records]
        begun = time.perf_counter()
        await self._writer.write(records, sealed)
        self.sealed = self.sealed or bool(sealed)
        self.service.metrics.wrote(records, time.perf_counter() - begun)
        if self.service.telemetry is not None:
            self.written += [one for one in records if isinstance(one, DecisionRecorded)]
        if asks or used:
            self.asked = True
            await self.service.poll()  # so that what comes next knows

    async def _seal(self, payload: Mapping[str, Any]) -> Sealed:
        vault = self.service.vault
        assert vault is not None  # noqa: S101 - there is an id only where there is a vault
        at = self.service.clock.at()
        seal = vault.seal
        return await asyncio.to_thread(seal, self._subject, payload, at, id=self.payload)

    def _seen(self, records: Sequence[Record]) -> tuple[bool, bool, bool]:
        """Return whether approval is asked for, is used, and whether something is to be kept."""
        asks = used = restricts = False
        for one in records:
            if isinstance(one, DecisionRecorded):
                restricts = restricts or one.effect not in PLAIN or bool(one.failure)
            elif isinstance(one, ApprovalAsked):
                asks = True
            elif isinstance(one, ApprovalUsed):
                used = True
        return asks, used, restricts and self._keep != "none"


def _bare(record: Record) -> Record:
    """Return a record that names no payload: none is kept."""
    if isinstance(record, DecisionRecorded) and record.payload:
        return replace(record, payload="", content="")
    return record
