"""Objectives -> a dashboard for Grafana, over what `charter objectives exposition` shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from charter.govern.objectives.objective import Objective

_SOURCE = {"type": "prometheus", "uid": "${source}"}
WIDTH, HEIGHT = 24, 8
"""Columns of a dashboard, and rows of a panel."""


def dashboard(every: Iterable[Objective]) -> str:
    """Return the dashboard as JSON: for each objective its value, budget and burn rates."""
    panels: list[dict[str, Any]] = []
    for number, objective in enumerate(every):
        panels += _panels(objective, number)
    found = {
        "uid": "charter-objectives",
        "title": "Charter: objectives",
        "tags": ["charter"],
        "schemaVersion": 39,
        "timezone": "utc",
        "time": {"from": "now-3d", "to": "now"},
        "refresh": "1m",
        "templating": {
            "list": [{"name": "source", "type": "datasource", "query": "prometheus"}],
        },
        "panels": panels,
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _panels(objective: Objective, number: int) -> list[dict[str, Any]]:
    label = f'objective="{objective.id}"'
    ratio = "charter_objective_good_ratio"
    value = [
        (f"{ratio}{{{label}}}", "value"),
        (f"{ratio}_low{{{label}}}", "95 % from"),
        (f"{ratio}_high{{{label}}}", "95 % to"),
        (f"charter_objective_target{{{label}}}", "target"),
    ]
    left = [(f"charter_objective_budget_left_ratio{{{label}}}", "left")]
    burn = [(f"charter:objective_burn_rate{{{label}}}", "{{minutes}} min")]
    top, at = number * HEIGHT, number * 3
    return [
        _panel(at + 1, objective.title, "timeseries", (0, top, 9), value, "percentunit"),
        _panel(at + 2, "Budget left", "stat", (9, top, 4), left, "percentunit"),
        _panel(at + 3, "Burn rate", "timeseries", (13, top, WIDTH - 13), burn, "none"),
    ]


def _panel(  # noqa: PLR0913, PLR0917 - what a panel has
    number: int,
    title: str,
    kind: str,
    place: tuple[int, int, int],
    queries: list[tuple[str, str]],
    unit: str,
) -> dict[str, Any]:
    return {
        "id": number,
        "title": title,
        "type": kind,
        "datasource": _SOURCE,
        "gridPos": {"x": place[0], "y": place[1], "w": place[2], "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + at), "datasource": _SOURCE, "expr": expr, "legendFormat": said}
            for at, (expr, said) in enumerate(queries)
        ],
    }
