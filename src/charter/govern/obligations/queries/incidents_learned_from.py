"""Whether incidents end with a cause, a test that would find them again, and a review."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.counted import counted
from charter.govern.incidents.fold import fold_all
from charter.govern.incidents.state import CLOSED, Incident
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    links,
    newest,
    nothing,
)
from charter.records.incident import IncidentAmended, IncidentOpened

TITLE = "closed incidents with root cause, regression test and reviewed post-mortem"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count what each closed incident has, as it stands: see `charter incident close`.

    A post-mortem counts once somebody other than its author accepted it, nobody having asked for
    changes since.
    """
    if look.facts is None:
        return NO_LEDGER
    opened = [record for _, record in look.facts.of(IncidentOpened) if not record.drill]
    real = {record.run for record in opened}
    amended = [each for each in look.facts.of(IncidentAmended) if each[1].run in real]
    every = fold_all((*opened, *(record for _, record in amended)), now=look.at)
    closed = [each for each in every if each.status == CLOSED]
    whole = [each for each in closed if _is_whole(each)]
    if not closed:
        return nothing(f"{counted(len(real), 'incident')} on record, none closed")
    measured = {"closed": str(len(closed)), "with_all": str(len(whole))}
    said = (
        f"{len(whole):,} of {counted(len(closed), 'closed incident')} with cause, test and review"
    )
    shown = [each for each in amended if each[1].change == "closed"]
    found = Found.FULL if len(whole) == len(closed) else Found.PARTIAL
    return Evidence(found, said, links(shown), measured, newest(shown))


def _is_whole(incident: Incident) -> bool:
    changes = any(not each.accepted for each in incident.latest_reviews)
    tried = incident.regressions and all(each.after for each in incident.regressions)
    return bool(incident.cause and tried and incident.reviewers and not changes)
