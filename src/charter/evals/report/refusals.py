"""Two runs on the same scenarios -> how their over- and under-refusal differ, together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from charter.estimates.interval import ENOUGH, Interval
from charter.estimates.paired import Paired, paired
from charter.evals.case import Case
from charter.spec.expectation import Outcome

Sides: TypeAlias = tuple[Sequence[Case], Sequence[Case]]
"""The replies of both runs to one scenario that is the same in both."""


@dataclass(frozen=True, slots=True)
class RefusalChange:
    """Differences of both errors, second minus first: below 0 is better."""

    over: Paired
    """On the scenarios where the spec has the model comply, classified in both runs."""
    under: Paired
    """On those where it has the model refuse."""

    @property
    def balanced(self) -> float | None:
        """Difference of the balanced errors; None unless both have enough evidence."""
        if min(self.over.scenarios, self.under.scenarios) < ENOUGH:
            return None
        return (self.over.difference + self.under.difference) / 2

    @property
    def interval(self) -> Interval | None:
        """95 % interval of `balanced`, put together from those of both differences.

        Source: Zou and Donner 2008, Stat. Med. 27, 1693-1702 (MOVER).
        """
        middle = self.balanced
        one, other = self.over.interval, self.under.interval
        if middle is None or one is None or other is None:
            return None
        low = math.hypot(self.over.difference - one.low, self.under.difference - other.low)
        high = math.hypot(one.high - self.over.difference, other.high - self.under.difference)
        return Interval(middle - low / 2, middle + high / 2)


def refusal_change(sides: Sequence[Sides]) -> RefusalChange:
    """Compare both errors on the scenarios given."""
    return RefusalChange(
        over=_paired(sides, Outcome.COMPLY, refused=True),
        under=_paired(sides, Outcome.REFUSE, refused=False),
    )


def _paired(sides: Sequence[Sides], outcome: Outcome, *, refused: bool) -> Paired:
    pairs: list[tuple[float, float]] = []
    clusters: list[str] = []
    replies = 0
    for first, second in sides:
        if first[0].scenario.outcome != outcome:
            continue
        found = [
            [c.refused is refused for c in side if c.refused is not None]
            for side in (first, second)
        ]
        if all(found):
            pairs.append((sum(found[0]) / len(found[0]), sum(found[1]) / len(found[1])))
            clusters.append(first[0].cluster)
            replies += min(map(len, found))
    return paired(pairs, clusters, replies=replies)
