"""The tables of a cell as formulas: what z3 is asked, and how its answers become boxes.

For each group one variable says which type a context has, for each reading which alternative
holds. A table says at which types and alternatives a check is at least so strict; the effect is at
least so strict where some table is. Nothing is listed: to find all contexts of a sort, the solver
gives one, the core of a refutation says which of its types mattered, and what else shares these
is left out of the next question.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from charter.errors import CharterError
from charter.policy.decision import Effect
from charter.policy.determinacy.boxes import Box
from charter.policy.determinacy.cell import Table
from charter.policy.determinacy.varying import Varying, combinations

T = TypeVar("T", bound=Hashable)

STEPS = tuple(range(1, len(Effect)))
"""Of strictness, above allow."""
MAX_WORK = 20_000_000
"""Bound of one question, in the solver's own unit: the same on every machine."""
MAX_BOXES = 20_000
"""Boxes of one question."""

Formula = Any
"""A boolean of z3, which has no types of its own."""
Types = Sequence[Sequence[Formula]]
"""For each group a boolean for each type."""
Readings = Mapping[int, Sequence[Formula]]
"""For each reading a boolean for each alternative."""


class Undecided(Exception):
    """The solver did not answer within its bounds."""


def z3_module() -> Any:
    """Import z3. Raises CharterError where it is not installed."""
    try:
        import z3  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra, slow to import
    except ImportError as cause:
        raise CharterError(
            "z3 is not installed, and what is to be looked at is more than can be enumerated",
            hint="pip install 'charter[proofs]', or raise --determinacy-limit",
        ) from cause
    return z3


class Solver:
    """Asks z3 about one cell."""

    def __init__(self, sizes: Mapping[int, int]) -> None:
        """`sizes` are the numbers of alternatives, by reading."""
        self.z3 = z3_module()
        self.sizes = sizes
        self._names = 0

    def choice(self, count: int) -> list[Formula]:
        """Return booleans for a variable with so many values."""
        self._names += 1
        return [self.z3.Bool(f"v{self._names}_{at}") for at in range(count)]

    def readings(self) -> dict[int, list[Formula]]:
        """Return booleans for every reading."""
        return {axis: self.choice(size) for axis, size in self.sizes.items()}

    def one_each(self, *variables: Iterable[Sequence[Formula]]) -> list[Formula]:
        """Return that every variable has exactly one value."""
        z3 = self.z3
        found = []
        for choices in variables:
            for choice in choices:
                found.append(z3.Or(*choice))
                found.append(z3.AtMost(*choice, 1))
        return found

    def at_least(
        self, tables: Iterable[Table[int]], types: Types, readings: Readings
    ) -> dict[int, Formula]:
        """Return for each step the formula that the strictest of some tables is at least that."""
        z3 = self.z3
        found: dict[int, list[Formula]] = {step: [] for step in STEPS}
        for table in tables:
            seen = self.seen(table, types)
            for combo, value in table.values.items():
                here = [seen[place][at] for place, at in enumerate(combo)]
                for step in STEPS:
                    reads = self.where(value, lambda v, step=step: v >= step, readings)
                    if reads is not None:
                        found[step].append(z3.And(*here, reads))
        return {step: z3.Or(*cases) for step, cases in found.items()}

    def seen(self, table: Table[T], types: Types) -> list[dict[int, Formula]]:
        """Return for each group of a table what says that a check sees a certain thing."""
        found = []
        for group, sees in zip(table.of, table.sees, strict=True):
            which: dict[int, list[Formula]] = {}
            for at, number in enumerate(sees):
                which.setdefault(number, []).append(types[group][at])
            found.append({number: self.z3.Or(*cases) for number, cases in which.items()})
        return found

    def where(self, value: Varying[T], holds: Any, readings: Readings) -> Formula | None:
        """Return under which readings something holds of a value; None for never."""
        z3 = self.z3
        chosen = zip(combinations(value.sizes), value.values, strict=True)
        cases = [choices for choices, one in chosen if holds(one)]
        if len(cases) == len(value.values):
            return z3.And()
        if not cases:
            return None
        return z3.Or(
            *(z3.And(*(readings[axis][at] for axis, at in case.items())) for case in cases)
        )

    def satisfiable(self, formulas: Iterable[Formula]) -> bool:
        """Whether all of some formulas can hold at once. Raises Undecided."""
        return self._check(self._solver(formulas), ())

    def boxes(
        self,
        types: Types,
        readings: Sequence[Readings],
        always: Sequence[Formula],
        wanted: Formula,
    ) -> list[Box]:
        """Return boxes that hold exactly the contexts in which something can be so.

        `always` is what holds of all variables, `wanted` what is to be so under some values of the
        `readings`. Raises Undecided.
        """
        space = self._solver(self.one_each(types))
        so, not_so = self._solver([*always, wanted]), self._solver([*always, self.z3.Not(wanted)])
        fixed = [lit for known in readings for choice in known.values() for lit in choice]
        found: list[Box] = []
        for _ in range(MAX_BOXES):
            if not self._check(space, ()):
                return found
            context = self._not_chosen(space.model(), types)
            if self._check(so, context):
                model = so.model()
                chosen = [lit if self._is_true(model, lit) else self.z3.Not(lit) for lit in fixed]
                if self._check(not_so, [*context, *chosen]):
                    raise Undecided
                box = self._box(not_so.unsat_core(), types)
                found.append(box)
            else:
                box = self._box(so.unsat_core(), types)
            space.add(self.z3.Or(*_outside(box, types)))
        raise Undecided

    def _not_chosen(self, model: Any, types: Types) -> list[Formula]:
        """Return of a context, for every group, the types that it does not have."""
        lits = (lit for own in types for lit in own)
        return [self.z3.Not(lit) for lit in lits if not self._is_true(model, lit)]

    def _is_true(self, model: Any, formula: Formula) -> bool:
        return bool(self.z3.is_true(model.eval(formula, model_completion=True)))

    def _box(self, core: Iterable[Formula], types: Types) -> Box:
        """Return all contexts that have none of the types that a refutation rests on."""
        left_out = {lit.arg(0).get_id() for lit in core if self.z3.is_not(lit)}
        return tuple(
            sum(1 << at for at, lit in enumerate(own) if lit.get_id() not in left_out)
            for own in types
        )

    def _solver(self, formulas: Iterable[Formula]) -> Any:
        solver = self.z3.SimpleSolver()
        solver.set(**{"rlimit": MAX_WORK, "core.minimize": True})
        solver.add(*formulas)
        return solver

    def _check(self, solver: Any, assumptions: Sequence[Formula]) -> bool:
        answer = solver.check(*assumptions)
        if answer == self.z3.unknown:
            raise Undecided
        return bool(answer == self.z3.sat)


def _outside(box: Box, types: Types) -> Iterable[Formula]:
    """Return the types that are not in a box: to have one of them is to be outside of it."""
    for allowed, own in zip(box, types, strict=True):
        yield from (lit for at, lit in enumerate(own) if not allowed >> at & 1)
