"""Whether a person has stopped the system, and let it go on, lately."""

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
    number,
)
from charter.records.stop import StopLifted, StopOrdered

TITLE = "a stop ordered by a person, and lifted, within so many days"
ARGUMENTS: Mapping[str, type] = {"days": int}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count stops: one that was never tried is a promise."""
    if look.facts is None:
        return NO_LEDGER
    stops = look.facts.of(StopOrdered)
    if not stops:
        return nothing("no stop was ever ordered: that it works is not on record")
    lifted = {record.run for _, record in look.facts.of(StopLifted)}
    days = number(arguments, "days")
    recent = [each for each in stops if each[0].moment >= look.since(days)]
    ended = [each for each in recent if each[1].run in lifted]
    measured = {"stops": str(len(recent)), "lifted": str(len(ended))}
    said = f"{counted(len(recent), 'stop')} in {counted(days, 'day')}, {len(ended)} lifted"
    found = Found.FULL if ended else Found.PARTIAL
    return Evidence(found, said, links(recent or stops), measured, newest(stops))
