"""A ranker asked again and again -> how much it agrees with itself, and what that does to figures.

A ranker that is not sure orders the same candidates differently each time, and then cannot agree
with anybody more than it agrees with itself. Repeats tell that apart from disagreement.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from charter.evolve.choices.pairs import Order, signs
from charter.evolve.choices.share import Share

ENOUGH_ITEMS = 5
"""Items with repeats from which on a section has a ceiling of its own."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How consistent a ranker is."""

    consistency: float
    """How alike two repeats order a pair: 1 the same, -1 opposite, 0 where one has it level. The
    mean is 1 for always the same order and 0 for an order by chance."""
    error: float | None
    """Standard error of it over items; None for one item."""
    items: int
    own: bool
    """Whether it is of the section itself, or of all sections for want of items."""

    @property
    def most(self) -> float | None:
        """Return the agreement that a ranker so consistent reaches with people of its own mind.

        `(1 + sqrt(consistency)) / 2`; None where it is no more consistent than chance.
        """
        return (1 + math.sqrt(self.consistency)) / 2 if self.consistency > 0 else None


@dataclass(frozen=True, slots=True)
class Corrected:
    """Agreement as it would be without the ranker's own chance."""

    value: float
    low: float
    high: float
    beyond: bool
    """Whether the formula went beyond 1 (or below 0) and was cut: its premises do not hold here."""


def consistency_of(orders: Sequence[Order], *, decided: bool = False) -> float | None:
    """Return how alike pairs of candidates stand in pairs of repeats, -1 to 1; None for one.

    With `decided`, only where both repeats order a pair strictly; None where none does.
    """
    known = [{(a, b): sign for a, b, sign in signs(order)} for order in orders]
    found = [
        1 if one[pair] == other[pair] else one[pair] * other[pair]
        for one, other in combinations(known, 2)
        for pair in one.keys() & other
        if not decided or (one[pair] and other[pair])
    ]
    return math.fsum(found) / len(found) if found else None


def ceiling_of(
    orders: Mapping[str, Sequence[Order]],
    wider: Mapping[str, Sequence[Order]],
    *,
    decided: bool = False,
) -> Ceiling | None:
    """Return the ceiling of a section; from all items (`wider`) where it has less than 5.

    None where nothing was ranked twice: then noise and disagreement cannot be told apart. With
    `decided`, over pairs that repeats order strictly, and None where they have all level.
    """
    for given, own in ((orders, True), (wider, False)):
        known = (consistency_of(each, decided=decided) for each in given.values())
        found = [each for each in known if each is not None]
        if len(found) >= (ENOUGH_ITEMS if own else 1):
            mean = math.fsum(found) / len(found)
            error = None
            if len(found) > 1:
                spread = math.fsum((each - mean) ** 2 for each in found) / (len(found) - 1)
                error = math.sqrt(spread / len(found))
            return Ceiling(mean, error, len(found), own)
    return None


def corrected(raw: Share, ceiling: Ceiling | None) -> Corrected | None:
    """Return agreement corrected for attenuation by the ranker's inconsistency.

    With c = 2 raw - 1 and k the consistency, `C = c / sqrt(k)`, and `(1 + C) / 2`; the interval is
    by the delta method, `Var C = Var c / k + c^2 Var k / (4 k^3)`. It takes the ranker's errors as
    independent from repeat to repeat and as frequent on every pair; an
    error that it makes each time is no noise, and stays in. People's own inconsistency is not
    corrected. None without a ceiling, or where k is not above 0 by its own error: to divide by next
    to nothing makes any figure.
    Source: Spearman 1904, Am. J. Psychol. 15, 72-101.
    """
    if ceiling is None or ceiling.consistency <= 1.645 * (ceiling.error or 0.0):
        return None
    k, c = ceiling.consistency, 2 * raw.value - 1
    root = math.sqrt(k)
    half = (raw.interval.high - raw.interval.low) / root
    more = 1.96 * abs(c) * (ceiling.error or 0.0) / (2 * k * root)
    reach = math.hypot(half, more)
    value = c / root
    return Corrected(
        _within((1 + value) / 2),
        _within((1 + value - reach) / 2),
        _within((1 + value + reach) / 2),
        abs(value) > 1,
    )


def _within(value: float) -> float:
    return min(max(value, 0.0), 1.0)
