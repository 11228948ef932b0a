"""Cells: one event, with or without a developer, and the tables of what is decided in it.

A context of a cell has one type of each group. How strict each check is hangs on a few of these
types and on a few readings: that is a table. The effect is the strictest of all tables.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import product
from math import prod
from typing import Generic, NamedTuple, TypeVar, cast

from charter.policy.boundaries.boundary import Boundary
from charter.policy.boundaries.expression import Ident, Node, Select, walk
from charter.policy.determinacy.action import CALL, Event
from charter.policy.determinacy.context import Context
from charter.policy.determinacy.evaluate import (
    GATES,
    Choices,
    Evaluator,
    Signal,
    Strict,
    Terms,
    strictness,
)
from charter.policy.determinacy.row import Row
from charter.policy.determinacy.types import RowType, TypeMove, Types, merged
from charter.policy.determinacy.varying import Varying, vary

T = TypeVar("T", bound=Hashable)

MATTER, SCOPE, ASKED = range(3)
GROUPS = (MATTER, SCOPE, ASKED)

Combo = tuple[int, ...]
"""Numbers of types: one of each group."""
Fired = tuple[tuple[str, int], ...]
"""Boundaries that restrict, with how strict each is."""


class Table(NamedTuple, Generic[T]):
    """A value for every combination of what one check sees of some groups."""

    of: tuple[int, ...]
    """Those groups."""
    sees: tuple[tuple[int, ...], ...]
    """For each of them: type to the number of what is seen of it."""
    values: Mapping[Combo, Varying[T]]
    """By these numbers."""

    def key(self, combo: Combo) -> Combo:
        """Return what is seen of a combination of types of all groups."""
        return tuple([seen[combo[group]] for group, seen in zip(self.of, self.sees, strict=True)])


class Cell(NamedTuple):
    """All contexts with one event."""

    event: Event
    developer: bool
    groups: tuple[Types, ...]
    gates: tuple[Table[int], ...]
    boundaries: Table[Fired]

    @property
    def size(self) -> int:
        """How many combinations of types it has."""
        return prod(len(group.types) for group in self.groups)

    @property
    def contexts(self) -> int:
        """How many contexts it has."""
        return prod(sum(t.times for t in group.types) for group in self.groups)

    @property
    def weight(self) -> int:
        """How many features every context of it has."""
        return len(self.event.features) + (not self.developer)

    def combos(self) -> Iterator[Combo]:
        """Yield every combination of types."""
        return product(*(range(len(group.types)) for group in self.groups))

    def context(self, combo: Combo) -> Context:
        """Return the smallest context of a combination."""
        rows = (self.groups[g].types[at].row for g, at in enumerate(combo))
        return self.of(tuple(rows))

    def of(self, rows: tuple[Row, ...]) -> Context:
        """Return the context with some rows."""
        return Context(rows, self.event, self.developer)

    def pair(
        self, group: int, move: TypeMove, others: Mapping[int, int]
    ) -> tuple[Context, Context]:
        """Return the smallest contexts before and after a move, with some types of the others."""
        rows = {g: self.groups[g].types[at].row for g, at in others.items()}
        before, after = self.groups[group].examples[move]
        return (
            self.of(tuple((rows | {group: before})[g] for g in GROUPS)),
            self.of(tuple((rows | {group: after})[g] for g in GROUPS)),
        )


class _Check(NamedTuple):
    """One check of a decision: what its answer can hang on."""

    name: str
    own: tuple[str, ...]
    """Readings that the check itself asks."""
    sees: Mapping[int, Callable[[Signal], Hashable]]
    """What it sees of each group."""


class Cells:
    """Makes the cells of one policy."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._ask = evaluator
        policy = evaluator.policy
        self._side = policy.gate_section("side_effects")
        self._transform = policy.gate_section("transformation")
        self._known: dict[Hashable, Hashable] = {}
        """What checks said."""

    def cell(self, event: Event, groups: tuple[Types, ...], *, developer: bool) -> Cell:
        """Return the cell of an event: `groups` are the types of all groups, for its tool."""
        maker = _Maker(self._ask, Context((), event, developer), self._checks(event), self._known)
        found = tuple(maker.reduced(number, types) for number, types in enumerate(groups))
        *gates, boundaries = maker.checks
        return Cell(
            event,
            developer,
            found,
            tuple(maker.table(check, found, maker.gate) for check in gates),
            maker.table(boundaries, found, maker.fired),
        )

    def _checks(self, event: Event) -> tuple[_Check, ...]:
        """Return the checks that are asked at an event, the boundaries last."""
        stage, side, tool = event.action.stage, self._side, event.firing.tool

        def terms(signal: Signal) -> Hashable:
            return _anonymous(signal.terms, tool)

        gates = [_Check("conflicts", ("root_conflict",), {MATTER: lambda s: s.inaction})]
        if stage == CALL:
            gates += [
                _Check(
                    "scope",
                    ("scope_without_timer",),
                    {SCOPE: lambda s: (terms(s), s.offered, s.cost)},
                ),
                _Check(
                    "side_effects",
                    ("scope_preauthorises", "scope_vs_side_effects"),
                    {MATTER: lambda s: side in s.out, SCOPE: terms},
                ),
                _Check("asked_by", (), {ASKED: lambda s: s.asked}),
                _Check("asks", (), {MATTER: lambda s: s.asks, ASKED: lambda s: s.asks}),
            ]
        return (*gates, self._boundaries(event))

    def _boundaries(self, event: Event) -> _Check:
        policy, stage = self._ask.policy, event.action.stage
        tool = event.firing.tool if stage in (CALL, "tool_result") else None
        asked = [b for b in policy.boundaries if b.on == stage and _is_about(b, tool)]
        if not asked:
            return _Check("boundaries", (), {})
        sections = frozenset(boundary.section for boundary in asked)
        uses = frozenset[str]().union(*(boundary.condition.uses for boundary in asked))
        wanted = sections | ({self._transform} if event.action.transforms else frozenset())
        sees: dict[int, Callable[[Signal], Hashable]] = {
            MATTER: lambda s: (s.out & wanted, s.part.settings if "settings" in uses else ())
        }
        if "scope" in uses:
            fields = _scope_fields(asked)
            sees[SCOPE] = lambda s: s.terms and tuple(getattr(s.terms, f) for f in fields)
        if stage == CALL:
            rank = policy.ladder.rank
            exactly = "asked_by" in uses
            sees[ASKED] = lambda s: s.asked if exactly else s.asked and rank(s.asked) > 0
        return _Check("boundaries", ("bounds_before_provenance",), sees)


