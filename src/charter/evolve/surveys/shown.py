"""In which order somebody meets the questions, and the candidates of each: theirs alone.

The order comes of the survey and the participation only, so that it is the same on every page,
every replica and every day, and can be told again when answers are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from charter.evolve.surveys.survey import Comparison, Item, Question, Statement, Survey


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody has come."""

    answered: int
    total: int
    next: Question | None
    """None where all is answered."""


def items_for(survey: Survey, participation: str) -> tuple[Item, ...]:
    """Return all items in the order in which a participation is shown them.

    The order is by SHA-256 of participation and item. What is asked again comes in the second
    half and what it repeats in the first: nobody has both in sight.
    """
    repeated = {item.repeats for item in survey.items if isinstance(item, Statement)}
    shuffled = sorted(survey.items, key=lambda item: _rank(participation, item.id))
    early = [item for item in shuffled if item.id in repeated]
    late = [item for item in shuffled if _again(item)]
    free = [item for item in shuffled if item.id not in repeated and not _again(item)]
    spare = max(0, min(len(free), (len(shuffled) + 1) // 2 - len(early)))
    first = _mixed(participation, [*early, *free[:spare]])
    return (*first, *_mixed(participation, [*late, *free[spare:]]))


def candidates_for(item: Comparison, participation: str) -> tuple[str, ...]:
    """Return the letters of the candidates in the order in which a participation sees them."""
    return tuple(sorted(item.answers, key=lambda letter: _rank(participation, item.id, letter)))


def progress_of(
    survey: Survey,
    participation: str,
    answered: Collection[str],
    *,
    left: Collection[str] = (),
) -> Progress:
    """Return how far a participation has come; `answered` are ids of questions, traits too.

    `left` are those that somebody put off: they come again after all others. Traits are optional
    and not counted: pages ask them apart, `survey.traits`.
    """
    items = items_for(survey, participation)
    open_items = [item for item in items if item.id not in answered]
    waiting = [item for item in open_items if item.id not in left]
    return Progress(
        answered=len(items) - len(open_items),
        total=len(items),
        next=next(iter((*waiting, *open_items)), None),
    )


def _again(item: Item) -> bool:
    return isinstance(item, Statement) and bool(item.repeats)


def _mixed(participation: str, items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: _rank(participation, item.id, "place"))


def _rank(*parts: str) -> bytes:
    return hashlib.sha256("\n".join(("charter-order/v1", *parts)).encode()).digest()
