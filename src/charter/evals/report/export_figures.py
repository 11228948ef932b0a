"""Figures, rows and coverage -> plain JSON values."""

from __future__ import annotations

from typing import Any

from charter.estimates.estimate import Corrected, Estimate
from charter.evals.figures import Figures
from charter.evals.report.figure import decided, stated_correction, stated_raw
from charter.evals.row import Row


def estimate_json(estimate: Estimate | None) -> dict[str, Any] | None:
    """Return an estimate; null without one."""
    if estimate is None:
        return None
    return {
        "value": estimate.value,
        "low": estimate.interval.low,
        "high": estimate.interval.high,
        "method": estimate.method,
        "population": estimate.population,
        "scenarios": estimate.n,
        "clusters": estimate.clusters,
        "effective": float(estimate.effective),
    }


def figures_json(figures: Figures) -> dict[str, Any]:
    """Return figures; estimates are null where the evidence does not suffice."""
    raw = stated_raw(figures)
    return {
        "scenarios": figures.planned,
        "decided": decided(figures),
        "undecided": figures.undecided,
        "raw": estimate_json(raw),
        "corrected": _corrected(stated_correction(figures)),
        "basis": figures.basis.value,
        "note": figures.note,
        "these": estimate_json(figures.these) if raw is not None else None,
        "bounds": _bounds(figures),
    }


def group_json(
    row: Row, *, balanced: Estimate | None = None, ranking: float | None = None
) -> dict[str, Any]:
    """Return the figures of one row."""
    return {
        "id": row.id,
        "title": row.title,
        "authority": row.authority,
        "planned": row.planned,
        "counts": dict(row.counts),
        "enough": row.enough,
        "adherence": figures_json(row.figures),
        "over_refusal": figures_json(row.over),
        "under_refusal": figures_json(row.under),
        "balanced_error": estimate_json(balanced),
        "known_failures": row.known_failures,
        "target": row.target,
        "state": row.state.value if row.state else None,
        "ranking": ranking,
    }


def _corrected(found: Corrected | None) -> dict[str, Any] | None:
    plain = estimate_json(found)
    return None if plain is None or found is None else {**plain, "labelled": found.labelled}


def _bounds(figures: Figures) -> dict[str, Any] | None:
    if figures.worst is None or figures.best is None:
        return None
    return {
        "worst": figures.worst.value,
        "best": figures.best.value,
        "low": figures.worst.interval.low,
        "high": figures.best.interval.high,
    }
