"""Objectives on the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from charter.govern.objectives.alerts import FIRING
from charter.govern.objectives.breach import Breach
from charter.govern.objectives.objective import Objective, Objectives
from charter.govern.objectives.objectives_text import number_text
from charter.govern.objectives.status import Status

FORMAT = "charter-objectives-status/1"


def table(found: Iterable[Status]) -> Iterator[str]:
    """Yield a line for each objective, under a heading, with notes below the line they are on."""
    rows = [("objective", "value (95 %)", "n", "target", "error budget", "state")]
    notes: list[tuple[str, ...]] = [()]
    for each in found:
        rows.append(
            (
                each.objective.id,
                _value(each),
                str(each.measure.total),
                _percent(each.objective.target),
                each.budget.said,
                _state(each),
            )
        )
        notes.append((each.measure.note,) if each.measure.note else ())
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row, said in zip(rows, notes, strict=True):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield from (f"  {text}" for text in said)


def shown(objective: Objective) -> str:
    """Return one objective in a line, as it was read."""
    where = "".join(f", {name} {value}" for name, value in objective.scope.named)
    limit = f" within {objective.within} s" if objective.within else ""
    rows = ", ".join(row.name for row in objective.windows) or "none"
    target = _percent(objective.target)
    return (
        f"{objective.id}: {objective.indicator}{limit}{where}: {target} over"
        f" {objective.days} days; alerts: {rows}"
    )


def as_json(
    objectives: Objectives, found: Iterable[Status], broken: Iterable[Breach], at: str
) -> dict[str, Any]:
    """Return the document of `charter objectives --json`."""
    return {
        "format": FORMAT,
        "at": at,
        "definition": objectives.digest,
        "objectives": [_status_json(each) for each in found],
        "breaches": [
            {
                "section": each.section,
                "decision": each.decision,
                "at": each.at,
                "people": each.people,
                "others": each.others,
            }
            for each in broken
        ],
    }


def _status_json(status: Status) -> dict[str, Any]:
    objective, measure, budget = status.objective, status.measure, status.budget
    good = measure.good
    return {
        "id": objective.id,
        "title": objective.title,
        "indicator": objective.indicator,
        "scope": dict(objective.scope.named),
        "target": number_text(objective.target),
        "days": objective.days,
        "value": None if good is None else good.value,
        "interval": None if good is None else [good.interval.low, good.interval.high],
        "method": None if good is None else good.method,
        "bad": measure.bad,
        "total": measure.total,
        "exact": measure.exact,
        "fit": measure.fit,
        "note": measure.note,
        "budget": {
            "state": budget.state,
            "left": None if budget.left is None else float(budget.left),
            "interval": None
            if budget.interval is None
            else [budget.interval.low, budget.interval.high],
        },
        "state": status.alerts.state,
        "severity": status.alerts.severity,
        "alerts": [
            {
                "name": row.windows.name,
                "severity": row.windows.severity,
                "long_minutes": row.windows.long_minutes,
                "short_minutes": row.windows.short_minutes,
                "factor": number_text(row.windows.factor),
                "state": row.state,
                "bad": row.bad,
                "total": row.total,
                "burn": None if row.long_burn is None else float(row.long_burn),
                "short_burn": None if row.short_burn is None else float(row.short_burn),
            }
            for row in status.alerts.readings
        ],
    }


def _value(status: Status) -> str:
    good = status.measure.good
    if good is None:
        return "-"
    low, high = good.interval.low, good.interval.high
    mark = "" if status.measure.fit else " raw"
    return f"{100 * good.value:.2f} % ({100 * low:.2f} to {100 * high:.2f}){mark}"


def _state(status: Status) -> str:
    if status.alerts.state != FIRING:
        return status.alerts.state
    names = [row.windows.name for row in status.alerts.readings if row.state == FIRING]
    return f"{status.alerts.severity.upper()}: {', '.join(names)}"


def _percent(value: Fraction) -> str:
    return f"{float(value * 100):.10g} %"
