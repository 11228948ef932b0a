"""Whether records go back as far as they must."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.counted import counted
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    RecordLink,
    number,
)

TITLE = "records of decisions going back so many days, none deleted"
ARGUMENTS: Mapping[str, type] = {"days": int}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Measure the age of the oldest decision; Charter itself never deletes a record."""
    if look.facts is None:
        return NO_LEDGER
    services = look.facts.services
    there = [each for each in services if each.decisions]
    missing = sum(each.missing for each in services)
    gone = bool(missing or look.facts.lost)
    if not there:
        what = (
            f"{counted(missing, 'decision')} deleted: all there were"
            if gone
            else "no decision is on record"
        )
        return Evidence(Found.NONE, what, deleted=gone)
    first = min(there, key=lambda each: each.first)
    age, wanted = (look.at - first.first).days, number(arguments, "days")
    measured = {"oldest_days": str(age), "asked_days": str(wanted), "missing": str(missing)}
    records = (RecordLink("DecisionRecorded", first.run, first.first_index),)
    said = f"the oldest record of a decision is {counted(age, 'day')} old, of {wanted:,} asked for"
    newest = max(each.last for each in there)
    if gone:
        what = f"{said}; records were deleted"
        return Evidence(Found.PARTIAL, what, records, measured, newest, deleted=True)
    if age < wanted:
        what = f"{said}; nothing is deleted, so it grows"
        return Evidence(Found.PARTIAL, what, records, measured, newest)
    return Evidence(Found.FULL, said, records, measured, newest)
