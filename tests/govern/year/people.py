"""Fifteen people who judge answers, with known errors; some items have a known answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from charter.govern.oversight.known import committed
from charter.ledger.vault import commitment
from charter.records.decision import DecisionRecorded
from charter.records.oversight import AnswerKnown, AnswerShown, ItemMoved, ItemQueued
from charter.records.review import ReviewRecorded

from .diary import Diary
from .plan import REVIEWERS, SECTIONS, Plan, Reviewer, digest, stamp
from .truth import Truth

ONE_IN = 7
"""So many answers of a sample go to people."""
TWO_IN = 3
"""Of so many of those, one gets a second opinion."""
SEEDS = 12
"""Items with a known answer, each week."""
SEED_BAD = 0.5
"""Share of those that violate."""
RETURNED = 0.05
"""Share of items that somebody gives back first."""


class Words(NamedTuple):
    """What is to be sealed."""

    payload: str
    subject: str
    at: str
    content: dict[str, Any]


class People:
    """All reviews of the year."""

    def __init__(self, plan: Plan, truth: Truth, diary: Diary) -> None:
        self._plan, self._truth, self._diary = plan, truth, diary
        self._chance = plan.chance("people")
        self._items = 0
        self.sealed: list[Words] = []
        """What seeds show and what is known of them, to be sealed with their records."""

    def queue(self, answer: DecisionRecorded, sample: str, stratum: str, at: datetime) -> None:
        """Put an answer of a sample into the queue, if it is its turn."""
        if self._chance.randrange(ONE_IN):
            return
        needed = 1 if self._chance.randrange(TWO_IN) else 2
        item = self._item(at)
        queued = ItemQueued(
            run=item,
            at=stamp(at),
            by="sampler",
            decision=answer.decision,
            exchange=answer.exchange,
            application=answer.application,
            section=answer.citations[0],
            drawn="random",
            priority=2 if stratum.endswith("/plain") else 5,
            needed=needed,
            sample=sample,
        )
        self._diary.note(at, queued)
        people = self._chance.sample(REVIEWERS, needed)
        bad, refuses = answer.decision in self._truth.bad, answer.decision in self._truth.refused
        self._moves(queued, people, at, bad=bad, refuses=refuses)
        for each in people:
            self._truth.reviews[each.name] += 1
        if needed == 2:
            self._truth.pairs.append((people[0].name, people[1].name, bad))

    def plant(self, day: int) -> None:
        """Plant the items of a week whose right answer is known."""
        for place in range(SEEDS):
            at = self._plan.day(day, hours=2) + timedelta(minutes=place)
            bad = self._chance.random() < SEED_BAD
            item = self._item(at)
            exchange = self._plan.id("x_", "seed", item)
            queued = ItemQueued(
                run=item,
                at=stamp(at),
                by="dora",
                decision=f"{exchange}.2",
                exchange=exchange,
                application="shop",
                section=self._chance.choice(SECTIONS),
                drawn="random",
                priority=2,
                needed=1,
                payload=self._plan.id("pl_", "shown", item),
                subject=self._plan.id("sub_", "seed", item),
            )
            label, salt = "violated" if bad else "adhered", digest("salt", item)
            known = AnswerKnown(
                item,
                stamp(at),
                "dora",
                commitment(salt, committed(item, label)),
                self._plan.id("pl_", "known", item),
                queued.subject,
            )
            self._diary.note(at, queued, known)
            shows = {"texts": [f"words of {item}"], "policy": ""}
            self.sealed += (
                Words(queued.payload, queued.subject, queued.at, shows),
                Words(known.payload, known.subject, known.at, {"label": label, "salt": salt}),
            )
            (person,) = self._chance.sample(REVIEWERS, 1)
            end = self._moves(queued, [person], at, bad=bad, refuses=False, seed=True)
            shown = end + timedelta(minutes=1)
            self._diary.note(shown, AnswerShown(item, stamp(shown), label, salt))

    def _item(self, at: datetime) -> str:
        self._items += 1
        return self._plan.id("it_", self._items, at)

    def _moves(
        self,
        queued: ItemQueued,
        people: list[Reviewer],
        at: datetime,
        *,
        bad: bool,
        refuses: bool,
        seed: bool = False,
    ) -> datetime:
        """Note how an item is taken and judged; return when the last opinion was there."""
        number, moment = 0, at
        if self._chance.random() < RETURNED:
            moment += timedelta(minutes=self._chance.uniform(5, 60))
            number = self._move(queued, number, "taken", people[0], moment)
            moment += timedelta(minutes=1)
            number = self._move(queued, number, "returned", people[0], moment)
        for person in people:
            moment += timedelta(minutes=self._chance.uniform(10, 300))
            number = self._move(queued, number, "taken", person, moment)
            spent = max(1, round(person.seconds * self._chance.uniform(0.5, 1.5)))
            moment += timedelta(seconds=spent)
            self._review(queued, person, moment, spent, bad=bad, refuses=refuses, seed=seed)
        return moment

    def _move(self, queued: ItemQueued, number: int, move: str, by: Reviewer, at: datetime) -> int:
        until = stamp(at + timedelta(minutes=30)) if move == "taken" else ""
        self._diary.note(
            at, ItemMoved(queued.run, number + 1, stamp(at), by.name, move, until=until)
        )
        return number + 1

    def _review(
        self,
        queued: ItemQueued,
        person: Reviewer,
        at: datetime,
        spent: int,
        *,
        bad: bool,
        refuses: bool,
        seed: bool,
    ) -> None:
        says_bad = self._chance.random() < person.finds(bad=bad)
        right = says_bad is bad
        if seed:
            self._truth.seeds[person.name] += 1
            self._truth.caught[person.name] += right
        else:
            self._truth.wrong[person.name] += not right
        review = ReviewRecorded(
            run=queued.decision,
            at=stamp(at),
            by=person.name,
            label="violated" if says_bad else "adhered",
            refusal="full" if refuses and says_bad else "none",
            decision_right=not says_bad,
            section=queued.section,
            blind=True,
            drawn="random",
            seconds=spent,
        )
        self._diary.note(at, review)
