"""Objectives -> OpenSLO v1 and back.

OpenSLO gives an alert policy one condition, with one window. The second window and whatever else
it has no field for are annotations under `charter/`: tools that do not know them see the long
window alone, which fires earlier and stays longer.
Source: OpenSLO specification, openslo/v1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from charter.errors import ConfigError
from charter.govern.objectives.indicator import indicators
from charter.govern.objectives.objective import Objective, Scope, Windows
from charter.govern.objectives.objectives_file import read_objectives
from charter.govern.objectives.prometheus import event_queries
from charter.syntax.mapping import load_mapping

VERSION = "openslo/v1"
MOST_DESCRIPTION = 1050
MOST_CHARACTERS = 1024 * 1024
MOST_DOCUMENTS = 1000
MOST_NAME = 63
"""Characters of a name that is displayed, as OpenSLO's own validator has it."""
SERVICE = "charter"
NOTIFY = "charter-notify"
MARK = "charter/"
_UNITS = {"m": 1, "h": 60, "d": 1440, "w": 10080}
_DURATION = re.compile(r"([1-9][0-9]{0,5})([mhdw])")
_SHORT = f"{MARK}short-window"
_TITLE = f"{MARK}title"
"""Where it is longer than a name that is displayed."""


def to_openslo(every: Iterable[Objective]) -> str:
    """Return a stream of OpenSLO documents: the service, who is told, an SLO for each objective."""
    service = {
        "apiVersion": VERSION,
        "kind": "Service",
        "metadata": {"name": SERVICE, "displayName": "Charter"},
        "spec": {"description": "Models served under a behaviour spec."},
    }
    known = indicators()
    target = {
        "apiVersion": VERSION,
        "kind": "AlertNotificationTarget",
        "metadata": {"name": NOTIFY},
        "spec": {"target": SERVICE, "description": "Whom `charter notify` tells."},
    }
    documents = [service, target, *(_slo(each, known[each.indicator].says) for each in every)]
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=100)


def _slo(objective: Objective, says: str) -> dict[str, Any]:
    where = ", ".join(f"{name} {value}" for name, value in objective.scope.named)
    description = f"{objective.title}: share of {says}" + (f", {where}" if where else "")
    good, total = event_queries(objective)
    return {
        "apiVersion": VERSION,
        "kind": "SLO",
        "metadata": {
            "name": objective.id,
            "displayName": _name(objective.title),
            "annotations": _annotations(objective),
        },
        "spec": {
            "description": description[:MOST_DESCRIPTION],
            "service": SERVICE,
            "indicator": {
                "metadata": {"name": objective.id},
                "spec": {
                    "ratioMetric": {
                        "counter": False,
                        "good": {"metricSource": {"type": "Prometheus", "spec": {"query": good}}},
                        "total": {"metricSource": {"type": "Prometheus", "spec": {"query": total}}},
                    }
                },
            },
            "timeWindow": [{"duration": f"{objective.days}d", "isRolling": True}],
            "budgetingMethod": "Occurrences",
            "objectives": [
                {"displayName": _name(objective.title), "target": float(objective.target)},
            ],
            "alertPolicies": [_policy(row) for row in objective.windows],
        },
    }


def _name(title: str) -> str:
    return title[:MOST_NAME].rstrip()


def _annotations(objective: Objective) -> dict[str, str]:
    found = {f"{MARK}indicator": objective.indicator}
    if _name(objective.title) != objective.title:
        found[_TITLE] = objective.title
    found |= {f"{MARK}scope-{name}": value for name, value in objective.scope.named}
    for name, value in (
        ("within-seconds", objective.within),
        ("most-items", objective.most),
        ("least-bad", objective.least_bad),
        ("least-events", objective.least_events),
    ):
        if value is not None:
            found[MARK + name] = str(value)
    return found


