"""Items that wait for people's judgement: a fold of their records, and who may take which.

Every move of an item has a number. Of two that are made at once the ledger keeps one, and the
other comes late: the caller says so and looks again.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeAlias

from charter.govern.oversight.item import (
    MOST_PRIORITY,
    Item,
    State,
    judged,
    moved,
)
from charter.govern.oversight.known import answers
from charter.ledger.board import folded
from charter.ledger.ledger import Ledger
from charter.records.oversight import AnswerKnown, AnswerShown, ItemMoved, ItemQueued
from charter.records.record import Record
from charter.records.review import ReviewRecorded

KINDS = (ItemQueued, ItemMoved, AnswerKnown, AnswerShown, ReviewRecorded)
"""Records that it is a fold of."""
ItemRecord: TypeAlias = ItemQueued | ItemMoved | AnswerKnown | AnswerShown | ReviewRecorded


class Queue:
    """All items of a ledger. Safe to use from several threads."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._index = 0
        self._items: dict[str, Item] = {}
        self._on: dict[str, list[str]] = {}
        """Items by the decision that their reviews are filed under."""
        self._exchanges: dict[str, list[str]] = {}
        self._reviews: dict[str, list[ReviewRecorded]] = {}
        """All reviews by decision: some are there before an item is queued."""
        self._lock = threading.RLock()
        for record in records:
            self.take(record)

    def poll(self, ledger: Ledger, *, size: int | None = None) -> None:
        """Take what the ledger has gained, of its first `size` records; of all unless said.

        Raises LedgerTampered and LedgerUnavailable.
        """
        with self._lock:
            for index, record in ledger.read_any(KINDS, after=self._index):
                if size is not None and index > size:
                    break
                self.take(record)
                self._index = index

    def take(self, record: Record) -> None:
        """Take one record, in the order of the ledger; of other kinds, nothing."""
        with self._lock:
            match record:
                case ItemQueued():
                    self._add(record)
                case ReviewRecorded():
                    self._reviews.setdefault(record.run, []).append(record)
                    for name in self._on.get(record.run, ()):
                        self._items[name] = judged(self._items[name], record)
                case ItemMoved() | AnswerKnown() | AnswerShown():
                    item = self._items.get(record.run)
                    if item is not None:
                        self._items[record.run] = _changed(item, record)
                case _:
                    pass

    def _add(self, queued: ItemQueued) -> None:
        if queued.run in self._items:
            return
        item = Item(queued, priority=min(max(0, queued.priority), MOST_PRIORITY))
        for review in self._reviews.get(queued.decision, ()):
            item = judged(item, review)
        self._items[queued.run] = item
        self._on.setdefault(queued.decision, []).append(queued.run)
        self._exchanges.setdefault(queued.exchange, []).append(queued.run)

    def item(self, name: str) -> Item | None:
        """Return one item."""
        with self._lock:
            return self._items.get(name)

    def items(self) -> tuple[Item, ...]:
        """Return all items, in the order they were queued."""
        with self._lock:
            return tuple(self._items.values())

    def reviews(self) -> tuple[ReviewRecorded, ...]:
        """Return all reviews of answers, those of items and all others, by decision."""
        with self._lock:
            return tuple(each for found in self._reviews.values() for each in found)

    def reviews_of(self, decision: str) -> tuple[ReviewRecorded, ...]:
        """Return the reviews of one decision, oldest first."""
        with self._lock:
            return tuple(self._reviews.get(decision, ()))

    def seeds(self) -> dict[str, Item]:
        """Return the items with a known answer, by the decision their reviews are filed under."""
        return {each.queued.decision: each for each in self.items() if each.seed}

    def on(self, exchange: str) -> tuple[Item, ...]:
        """Return the items on one exchange that were not withdrawn."""
        with self._lock:
            found = (self._items[name] for name in self._exchanges.get(exchange, ()))
            return tuple(each for each in found if not each.withdrawn)

    def attempts(self, decision: str, section: str) -> tuple[Item, ...]:
        """Return every item there ever was on one answer and section."""
        with self._lock:
            found = (self._items[name] for name in self._on.get(decision, ()))
            return tuple(each for each in found if each.queued.section == section)

    def next_id(self, decision: str, section: str, now: str) -> str:
        """Return the id of a new item on an answer and section; empty where one stands already."""
        before = self.attempts(decision, section)
        if before and before[-1].state(now) is not State.WITHDRAWN:
            return ""
        return item_id(decision, section, len(before) + 1)

    def waiting(self, now: str) -> tuple[Item, ...]:
        """Return what is neither done nor withdrawn, in its order: by priority, then by age."""
        ended = (State.DONE, State.WITHDRAWN)
        found = (each for each in self.items() if each.state(now) not in ended)
        return tuple(sorted(found, key=Item.turn))

    def open_to(
        self, person: str, now: str, seen: Collection[str] = frozenset()
    ) -> tuple[Item, ...]:
        """Return what somebody may take: what is theirs already first, then the queue in order.

        Left out is what they judged, put there or gave back, what others hold or have assigned to
        them, and the exchanges in `seen`, which they could not judge blindly any more.
        """
        mine, rest = [], []
        for each in self.waiting(now):
            if each.queued.exchange in seen or not_open(each, person, now):
                continue
            if folded(person) in (folded(each.held_by(now)), folded(each.assigned)):
                mine.append(each)
            elif folded(person) not in each.returned:
                rest.append(each)
        held = folded(person)
        mine.sort(key=lambda each: folded(each.held_by(now)) != held)
        return (*mine, *rest)


def not_open(item: Item, person: str, now: str) -> str:
    """Return why somebody cannot take an item now; empty where they can."""
    state = item.state(now)
    if state in (State.DONE, State.WITHDRAWN):
        return f"this item is {state.value}"
    if why := item.barred(person):
        return why
    holder = item.held_by(now)
    if holder and folded(holder) != folded(person):
        return f"{holder} works on this item until {item.until}"
    if item.assigned and folded(item.assigned) != folded(person):
        return f"this item is assigned to {item.assigned}"
    return ""


def item_id(decision: str, section: str, attempt: int = 1) -> str:
    """Return the id of an item on an answer of live traffic: two who queue it make the same one.

    `attempt` counts from 1; the next one is for an answer whose item was withdrawn.
    """
    named = f"charter-item/v1\n{decision}\n{section}\n{attempt}"
    return "it_" + hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _changed(item: Item, record: ItemMoved | AnswerKnown | AnswerShown) -> Item:
    match record:
        case ItemMoved():
            return moved(item, record)
        case AnswerKnown():
            return replace(item, known=item.known or record)
        case AnswerShown():
            right = item.known is not None and answers(item.known, record)
            return replace(item, shown=item.shown or record) if right else item
