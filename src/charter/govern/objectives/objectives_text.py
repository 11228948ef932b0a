"""Objectives -> the text of their file, which reads as the same objectives."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import yaml

from charter.govern.objectives.objective import STANDARD, Objective
from charter.govern.objectives.objectives_file import FORMAT


def objectives_text(every: Iterable[Objective]) -> str:
    """Return objectives as YAML."""
    found = {"format": FORMAT, "objectives": [_entry(each) for each in every]}
    return yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100)


def number_text(value: Fraction) -> str:
    """Return a fraction that is a decimal as it is written: 0.999."""
    return format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def _entry(objective: Objective) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": objective.id,
        "title": objective.title,
        "indicator": objective.indicator,
    }
    if objective.scope.named:
        entry["scope"] = dict(objective.scope.named)
    entry |= {"target": number_text(objective.target), "days": objective.days}
    if objective.windows != STANDARD:
        entry["alerts"] = [
            row.name
            if row in STANDARD
            else {
                "name": row.name,
                "severity": row.severity,
                "long_minutes": row.long_minutes,
                "short_minutes": row.short_minutes,
                "factor": number_text(row.factor),
            }
            for row in objective.windows
        ]
    if objective.within is not None:
        entry["within_seconds"] = objective.within
    if objective.most is not None:
        entry["most_items"] = objective.most
    return entry | {"least_bad": objective.least_bad, "least_events": objective.least_events}
