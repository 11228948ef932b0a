"""Spot checks: whole contexts, resolved and decided on, against what the tables say of them.

That checks see no more of a context than their tables say is what the counts rest on. So some
contexts of every event are taken, under some readings, and asked as a whole.
"""

from __future__ import annotations

from charter.policy.decision import STRICTNESS
from charter.policy.determinacy.cell import Cell
from charter.policy.determinacy.context import Context, part_of
from charter.policy.determinacy.counted import strictest
from charter.policy.determinacy.evaluate import Evaluator

SPOTS = 3
"""Contexts of each event."""
_FACTOR, _STEP, _MODULUS = 6364136223846793005, 1442695040888963407, 1 << 64


class Spots:
    """Takes contexts that lie far apart, the same ones in every run."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._ask = evaluator
        self._state = 0
        self.taken = 0

    def take(self, cell: Cell, count: int = SPOTS) -> None:
        """Ask some contexts of a cell. Raises RuntimeError where the tables are wrong."""
        for _ in range(count):
            self._one(cell)
            self.taken += 1

    def _below(self, end: int) -> int:
        self._state = (self._state * _FACTOR + _STEP) % _MODULUS
        return (self._state >> 33) % end

    def _one(self, cell: Cell) -> None:
        ask = self._ask
        chosen = [group.rows[self._below(len(group.rows))] for group in cell.groups]
        choices = {
            axis: self._below(len(known))
            for axis, known in enumerate(ask.axes.choices)
            if self._below(2)
        }
        combo = tuple(place for _, place in chosen)
        context = cell.of(tuple(row for row, _ in chosen))
        answer = ask.answer(context, choices)
        strict = [table.values[table.key(combo)].at(choices) for table in cell.gates]
        strict.append(strictest(cell.boundaries.values[cell.boundaries.key(combo)].at(choices)))
        types = [group.types[at] for group, at in zip(cell.groups, combo, strict=True)]
        same = all(one.part.at(choices) == one.part.base for one in types)
        if max(strict) != STRICTNESS[answer.decision.effect] or same != self._same(
            context, choices
        ):
            raise RuntimeError(f"determinacy: the tables are wrong for {context.features!r:.600}")

    def _same(self, context: Context, choices: dict[int, int]) -> bool:
        """Whether the same is in force as with the readings in force."""
        ask = self._ask
        parts = [
            part_of(ask.under(known), ask.answer(context, known).resolution, context.rows)
            for known in ({}, choices)
        ]
        return parts[0] == parts[1]
