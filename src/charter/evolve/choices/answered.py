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

Pair = tuple[str, str, int]
"""Two candidates, and 1 where the first stands higher, -1 lower."""


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
    worth: int = 1
    """Candidates that the person ordered, less one."""
    level: float = 0.0
    """Share of the person's strict pairs that the spec has level, as a mean over repeats."""
    decided: tuple[tuple[float, float] | None, ...] = ()
    """By repeat, over pairs that person and spec both order strictly: how alike the person and the
    spec, and the person and other people, order them, each -1 to 1; None for no such pair."""

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


def withheld(voices: Voices) -> frozenset[str]:
    """Return the items that a moderator took out: they are in no figure, and are not quoted."""
    return frozenset(each.id for each in voices.asked if each.withheld)


def answered(
    voices: Voices, items: Mapping[str, Placed], *, channel: str, scope: str
) -> Iterator[Answered]:
    """Yield what people of one channel said in one scope, by item and person.

    Who ordered no pair of an item strictly took no side, and is not there; nor is an item that a
    moderator took out.
    """
    out = withheld(voices)
    those = {person.id for person in voices.people if person.channel == channel}
    by_item: dict[str, list[Order]] = {}
    for order in voices.orders:
        known = order.item in items and order.item not in out
        if order.scope == scope and order.person in those and known:
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
    theirs = [{(a, b): sign for a, b, sign in signs(each.order)} for each in place.orders]
    for order, mine in zip(orders, known, strict=True):
        repeats = [agreement(order.groups, each.order) for each in place.orders]
        said = tuple(each for each in repeats if each is not None)
        if not said:
            continue
        strict = [(a, b, sign) for a, b, sign in mine if sign]
        among = {
            (a, b): sign * (sums[a, b] - sign) / (counts[a, b] - 1)
            for a, b, sign in strict
            if counts[a, b] > 1
        }
        taus = [tau_b(order.groups, each.order) for each in place.orders]
        real = [each for each in taus if each is not None]
        yield Answered(
            order.person,
            place.item,
            said,
            math.fsum(real) / len(real) if real else None,
            (1 + math.fsum(among.values()) / len(among)) / 2 if among else None,
            max(sum(map(len, order.groups)) - 1, 1),
            _level(strict, theirs),
            tuple(_decided(strict, spec, among) for spec in theirs),
        )


def _level(strict: Sequence[Pair], repeats: Sequence[Mapping[tuple[str, str], int]]) -> float:
    found = [not spec[a, b] for spec in repeats for a, b, _ in strict if (a, b) in spec]
    return sum(found) / len(found)


def _decided(
    strict: Sequence[Pair],
    spec: Mapping[tuple[str, str], int],
    among: Mapping[tuple[str, str], float],
) -> tuple[float, float] | None:
    both = [
        (sign * spec[a, b], among[a, b])
        for a, b, sign in strict
        if (a, b) in among and spec.get((a, b))
    ]
    if not both:
        return None
    return math.fsum(x for x, _ in both) / len(both), math.fsum(y for _, y in both) / len(both)
