"""Types of rows: rows of a group that nothing tells apart any more are counted, not repeated."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from charter.policy.determinacy.row import Row
from charter.policy.determinacy.varying import Masks, Varying, constant, together

S = TypeVar("S", bound=Hashable)
T = TypeVar("T", bound=Hashable)


class RowType(NamedTuple, Generic[S]):
    """Rows that mean the same to everything else."""

    row: Row
    """The one of them with the fewest features."""
    masks: Masks
    """Which readings decide what of it is in force."""
    signal: Varying[S]
    """What it means to decisions."""
    count: int


def types_of(
    found: Iterable[tuple[Row, Masks, Varying[S]]],
) -> tuple[RowType[S], ...]:
    """Count rows that are of one type, in the order of the first of each."""
    kept: dict[tuple[Masks, Varying[S]], list[object]] = {}
    for row, masks, signal in found:
        known = kept.setdefault((masks, signal), [row, 0])
        known[1] = int(known[1]) + 1  # type: ignore[call-overload]
        if row.weight < known[0].weight:  # type: ignore[attr-defined]
            known[0] = row
    return tuple(
        RowType(row, masks, signal, count)  # type: ignore[arg-type]
        for (masks, signal), (row, count) in kept.items()
    )


def again(types: Sequence[RowType[S]], change: Callable[[S], T]) -> tuple[RowType[T], ...]:
    """Return the types that are left when less of each signal matters."""
    kept: dict[tuple[Masks, Varying[T]], RowType[T]] = {}
    for known in types:
        signal = known.signal.then(change)
        key = (known.masks, signal)
        before = kept.get(key)
        count = known.count + (before.count if before else 0)
        lighter = before is None or known.row.weight < before.row.weight
        row = known.row if before is None or lighter else before.row
        kept[key] = RowType(row, known.masks, signal, count)
    return tuple(kept.values())


class Effects:
    """Effects as functions of the readings, each kept once and joined once with each other."""

    def __init__(self) -> None:
        self._numbers: dict[Varying[int], int] = {}
        self.known: list[Varying[int]] = []
        self._masks: list[Masks] = []
        self._joined: dict[tuple[int, int], int] = {}
        self.none = self.number(constant(0))

    def number(self, effect: Varying[int]) -> int:
        """Return the number of an effect."""
        found = self._numbers.get(effect)
        if found is None:
            found = self._numbers[effect] = len(self.known)
            self.known.append(effect)
            self._masks.append(effect.masks())
        return found

    def masks(self, number: int) -> Masks:
        """Return which readings decide an effect."""
        return self._masks[number]

    def join(self, one: int, other: int) -> int:
        """Return the stricter of two effects, for every combination of readings."""
        if one == other:
            return one
        key = (one, other) if one < other else (other, one)
        found = self._joined.get(key)
        if found is None:
            joined = together(self.known[one], self.known[other], _stricter)
            found = self._joined[key] = self.number(joined)
        return found

    def join_all(self, numbers: Iterable[int]) -> int:
        """Return the strictest of several."""
        found = self.none
        for number in numbers:
            found = self.join(found, number)
        return found


def _stricter(one: int, other: int) -> int:
    return max(one, other)


Counts = Mapping[tuple[Masks, int], int]
"""Readings that decide what is in force, and the number of the effect, to how many contexts."""


def convolved(one: Counts, other: Counts, effects: Effects) -> dict[tuple[Masks, int], int]:
    """Return the counts of contexts that have one part of each."""
    found: dict[tuple[Masks, int], int] = {}
    for (masks, effect), count in one.items():
        for (more, stricter), times in other.items():
            key = (masks.join(more), effects.join(effect, stricter))
            found[key] = found.get(key, 0) + count * times
    return found
