"""How objectives stand at a moment: value, budget, alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from charter.govern.objectives.alerts import Alerts, alerts_of
from charter.govern.objectives.budget import Budget, budget_of
from charter.govern.objectives.measure import Measure
from charter.govern.objectives.objective import Objective, Objectives

Measured = Callable[[Objective, int], Measure]
"""An objective, and how many of the newest minutes -> what they came to."""


@dataclass(frozen=True, slots=True)
class Status:
    """One objective."""

    objective: Objective
    measure: Measure
    """Over the whole period."""
    budget: Budget
    alerts: Alerts


def statuses(objectives: Objectives, measured: Measured) -> tuple[Status, ...]:
    """Return the status of each objective, in the order of the file."""
    return tuple(_status(each, measured) for each in objectives.every)


def _status(objective: Objective, measured: Measured) -> Status:
    whole = measured(objective, objective.period_minutes)
    alerts = alerts_of(objective, lambda minutes: measured(objective, minutes))
    return Status(objective, whole, budget_of(objective, whole), alerts)


def as_of(measure: Callable[[Objective, int, int], Measure], at: int) -> Measured:
    """Return `Rollup.measure` as of one moment, in milliseconds."""
    return lambda objective, minutes: measure(objective, minutes, at)
