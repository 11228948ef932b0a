"""Judges, their agreement and their cost -> plain JSON values."""

from __future__ import annotations

import math
from typing import Any

from charter.evals.calibration.agree import Measured
from charter.evals.calibration.find import Found
from charter.evals.calibration.rate import Rate
from charter.evals.judging.combine import Pair
from charter.evals.report.caution import Caution
from charter.evals.report.judges import JudgeView, Judging, Spent


def caution_json(caution: Caution) -> dict[str, Any]:
    """Return what has to be said first."""
    return {"title": caution.title, "text": caution.text, "grave": caution.grave}


def judging_json(judging: Judging, *, published: bool) -> dict[str, Any]:
    """Return the judges' part in a run."""
    found = judging.disagreement
    return {
        "grading": judging.grading,
        "started_at": judging.at,
        "finished": judging.finished,
        "published": published,
        "samples": judging.samples,
        "rule": judging.rule,
        "replies": judging.replies,
        "failed": judging.failed,
        "several": found.answers,
        "unanimous": found.unanimous,
        "spread": float(found.spread),
        "pairs": [_pair(pair) for pair in found.pairs],
        "judges": [_judge(view) for view in judging.judges],
    }


def spent_json(spent: Spent) -> dict[str, Any]:
    """Return what was asked and what it took."""
    return {
        "judgements": spent.judgements,
        "cached": spent.cached,
        "input_tokens": spent.told,
        "output_tokens": spent.said,
        "money": spent.money,
        "currency": spent.currency,
    }


def _pair(pair: Pair) -> dict[str, Any]:
    found = pair.agreement
    return {
        "first": pair.first,
        "second": pair.second,
        "answers": found.items if found else 0,
        "kappa": _number(found.kappa) if found else None,
        "standard_error": _number(found.standard_error) if found else None,
    }


def _judge(view: JudgeView) -> dict[str, Any]:
    judge = view.judge.id
    return {
        "kind": judge.kind,
        "name": judge.name,
        "digest": judge.digest,
        "prompt": judge.prompt,
        "settings": judge.settings,
        "fit": view.fit,
        "reasons": list(view.reasons),
        "calibration": _calibration(view),
        "spent": spent_json(view.spent),
        "failures": dict(view.failures),
    }


def _calibration(view: JudgeView) -> dict[str, Any] | None:
    found, figures = view.judge.calibration, view.figures
    if not isinstance(found, Found) or figures is None:
        return None
    return {
        "id": found.calibration.run,
        "finished_at": found.finished.at,
        "fitness": found.fitness.value,
        "labels": found.calibration.labels,
        "answers": figures.answers,
        "sensitivity": _rate(figures.sensitivity),
        "specificity": _rate(figures.specificity),
        "kappa": _measured(figures.coefficients.kappa),
        "alpha": _measured(figures.coefficients.alpha),
        "retest": _rate(figures.retest.same) if figures.retest else None,
        "failures": _rate(figures.failures),
        "others": list(view.others),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "count": rate.count,
        "decided": rate.decided,
        "failed": rate.failed,
        "value": rate.value,
        "low": rate.interval.low if rate.interval else None,
        "high": rate.interval.high if rate.interval else None,
    }


def _measured(found: Measured) -> dict[str, Any]:
    return {
        "value": found.value,
        "low": found.interval.low if found.interval else None,
        "high": found.interval.high if found.interval else None,
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
