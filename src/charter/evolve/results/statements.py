"""Votes -> the figures of every statement that may be shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charter.evolve.opinion.bootstrap import percentiles
from charter.evolve.opinion.bridging import Bridging
from charter.evolve.opinion.bridging_intervals import Moved
from charter.evolve.opinion.bridging_status import Said
from charter.evolve.opinion.consensus import GroupAware, consensus, group_aware
from charter.evolve.opinion.divisive import Divided, divided, split_of
from charter.evolve.opinion.floor import Floor, floors
from charter.evolve.opinion.floor import Said as HowSaid
from charter.evolve.opinion.rates import Rates, rates
from charter.evolve.opinion.tally import AGREED, DISAGREED, PASSED, tally
from charter.evolve.results.cells import shown
from charter.evolve.results.results import (
    Bridge,
    Figure,
    FloorView,
    Gap,
    GroupView,
    Shares,
    StatementResult,
)
from charter.evolve.results.table import Table
from charter.evolve.voices import Asked


@dataclass(frozen=True, slots=True)
class Divide:
    """The bridging factorisation of a table, with its intervals and what may be said."""

    fit: Bridging
    moved: Moved
    said: tuple[Said, ...]


def statement_results(
    table: Table, asked: Sequence[Asked], divide: Divide | None
) -> tuple[StatementResult, ...]:
    """Return one result for each statement asked, by id; those withheld have no figures."""
    every = _Every(table, divide)
    place = {item: at for at, item in enumerate(table.votes.items)}
    return tuple(
        every.result(each, place[each.id]) if each.id in place else _hidden(each, "withheld")
        for each in sorted(asked, key=lambda one: one.id)
        if each.kind == "statement"
    )


def _hidden(asked: Asked, why: str) -> StatementResult:
    return StatementResult(
        item=asked.id,
        text="" if asked.withheld else asked.text,  # a moderator took it out: nobody reads it
        clauses=asked.clauses,
        withheld=asked.withheld,
        why_hidden=why,
    )


class _Every:
    """Arrays over all statements, of which each result takes its place."""

    def __init__(self, table: Table, divide: Divide | None) -> None:
        self.table, self.divide = table, divide
        self.plain = rates(table.whole)
        weighted = table.weighted()
        self.weighted = None if weighted is None else rates(weighted)
        self.noted = tally(table.votes, table.noted, groups=2)
        self.unnoted = rates(self.noted)
        self.unnoted_weighted: Rates | None = None
        if table.weights is not None:
            heavy = tally(table.votes, table.noted, groups=2, weights=table.weights)
            self.unnoted_weighted = rates(heavy)
        self.weighable = table.weighable()
        parts = [table.weighable(table.noted == each) for each in (0, 1)]  # one less all: the other
        self.unnoted_weighable = self.weighable & parts[0] & parts[1]
        drawn = table.drawn()
        self.split = split_of(table.whole.sums)
        self.split_low, self.split_high = percentiles(split_of(drawn))
        self.listed = {each.item: each.side for each in consensus(table.whole)}
        self.by_group: Rates | None = None
        self.floors: tuple[Floor, ...] = ()
        self.aware: GroupAware | None = None
        self.divided: Divided | None = None
        self._groups()

    def _groups(self) -> None:
        """Count everybody the same: beside gap and product, weights would tell of few else."""
        table = self.table
        by_group = table.by_group
        if by_group is None:
            return
        self.by_group = rates(by_group)
        self.floors = floors(by_group, smallest=table.rules.smallest)
        again = table.drawn_by_group()
        if again is not None and table.group_count:
            self.aware = group_aware(by_group, again)
            self.divided = divided(by_group, again, seed=table.seed)

    def result(self, asked: Asked, at: int) -> StatementResult:
        table = self.table
        show = table.shows[at]
        if not table.whole.seen[0, at]:
            return _hidden(asked, "nobody saw it")
        if not show.whole:
            return _hidden(asked, f"fewer than {table.rules.smallest} people saw it")
        counts = table.whole.counts[0, at].tolist()
        return StatementResult(
            item=asked.id,
            text=asked.text,
            clauses=asked.clauses,
            withheld=False,
            seen=int(sum(counts)),
            agreed=counts[AGREED],
            disagreed=counts[DISAGREED],
            passed=counts[PASSED],
            plain=_shares(self.plain, 0, at),
            weighted=_shares(self.weighted, 0, at)
            if self.weighted and self.weighable[at]
            else None,
            unnoted=self._unnoted(self.unnoted, at),
            unnoted_weighted=self._unnoted_weighted(at),
            groups=self._views(at),
            floor=self._floor(at),
            group_aware=self._aware(at),
            split=figure(self.split[at], self.split_low[at], self.split_high[at]),
            gap=self._gap(at),
            bridge=self._bridge(at),
            consensus=self.listed.get(at, ""),
        )

    def _unnoted(self, of: Rates | None, at: int) -> Shares | None:
        """Return the shares without whom something was noted of; None where nobody is, or few."""
        if of is None:
            return None
        parts = self.noted.seen[:, at].tolist()
        show = shown(parts, self.table.rules.smallest)
        return _shares(of, 0, at) if parts[1] and show.parts[0] else None

    def _unnoted_weighted(self, at: int) -> Shares | None:
        return self._unnoted(self.unnoted_weighted, at) if self.unnoted_weighable[at] else None

    def _views(self, at: int) -> tuple[GroupView, ...]:
        table = self.table
        if self.by_group is None or table.by_group is None or not table.group_count:
            return ()
        seen, show = table.by_group.seen[:, at].tolist(), table.shows[at]
        return tuple(
            GroupView(
                group + 1,
                seen[group] if show.parts[group] else None,
                _shares(self.by_group, group, at) if show.parts[group] and seen[group] else None,
            )
            for group in range(table.group_count)
        )

    def _floor(self, at: int) -> FloorView | None:
        if not self.floors:
            return None
        floor, show = self.floors[at], self.table.shows[at]
        against = str(floor.against(float(self.table.rules.floor)))
        own = floor.group >= 0 and floor.said[floor.group] is HowSaid.OWN
        if not own or not show.parts[floor.group]:
            return FloorView(None, None, against)
        return FloorView(floor.value, floor.group + 1, against)

    def _aware(self, at: int) -> Figure | None:
        if self.aware is None or not self.table.shows[at].all:
            return None
        return figure(self.aware.value[at], self.aware.low[at], self.aware.high[at])

    def _gap(self, at: int) -> Gap | None:
        of = self.divided
        if of is None or not self.table.shows[at].all or math.isnan(of.gap[at]):
            return None
        gap = figure(of.gap[at], of.gap_low[at], of.gap_high[at])
        return None if gap is None else Gap(gap, float(of.by_chance[at]), float(of.q[at]))

    def _bridge(self, at: int) -> Bridge | None:
        if self.divide is None or not self.divide.fit.converged:
            return None
        fit, moved, said = self.divide.fit, self.divide.moved, self.divide.said[at]
        values = (fit.across[at], fit.intercepts[at], abs(fit.factors[at]))
        if any(math.isnan(value) for value in values):
            return None
        across, intercept, factor = (
            Figure(float(value), *((None, None) if b is None else (b.low, b.high)))
            for value, b in zip(
                values, (moved.across[at], moved.intercepts[at], moved.sizes[at]), strict=True
            )
        )
        return Bridge(str(said.status), said.sure, across, intercept, factor)


def figure(value: float, low: float, high: float) -> Figure | None:
    """Return a figure of numbers that may be NaN: None without a value, no bounds without both."""
    if math.isnan(value):
        return None
    if math.isnan(low) or math.isnan(high):
        return Figure(float(value), None, None)
    return Figure(float(value), float(low), float(high))


def _shares(of: Rates, group: int, at: int) -> Shares | None:
    sides = [
        figure(of.shares[group, at, side], of.low[group, at, side], of.high[group, at, side])
        for side in (AGREED, DISAGREED, PASSED)
    ]
    agree, disagree, passed = sides
    if agree is None or disagree is None or passed is None:
        return None
    return Shares(agree, disagree, passed, float(np.round(of.effective[group, at], 6)))
