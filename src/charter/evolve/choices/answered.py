"""People's orders and the spec's, item by item -> what each answer is worth."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from charter.evolve.choices.pairs import agreement, signs, tau_b
from charter.evolve.choices.rankings import Rankings
from charter.evolve.voices import Order, Voices
from charter.records.ranking import AnswersRanked

NO_SECTION = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """An item, the section that the spec decides it by, and how much that speaks to it."""

    item: str
    section: str
    """The one that most repeats name; of several, the one that sorts first."""
    relevance: float
    """Mean over the repeats that said it, 1 to 5; 0 where none did."""
    orders: tuple[AnswersRanked, ...]

    @property
    def counted(self) -> bool:
        """Whether it counts by the published method: relevance 5, or not said."""
        return self.relevance == 0 or self.relevance >= 4.5

    @property
    def weight(self) -> float:
        """Return relevance as a weight: a fifth to 1; 1 where it was not said."""
        return self.relevance / 5 if self.relevance else 1.0


@dataclass(frozen=True, slots=True)
class Answered:
    """One person's order of one item, beside the spec's."""

    person: str
    item: str
    repeats: tuple[float, ...]
    """Agreement with each repeat, 0 to 1."""
    tau: float | None
    """Mean tau-b over repeats."""
    others: float | None
    """Agreement with other people of the same channel, 0 to 1; None where there are none."""

    @property
    def value(self) -> float:
        """Return agreement, as a mean over repeats."""
        return math.fsum(self.repeats) / len(self.repeats)


def placed(rankings: Rankings) -> dict[str, Placed]:
    """Return every item that has an order, with its section."""
    found = {}
    for item, orders in sorted(rankings.by_item.items()):
        named = Counter(each.section for each in orders)
        section = min(named, key=lambda name: (-named[name], name))
        said = [each.relevance for each in orders if each.relevance]
        relevance = math.fsum(said) / len(said) if said else 0.0
        found[item] = Placed(item, section, relevance, orders)
    return found


def answered(
    voices: Voices, items: Mapping[str, Placed], *, channel: str, scope: str
) -> Iterator[Answered]:
    """Yield what people of one channel said in one scope, by item and person.

    Who ordered no pair of an item strictly took no side, and is not there.
    """
    those = {person.id for person in voices.people if person.channel == channel}
    by_item: dict[str, list[Order]] = {}
    for order in voices.orders:
        if order.scope == scope and order.person in those and order.item in items:
            by_item.setdefault(order.item, []).append(order)
    for item, orders in sorted(by_item.items()):
        yield from _of_item(items[item], sorted(orders, key=lambda each: each.person))


def _of_item(place: Placed, orders: Sequence[Order]) -> Iterator[Answered]:
    known = [list(signs(order.groups)) for order in orders]
    sums: Counter[tuple[str, str]] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    for each in known:
        for one, other, sign in each:
            sums[one, other] += sign
            counts[one, other] += 1
    for order, mine in zip(orders, known, strict=True):
        repeats = [agreement(order.groups, each.order) for each in place.orders]
        said = tuple(each for each in repeats if each is not None)
        if not said:
            continue
        taus = [tau_b(order.groups, each.order) for each in place.orders]
        real = [each for each in taus if each is not None]
        beside = [
            (1 + sign * (sums[a, b] - sign) / (counts[a, b] - 1)) / 2
            for a, b, sign in mine
            if sign and counts[a, b] > 1
        ]
        yield Answered(
            order.person,
            place.item,
            said,
            math.fsum(real) / len(real) if real else None,
            math.fsum(beside) / len(beside) if beside else None,
        )