_VISIBLE = ("allowed_tools", "latest_time", "max_cost")
"""Fields of a scope that conditions can read and that differ between contexts."""


def _scope_fields(boundaries: list[Boundary]) -> tuple[str, ...]:
    """Return the fields of a scope that some conditions read; all where that is open."""
    found: set[str] = set()
    for boundary in boundaries:
        nodes = [*walk(boundary.condition.root)]
        named = [n.field for n in nodes if isinstance(n, Select) and _is_scope(n.operand)]
        if sum(map(_is_scope, nodes)) > len(named):
            return _VISIBLE
        found.update(named)
    return tuple(name for name in _VISIBLE if name in found)


def _is_scope(node: Node) -> bool:
    return isinstance(node, Ident) and node.name == "scope"


def _is_about(boundary: Boundary, tool: str | None) -> bool:
    return tool is None or boundary.tools is None or tool in boundary.tools


def _anonymous(terms: Terms | None, tool: str) -> Terms | None:
    """Return terms without the name of the tool: gates treat all tools alike."""
    if terms is None:
        return None

    def hidden(patterns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            pattern.replace(tool, _TOOL) if pattern.startswith(tool) else pattern
            for pattern in patterns
        )

    return terms._replace(allowed_tools=hidden(terms.allowed_tools), unnamed=hidden(terms.unnamed))


_TOOL = "\0"


class _Maker:
    """Makes one cell."""

    def __init__(
        self,
        ask: Evaluator,
        of: Context,
        checks: tuple[_Check, ...],
        known: dict[Hashable, Hashable],
    ) -> None:
        self.ask, self.of, self.checks = ask, of, checks
        self._known = known

    def reduced(self, number: int, types: Types) -> Types:
        """Return the types of a group, as far as this event tells them apart."""

        def key(one: RowType) -> Hashable:
            seen: list[Hashable] = [one.part]
            for check in self.checks:
                if number not in check.sees:
                    continue
                if number == SCOPE and check.name in GATES:
                    seen.append(self.gate(check, {SCOPE: one}))
                else:
                    seen.append(one.signal.then(check.sees[number]))
            return tuple(seen)

        return merged(types, key)

    def gate(self, check: _Check, types: Mapping[int, RowType]) -> Varying[int]:
        """Return how strict a gate is. Of the event, it hangs on the action alone."""
        where = self.of.event.action
        return self._value(check, types, lambda s: s.gates[check.name], where)

    def fired(self, check: _Check, types: Mapping[int, RowType]) -> Varying[Fired]:
        """Return which boundaries restrict, and how much."""
        action, firing = self.of.event
        where = (action.stage, action.transforms, firing.features)
        return self._value(check, types, lambda s: s.boundaries, where)

    def _value(
        self,
        check: _Check,
        types: Mapping[int, RowType],
        pick: Callable[[Strict], T],
        where: Hashable,
    ) -> Varying[T]:
        known = self._known
        seen = [(group, types[group].signal.then(check.sees[group])) for group in sorted(types)]
        whole = (check.name, where, tuple(seen))
        if whole in known:
            return cast("Varying[T]", known[whole])
        own = self.ask.axes.of(check.own)
        over = tuple(sorted({*own, *(axis for _, one in seen for axis, _ in one.sizes)}))

        def at(choices: Choices) -> T:
            values = tuple((group, one.at(choices)) for group, one in seen)
            key = (check.name, where, values, tuple(choices.get(axis, 0) for axis in own))
            if key not in known:
                rows = tuple(one.row for one in types.values())
                found = self.ask.answer(self.of._replace(rows=rows), choices)
                known[key] = pick(strictness(found))
            return cast("T", known[key])

        value = vary(self.ask.axes, over, at)
        known[whole] = value
        return value

    def table(
        self,
        check: _Check,
        groups: tuple[Types, ...],
        value: Callable[[_Check, Mapping[int, RowType]], Varying[T]],
    ) -> Table[T]:
        """Return the table of a check."""
        of = tuple(sorted(check.sees))
        sees, first = [], []
        for group in of:
            numbers: dict[Hashable, int] = {}
            types = groups[group].types
            seen = [
                numbers.setdefault(one.signal.then(check.sees[group]), len(numbers))
                for one in types
            ]
            sees.append(tuple(seen))
            first.append([types[seen.index(number)] for number in range(len(numbers))])
        values = {
            combo: value(
                check,
                {g: known[at] for g, known, at in zip(of, first, combo, strict=True)},
            )
            for combo in product(*(range(len(known)) for known in first))
        }
        return Table(of, tuple(sees), values)