def _policy(row: Windows) -> dict[str, Any]:
    return {
        "kind": "AlertPolicy",
        "metadata": {"name": row.name, "annotations": {_SHORT: _duration(row.short_minutes)}},
        "spec": {
            "description": f"Burns more than {float(row.factor):g} times the budget over"
            f" {_duration(row.long_minutes)} and over {_duration(row.short_minutes)}.",
            "alertWhenNoData": False,
            "alertWhenResolved": True,
            "alertWhenBreaching": True,
            "conditions": [
                {
                    "kind": "AlertCondition",
                    "metadata": {"name": row.name},
                    "spec": {
                        "severity": row.severity,
                        "condition": {
                            "kind": "burnrate",
                            "op": "gt",
                            "threshold": float(row.factor),
                            "lookbackWindow": _duration(row.long_minutes),
                            "alertAfter": "1m",
                        },
                    },
                }
            ],
            "notificationTargets": [{"targetRef": NOTIFY}],
        },
    }


def from_openslo(text: str, place: str) -> tuple[Objective, ...]:
    """Return the objectives of OpenSLO documents. Raises ConfigError, one line for the first.

    Each SLO needs `charter/indicator` among its annotations: a query of another system says
    nothing here. A burn-rate alert without `charter/short-window` gets a twelfth of its window.
    """
    slos, parts = _documents(text, place)
    if not slos:
        raise ConfigError(f"{place} holds no SLO of {VERSION}", hint="see docs/objectives.md")
    entries = [_entry(slo, parts, place) for slo in slos]
    made = yaml.safe_dump(
        {"format": "charter-objectives/1", "objectives": entries}, allow_unicode=True
    )
    return read_objectives(made, place).every


def _documents(text: str, place: str) -> tuple[list[Any], dict[tuple[str, str], Any]]:
    """Return the SLOs, and policies and conditions by kind and name."""
    if len(text) > MOST_CHARACTERS:
        raise ConfigError(f"{place} is longer than {MOST_CHARACTERS} characters", hint="split it")
    pieces = re.split(r"(?m)^---[ \t]*(?:#.*)?$", text)
    if len(pieces) > MOST_DOCUMENTS:
        raise ConfigError(f"{place} has over {MOST_DOCUMENTS} documents", hint="split it")
    slos: list[Any] = []
    parts: dict[tuple[str, str], Any] = {}
    for number, piece in enumerate(pieces):
        fields = load_mapping(piece, deep=True)
        if fields.error is not None:
            line = text.count("\n", 0, sum(map(len, pieces[:number])) + fields.error_offset) + 1
            raise ConfigError(f"{place}, about line {line}: {fields.error}", hint="correct it")
        document = dict(fields.values)
        if not document:
            continue
        if document.get("apiVersion") != VERSION:
            raise ConfigError(f"{place}: a document is not of {VERSION}", hint="convert it first")
        if document.get("kind") == "SLO":
            slos.append(document)
        else:
            parts[str(document.get("kind")), str(_at(document, "metadata", "name"))] = document
    return slos, parts


def _entry(slo: Any, parts: Mapping[tuple[str, str], Any], place: str) -> dict[str, Any]:
    name = _at(slo, "metadata", "name")
    where = f"{place}: SLO {str(name)[:63]}"
    notes = _at(slo, "metadata", "annotations")
    notes = notes if isinstance(notes, dict) else {}
    indicator = notes.get(f"{MARK}indicator")
    if not isinstance(indicator, str):
        raise ConfigError(
            f"{where}: which indicator is it?", hint=f"annotation {MARK}indicator: accord"
        )
    _must(_at(slo, "spec", "budgetingMethod") == "Occurrences", where, "budgetingMethod",
          "Occurrences, as events are counted")  # fmt: skip
    levels = _at(slo, "spec", "objectives")
    one = isinstance(levels, list) and len(levels) == 1
    _must(one, where, "objectives", "exactly one: write an SLO for each")
    entry: dict[str, Any] = {
        "id": name,
        "title": notes.get(_TITLE) or _at(slo, "metadata", "displayName") or name,
        "indicator": indicator,
        "target": _target(levels[0], where),
        "days": _days(slo, where),
        "alerts": [_row(each, parts, where) for each in _at(slo, "spec", "alertPolicies") or []],
    }
    fields = Scope.__dataclass_fields__
    scope = {f: notes[f"{MARK}scope-{f}"] for f in fields if f"{MARK}scope-{f}" in notes}
    if scope:
        entry["scope"] = scope
    for key in ("within-seconds", "most-items", "least-bad", "least-events"):
        if MARK + key in notes:
            value = str(notes[MARK + key])
            _must(value.isascii() and value.isdigit() and len(value) < 10, where, MARK + key,
                  "a whole number")  # fmt: skip
            entry[key.replace("-", "_")] = int(value)
    return entry


