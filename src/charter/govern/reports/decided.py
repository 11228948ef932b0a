"""Live decisions of a period and of the one before, grouped: one scan of what there is most of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from charter.govern.reports.question import IN_EITHER, Questions

_SCAN = (
    "WITH decided AS MATERIALIZED ("  # noqa: S608 - written by us
    "SELECT body->>'policy' AS policy, body->>'application' AS application, "
    "body->>'effect' AS effect, body->>'done' AS done, body->>'at' AS at, "
    "(SELECT count(*) FROM json_each(body, '$.checks') AS c WHERE c.value->>'status' = 'errored')"
    " AS errored "
    f"FROM records WHERE kind = 'DecisionRecorded' AND {IN_EITHER}) "
    "SELECT policy, application, effect, done, CASE WHEN at >= :since THEN 1 ELSE 0 END, "
    "count(*), min(at), max(at), sum(errored) FROM decided GROUP BY 1, 2, 3, 4, 5"
)
"""Materialized, so that groups are sorted by what they hold, not with whole records beside it."""


class Group(NamedTuple):
    """Decisions that have these in common."""

    policy: str
    application: str
    effect: str
    done: str
    now: bool
    """In the period; else in the one before."""
    decisions: int
    first: str
    last: str
    errored: int
    """Checks."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The groups. What is said of them is what the questions beside it would answer."""

    groups: tuple[Group, ...]

    def sums(self, value: Callable[[Group], int]) -> tuple[int, int]:
        """Return the sum over the period, and over the one before."""
        now = sum(value(each) for each in self.groups if each.now)
        return now, sum(value(each) for each in self.groups if not each.now)

    def by_effect(self) -> list[tuple[Any, ...]]:
        """Return application, effect, what was done, and decisions: the most first."""
        found: dict[tuple[str, str, str], int] = defaultdict(int)
        for each in self._now:
            found[each.application, each.effect, each.done] += each.decisions
        rows = [(*names, count) for names, count in found.items()]
        return sorted(rows, key=lambda row: (row[0], -row[3], row[1], row[2]))

    def by_policy(self) -> list[tuple[Any, ...]]:
        """Return policies with their decisions, the first and last time of them, by the first."""
        found: dict[str, list[Group]] = defaultdict(list)
        for each in self._now:
            found[each.policy].append(each)
        rows = [
            (policy, sum(g.decisions for g in groups), min(g.first for g in groups),
             max(g.last for g in groups))
            for policy, groups in found.items()
        ]  # fmt: skip
        return sorted(rows, key=lambda row: (row[2], row[0]))

    @property
    def _now(self) -> tuple[Group, ...]:
        return tuple(each for each in self.groups if each.now)


def decided(ask: Questions) -> Decided:
    """Return the decisions of a period and of the one before. Raises LedgerError."""
    rows = ask.rows_of_both(_SCAN)
    return Decided(
        tuple(
            Group(policy, application, effect, done, bool(now), int(count), first, last, int(bad))
            for policy, application, effect, done, now, count, first, last, bad in rows
        )
    )
