"""Two orders of the same candidates -> how much they agree: over pairs, and as tau-b."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

Order = Sequence[Sequence[str]]
"""Groups of ids, the best first; those in one group are level. Some may be left out."""


def places_of(order: Order) -> dict[str, int]:
    """Return the place of each candidate, from 0; level ones share theirs."""
    return {name: place for place, group in enumerate(order) for name in group}


def signs(order: Order) -> Iterator[tuple[str, str, int]]:
    """Yield pairs of candidates, by id: 1 where the first stands higher, -1 lower, 0 level."""
    places = places_of(order)
    for one, other in combinations(sorted(places), 2):
        yield one, other, (places[other] > places[one]) - (places[other] < places[one])


def agreement(person: Order, spec: Order) -> float | None:
    """Return the share of pairs that a person ordered strictly which the spec orders alike.

    A pair on which the spec is level counts half: it takes neither side. Pairs that one of them
    left out do not count. 0 to 1, where 1/2 is what an order by chance gets. None where the person
    ordered no pair strictly.
    """
    theirs = {(one, other): sign for one, other, sign in signs(spec)}
    found = [
        (1 + sign * theirs[one, other]) / 2
        for one, other, sign in signs(person)
        if sign and (one, other) in theirs
    ]
    return math.fsum(found) / len(found) if found else None


def tau_b(one: Order, other: Order) -> float | None:
    """Return Kendall's tau-b of two orders with ties, over candidates that both have; -1 to 1.

    `(C - D) / sqrt((P - T1) (P - T2))`, with C pairs ordered alike, D in opposite ways, P all pairs
    and T1, T2 those on which each is level. None where one of them is level on all.
    Source: Kendall 1945, Biometrika 33, 239-251.
    """
    theirs = {(a, b): sign for a, b, sign in signs(other)}
    both = [(sign, theirs[a, b]) for a, b, sign in signs(one) if (a, b) in theirs]
    first, second = (sum(1 for pair in both if pair[at]) for at in (0, 1))
    if not first or not second:
        return None
    return sum(x * y for x, y in both) / math.sqrt(first * second)
