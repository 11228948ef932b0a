"""Whether incidents end with a cause, a test that would find them again, and a review."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    counted,
    links,
    newest,
    nothing,
)
from charter.records.incident import IncidentAmended, IncidentOpened

TITLE = "closed incidents with root cause, regression test and reviewed post-mortem"
ARGUMENTS: Mapping[str, type] = {}
NEEDED = frozenset({"cause", "regression", "postmortem", "reviewed"})


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count what each closed incident went through."""
    if look.facts is None:
        return NO_LEDGER
    real = {record.run for _, record in look.facts.of(IncidentOpened) if not record.drill}
    amended = [each for each in look.facts.of(IncidentAmended) if each[1].run in real]
    changes: dict[str, list[str]] = {run: [] for run in real}
    for _, record in amended:
        changes[record.run].append(record.change)
    closed = [run for run, said in changes.items() if _closed(said)]
    whole = [run for run in closed if set(changes[run]) >= NEEDED]
    if not closed:
        return nothing(f"{counted(len(real), 'incident')} on record, none closed")
    measured = {"closed": str(len(closed)), "with_all": str(len(whole))}
    said = f"{len(whole)} of {counted(len(closed), 'closed incident')} with cause, test and review"
    shown = [each for each in amended if each[1].change == "closed"]
    found = Found.FULL if len(whole) == len(closed) else Found.PARTIAL
    return Evidence(found, said, links(shown), measured, newest(shown))


def _closed(changes: list[str]) -> bool:
    ends = [each for each in changes if each in ("closed", "reopened")]
    return bool(ends) and ends[-1] == "closed"
