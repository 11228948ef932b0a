"""Orders of a ranker -> how much they lean to the place in which candidates were shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from charter.evolve.choices.share import Share, Value, share_of
from charter.records.ranking import AnswersRanked

LEAST_ITEMS = 2


def leaning_of(records: Iterable[AnswersRanked]) -> Share | None:
    """Return the share of pairs in which the candidate shown earlier was put higher, 0 to 1.

    One half is no liking for a place, 1 is an order that repeats what was shown. Pairs that are
    level do not count; items are clusters of the interval. The order shown is drawn anew for each
    item, so that what the rules decide moves it by chance alone. None for fewer than two items.
    """
    known = [
        Value(each.item, each.item, share)
        for each in records
        if (share := _earlier_higher(each.order, each.shown)) is not None
    ]
    return share_of(known) if len({each.item for each in known}) >= LEAST_ITEMS else None


def _earlier_higher(order: Sequence[Sequence[str]], shown: Sequence[str]) -> float | None:
    places = {name: place for place, group in enumerate(order) for name in group}
    pairs = [
        (places[a], places[b]) for a, b in combinations(shown, 2) if a in places and b in places
    ]
    strict = [earlier < later for earlier, later in pairs if earlier != later]
    return sum(strict) / len(strict) if strict else None
