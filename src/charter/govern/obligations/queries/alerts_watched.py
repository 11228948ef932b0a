"""Whether service levels are watched, and somebody is told."""

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
from charter.records.objective import AlertEnded, AlertRaised, NoticeSent

TITLE = "alerts on service levels within so many days, sent to people and ended"
ARGUMENTS: Mapping[str, type] = {"days": int}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count alerts, notices and what became of them."""
    if look.facts is None:
        return NO_LEDGER
    days = number(arguments, "days")
    since = look.since(days)
    raised = look.facts.of(AlertRaised)
    if not raised:
        return nothing("no alert is on record: whether anything is watched cannot be told from it")
    recent = [each for each in raised if each[0].moment >= since]
    sent = {
        record.run
        for _, record in look.facts.of(NoticeSent)
        if record.outcome == "sent" and record.event == "alert.raised"
    }
    ended = {(record.run, record.number) for _, record in look.facts.of(AlertEnded)}
    told = sum(f"{record.run}/{record.number}" in sent for _, record in recent)
    over = sum((record.run, record.number) in ended for _, record in recent)
    measured = {"alerts": str(len(recent)), "told": str(told), "ended": str(over)}
    said = (
        f"{counted(len(recent), 'alert')} in {counted(days, 'day')}: "
        f"of {told} people were told, {over} ended"
    )
    found = Found.FULL if recent and told == len(recent) == over else Found.PARTIAL
    return Evidence(found, said, links(recent or raised), measured, newest(raised))
