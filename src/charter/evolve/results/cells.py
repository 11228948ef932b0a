"""Which parts of a whole may be shown, so that no part can be worked out for too few people.

Each figure is about a set of people. Where a whole is divided into parts (groups, options), the
parts that are too small are hidden; a reader who subtracts the shown ones from the whole then knows
the figure of all hidden ones together, so these have to be enough people too.
Source: complementary suppression, Cox 1980, J. Am. Stat. Assoc. 75, 377-385, for one row whose
total is shown. For tables with totals both ways: `opinion.small`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

MOST_SETS = 16
"""Overlapping sets of one variable that are looked at together: all their unions are tried."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a whole may be shown."""

    whole: bool
    parts: tuple[bool, ...]

    @property
    def all(self) -> bool:
        """Whether nothing is hidden."""
        return self.whole and all(self.parts)


def shown(parts: Sequence[int], smallest: int) -> Shown:
    """Return which of the parts of a whole, and whether the whole, may be shown.

    `parts` are people, and the whole is all of them. A part of 0 people is shown: nobody is in it.
    The whole is hidden with all its parts where it is too small; else parts that are too small are
    hidden, and the smallest of the others with them until all hidden ones together are enough
    people. (Two hidden parts of enough people together are not told apart.)
    """
    total = sum(parts)
    if total < smallest:
        return Shown(whole=total == 0, parts=tuple(part == 0 for part in parts))
    hidden = {at for at, part in enumerate(parts) if 0 < part < smallest}
    while hidden and sum(parts[at] for at in hidden) < smallest:
        rest = [(part, at) for at, part in enumerate(parts) if part and at not in hidden]
        hidden.add(min(rest)[1])
    return Shown(whole=True, parts=tuple(at not in hidden for at in range(len(parts))))


@dataclass(frozen=True, slots=True)
class Base:
    """A set of people that a shown figure is about."""

    variable: str
    """What the figure measures: figures of different ones cannot be subtracted."""
    name: str
    atoms: frozenset[str]
    """The disjoint sets that it is made of."""
    people: int
    lasting: bool = True
    """Whether the same name means the same people in another edition, but for who came and went."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Too few people, and how a reader finds their figure."""

    variable: str
    people: int
    how: str


def exposed(bases: Sequence[Base], smallest: int) -> tuple[Exposed, ...]:
    """Return every set of 1 to `smallest - 1` people whose figure is shown, or can be worked out.

    By each shown set itself, and each less every union of disjoint shown sets inside it. Sets of
    one division (groups, options) are disjoint: only all of them together come near the whole.
    Raises ValueError where sets overlap and one variable has more than `MOST_SETS` of them.
    """
    found = []
    by_variable: dict[str, list[Base]] = {}
    for base in bases:
        by_variable.setdefault(base.variable, []).append(base)
    for variable, sets in sorted(by_variable.items()):
        for whole in sets:
            if 0 < whole.people < smallest:
                found.append(Exposed(variable, whole.people, f"{whole.name} is shown"))
            inside = [each for each in sets if each.atoms < whole.atoms]
            found += _subtracted(whole, inside, smallest)
    return tuple(found)


def changed(older: Sequence[Base], newer: Sequence[Base], smallest: int) -> tuple[Exposed, ...]:
    """Return every set that grew or shrank by 1 to `smallest - 1` people since it was shown.

    Who has both editions subtracts one from the other, and has the figure of those few. Sets that
    are made anew for each edition, such as groups of opinion, cannot be subtracted.
    """
    before = {(base.variable, base.name): base.people for base in older}
    found = []
    for base in newer:
        if not base.lasting:
            continue
        people = abs(base.people - before.get((base.variable, base.name), base.people))
        if 0 < people < smallest:
            how = f"{base.name}: {base.people:,} now, {before[base.variable, base.name]:,} before"
            found.append(Exposed(base.variable, people, how))
    return tuple(found)


def _subtracted(whole: Base, inside: Sequence[Base], smallest: int) -> list[Exposed]:
    found = []
    if _disjoint(inside):
        sizes: Sequence[int] = [len(inside)] if inside else []
    elif len(inside) > MOST_SETS:
        raise ValueError(f"{whole.variable}: more than {MOST_SETS} sets of people that overlap")
    else:
        sizes = range(1, len(inside) + 1)
    for size in sizes:
        for some in combinations(inside, size):
            if not _disjoint(some):
                continue
            people = whole.people - sum(each.people for each in some)
            if 0 < people < smallest:
                names = ", ".join(each.name for each in some)
                found.append(Exposed(whole.variable, people, f"{whole.name} less {names}"))
    return found


def _disjoint(some: Sequence[Base]) -> bool:
    atoms: frozenset[str] = frozenset().union(*(each.atoms for each in some))
    return sum(len(each.atoms) for each in some) == len(atoms)
