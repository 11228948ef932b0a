"""Cells: one action, one way to fire boundaries, with or without a developer.

Within a cell the groups are independent of each other but for the signals that a decision joins.
So every context of a cell is counted, by type, and none is listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from charter.policy.determinacy import agreed, asked, pasted, said, switched
from charter.policy.determinacy.action import ACTIONS, TOOL
from charter.policy.determinacy.context import DEVELOPER, Part
from charter.policy.determinacy.evaluate import (
    Evaluator,
    Given,
    Signal,
    Terms,
    all_on,
)
from charter.policy.determinacy.row import Group, Row
from charter.policy.determinacy.types import RowType, types_of
from charter.policy.determinacy.varying import (
    Masks,
    Varying,
)
from charter.policy.policy import Policy


class Spoken(NamedTuple):
    """What a row about sections means to a decision."""

    out: frozenset[str]
    inaction: bool


class Agreed(NamedTuple):
    """The scope of autonomy as the gates see it."""

    terms: Terms | None
    offered: bool
    cost: float


UNSTATED = Agreed(None, offered=True, cost=0.0)


class Asked(NamedTuple):
    """Who asked, and whether a person has to be asked."""

    by: str | None
    asks: bool


class SaidType(NamedTuple):
    """A row about sections, with the settings that its own section depends on."""

    conditions: tuple[str, ...]
    on: RowType[Signal]
    """With all of them on."""
    off: RowType[Signal]
    """With all of them off."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The types of all groups, with or without a developer."""

    said: tuple[tuple[Row, Varying[Signal], Varying[Signal]], ...]
    """Rows, and what they mean with the settings of their section on, and off."""
    scope: tuple[RowType[Agreed], ...]
    asked: tuple[RowType[Asked], ...]
    pasted: tuple[RowType[bool], ...]
    settings: Mapping[str, tuple[RowType[object], ...]]


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a policy."""

    said: Group
    scope: Group
    asked: Group
    pasted: Group
    settings: Mapping[str, Group]

    @property
    def all(self) -> tuple[Group, ...]:
        """All of them, in the order in which a context speaks."""
        return (*self.settings.values(), self.said, self.pasted, self.scope, self.asked)


def groups_of(policy: Policy, tool: str = TOOL) -> Groups:
    """Return the groups of a policy, for calls of one tool."""
    return Groups(
        said.said(policy),
        agreed.agreed(policy, tool),
        asked.asked(policy),
        pasted.pasted(policy),
        {name: switched.switched(policy, name) for name in sorted(policy.conditional)},
    )


def tables(evaluator: Evaluator, groups: Groups, *, developer: bool) -> Tables:
    """Resolve every row that can be said, with or without a developer."""
    on = all_on(evaluator.policy.conditional)

    def rows(group: Group) -> Iterator[Row]:
        return (row for row in group.rows if developer or DEVELOPER not in row.levels)

    def found(group: Group, fixed: Given) -> Iterator[tuple[Row, Masks, Varying[Signal]]]:
        for row in rows(group):
            signal = evaluator.signals(row, ACTIONS[0], developer=developer, given=fixed)
            yield row, signal.then(_part).masks(), signal

    spoken = []
    for row, _, signal in found(groups.said, on):
        off = signal
        if row.conditions:
            fixed = tuple((name, name not in row.conditions) for name, _ in on)
            off = evaluator.signals(row, ACTIONS[0], developer=developer, given=fixed)
        spoken.append((row, signal, off))
    return Tables(
        tuple(spoken),
        types_of(
            (row, masks, signal.then(lambda s, row=row: Agreed(s.scope, row.offered, row.cost)))
            for row, masks, signal in found(groups.scope, on)
        ),
        types_of(
            (row, masks, signal.then(lambda s: Asked(s.asked, s.asks)))
            for row, masks, signal in found(groups.asked, on)
        ),
        types_of(
            (row, masks, signal.then(lambda s: s.asks))
            for row, masks, signal in found(groups.pasted, on)
        ),
        {
            name: types_of(
                (row, masks, signal.then(lambda s, name=name: dict(s.part.settings).get(name)))
                for row, masks, signal in found(group, ())
            )
            for name, group in groups.settings.items()
        },
    )


def _part(signal: Signal) -> Part:
    return signal.part
