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


class Undecided(Exception):  # noqa: N818 - a state of a question, not a mistake
    """The solver did not answer within its bounds."""


def z3_module() -> Any:
    """Import z3. Raises CharterError where it is not installed."""
    try:
        import z3  # noqa: PLC0415 - an extra, and slow to import
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
        return {step: z3.Or(*cases) if cases else z3.BoolVal(False) for step, cases in found.items()}

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
            return z3.BoolVal(True)
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
        z3 = self.z3
        place = {
            lit.get_id(): (g, at) for g, own in enumerate(types) for at, lit in enumerate(own)
        }
        space = self._solver(self.one_each(types))
        so, not_so = self._solver([*always, wanted]), self._solver([*always, z3.Not(wanted)])
        found: list[Box] = []
        for _ in range(MAX_BOXES):
            if not self._check(space, ()):
                return found
            context = _true(space.model(), [lit for own in types for lit in own])
            if self._check(so, context):
                model = so.model()
                fixed = [lit for known in readings for c in known.values() for lit in c]
                chosen = [
                    lit if z3.is_true(model.eval(lit, model_completion=True)) else z3.Not(lit)
                    for lit in fixed
                ]
                if self._check(not_so, [*context, *chosen]):
                    raise Undecided
                box = _box(not_so.unsat_core(), place, len(types))
                found.append(box)
            else:
                box = _box(so.unsat_core(), place, len(types))
            named = [types[g][at] for g, at in enumerate(box) if at is not None]
            space.add(z3.Not(z3.And(*named)) if named else z3.BoolVal(False))
        raise Undecided

    def _solver(self, formulas: Iterable[Formula]) -> Any:
        solver = self.z3.SolverFor("QF_FD")
        solver.set("rlimit", MAX_WORK)
        solver.add(*formulas)
        return solver

    def _check(self, solver: Any, assumptions: Sequence[Formula]) -> bool:
        answer = solver.check(*assumptions)
        if answer == self.z3.unknown:
            raise Undecided
        return bool(answer == self.z3.sat)


def _true(model: Any, literals: Iterable[Formula]) -> list[Formula]:
    return [lit for lit in literals if str(model.eval(lit, model_completion=True)) == "True"]


def _box(core: Iterable[Formula], place: Mapping[int, tuple[int, int]], groups: int) -> Box:
    box: list[int | None] = [None] * groups
    for lit in core:
        known = place.get(lit.get_id())
        if known is not None:
            box[known[0]] = known[1]
    return tuple(box)
