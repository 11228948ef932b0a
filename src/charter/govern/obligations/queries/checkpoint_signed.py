"""Whether the records are signed, so that a change to them would show."""

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

TITLE = "a signed checkpoint over the records, none of which is gone"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Compare the size of the latest checkpoint with that of the ledger."""
    facts = look.facts
    if facts is None:
        return NO_LEDGER
    if facts.signed is None:
        return nothing("no checkpoint is signed: see `charter serve`, `charter verify`")
    size, at = facts.signed
    measured = {"records": str(facts.size), "signed": str(size)}
    link = (RecordLink("checkpoint", str(size), min(size, facts.size)),)
    if not size:
        what = f"a checkpoint is signed over no record, of {facts.size:,} there are"
        return Evidence(Found.NONE, what, link, measured)
    if facts.lost:
        gone = f"{counted(facts.lost_count, 'record')} deleted although a checkpoint is over them"
        return Evidence(Found.NONE, gone, link, measured, at, deleted=True)
    said = f"a signed checkpoint is over {size:,} of {counted(facts.size, 'record')}"
    return Evidence(Found.FULL, said, link, measured, at)
