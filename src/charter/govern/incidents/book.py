"""The incidents of a ledger: read as states, written one record after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from charter.errors import AlreadyRecorded, ConfigError
from charter.govern.incidents.fold import fold, fold_all
from charter.govern.incidents.refused import Refused
from charter.govern.incidents.state import Incident
from charter.ledger.ledger import Ledger
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.record import Record

TRIES = 5
"""Of what is worth doing whatever others did meanwhile."""
KINDS = (IncidentOpened, IncidentAmended)


def incidents(ledger: Ledger, *, now: datetime) -> tuple[Incident, ...]:
    """Return all incidents of a ledger, in the order in which they were opened."""
    found = (record for _, record in ledger.read_any(KINDS))
    return fold_all((r for r in found if isinstance(r, KINDS)), now=now)


def incident(ledger: Ledger, wanted: str, *, now: datetime) -> Incident:
    """Return an incident by its id, or by what only its id begins with. Raises ConfigError."""
    run = _named(ledger, wanted)
    records = [r for _, r in ledger.read_any(KINDS, run=run) if isinstance(r, KINDS)]
    return fold(records, now=now)


def _named(ledger: Ledger, wanted: str) -> str:
    if any(True for _ in ledger.read_any(KINDS, run=wanted, limit=1)):
        return wanted
    near = {record.run for record in ledger.read(IncidentOpened) if record.run.startswith(wanted)}
    if len(near) == 1 and len(wanted) >= len("inc_") + 2:
        return near.pop()
    begin = "incident begins" if len(near) == 1 else "incidents begin"
    many = f"{len(near)} {begin} with it" if near and wanted else "there is none"
    raise ConfigError(
        f"which incident is {wanted[:80]!r}? {many}", hint="see charter incident list"
    )


def append(ledger: Ledger, records: Sequence[Record]) -> None:
    """Append what was made from one state of an incident, all or nothing.

    Raises Refused where somebody else acted on the same state first.
    """
    try:
        ledger.append(*records)
    except AlreadyRecorded as cause:
        raise Refused(
            "somebody else changed it meanwhile, and nothing of this was recorded",
            hint="look at it again with charter incident show",
        ) from cause


def append_anyway(
    ledger: Ledger,
    found: Incident,
    make: Callable[[Incident], Sequence[Record]],
    *,
    now: datetime,
) -> Sequence[Record]:
    """Append what has to be done whatever others said meanwhile, such as a stop; return it.

    It is made again from the newest state where somebody was quicker. Raises Refused after
    several tries.
    """
    for left in range(TRIES - 1, -1, -1):
        records = make(found)
        try:
            append(ledger, records)
        except Refused:
            if not left:
                raise
            found = incident(ledger, found.id, now=now)
        else:
            return records
    raise AssertionError("unreachable")
