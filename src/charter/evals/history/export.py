"""History -> the public JSON document `charter-history/1`, and its JSON Schema."""

from __future__ import annotations

from typing import Any

from charter.evals.history.format import HISTORY, HistoryJson
from charter.evals.history.history import Board, History, Point, Step
from charter.evals.history.wording import COMPARABLE
from charter.evals.report.contrast import balanced_json, difference_json
from charter.evals.report.export import DRAFT, measured_json
from charter.evals.report.export_figures import estimate_json, figures_json


def export_history(history: History) -> dict[str, Any]:
    """Return the history as plain JSON values."""
    return {
        "format": HISTORY,
        "uncalibrated": history.uncalibrated,
        "comparable": COMPARABLE,
        "specs": [_board(board) for board in history.boards],
    }


def history_schema() -> dict[str, Any]:
    """Return the JSON Schema of the history."""
    return {"$schema": DRAFT, **HistoryJson.model_json_schema()}


def _board(board: Board) -> dict[str, Any]:
    return {
        "name": board.spec,
        "title": board.title,
        "models": [
            {"name": line.model, "runs": [_point(point) for point in line.points]}
            for line in board.lines
        ],
    }


def _point(point: Point) -> dict[str, Any]:
    run = point.run
    return {
        "number": point.number,
        **measured_json(run),
        "finished": point.finished,
        "suite": run.suite_digest,
        "scenarios": len(run.scenarios),
        "judged": point.judged,
        "uncalibrated": point.uncalibrated,
        "withheld": point.withheld,
        "carried": point.carried,
        "cautions": list(point.cautions),
        "adherence": figures_json(point.whole.figures),
        "over_refusal": figures_json(point.errors.over),
        "under_refusal": figures_json(point.errors.under),
        "balanced_error": estimate_json(point.errors.balanced),
        "since": _step(point.step),
    }


def _step(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    balanced = balanced_json(step.refusals)
    return {
        "run": step.before,
        "same_spec": step.same_spec,
        "same_suite": step.same_suite,
        "common": step.common,
        "decided": step.paired.scenarios,
        **difference_json(step.paired),
        "p": step.paired.p if step.enough else None,
        **{f"balanced_{name}": balanced[name] for name in ("difference", "low", "high")},
        "cautions": list(step.cautions),
    }
