"""Whether people decide on actions that wait for them, and do not only agree."""

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
from charter.ledger.board import folded
from charter.records.approval import ApprovalAsked, ApprovalExpired, ApprovalVoted

TITLE = "actions held until people decide, so many people each, within so many days"
ARGUMENTS: Mapping[str, type] = {"days": int, "people": int}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count actions held, and who decided on them."""
    if look.facts is None:
        return NO_LEDGER
    least, since = number(arguments, "people"), look.since(number(arguments, "days"))
    asked = [
        each
        for each in look.facts.of(ApprovalAsked)
        if each[0].moment >= since and each[1].needed >= least
    ]
    if not asked:
        return nothing(f"no action was held for {counted(least, 'person', 'people')} to decide on")
    held = {record.run: record for _, record in asked}
    votes = [
        each
        for each in look.facts.of(ApprovalVoted)
        if each[1].run in held and each[1].binding == held[each[1].run].binding
    ]
    agreed: dict[str, set[str]] = {run: set() for run in held}
    for _, record in votes:
        if record.verdict == "approve":
            agreed[record.run].add(folded(record.by))
    voted = {record.run for _, record in votes if record.verdict != "approve"}
    voted |= {run for run, who in agreed.items() if len(who) >= max(1, held[run].needed)}
    expired = {record.run for _, record in look.facts.of(ApprovalExpired)} & held.keys() - voted
    denied = sum(record.verdict != "approve" for _, record in votes)
    people = len({folded(record.by) for _, record in votes})
    measured = {
        "held": str(len(held)),
        "decided": str(len(voted)),
        "expired": str(len(expired)),
        "denied_or_edited": str(denied),
        "people": str(people),
    }
    said = (
        f"{counted(len(held), 'action')} held; people decided on {len(voted):,} "
        f"({denied:,} denied or edited), {len(expired):,} expired undecided"
    )
    found = Found.FULL if voted and people >= least and not expired else Found.PARTIAL
    return Evidence(found, said, links(votes or asked), measured, newest(votes or asked))
