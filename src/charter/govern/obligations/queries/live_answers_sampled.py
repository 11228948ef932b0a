"""Whether live answers are drawn by chance to be judged."""

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
from charter.records.sample import SampleDrawn

TITLE = "samples of live answers drawn within so many days"
ARGUMENTS: Mapping[str, type] = {"days": int}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count samples and the answers in them."""
    if look.facts is None:
        return NO_LEDGER
    every, days = look.facts.of(SampleDrawn), number(arguments, "days")
    if not every:
        return nothing("no live answer was drawn to be judged")
    recent = [each for each in every if each[0].moment >= look.since(days)]
    drawn = sum(stratum.drawn for _, record in recent for stratum in record.strata)
    measured = {"samples": str(len(recent)), "answers": str(drawn)}
    said = f"{counted(len(recent), 'sample')} in {counted(days, 'day')}, {counted(drawn, 'answer')}"
    found = Found.FULL if drawn else Found.PARTIAL
    return Evidence(found, said, links(recent or every), measured, newest(every))
