"""Enumeration: every context of a cell, under every combination of readings, by type."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from math import prod
from typing import TypeVar

from charter.policy.determinacy.cell import GROUPS, Cell, Combo
from charter.policy.determinacy.effects import Effects
from charter.policy.determinacy.tally import Tally, offer_move
from charter.policy.determinacy.types import Types
from charter.policy.determinacy.varying import Masks, Varying, together

T = TypeVar("T", bound=Hashable)


class _Grid:
    """What was found of one cell, by combination of types in the order of `Cell.combos`."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        sizes = [len(group.types) for group in cell.groups]
        self.strides = [prod(sizes[group + 1 :]) for group in GROUPS]
        self.effects: list[int] = []
        self.smallest: dict[tuple[Masks, Masks], tuple[int, Combo]] = {}
        """By the readings that the decision and the outcome hang on."""
        self.fired: dict[tuple[int, Combo], tuple[int, Combo]] = {}
        """By what gates and boundaries say."""


class Counted:
    """Counts cells one by one."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.effects = Effects()
        self._by_masks: dict[tuple[Masks, Masks], int] = {}

    def count(self, cell: Cell) -> None:
        """Count every context of a cell."""
        effects, grid, below = self.effects, _Grid(cell), cell.boundaries
        gates = [
            (table.key, {combo: effects.number(v) for combo, v in table.values.items()})
            for table in cell.gates
        ]
        strict = {combo: effects.number(v.then(strictest)) for combo, v in below.values.items()}
        parts, counts, weights = zip(*map(_columns, cell.groups), strict=True)
        own = cell.weight
        for combo in cell.combos():
            m, s, a = combo
            passed = effects.join_all([table[key(combo)] for key, table in gates])
            asked = below.key(combo)
            effect = effects.join(passed, strict[asked])
            grid.effects.append(effect)
            weight = own + weights[0][m] + weights[1][s] + weights[2][a]
            times = counts[0][m] * counts[1][s] * counts[2][a]
            masks = effects.masks(effect)
            whole = masks.join(parts[0][m]).join(parts[1][s]).join(parts[2][a])
            if whole.hangs:
                found = masks, whole
                self._by_masks[found] = self._by_masks.get(found, 0) + times
                _least(grid.smallest, found, weight, combo)
            if strict[asked]:
                _least(grid.fired, (passed, asked), weight, combo)
        self.tally.contexts += cell.contexts
        self._offer(grid)
        self._boundaries(grid)
        self._moves(grid)

    def _boundaries(self, grid: _Grid) -> None:
        for (passed, asked), (weight, combo) in grid.fired.items():
            fired = grid.cell.boundaries.values[asked]
            found = names(fired)
            if not found <= self.tally.needed:
                self.tally.needed |= needed(self.effects.known[passed], fired)
            for name in found:
                self.tally.fires.add(name)
                self.tally.cover(name, weight, grid.cell.context(combo))

    def _offer(self, grid: _Grid) -> None:
        for (masks, whole), (weight, combo) in grid.smallest.items():
            context = grid.cell.context(combo)
            for sort, bits in enumerate((masks.alone, masks.hangs, whole.alone, whole.hangs)):
                for reading in bits_of(bits):
                    self.tally.offer(reading, sort, weight, context)

    def _moves(self, grid: _Grid) -> None:
        cell, effects = grid.cell, self.effects
        for group in GROUPS:
            others = [g for g in GROUPS if g != group]
            rest = [
                (
                    one * grid.strides[others[0]] + other * grid.strides[others[1]],
                    first.times * second.times,
                    (one, other),
                )
                for one, first in enumerate(cell.groups[others[0]].types)
                for other, second in enumerate(cell.groups[others[1]].types)
            ]
            everywhere = sum(count for _, count, _ in rest)
            for move, times in cell.groups[group].moves.items():
                known = self.tally.move(move.what)
                known.total += times * everywhere
                if move.before == move.after:
                    continue
                start, end = (at * grid.strides[group] for at in (move.before, move.after))
                for offset, count, at in rest:
                    before, after = grid.effects[start + offset], grid.effects[end + offset]
                    if before == after:
                        continue
                    now, ever = effects.stricter(before, after)
                    if ever:
                        known.stricter += times * count * now
                        known.ever += times * count
                        pair = cell.pair(group, move, dict(zip(others, at, strict=True)))
                        offer_move(known, *pair, in_force=now)

    def finish(self) -> Tally:
        """Return the tally, with what was counted by readings."""
        tally = self.tally
        for (masks, whole), times in self._by_masks.items():
            tally.open += times
            tally.undecided += times * bool(masks.hangs)
            for counter, bits in (
                (tally.hangs, whole.hangs),
                (tally.alone, whole.alone),
                (tally.decides, masks.hangs),
            ):
                for reading in bits_of(bits):
                    counter[reading] += times
        return tally


def strictest(fired: tuple[tuple[str, int], ...]) -> int:
    """Return how strict the strictest of some boundaries is."""
    return max((strict for _, strict in fired), default=0)


def names(fired: Varying[tuple[tuple[str, int], ...]]) -> set[str]:
    """Return the boundaries that restrict under some readings."""
    return {name for value in fired.values for name, _ in value}


def needed(gates: Varying[int], fired: Varying[tuple[tuple[str, int], ...]]) -> frozenset[str]:
    """Return the boundaries without which the effect would be laxer, under some readings."""
    return frozenset().union(*together(gates, fired, _needed).values)


def _needed(gate: int, fired: tuple[tuple[str, int], ...]) -> frozenset[str]:
    strict = strictest(fired)
    most = [name for name, value in fired if value == strict]
    return frozenset(most) if strict > gate and len(most) == 1 else frozenset()


def bits_of(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _columns(group: Types) -> tuple[list[Masks], list[int], list[int]]:
    """Return for every type which readings it hangs on, how many rows it has, and its weight."""
    types = group.types
    return [t.part.masks() for t in types], [t.times for t in types], [t.row.weight for t in types]


def _least(known: dict[T, tuple[int, Combo]], key: T, weight: int, combo: Combo) -> None:
    if key not in known or weight < known[key][0]:
        known[key] = weight, combo