def _target(level: Any, where: str) -> Any:
    """Return the target as a decimal in text, so that nothing is lost."""
    target, percent = _at(level, "target"), _at(level, "targetPercent")
    value = target if target is not None else percent
    _must(isinstance(value, int | float) and not isinstance(value, bool), where, "target",
          "a share such as 0.99")  # fmt: skip
    if target is not None:
        return repr(float(target))
    from decimal import Decimal  # noqa: PLC0415 - only here

    return format(Decimal(str(percent)) / 100, "f")


def _days(slo: Any, where: str) -> int:
    windows = _at(slo, "spec", "timeWindow")
    one = windows[0] if isinstance(windows, list) and len(windows) == 1 else None
    rolling = isinstance(one, dict) and one.get("isRolling") is True
    _must(rolling, where, "timeWindow", "one window with isRolling: true")
    minutes = _minutes(one.get("duration") if isinstance(one, dict) else None, where, "timeWindow")
    _must(minutes % 1440 == 0, where, "timeWindow", "whole days")
    return minutes // 1440


def _row(given: Any, parts: Mapping[tuple[str, str], Any], where: str) -> dict[str, Any]:
    policy = _resolved(given, "alertPolicyRef", "AlertPolicy", parts, where)
    name = _at(policy, "metadata", "name")
    conditions = _at(policy, "spec", "conditions")
    one = isinstance(conditions, list) and len(conditions) == 1
    _must(one, where, f"alert policy {name}", "exactly one condition")
    condition = _resolved(conditions[0], "conditionRef", "AlertCondition", parts, where)
    test = _at(condition, "spec", "condition")
    burns = _at(test, "kind") == "burnrate" and _at(test, "op") == "gt"
    _must(burns, where, f"alert policy {name}", "a condition of kind burnrate with op gt")
    long = _minutes(_at(test, "lookbackWindow"), where, "lookbackWindow")
    short = _at(policy, "metadata", "annotations", _SHORT)
    threshold = _at(test, "threshold")
    number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
    _must(number, where, "threshold", "a number")
    return {
        "name": name,
        "severity": _at(condition, "spec", "severity"),
        "long_minutes": long,
        "short_minutes": max(1, long // 12) if short is None else _minutes(short, where, _SHORT),
        "factor": repr(float(threshold)) if "e" not in repr(float(threshold)) else threshold,
    }


def _resolved(
    given: Any, key: str, kind: str, parts: Mapping[tuple[str, str], Any], where: str
) -> Any:
    """Return what is written in place, or what a reference names."""
    name = _at(given, key)
    if name is None:
        return given
    found = parts.get((kind, str(name)))
    _must(found is not None, where, f"{key} {str(name)[:63]}", f"a document of kind {kind}")
    return found


def _minutes(text: Any, where: str, what: str) -> int:
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ConfigError(f"{where}: {what} is no duration", hint="such as 5m, 1h, 30d")
    return int(found[1]) * _UNITS[found[2]]


def _duration(minutes: int) -> str:
    for unit in ("d", "h"):
        if minutes % _UNITS[unit] == 0:
            return f"{minutes // _UNITS[unit]}{unit}"
    return f"{minutes}m"


def _at(value: Any, *path: str) -> Any:
    """Return what lies at a path of keys; None where there is nothing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _must(holds: object, where: str, what: str, needed: str) -> None:
    if not holds:
        raise ConfigError(f"{where}: {what[:120]} cannot be used", hint=f"it has to be {needed}")
