"""Confirmed breaches of root sections: an alert each, and never a matter of a budget.

A breach is confirmed where two people at least, each for himself, found that an answer violates a
section whose authority is root, and more of them than found that it adheres. An answer with a
known answer is an exercise and never one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from charter.ledger.board import folded
from charter.ledger.ledger import Ledger
from charter.records.objective import AlertRaised
from charter.records.oversight import AnswerKnown, ItemQueued
from charter.records.record import Record
from charter.records.review import ReviewRecorded

CONFIRMING = 2
"""People who have to agree."""
SEVERITY = "breach"


@dataclass(frozen=True, slots=True)
class Breach:
    """An answer that broke a root section."""

    decision: str
    section: str
    at: str
    """When the review came that confirmed it."""
    people: int
    """Who found so."""
    others: int
    """Who found otherwise."""


def breaches(ledger: Ledger, root: Collection[str]) -> tuple[Breach, ...]:
    """Return the confirmed breaches of some sections in a ledger, oldest first."""
    kinds = (ReviewRecorded, ItemQueued, AnswerKnown)
    return confirmed((record for _, record in ledger.read_any(kinds)), root)


def confirmed(records: Iterable[Record], root: Collection[str]) -> tuple[Breach, ...]:
    """Return what reviews confirm, of records in the order of the ledger."""
    items: dict[str, str] = {}
    known: set[str] = set()
    said: dict[tuple[str, str], list[ReviewRecorded]] = {}
    for record in records:
        if isinstance(record, ItemQueued):
            items[record.run] = record.decision
        elif isinstance(record, AnswerKnown):
            known.add(record.run)
        elif isinstance(record, ReviewRecorded):
            section = record.section.partition("/")[0]
            if section in root:
                said.setdefault((record.run, section), []).append(record)
    exercises = {items[item] for item in known if item in items}
    found = [
        breach
        for (decision, section), reviews in said.items()
        if decision not in exercises and (breach := _breach(decision, section, reviews)) is not None
    ]
    return tuple(sorted(found, key=lambda each: (each.at, each.decision, each.section)))


def _breach(decision: str, section: str, reviews: list[ReviewRecorded]) -> Breach | None:
    """Return the breach as reviews stand now, dated by the one that first made it so."""
    since, violated, adhered = "", set[str](), set[str]()
    for review in reviews:
        person = folded(review.by)
        if not person:
            continue
        (violated if review.label == "violated" else adhered).add(person)
        stands = len(violated) >= CONFIRMING and len(violated) > len(adhered)
        since = (since or review.at) if stands else ""
    return Breach(decision, section, since, len(violated), len(adhered)) if since else None


def line_of(section: str) -> str:
    """Return the `run` of the alerts about a section."""
    return f"root:{section}/{SEVERITY}"


def raised(
    found: Iterable[Breach], existing: Iterable[AlertRaised], *, at: str, definition: str
) -> tuple[AlertRaised, ...]:
    """Return an alert for each breach that has none yet, numbered on."""
    told: set[tuple[str, str]] = set()
    numbers: dict[str, int] = {}
    for alert in existing:
        told |= {(alert.run, link) for link in alert.links}
        numbers[alert.run] = max(alert.number, numbers.get(alert.run, 0))
    made = []
    for breach in found:
        run = line_of(breach.section)
        if (run, breach.decision) in told:
            continue
        numbers[run] = numbers.get(run, 0) + 1
        made.append(
            AlertRaised(
                run=run,
                number=numbers[run],
                at=at,
                objective=f"root:{breach.section}",
                severity=SEVERITY,
                definition=definition,
                long_minutes=0,
                bad=breach.people,
                total=breach.people + breach.others,
                burn="",
                short_burn="",
                links=(breach.decision,),
            )
        )
    return tuple(made)
