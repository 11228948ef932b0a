"""Whether every decision of every gateway is on record: sequence numbers without a gap."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.counted import counted
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    RecordLink,
    nothing,
)

TITLE = "decisions on record, with nothing missing from their sequence"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count decisions against the numbers they were given when they were recorded."""
    if look.facts is None:
        return NO_LEDGER
    services = look.facts.services
    count = sum(each.decisions for each in services)
    missing = sum(each.missing for each in services)
    if not count and not missing:
        return nothing("no decision is on record")
    lost = look.facts.lost_count
    measured = {"decisions": str(count), "missing": str(missing), "services": str(len(services))}
    at = max((each.last for each in services if each.decisions), default=None)
    records = tuple(
        RecordLink("DecisionRecorded", each.run, each.last_index)
        for each in services[-5:]
        if each.decisions
    )
    said = f"{counted(count, 'decision')} of {counted(len(services), 'start')} of a gateway"
    if missing or lost:
        gone = f"{counted(missing, 'decision')} missing from the sequence"
        gone += f", {counted(lost, 'record')} of the ledger deleted" if lost else ""
        return Evidence(
            Found.PARTIAL if count else Found.NONE,
            f"{said}; {gone}",
            records,
            measured,
            at,
            deleted=True,
        )
    return Evidence(Found.FULL, f"{said}, none missing", records, measured, at)
