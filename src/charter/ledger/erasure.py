"""Erasure, legal holds and retention: what is done to payloads, each with its record."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from charter.errors import ConfigError
from charter.ledger.ledger import Ledger, entry_of
from charter.ledger.store import Overtaken, Since
from charter.ledger.vault import Vault
from charter.records.erasure import HoldLifted, HoldPlaced, PayloadsExpired, SubjectErased
from charter.records.record import Record

R = TypeVar("R")

RETENTION = "retention"
"""The `run` of records about all subjects."""
BATCH = 1_000
"""Payloads deleted in one transaction."""
REST_S = 0.05
"""Between two of them: who waits to write comes first."""
TRIES = 20
"""How often one looks for legal holds again, where others come in meanwhile."""


def standing(ledger: Ledger, subject: str | None = None) -> tuple[HoldPlaced, ...]:
    """Return the legal holds that stand, of one subject or of all, oldest first."""
    lifted = {(one.run, one.number) for one in ledger.read(HoldLifted, run=subject)}
    placed = ledger.read(HoldPlaced, run=subject)
    return tuple(one for one in placed if (one.run, one.number) not in lifted)


def erase(  # noqa: PLR0913 - who, why and when, each by name
    ledger: Ledger,
    vault: Vault,
    subject: str,
    *,
    by: str,
    reason: str,
    basis: str,
    at: str,
    also: Sequence[Record] = (),
) -> SubjectErased | HoldPlaced:
    """Make all payloads of a subject unreadable for good, and record it, `also` further facts.

    Returns the record, or the legal hold that forbids it: then nothing is done. What is erased,
    its records, and that no hold has come in between, are one transaction of the store.
    Raises AlreadyRecorded where one of the further facts is there already: nothing is done then.
    """
    _require(by=by, reason=reason, basis=basis)

    def attempt() -> SubjectErased | HoldPlaced:
        size = ledger.size()
        holds = standing(ledger, subject)
        if holds:
            return holds[0]
        earlier = ledger.read(SubjectErased, run=subject, newest=True, limit=1)
        number = next((one.number for one in earlier), 0) + 1
        record = SubjectErased(subject, at, number, by, reason, basis, 0)
        count = vault.erase(
            subject,
            told=lambda payloads: [
                entry_of(replace(record, payloads=payloads)),
                *map(entry_of, also),
            ],
            unless=Since(HoldPlaced.__name__, size, subject),
        )
        return replace(record, payloads=count)

    return _again(attempt)


def place(ledger: Ledger, subject: str, *, by: str, reason: str, at: str) -> HoldPlaced:
    """Record a legal hold: nothing of the subject is erased or expires while it stands."""
    _require(by=by, reason=reason)
    earlier = ledger.read(HoldPlaced, run=subject, newest=True, limit=1)
    record = HoldPlaced(subject, at, next((one.number for one in earlier), 0) + 1, by, reason)
    ledger.append(record)
    return record


def lift(  # noqa: PLR0913 - as for `erase`
    ledger: Ledger, subject: str, number: int | None = None, *, by: str, reason: str, at: str
) -> HoldLifted:
    """Record the end of a legal hold, of the only one where no number is given.

    Raises ConfigError where there is no such hold, or more than one and no number.
    """
    _require(by=by, reason=reason)
    holds = standing(ledger, subject)
    wanted = [hold.number for hold in holds if number in (None, hold.number)]
    if not wanted:
        raise ConfigError(f"no such legal hold on {subject}", hint="list them: charter hold list")
    if len(wanted) > 1:
        numbers = ", ".join(str(each) for each in wanted)
        raise ConfigError(f"{subject} has holds {numbers}", hint="say which: --number")
    record = HoldLifted(subject, at, wanted[0], by, reason)
    ledger.append(record)
    return record


def expire(  # noqa: PLR0913 - what, when and for how long, each by name
    ledger: Ledger,
    vault: Vault,
    before: str,
    *,
    at: str,
    quietly: bool = False,
    go_on: Callable[[], bool] = lambda: True,
) -> PayloadsExpired:
    """Delete payloads kept before a time, but for subjects under a hold, and record it.

    Many are deleted a batch at a time, each in one transaction with a record of its own, so that
    others can write in between; `go_on` is asked before each further one. What a process that was
    killed left over, the next one deletes. Returns the last record with the count of all.
    `quietly`: without a record where there were none.
    """
    done = _again(lambda: _batch(ledger, vault, before, at, quietly=quietly))
    total = done.payloads
    while done.payloads and go_on():
        time.sleep(REST_S)
        further = _again(lambda: _batch(ledger, vault, before, at, quietly=True))
        if not further.payloads:
            break
        done = further
        total += done.payloads
    return replace(done, payloads=total)


def _batch(ledger: Ledger, vault: Vault, before: str, at: str, *, quietly: bool) -> PayloadsExpired:
    size = ledger.size()
    held = {hold.run for hold in standing(ledger)}
    earlier = ledger.read(PayloadsExpired, run=RETENTION, newest=True, limit=1)
    number = next((one.number for one in earlier), 0) + 1
    record = PayloadsExpired(RETENTION, at, number, before, 0)
    count = vault.expire(
        before,
        held,
        told=lambda payloads: (
            [entry_of(replace(record, payloads=payloads))] if payloads or not quietly else []
        ),
        unless=Since(HoldPlaced.__name__, size),
        limit=BATCH,
    )
    return replace(record, payloads=count)


def _again(attempt: Callable[[], R]) -> R:
    """Try until no hold comes in between. Raises Overtaken where they do not end."""
    for _ in range(TRIES - 1):
        with suppress(Overtaken):
            return attempt()
    return attempt()


def _require(**said: str) -> None:
    for name, text in said.items():
        if not text.strip() or len(text) > 1000 or not text.isprintable():
            raise ConfigError(
                f"{name}: 1 to 1000 characters on one line are needed", hint="it stays in the log"
            )
