"""Pins in force: a fold of their records. While there is one, nothing but its policy is served.

Of several the newest counts: who pins last has seen the others. Where it is lifted, the one before
counts again. Lifting takes the id of a pin; whatever else is in force stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeAlias

from charter.records.record import Record
from charter.records.release import PinLifted, PolicyPinned

Kinds: TypeAlias = tuple[type[Record], ...]
KINDS: Kinds = (PolicyPinned, PinLifted)
"""What pins are made of."""


class Readable(Protocol):
    """What pins are read from: a ledger."""

    def read_any(self, kinds: Kinds, *, after: int = 0) -> Iterator[tuple[int, Record]]:
        """Yield the records of some kinds after an index, oldest first."""
        ...


class Pins:
    """All pins that no record has lifted. `take` must be given records in the order of a ledger."""

    def __init__(self) -> None:
        self._in_force: dict[str, PolicyPinned] = {}

    def take(self, record: Record) -> None:
        """Fold one record; one of another kind changes nothing."""
        match record:
            case PolicyPinned(run=run):
                self._in_force[run] = record
            case PinLifted(run=run):
                self._in_force.pop(run, None)

    @property
    def all(self) -> tuple[PolicyPinned, ...]:
        """Pins in force, oldest first."""
        return tuple(self._in_force.values())

    @property
    def current(self) -> PolicyPinned | None:
        """The pin that counts; None where none is in force."""
        return next(reversed(self._in_force.values()), None)


def read_pins(ledger: Readable) -> Pins:
    """Return the pins of a ledger. Raises LedgerTampered and LedgerUnavailable."""
    found = Pins()
    for _, record in ledger.read_any(KINDS):
        found.take(record)
    return found
