"""Objectives -> rules for Prometheus, and their state as a page that Prometheus reads.

The page has the burn rates of both windows of every alert, and whether the small-count guard
confirms them; the rules put these together. Checks of a gateway, all applications together, are
computed from the counters of the gateway itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import yaml

from charter.govern.objectives.alerts import FIRING, Reading
from charter.govern.objectives.breach import SEVERITY as BREACH
from charter.govern.objectives.objective import Objective, Windows
from charter.govern.objectives.status import Status
from charter.records.objective import AlertRaised

_GATEWAY = {"checks-errored": "errored", "checks-skipped": "skipped"}
_DUE = 'status=~"ran|skipped|errored"'
FAMILIES = (
    ("charter_objective_target", "Share of events that has to be good."),
    ("charter_objective_good_ratio", "Share of good events over the period."),
    ("charter_objective_good_ratio_low", "Lower end of its 95 % interval."),
    ("charter_objective_good_ratio_high", "Upper end of its 95 % interval."),
    ("charter_objective_events", "Events of the period, by outcome."),
    ("charter_objective_budget_left_ratio", "What is left of the error budget, 1 for all."),
    ("charter_objective_burn_rate", "Burn rate over the minutes of a window."),
    ("charter_objective_confirmed", "1 where an alert fires: both windows, beyond chance."),
    ("charter_objective_known", "0 where data are missing, too few or not fit."),
    ("charter_breaches_open", "Confirmed breaches of root sections that nobody has ended."),
)


def rules(every: Iterable[Objective]) -> str:
    """Return rules as YAML: groups that record burn rates and alert on them."""
    groups = [_group(each) for each in every]
    breach = {
        "alert": "CharterRootSectionBreached",
        "expr": "charter_breaches_open > 0",
        "labels": {"severity": BREACH},
        "annotations": {"summary": "A root section was broken, as people confirmed."},
    }
    groups.append({"name": "charter-breaches", "rules": [breach]})
    return yaml.safe_dump({"groups": groups}, sort_keys=False, allow_unicode=True, width=100)


def event_queries(objective: Objective) -> tuple[str, str]:
    """Return queries for good and for all events of the period."""
    label = f'objective="{objective.id}"'
    total = f'charter_objective_events{{{label},outcome="total"}}'
    return f'{total} - ignoring(outcome) charter_objective_events{{{label},outcome="bad"}}', total


def _group(objective: Objective) -> dict[str, Any]:
    minutes = sorted(
        {m for row in objective.windows for m in (row.long_minutes, row.short_minutes)}
    )
    recorded = [
        {
            "record": "charter:objective_burn_rate",
            "expr": _burn(objective, each),
            "labels": {"objective": objective.id, "minutes": str(each)},
        }
        for each in minutes
    ]
    alerts = [_alert(objective, row) for row in objective.windows]
    return {"name": f"charter-{objective.id}", "rules": [*recorded, *alerts]}


def _from_gateway(objective: Objective) -> bool:
    return objective.indicator in _GATEWAY and not objective.scope.named


def _burn(objective: Objective, minutes: int) -> str:
    if not _from_gateway(objective):
        label = f'objective="{objective.id}",minutes="{minutes}"'
        return f"max(charter_objective_burn_rate{{{label}}})"
    status, allowed = _GATEWAY[objective.indicator], _plain(objective.allowed)
    return (
        f'sum(rate(charter_checks_total{{status="{status}"}}[{minutes}m]))'
        f" / sum(rate(charter_checks_total{{{_DUE}}}[{minutes}m])) / {allowed}"
    )


def _alert(objective: Objective, row: Windows) -> dict[str, Any]:
    factor = _plain(row.factor)
    parts = [
        f'charter:objective_burn_rate{{objective="{objective.id}",minutes="{each}"}} > {factor}'
        for each in (row.long_minutes, row.short_minutes)
    ]
    expr = f"{parts[0]} and ignoring(minutes) {parts[1]}"
    if _from_gateway(objective):
        status = _GATEWAY[objective.indicator]
        count = f'sum(increase(charter_checks_total{{status="{status}"}}[{row.long_minutes}m]))'
        expr += f" and on() {count} >= {objective.least_bad}"
    else:
        label = f'objective="{objective.id}",alert="{row.name}"'
        expr += f" and on() max(charter_objective_confirmed{{{label}}}) == 1"
    return {
        "alert": "CharterObjectiveBurns",
        "expr": expr,
        "labels": {"severity": row.severity, "objective": objective.id, "window": row.name},
        "annotations": {
            "summary": "{{ $labels.objective }} burns its error budget {{ $value }} times too fast"
        },
    }


def exposition(found: Iterable[Status], breaches: Iterable[AlertRaised]) -> str:
    """Return the state of objectives in the text format of Prometheus, version 0.0.4."""
    samples: dict[str, list[str]] = {name: [] for name, _ in FAMILIES}
    for status in found:
        for name, labels, value in _samples(status):
            shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
            samples[name].append(f"{name}{{{shown}}} {value!r}")
    samples["charter_breaches_open"].append(f"charter_breaches_open {len(list(breaches))}")
    lines = []
    for name, says in FAMILIES:
        lines += [f"# HELP {name} {says}", f"# TYPE {name} gauge", *samples[name]]
    return "\n".join(lines) + "\n"


def _samples(status: Status) -> Iterator[tuple[str, tuple[tuple[str, str], ...], float]]:
    mine = (("objective", status.objective.id),)
    yield "charter_objective_target", mine, float(status.objective.target)
    measure = status.measure
    if measure.good is not None and measure.fit:
        yield "charter_objective_good_ratio", mine, float(measure.good.value)
        yield "charter_objective_good_ratio_low", mine, float(measure.good.interval.low)
        yield "charter_objective_good_ratio_high", mine, float(measure.good.interval.high)
    for outcome, count in (("bad", measure.bad), ("total", measure.total)):
        yield "charter_objective_events", (*mine, ("outcome", outcome)), float(count)
    if status.budget.left is not None:
        yield "charter_objective_budget_left_ratio", mine, float(status.budget.left)
    burns: dict[int, Fraction] = {}
    for reading in status.alerts.readings:
        burns |= _burns(reading)
        confirmed = float(reading.state == FIRING)
        yield "charter_objective_confirmed", (*mine, ("alert", reading.windows.name)), confirmed
    for minutes, burn in sorted(burns.items()):
        yield "charter_objective_burn_rate", (*mine, ("minutes", str(minutes))), float(burn)
    yield "charter_objective_known", mine, float(status.alerts.state in ("ok", FIRING))


def _burns(reading: Reading) -> dict[int, Fraction]:
    pairs = (
        (reading.windows.long_minutes, reading.long_burn),
        (reading.windows.short_minutes, reading.short_burn),
    )
    return {minutes: burn for minutes, burn in pairs if burn is not None}


def _plain(value: Fraction) -> str:
    return f"{float(value):.12g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
