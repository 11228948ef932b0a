"""Alignments of two specs at a time -> rows with at most one section of each spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

from charter.compare.align import Corrections, Grid, Near, Pair
from charter.compare.comparison import Join, Row, Side

_Member: TypeAlias = tuple[int, str]
"""Place of a side, and the id of one of its sections."""
_At: TypeAlias = tuple[int, int]


def rows_of(
    sides: Sequence[Side],
    grids: Mapping[_At, Grid],
    pairs: Mapping[_At, Sequence[Pair]],
    corrections: Mapping[_At, Corrections],
    parts: Sequence[Mapping[str, int]],
) -> tuple[Row, ...]:
    """Return the rows in the order of the first spec, then what only others have, in theirs.

    Pairs are joined from the surest on. One that would put two sections of a spec into one row,
    or two that people said to be apart, joins nothing: its sections are the nearest of each other.
    """
    groups = _groups(pairs, corrections)
    joins = {
        ((one, pair.first), (two, pair.second)): pair
        for (one, two), found in pairs.items()
        for pair in found
    }
    made: list[Row] = []
    done: set[_Member] = set()
    for at, side in enumerate(sides):
        for place, section in enumerate(side.spec.sections):
            if (at, section.id) in done:
                continue
            group = groups.get((at, section.id), {at: section.id})
            done.update(group.items())
            joined = _joins(group, joins)
            said = {sides[one].authorities.get(own) for one, own in group.items()} - {None}
            made.append(
                Row(
                    sections=tuple(group.get(one) for one in range(len(sides))),
                    part=parts[at][section.id],
                    joins=joined,
                    nearest=() if joined else _nearest(at, place, len(sides), grids),
                    differs=len(said) > 1,
                )
            )
    return tuple(made)


def _joins(
    group: Mapping[int, str], pairs: Mapping[tuple[_Member, _Member], Pair]
) -> tuple[Join, ...]:
    return tuple(
        Join(first[0], second[0], pairs[first, second])
        for first, second in combinations(sorted(group.items()), 2)
        if (first, second) in pairs
    )


def _groups(
    pairs: Mapping[_At, Sequence[Pair]], corrections: Mapping[_At, Corrections]
) -> dict[_Member, dict[int, str]]:
    """Return the members of each row by each of them, where there is more than one."""
    ordered = sorted(
        ((at, pair) for at, found in pairs.items() for pair in found),
        key=lambda one: (one[1].by != "people", -one[1].score, one[0]),
    )
    groups: dict[_Member, dict[int, str]] = {}
    for (one, two), pair in ordered:
        first = groups.get((one, pair.first), {one: pair.first})
        second = groups.get((two, pair.second), {two: pair.second})
        if first is second:
            continue
        whole = {**first, **second}
        if len(whole) < len(first) + len(second) or _apart(whole, corrections):
            continue
        for member in whole.items():
            groups[member] = whole
    return groups


def _apart(group: Mapping[int, str], corrections: Mapping[_At, Corrections]) -> bool:
    return any(
        (group.get(one), group.get(two)) in said.apart for (one, two), said in corrections.items()
    )


def _nearest(at: int, place: int, sides: int, grids: Mapping[_At, Grid]) -> tuple[Near | None, ...]:
    return tuple(
        None
        if other == at
        else grids[at, other].nearest(place)
        if at < other
        else grids[other, at].nearest_back(place)
        for other in range(sides)
    )
