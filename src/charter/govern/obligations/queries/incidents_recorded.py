"""Whether incidents are recorded, or at least the way to record one was exercised."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.counted import counted
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    links,
    newest,
    nothing,
)
from charter.records.incident import IncidentOpened

TITLE = "incidents on record, with what they are linked to"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count incidents; exercises show a way, and are in no count."""
    if look.facts is None:
        return NO_LEDGER
    every = look.facts.of(IncidentOpened)
    real = [each for each in every if not each[1].drill]
    if real:
        linked = sum(bool(record.links) for _, record in real)
        measured = {"incidents": str(len(real)), "linked": str(linked)}
        said = f"{counted(len(real), 'incident')} on record, {linked:,} linked to what they concern"
        return Evidence(Found.FULL, said, links(real), measured, newest(real))
    if every:
        what = "no incident on record; the way to record one was exercised"
        return Evidence(Found.PARTIAL, what, links(every), newest=newest(every))
    return nothing("no incident is on record, and none was exercised: nothing can be shown")
