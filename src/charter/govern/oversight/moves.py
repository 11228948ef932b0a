"""What people may do with an item: each returns the record of it, or why it cannot be done.

Nothing is recorded here. The caller appends the record; where the ledger has one of its number
already, somebody else was quicker: see `LATE`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from charter.govern.free_text import unkept
from charter.govern.oversight.item import LONGEST, MOST_PRIORITY, Item, State
from charter.govern.oversight.queue import not_open
from charter.ledger.board import folded, seconds
from charter.records.oversight import ItemMoved

LATE = "somebody else moved this item meanwhile: look at it again"
MINUTES = 30.0
"""That a lock holds, unless told otherwise."""
MOST_NAME = 200
MOST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a move cannot be made: one line, without a full stop."""

    why: str


def take(item: Item, person: str, *, now: str, minutes: float = MINUTES) -> ItemMoved | Refusal:
    """Take an item to judge it: nobody else can until the lock ends, by itself or by the opinion.

    `now` is RFC 3339 as records have it. Raises ValueError for a `now` that is no time, and for
    `minutes` that are not above 0 and at most 8 hours.
    """
    at = seconds(now)
    if at is None or not 0 < minutes * 60 <= LONGEST:
        raise ValueError(f"a lock of {minutes} minutes from {now!r:.60}")
    if why := not_open(item, person, now) or _unnamed(person):
        return Refusal(why)
    moment = datetime.fromtimestamp(math.floor(at * 1000) / 1000 + minutes * 60, UTC)
    until = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return _move(item, "taken", person, now, until=until)


def return_(
    item: Item, person: str, *, now: str, lead: bool = False, reason: str = ""
) -> ItemMoved | Refusal:
    """Give an item back without an opinion. A lead may do so for whoever holds it."""
    holder = item.held_by(now)
    if not holder:
        return Refusal("nobody holds this item")
    if folded(holder) != folded(person) and not lead:
        return Refusal(f"{holder} holds this item, not you")
    return _long(reason) or _move(item, "returned", person, now, reason=reason)


def assign(item: Item, to: str, *, by: str, now: str, reason: str = "") -> ItemMoved | Refusal:
    """Assign an item to one person, or with an empty `to` to anybody again. Ends a lock.

    It holds for the next opinion; a further one that is needed is open to anybody but them.
    """
    if why := _ended(item, now):
        return Refusal(why)
    if to:
        if why := item.barred(to) or _unnamed(to):
            return Refusal(why.replace("you have", f"{to} has").replace("you put", f"{to} put"))
    elif not item.assigned:
        return Refusal("this item is assigned to nobody")
    return _long(reason) or _move(item, "assigned", by, now, to=to, reason=reason)


def rank(item: Item, priority: int, *, by: str, now: str, reason: str = "") -> ItemMoved | Refusal:
    """Give an item another priority, 0 for the lowest to 9."""
    if why := _ended(item, now):
        return Refusal(why)
    if not 0 <= priority <= MOST_PRIORITY:
        return Refusal(f"a priority is 0 to {MOST_PRIORITY}")
    if priority == item.priority:
        return Refusal(f"this item has priority {priority} already")
    return _long(reason) or _move(item, "ranked", by, now, priority=priority, reason=reason)


def withdraw(item: Item, *, by: str, now: str, reason: str) -> ItemMoved | Refusal:
    """Take an item out of the queue, with a reason. Opinions that were given stay."""
    if why := _ended(item, now):
        return Refusal(why)
    if not reason.strip():
        return Refusal("say why: the reason is part of the record")
    return _long(reason) or _move(item, "withdrawn", by, now, reason=reason.strip())


def may_judge(item: Item, person: str, *, now: str) -> str:
    """Return why an opinion on an item is not taken now; empty where it is.

    Whose lock has ended may still hand in what they wrote, unless somebody else has the item by
    now or its opinions are all there.
    """
    return not_open(item, person, now)


def _ended(item: Item, now: str) -> str:
    state = item.state(now)
    return f"this item is {state.value}" if state in (State.DONE, State.WITHDRAWN) else ""


def _unnamed(person: str) -> str:
    named = folded(person) and len(person) <= MOST_NAME and person.isprintable()
    return "" if named else f"a person has a name of at most {MOST_NAME} printable characters"


def _long(reason: str) -> Refusal | None:
    if found := unkept(reason):
        return Refusal(f"{found} is a control character: leave it out of the reason")
    most = f"a reason has at most {MOST_REASON} characters"
    return Refusal(most) if len(reason) > MOST_REASON else None


def _move(  # noqa: PLR0913 - the fields of the record
    item: Item,
    move: str,
    by: str,
    at: str,
    *,
    to: str = "",
    until: str = "",
    priority: int = 0,
    reason: str = "",
) -> ItemMoved:
    return ItemMoved(item.id, item.moves + 1, at, by, move, to, until, priority, reason)
