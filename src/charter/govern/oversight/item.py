"""One answer that waits for people's judgement, as its records leave it.

Who is meant is a person and not an account: names are compared as `charter.ledger.board.folded`
compares them, so that nobody gives two opinions under two spellings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from charter.ledger.board import folded, seconds
from charter.records.oversight import AnswerKnown, AnswerShown, ItemMoved, ItemQueued
from charter.records.review import ReviewRecorded

LONGEST = 8 * 3600.0
"""Seconds that a lock holds at most, whatever its record says."""
SLACK = 300.0
"""Seconds that clocks of two machines may differ: a lock that begins later than that is none."""
MOST_NEEDED = 10
MOST_PRIORITY = 9


class State(StrEnum):
    """What becomes of an item next."""

    WAITING = "waiting"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    DONE = "done"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Item:
    """An item with all that was recorded of it."""

    queued: ItemQueued
    moves: int = 0
    """The number of its last move."""
    priority: int = 0
    holder: str = ""
    """Who took it last, whether or not the lock has ended."""
    since: str = ""
    until: str = ""
    assigned: str = ""
    """Whom it waits for alone; empty for anybody."""
    withdrawn: bool = False
    returned: tuple[str, ...] = ()
    """Who gave it back: it is not offered to them again, though they may take it by name."""
    opinions: tuple[ReviewRecorded, ...] = ()
    """On its answer, oldest first, one of each person."""
    known: AnswerKnown | None = None
    """With a known answer: what the planter committed to."""
    shown: AnswerShown | None = None

    @property
    def id(self) -> str:
        """Id of the item."""
        return self.queued.run

    @property
    def needed(self) -> int:
        """Opinions that are asked for."""
        return min(max(1, self.queued.needed), MOST_NEEDED)

    @property
    def given(self) -> tuple[ReviewRecorded, ...]:
        """Opinions that count: on the section that is asked about, formed blindly."""
        section = self.queued.section
        return tuple(each for each in self.opinions if each.blind and section in ("", each.section))

    @property
    def seed(self) -> bool:
        """Whether its answer is known. Never shown to whoever may still judge it."""
        return self.known is not None

    def state(self, now: str) -> State:
        """Return what becomes of it next, at a time as records have it."""
        if self.withdrawn:
            return State.WITHDRAWN
        if len(self.given) >= self.needed or self.shown is not None:
            return State.DONE
        if self.held_by(now):
            return State.TAKEN
        return State.ASSIGNED if self.assigned else State.WAITING

    def held_by(self, now: str) -> str:
        """Return who works on it; empty where nobody does, or the lock has ended by itself."""
        at, begun, end = seconds(now), seconds(self.since), seconds(self.until)
        if not self.holder or at is None or begun is None or end is None:
            return ""
        return self.holder if begun <= at + SLACK and at < min(end, begun + LONGEST) else ""

    def judged_by(self, person: str) -> bool:
        """Whether somebody gave an opinion on its answer, blind or not."""
        return any(folded(each.by) == folded(person) for each in self.opinions)

    def barred(self, person: str) -> str:
        """Return why somebody can never judge it; empty where they can."""
        if self.judged_by(person):
            return "you have judged this answer already"
        picked = self.queued.drawn == "chosen" and folded(self.queued.by) == folded(person)
        planted = self.known is not None and folded(self.known.by) == folded(person)
        if picked or planted:  # the same words for both: they tell nobody which it is
            return "you put this item in the queue: somebody else has to judge it"
        return ""

    def turn(self) -> tuple[int, float, str]:
        """Return where it stands in the queue: by priority, then by age."""
        at = seconds(self.queued.at)
        return (-self.priority, math.inf if at is None else at, self.id)


def moved(item: Item, move: ItemMoved) -> Item:
    """Return an item after a move. One that this version does not know changes nothing."""
    item = replace(item, moves=max(item.moves, move.number))
    match move.move:
        case "taken":
            return replace(item, holder=move.by, since=move.at, until=move.until)
        case "returned":
            gone = (*item.returned, folded(item.holder or move.by))
            free = "" if folded(item.assigned) == folded(item.holder) else item.assigned
            return replace(item, holder="", since="", until="", assigned=free, returned=gone)
        case "assigned":
            left = tuple(each for each in item.returned if each != folded(move.to))
            return replace(item, assigned=move.to, holder="", since="", until="", returned=left)
        case "ranked":
            return replace(item, priority=min(max(0, move.priority), MOST_PRIORITY))
        case "withdrawn":
            return replace(item, withdrawn=True, holder="", since="", until="")
        case _:
            return item


def judged(item: Item, review: ReviewRecorded) -> Item:
    """Return an item after an opinion on its answer: its lock and its assignment end with it."""
    if item.judged_by(review.by):
        return item
    who = folded(review.by)
    if folded(item.holder) == who:
        item = replace(item, holder="", since="", until="")
    if folded(item.assigned) == who:
        item = replace(item, assigned="")
    return replace(item, opinions=(*item.opinions, review))
