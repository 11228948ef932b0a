"""The same counts as by enumeration, from z3: for cells with too many combinations to list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod

from charter.policy.determinacy.boxes import Box, counted_in, lightest
from charter.policy.determinacy.cell import GROUPS, Cell, Fired, Table
from charter.policy.determinacy.counted import bits_of, names, strictest
from charter.policy.determinacy.solver import STEPS, Formula, Solver, Types, Undecided
from charter.policy.determinacy.tally import Tally, offer_move
from charter.policy.determinacy.types import TypeMove
from charter.policy.determinacy.varying import Axes, Masks

Bit = Callable[[Masks], bool]


class Proved:
    """Counts cells one by one, by asking a solver."""

    def __init__(self, tally: Tally, axes: Axes) -> None:
        self.tally, self.axes = tally, axes

    def count(self, cell: Cell) -> None:
        """Count every context of a cell. What the solver leaves open is counted as undone."""
        _Asked(self.tally, self.axes, cell).count()


class _Asked:
    """One cell, as the solver sees it."""

    def __init__(self, tally: Tally, axes: Axes, cell: Cell) -> None:
        self.tally, self.axes, self.cell = tally, axes, cell
        strict = Table(
            cell.boundaries.of,
            cell.boundaries.sees,
            {combo: value.then(strictest) for combo, value in cell.boundaries.values.items()},
        )
        self.tables = (*cell.gates, strict)
        used = {axis for t in self.tables for v in t.values.values() for axis, _ in v.sizes}
        used |= {axis for v in cell.boundaries.values.values() for axis, _ in v.sizes}
        self.used = tuple(sorted(used))
        self.solver = Solver({axis: len(axes.choices[axis]) for axis in self.used})
        self.counts = [[one.times for one in group.types] for group in cell.groups]
        self.weights = [[one.row.weight for one in group.types] for group in cell.groups]
        self.parts = [[one.part.masks() for one in group.types] for group in cell.groups]
        self.types: Types = [self.solver.choice(len(group.types)) for group in cell.groups]
        self.first, self.second = self.solver.readings(), self.solver.readings()
        both = (self.first.values(), self.second.values())
        self.always = self.solver.one_each(self.types, *both)
        before = self.solver.at_least(self.tables, self.types, self.first)
        after = self.solver.at_least(self.tables, self.types, self.second)
        z3 = self.solver.z3
        self.effect = before
        self.differs = z3.Or(*(z3.Xor(before[step], after[step]) for step in STEPS))

    def count(self) -> None:
        """Ask everything."""
        tally = self.tally
        tally.contexts += self.cell.contexts
        undecided = self._boxes([self.differs])
        tally.undecided += counted_in(undecided, self.counts)
        tally.open += self._whole(undecided, lambda masks: masks.hangs != 0)
        axes = {*self.used}
        for own in self.parts:
            for masks in own:
                axes.update(bits_of(masks.hangs))
        for axis in sorted(axes):
            self._reading(axis)
        self._boundaries()
        for group in GROUPS:
            for what in dict.fromkeys(move.what for move in self.cell.groups[group].moves):
                self._moves(group, what)

    def _reading(self, axis: int) -> None:
        tally, bit = self.tally, 1 << axis
        hangs: list[Box] = []
        alone: list[Box] = []
        if axis in self.used:
            others = [a for a in self.used if a != axis]
            hangs = self._boxes([self.differs, *self._equal(others)])
            if hangs:
                alone = self._boxes([self.differs, *self._in_force(axis)])

        def is_hung(masks: Masks) -> bool:
            return bool(masks.hangs & bit)

        def is_alone(masks: Masks) -> bool:
            return bool(masks.alone & bit)

        _add(tally.decides, axis, counted_in(hangs, self.counts))
        _add(tally.hangs, axis, self._whole(hangs, is_hung))
        _add(tally.alone, axis, self._whole(alone, is_alone))
        for sort, boxes in enumerate((alone, hangs)):
            self._offer(axis, sort, boxes)
        self._offer(axis, 2, [*alone, *self._part_boxes(is_alone)])
        self._offer(axis, 3, [*hangs, *self._part_boxes(is_hung)])

    def _equal(self, axes: Sequence[int]) -> list[Formula]:
        pairs = [(self.first[axis], self.second[axis]) for axis in axes]
        return [a == b for one, other in pairs for a, b in zip(one, other, strict=True)]

    def _in_force(self, axis: int) -> list[Formula]:
        """Return that all is read as in force, but for one reading on one side."""
        found = [self.first[a][0] for a in self.used]
        return found + [self.second[a][0] for a in self.used if a != axis]

    def _boxes(self, wanted: list[Formula]) -> list[Box]:
        z3, readings = self.solver.z3, (self.first, self.second)
        try:
            return self.solver.boxes(self.types, readings, self.always, z3.And(*wanted))
        except Undecided:
            self.tally.undone += 1
            return []

    def _whole(self, boxes: Sequence[Box], bit: Bit) -> int:
        """Return the contexts in some boxes, and those whose own masks have a bit."""
        without = [
            [0 if bit(masks) else count for masks, count in zip(own, counts, strict=True)]
            for own, counts in zip(self.parts, self.counts, strict=True)
        ]
        return self.cell.contexts - prod(map(sum, without)) + counted_in(boxes, without)

    def _part_boxes(self, bit: Bit) -> Iterator[Box]:
        everything = [(1 << len(own)) - 1 for own in self.parts]
        for group, own in enumerate(self.parts):
            allowed = sum(1 << at for at, masks in enumerate(own) if bit(masks))
            if allowed:
                yield tuple(allowed if g == group else everything[g] for g in GROUPS)

    def _offer(self, axis: int, sort: int, boxes: Sequence[Box]) -> None:
        if boxes:
            weight, combo = min(lightest(box, self.weights) for box in boxes)
            context = self.cell.context(combo)
            self.tally.offer(axis, sort, weight + self.cell.weight, context)

    def _boundaries(self) -> None:
        """Find which boundaries restrict at all, and which ever decide."""
        table, found = self.cell.boundaries, set[str]()
        for combo, fired in table.values.items():
            for name in names(fired):
                found.add(name)
                box = self._lightest_seen(table, combo)
                weight = sum(self.weights[g][at] for g, at in enumerate(box))
                self.tally.cover(name, weight + self.cell.weight, self.cell.context(box))
        self.tally.fires |= found
        for name in sorted(found - self.tally.needed):
            try:
                if self.solver.satisfiable([*self.always, self._decides(name)]):
                    self.tally.needed.add(name)
            except Undecided:
                self.tally.undone += 1

    def _lightest_seen(self, table: Table[Fired], combo: tuple[int, ...]) -> tuple[int, ...]:
        chosen = [min(range(len(own)), key=own.__getitem__) for own in self.weights]
        for place, group in enumerate(table.of):
            fits = [at for at, n in enumerate(table.sees[place]) if n == combo[place]]
            chosen[group] = min(fits, key=self.weights[group].__getitem__)
        return tuple(chosen)

    def _decides(self, name: str) -> Formula:
        """Return that a boundary restricts, and that nothing else is as strict."""
        solver, table = self.solver, self.cell.boundaries
        z3 = solver.z3
        gates = solver.at_least(self.cell.gates, self.types, self.first)
        seen = solver.seen(table, self.types)
        cases = []
        for combo, fired in table.values.items():
            here = [seen[place][at] for place, at in enumerate(combo)]
            for step in STEPS:
                reads = solver.where(fired, lambda v, s=step: _only(v, name, s), self.first)
                if reads is not None:
                    cases.append(z3.And(*here, reads, z3.Not(gates[step])))
        return z3.Or(*cases)

    def _moves(self, group: int, what: str) -> None:
        """Count where adding one permission makes the decision stricter."""
        cell, solver = self.cell, self.solver
        moves = [move for move in cell.groups[group].moves if move.what == what]
        counts = [list(own) for own in self.counts]
        counts[group] = [cell.groups[group].moves[move] for move in moves]
        known = self.tally.move(what)
        known.total += prod(map(sum, counts))
        pair = solver.choice(len(moves))
        types = [pair if g == group else own for g, own in enumerate(self.types)]
        before = self._with(group, pair, [move.before for move in moves])
        after = self._with(group, pair, [move.after for move in moves])
        z3 = solver.z3
        lax = solver.at_least(self.tables, before, self.first)
        strict = solver.at_least(self.tables, after, self.first)
        worse = z3.Or(*(z3.And(z3.Not(lax[step]), strict[step]) for step in STEPS))
        always = solver.one_each(types, self.first.values())
        in_force = z3.And(*(choice[0] for choice in self.first.values()))
        try:
            ever = solver.boxes(types, [self.first], always, worse)
            now = solver.boxes(types, [self.first], [*always, in_force], worse) if ever else []
        except Undecided:
            self.tally.undone += 1
            return
        known.ever += counted_in(ever, counts)
        known.stricter += counted_in(now, counts)
        for boxes, is_now in ((now, True), (ever, False)):
            self._offer_move((group, moves), boxes, in_force=is_now)

    def _with(self, group: int, pair: Sequence[Formula], ends: Sequence[int]) -> Types:
        """Return the booleans of types, with those of one group told from a move."""
        z3 = self.solver.z3
        own = [
            z3.Or(*(lit for lit, end in zip(pair, ends, strict=True) if end == at))
            for at in range(len(self.types[group]))
        ]
        return [own if g == group else types for g, types in enumerate(self.types)]

    def _offer_move(
        self, of: tuple[int, list[TypeMove]], boxes: Sequence[Box], *, in_force: bool
    ) -> None:
        group, moves = of
        if not boxes:
            return
        weights = [[2 * weight for weight in own] for own in self.weights]
        examples = self.cell.groups[group].examples
        weights[group] = [sum(row.weight for row in examples[move]) for move in moves]
        _, combo = min(lightest(box, weights) for box in boxes)
        others = {g: at for g, at in enumerate(combo) if g != group}
        contexts = self.cell.pair(group, moves[combo[group]], others)
        offer_move(self.tally.move(moves[0].what), *contexts, in_force=in_force)


def _add(counter: dict[int, int], key: int, count: int) -> None:
    if count:
        counter[key] = counter.get(key, 0) + count


def _only(fired: Fired, name: str, strict: int) -> bool:
    """Whether a boundary is the only one that is at least so strict, and just that strict."""
    return [entry for entry in fired if entry[1] >= strict] == [(name, strict)]
