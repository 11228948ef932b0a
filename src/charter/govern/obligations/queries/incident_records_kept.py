"""Whether what incidents rest on is still there."""

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

TITLE = "the contents of the decisions that incidents name, still kept"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Look up the contents of each decision that an incident names."""
    if look.facts is None:
        return NO_LEDGER
    real = [each for each in look.facts.of(IncidentOpened) if not each[1].drill]
    if not real:
        return nothing("no incident is on record: nothing has to be kept for one")
    kept = look.facts.payload_gone
    gone = sum(kept.values())
    measured = {"incidents": str(len(real)), "contents": str(len(kept)), "deleted": str(gone)}
    if gone:
        said = f"contents of {gone} of {counted(len(kept), 'decision')} were erased or expired"
        return Evidence(Found.PARTIAL, said, links(real), measured, newest(real), deleted=True)
    said = f"{counted(len(real), 'incident')}, contents of {counted(len(kept), 'decision')} kept"
    found = Found.FULL if kept else Found.PARTIAL
    said += "" if kept else ": no decision with contents is linked"
    return Evidence(found, said, links(real), measured, newest(real))
