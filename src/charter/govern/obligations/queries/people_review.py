"""Whether people judge live answers."""

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
from charter.govern.oversight.truth import caution
from charter.ledger.board import folded
from charter.records.review import ReviewRecorded

TITLE = "so many live answers judged by people within so many days"
ARGUMENTS: Mapping[str, type] = {"days": int, "least": int}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count reviews, and how many were blind or drawn by chance."""
    if look.facts is None:
        return NO_LEDGER
    days, least = number(arguments, "days"), number(arguments, "least")
    exercises = look.facts.exercises
    every = [each for each in look.facts.of(ReviewRecorded) if each[1].run not in exercises]
    recent = [each for each in every if each[0].moment >= look.since(days)]
    if not every:
        return nothing("no person has judged a live answer")
    blind = sum(record.blind for _, record in recent)
    drawn = sum(record.drawn == "random" for _, record in recent)
    people = {folded(record.by) for _, record in recent}
    tested = {folded(r.by) for _, r in look.facts.of(ReviewRecorded) if r.run in exercises}
    measured = {
        "reviews": str(len(recent)),
        "people": str(len(people)),
        "given_known_answers": str(len(people & tested)),
        "blind": str(blind),
        "drawn_by_chance": str(drawn),
    }
    said = (
        f"{counted(len(recent), 'review')} by {counted(len(people), 'person', 'people')} in "
        f"{counted(days, 'day')}: {blind:,} blind, {drawn:,} drawn by chance"
    )
    found = Found.FULL if len(recent) >= least else Found.PARTIAL
    if found is Found.PARTIAL:
        said += f"; {least:,} asked for"
    if warning := caution(people, tested):
        said += f"; {warning}"
    return Evidence(found, said, links(recent or every), measured, newest(every))
