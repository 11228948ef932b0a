"""Who was not heard: options that nobody or too few said, statements that groups never saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from charter.evolve.opinion.tally import Tally


class Heard(StrEnum):
    """How well an option is represented."""

    NOBODY = "nobody"
    TOO_FEW = "too few to show"
    FEWER = "fewer than their share"
    WELL = "their share or more"


@dataclass(frozen=True, slots=True)
class Presence:
    """One option of a trait."""

    trait: str
    option: str
    target: float
    """Share of the population."""
    people: int
    """Who said it is theirs."""
    share: float
    """Of those who stated the trait; NaN where nobody did."""
    heard: Heard


@dataclass(frozen=True, slots=True)
class Missing:
    """A statement that too few of a group saw."""

    group: int
    item: int
    seen: int


def presence(
    traits: Mapping[str, Sequence[str | None]],
    targets: Mapping[str, Mapping[str, float]],
    *,
    smallest: int,
    fair: float = 0.8,
) -> tuple[Presence, ...]:
    """Return how every option with a target share is represented, sorted by trait and option.

    `traits` is as in `raking.rake`. An option is heard less than its share where its share among
    those who stated the trait is below `fair` times the target (the four-fifths rule of 29 CFR
    1607.4 D, as a convention). An option without a target is not listed. A trait that nobody was
    asked is one that nobody stated.
    """
    found = []
    for trait in sorted(targets):
        stated = [option for option in traits.get(trait, ()) if option is not None]
        for option in sorted(targets[trait]):
            people, target = stated.count(option), targets[trait][option]
            if target <= 0:
                continue
            share = people / len(stated) if stated else float("nan")
            heard = _heard(people, share, target, smallest, fair)
            found.append(Presence(trait, option, target, people, share, heard))
    return tuple(found)


def missing(tally: Tally, *, smallest: int) -> tuple[Missing, ...]:
    """Return every statement that fewer than `smallest` people of a group saw."""
    seen: NDArray[np.int64] = tally.seen
    places = np.argwhere(seen < smallest).tolist()
    return tuple(Missing(group, item, int(seen[group, item])) for group, item in places)


def coverage(tally: Tally, *, smallest: int) -> NDArray[np.float64]:
    """Return the share of statements that enough people of each group saw: (groups,).

    NaN without statements.
    """
    seen = tally.seen
    if not seen.shape[1]:
        return np.full(seen.shape[0], np.nan)
    found: NDArray[np.float64] = (seen >= smallest).mean(axis=1)
    return found


def _heard(people: int, share: float, target: float, smallest: int, fair: float) -> Heard:
    if not people:
        return Heard.NOBODY
    if people < smallest:
        return Heard.TOO_FEW
    return Heard.FEWER if share < fair * target else Heard.WELL
