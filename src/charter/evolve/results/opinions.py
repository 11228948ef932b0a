"""The groups of opinion and the division of a table, as they may be shown."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from charter.evolve.opinion.ari import likeness
from charter.evolve.opinion.bridging import factorise
from charter.evolve.opinion.bridging_intervals import moved
from charter.evolve.opinion.bridging_null import division
from charter.evolve.opinion.bridging_status import statuses
from charter.evolve.opinion.groups import Groups
from charter.evolve.opinion.representative import representative
from charter.evolve.opinion.unheard import coverage
from charter.evolve.results.cells import shown
from charter.evolve.results.results import (
    BridgingResult,
    ConsideredResult,
    GroupsResult,
    PickResult,
    PublishedResult,
)
from charter.evolve.results.statements import Divide, figure
from charter.evolve.results.table import LEAST_PEOPLE, Table

MANY_VOTES = 50_000
"""Votes above which there are `FEW_REFITS` for intervals, and no test whether anything divides
people: shuffled votes take long to settle. That there are groups is tested at any size.
"""
FEW_REFITS = 40


def groups_result(table: Table) -> GroupsResult | None:
    """Return the groups as they may be shown; None where too few people voted to look for any."""
    groups = table.groups
    if groups is None or table.by_group is None:
        return None
    whole = _sizes(groups, table.rules.smallest)
    show = shown(whole, table.rules.smallest)
    sizes = [size if ok else None for size, ok in zip(whole, show.parts, strict=True)]
    return GroupsResult(
        k=groups.k,
        reason=groups.reason,
        sizes=tuple(sizes[:-1]),
        unplaced=sizes[-1],
        considered=tuple(
            ConsideredResult(
                each.k,
                each.gain,
                each.error,
                None if math.isnan(each.steady) else each.steady,
                round(each.placed, 1),  # closer, it would count those in no group, however few
            )
            for each in groups.considered
        ),
        structure=groups.structure.p,
        picks=_picks(table),
        coverage=tuple(
            None if math.isnan(share) else share
            for share in coverage(table.by_group, smallest=table.rules.smallest).tolist()
        ),
    )


def _sizes(groups: Groups, smallest: int) -> list[int]:
    """Return people by group, then those in none.

    Where the latter are too few to show, they are counted in the group that is most likely.
    """
    if not 0 < groups.unplaced < smallest:
        return [*groups.sizes, groups.unplaced]
    likely = np.where(groups.labels < 0, groups.belonging.argmax(axis=1), groups.labels)
    return [*np.bincount(likely, minlength=groups.k).tolist(), 0]


def _picks(table: Table) -> tuple[PickResult, ...]:
    """Return what sets groups apart, of statements of which every group is shown."""
    if table.by_group is None or not table.group_count:
        return ()
    return tuple(
        PickResult(group, table.votes.items[pick.item], pick.side, pick.significant)
        for group, picks in enumerate(representative(table.by_group), 1)
        for pick in picks
        if table.shows[pick.item].all
    )


def published_result(table: Table, published: Mapping[str, str]) -> PublishedResult | None:
    """Return how far groups agree with those that somebody else found; None without both."""
    groups = table.groups
    names = sorted(set(published.values()))
    if groups is None or not names:
        return None
    if not table.group_count:
        return PublishedResult(len(names), None, None, None)
    number = {name: at for at, name in enumerate(names)}
    theirs = np.array([number.get(published.get(p, ""), -1) for p in table.votes.people], np.int64)
    found = likeness(groups.labels, theirs, seed=table.seed)
    value = figure(found.value, found.interval.low, found.interval.high)
    if value is None or found.people < table.rules.smallest:
        return None
    show = shown([found.people, found.left_out], table.rules.smallest)
    return PublishedResult(
        len(names), value, found.people, found.left_out if show.parts[1] else None
    )


def divide_of(table: Table) -> tuple[Divide, BridgingResult] | None:
    """Return the factorisation with its intervals, and whether anything divides people at all.

    None where too few people voted.
    """
    votes = table.votes
    if len(votes.people) < max(LEAST_PEOPLE, table.rules.smallest):
        return None
    many = len(votes) > MANY_VOTES
    refits = min(table.effort.refits, FEW_REFITS) if many else table.effort.refits
    fit = factorise(votes, seed=table.seed)
    known = moved(votes, fit, draws=refits, seed=table.seed)
    null = None if many else division(votes, fit, shuffles=table.effort.shuffles, seed=table.seed)
    p, shuffles = (None, 0) if null is None else (null.p, len(null.shuffled))
    said = BridgingResult(fit.mean, fit.gain, p, shuffles, fit.converged)
    return Divide(fit, known, statuses(votes, fit, known, p=p)), said
