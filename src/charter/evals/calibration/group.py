"""What a judge's errors go with, group by group: section, authority, outcome, place, wording.

Errors are compared among answers of the same truth only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from charter.estimates.interval import Interval, wilson
from charter.estimates.multiplicity import benjamini_hochberg, holm
from charter.evals.calibration.answer import Answer
from charter.evals.calibration.scale import DISPUTED, Scale
from charter.records.calibration import CalibrationItem

ALPHA = 0.05
MOST_APART = 0.1
"""Share of conversations that may lie in two groups, and still change places as a whole."""


@dataclass(frozen=True, slots=True)
class Group:
    """The errors on the answers that have something in common."""

    name: str
    errors: int
    decided: int
    failed: int
    interval: Interval | None
    """Wilson 95 % of the share of errors."""
    too_kind: int
    too_harsh: int
    p: float
    """That the group is judged as well as the others: answers of one truth compared, and several
    answers to one conversation not taken for independent."""
    holm: float
    """The same, accounting for all groups of the dimension: for a claim about one."""
    discovery: float
    """By Benjamini and Hochberg: for a list of groups to look at."""

    @property
    def differs(self) -> bool:
        """Whether its errors differ from those elsewhere, with 5 % for all groups together."""
        return self.holm < ALPHA

    @property
    def suspected(self) -> bool:
        """Whether it belongs on a list of which 5 % may be there by chance."""
        return self.discovery < ALPHA


@dataclass(frozen=True, slots=True)
class Dimension:
    """All groups of one kind, such as sections."""

    name: str
    groups: tuple[Group, ...]


DIMENSIONS: tuple[tuple[str, Callable[[CalibrationItem], str]], ...] = (
    ("section", lambda item: item.section or "-"),
    ("authority", lambda item: item.authority or "none"),
    ("outcome", lambda item: item.expected or "any"),
    ("position", lambda item: ("first", "second", "third or later")[min(item.position, 2)]),
    ("wording", lambda item: "elided" if item.elided else "literal"),
)


def dimensions(answers: Sequence[Answer], scale: Scale) -> tuple[Dimension, ...]:
    """Return the errors by each thing answers have in common; none where all have the same."""
    known = [answer for answer in answers if answer.truth != DISPUTED]
    found = []
    for name, key in DIMENSIONS:
        groups: dict[str, list[Answer]] = {}
        for answer in known:
            groups.setdefault(key(answer.item), []).append(answer)
        if len(groups) > 1:
            found.append(Dimension(name, _groups(groups, known, scale)))
    return tuple(found)


def _groups(
    groups: dict[str, list[Answer]], known: Sequence[Answer], scale: Scale
) -> tuple[Group, ...]:
    names = sorted(groups)
    ps = _ps([groups[name] for name in names], known, scale)
    by_holm, by_rate = holm(ps), benjamini_hochberg(ps)
    return tuple(
        _group(name, groups[name], (p, one, other))
        for name, p, one, other in zip(names, ps, by_holm, by_rate, strict=True)
    )


def _ps(groups: Sequence[Sequence[Answer]], known: Sequence[Answer], scale: Scale) -> list[float]:
    """Return for each group the p-value that it is judged as well as the others.

    Where conversations with several answers lie in one group, as those of a section do, they change
    places as a whole. Otherwise the exact test takes answers for independent.
    """
    from charter.evals.calibration.exact import Stratum, exact_p, permuted_ps  # noqa: PLC0415

    left = _residuals(known)
    units = [_by_cluster(group, left) for group in groups]
    clusters = {answer.cluster for answer in known}
    apart = sum(map(len, units)) - len(clusters)
    if len(known) == len(clusters) or apart > MOST_APART * len(clusters):
        return [
            exact_p([Stratum(*counts) for counts in _strata(group, known, scale)])
            for group in groups
        ]
    return permuted_ps(units)


def _residuals(known: Sequence[Answer]) -> dict[str, float]:
    """Return the error of each decided answer less the share of errors on its truth."""
    found = {}
    for truth in {answer.truth for answer in known}:
        mine = [answer for answer in known if answer.truth == truth and answer.right is not None]
        wrong = sum(not answer.right for answer in mine)
        for answer in mine:
            found[answer.item.item] = (not answer.right) - wrong / len(mine)
    return found


def _by_cluster(group: Sequence[Answer], left: dict[str, float]) -> list[float]:
    sums: dict[str, list[float]] = {}
    for answer in group:
        sums.setdefault(answer.cluster, []).append(left.get(answer.item.item, 0.0))
    return [math.fsum(sums[cluster]) for cluster in sorted(sums)]


def _group(name: str, answers: Sequence[Answer], ps: tuple[float, float, float]) -> Group:
    decided = [answer for answer in answers if answer.right is not None]
    errors = sum(not answer.right for answer in decided)
    return Group(
        name=name,
        errors=errors,
        decided=len(decided),
        failed=len(answers) - len(decided),
        interval=wilson(errors, len(decided)) if decided else None,
        too_kind=sum(answer.lean > 0 for answer in decided),
        too_harsh=sum(answer.lean < 0 for answer in decided),
        p=ps[0],
        holm=ps[1],
        discovery=ps[2],
    )


def _strata(
    group: Sequence[Answer], known: Sequence[Answer], scale: Scale
) -> list[tuple[int, int, int, int]]:
    """Return errors and answers of the group, and of all, by truth."""

    def counts(answers: Sequence[Answer], truth: str) -> tuple[int, int]:
        mine = [a.right for a in answers if a.truth == truth and a.right is not None]
        return mine.count(False), len(mine)

    return [(*counts(group, truth), *counts(known, truth)) for truth in scale.labels]
