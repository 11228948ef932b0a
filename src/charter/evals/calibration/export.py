"""Figures of a calibration -> the public JSON document `charter-calibration/1`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from charter.estimates.interval import Interval
from charter.evals.calibration.agree import Measured
from charter.evals.calibration.assess import assess
from charter.evals.calibration.bias import LengthBias, OrderBias
from charter.evals.calibration.drift import Drift
from charter.evals.calibration.figures import CalibrationFigures, Counted
from charter.evals.calibration.group import Dimension, Group
from charter.evals.calibration.people import People
from charter.evals.calibration.rate import Rate
from charter.evals.calibration.repeat import Repeats

FORMAT = "charter-calibration/1"


def export_calibration(figures: CalibrationFigures, drift: Drift | None = None) -> dict[str, Any]:
    """Return the figures as plain JSON values; what is undefined is null, shares are fractions."""
    return {
        "format": FORMAT,
        **_origin(figures),
        "assessment": _assessment(figures),
        **_rates(figures),
        "table": [_counted(row) for row in figures.table],
        "grades": [_counted(row) for row in figures.grades],
        "disputed": _counted(figures.disputed) if figures.disputed else None,
        "outcomes": dict(figures.outcomes),
        "bias": {
            "length": _length(figures.length),
            "order": _order(figures.order),
            **{dimension.name: _dimension(dimension) for dimension in figures.dimensions},
        },
        "between_samples": _repeats(figures.samples),
        "retest": _repeats(figures.retest),
        "people": _people(figures.people),
        "drift": asdict(drift) | {"shown": drift.shown} if drift else None,
        "cost": {
            "requests": figures.requests,
            "cached": figures.cached,
            "input_tokens": figures.input_tokens,
            "output_tokens": figures.output_tokens,
        },
    }


def _origin(figures: CalibrationFigures) -> dict[str, Any]:
    """Return what was measured, on what, and by which thresholds."""
    started, finished = figures.calibration, figures.finished
    return {
        "calibration": started.run,
        "started_at": started.at,
        "finished_at": finished.at if finished else None,
        "charter": started.charter,
        "judge": asdict(started.judge),
        "spec": {
            "name": started.spec_name,
            "version": started.spec_version,
            "digest": started.spec_digest,
        },
        "labels": {
            "from": started.labels,
            "digest": started.labels_digest,
            "answers": started.items,
            "scale": figures.scale.name,
            "sought": sorted(figures.scale.sought),
        },
        "thresholds": dict(started.thresholds),
    }


def _assessment(figures: CalibrationFigures) -> dict[str, Any] | None:
    """Return what it is fit for; before the end, what it would lack, and None without an answer."""
    finished = figures.finished
    if finished is not None:
        return {"fitness": finished.fitness, "reasons": list(finished.reasons)}
    if not figures.answers:
        return None
    return {"fitness": "unfinished", "reasons": list(assess(figures).reasons)}


def _rates(figures: CalibrationFigures) -> dict[str, Any]:
    return {
        "answers": figures.answers,
        "conversations": figures.conversations,
        "sensitivity": _rate(figures.sensitivity),
        "specificity": _rate(figures.specificity),
        "agreement": _rate(figures.agreement),
        "failures": _rate(figures.failures),
        "kappa": _measured(figures.coefficients.kappa),
        "alpha": _measured(figures.coefficients.alpha),
        "ac1": _measured(figures.coefficients.ac1),
        "two_way": {
            "kappa": _measured(figures.halves.kappa),
            "alpha": _measured(figures.halves.alpha),
            "ac1": _measured(figures.halves.ac1),
        },
    }


def _interval(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _measured(found: Measured) -> dict[str, Any]:
    return {"value": found.value, "interval": _interval(found.interval)}


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "count": rate.count,
        "decided": rate.decided,
        "failed": rate.failed,
        "value": rate.value,
        "interval": _interval(rate.interval),
        "bounds": _interval(rate.bounds),
        "effective": rate.effective,
    }


def _counted(row: Counted) -> dict[str, Any]:
    return {"name": row.name, "total": row.total, **row.by_verdict}


def _length(found: LengthBias | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "slope_per_doubling": _measured(found.slope),
        "longest_less_shortest_third": _measured(found.difference),
        "errors": [_rate(third) for third in found.error_rates],
    }


def _order(found: OrderBias | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"flips": _rate(found.flips), "reversed_less_plain": _measured(found.difference)}


def _dimension(dimension: Dimension) -> list[dict[str, Any]]:
    return [_group(group) for group in dimension.groups]


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "errors": group.errors,
        "decided": group.decided,
        "failed": group.failed,
        "interval": _interval(group.interval),
        "too_kind": group.too_kind,
        "too_harsh": group.too_harsh,
        "p": group.p,
        "p_holm": group.holm,
        "p_benjamini_hochberg": group.discovery,
        "differs": group.differs,
        "suspected": group.suspected,
    }


def _repeats(found: Repeats | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "same_verdict": _rate(found.same),
        "kappa": _measured(found.kappa),
        "identical_replies": found.identical,
    }


def _people(found: People | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "raters": found.raters,
        "answers": found.answers,
        "unanimous": _rate(found.unanimous),
        "alpha": _measured(found.alpha),
    }
