"""What becomes of the records that are to be kept together: numbered, kept, or refused alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from charter.errors import AlreadyRecorded, CharterError, LedgerError, LedgerUnavailable
from charter.ledger.body import entry_of
from charter.ledger.ledger import Ledger
from charter.ledger.store import Entry, Sealed
from charter.records.decision import DecisionRecorded
from charter.records.record import Record
from charter.records.service import ServiceCounted


@dataclass(slots=True, eq=False)
class Submission:
    """Records that are kept or refused together, and who waits for that."""

    records: tuple[Record, ...]
    payloads: tuple[Sealed, ...]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]
    error: CharterError | None = None
    entries: list[Entry] = field(default_factory=list)
    late: asyncio.TimerHandle | None = None
    """Gives up on a commit of the thread; one of the event loop ends before any timer."""


_ONE_OF_THEM = (LedgerError, TypeError, ValueError, RecursionError)
"""What may be due to one submission of many."""


class Committer:
    """Numbers the decisions of one service from 1 without a gap, and keeps what it is given.

    One thread uses it at a time.
    """

    def __init__(self, ledger: Ledger, run: str) -> None:
        self._ledger = ledger
        self._run = run
        self.sequence: int | None = None
        """The number of the last decision kept; None: ask the ledger."""

    def keep(self, batch: Sequence[Submission]) -> None:
        """Commit all submissions but those whose records are there already.

        Raises what the store raises; a submission that fails alone has its `error`.
        """
        left = list(batch)
        while left:
            try:
                number = self._number(left)
                self._ledger.store.append(*_of(left))
            except LedgerUnavailable:
                raise
            except _ONE_OF_THEM as cause:
                self.sequence = None
                fitting = self._fitting(left, cause) if isinstance(cause, LedgerError) else left
                if len(fitting) == len(left):
                    if len(left) == 1:
                        raise self._named(cause) from cause
                    self._keep_each(left)
                    return
                left = fitting
            else:
                self.sequence = number
                return

    def keep_now(self, batch: Sequence[Submission]) -> bool:
        """Commit all submissions without waiting for others; False where that is not to be had.

        Nothing was kept then. Raises what the store raises.
        """
        if self.sequence is None and not self._ledger.store.append_now(()):
            return False  # nor is what it would be asked for now
        try:
            number = self._number(batch)
            kept = self._ledger.store.append_now(*_of(batch))
        except LedgerUnavailable:
            raise
        except _ONE_OF_THEM:  # nothing is kept: `keep` finds out what of it can be
            return False
        if kept:
            self.sequence = number
        return kept

    def refuse(self, batch: Sequence[Submission], error: CharterError) -> None:
        """Note why submissions are not kept; whether they were is not known."""
        self.sequence = None
        for one in batch:
            one.error = one.error or error

    def _keep_each(self, batch: Sequence[Submission]) -> None:
        """Commit each alone, where what is wrong shows; none after the ledger failed."""
        for at, one in enumerate(batch):
            try:
                self.keep([one])
            except LedgerUnavailable as cause:
                self.refuse(batch[at:], cause)
                return
            except CharterError as cause:
                self.refuse([one], cause)

    def _named(self, cause: Exception) -> LedgerError:
        if isinstance(cause, LedgerError):
            return cause
        said = f"{self._ledger.where} cannot hold a record: {type(cause).__name__}: {cause}"
        return LedgerError(said, hint="look at what the record names")

    def _number(self, batch: Sequence[Submission]) -> int:
        """Make the entries of a commit, its decisions numbered; return the last number."""
        if self.sequence is None:
            self.sequence = self._last()
        number = self.sequence
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

    def _fitting(self, batch: Sequence[Submission], cause: LedgerError) -> list[Submission]:
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
                one.error = AlreadyRecorded(
                    f"{self._ledger.where} already holds {again}", hint=cause.hint
                )
        return fitting


def _of(batch: Sequence[Submission]) -> tuple[list[Entry], list[Sealed]]:
    return (
        [entry for one in batch for entry in one.entries],
        [sealed for one in batch for sealed in one.payloads],
    )
