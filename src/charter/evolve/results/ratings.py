"""Ratings of a rule -> their mean, and how many are for and against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from charter.evolve.results.means import effective, mean_of, share_of
from charter.evolve.results.results import RubricResult
from charter.evolve.voices import Asked, Rating


def rubric_result(
    asked: Asked, ratings: Sequence[Rating], weights: Mapping[str, float], smallest: int
) -> RubricResult:
    """Return the figures of one rule; `ratings` are of it, in one channel."""
    values = [float(each.value) for each in ratings]
    if asked.withheld or len(values) < smallest:
        people = 0 if not values else None
        return RubricResult(asked.id, asked.text, asked.clauses, people, None, None, None, None)
    each = [weights[one.person] for one in ratings]
    return RubricResult(
        item=asked.id,
        text=asked.text,
        clauses=asked.clauses,
        people=len(values),
        mean=mean_of(values, each),
        for_it=share_of([float(value > 0) for value in values], each),
        against_it=share_of([float(value < 0) for value in values], each),
        effective=effective(each),
    )
