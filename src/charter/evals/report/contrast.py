"""Comparison -> its sentences and its public JSON document `charter-comparison/2`."""

from __future__ import annotations

from typing import Any

from charter.estimates.interval import ENOUGH
from charter.estimates.paired import Paired
from charter.evals.report.compare import Change, ComparedRow, Comparison
from charter.evals.report.export import DRAFT, measured_json
from charter.evals.report.export_figures import figures_json
from charter.evals.report.figure import figure_text
from charter.evals.report.format import COMPARISON
from charter.evals.report.format_comparison import ComparisonJson
from charter.evals.report.refusals import RefusalChange
from charter.evals.report.wording import lacking, p_text, plural, points, points_interval
from charter.evals.result import Result
from charter.evals.row import Row

TESTS = {
    "McNemar": "exact McNemar",
    "sign test": "sign test",
    "permutation of clusters": "exact permutation of sources",
}
"""What a p-value comes from, as it is written."""


def sentences(comparison: Comparison) -> tuple[str, ...]:
    """Put the difference of two runs into plain sentences."""
    whole = comparison.whole
    found = [
        (
            f"First run: {_adhered(whole.first)} adhered. "
            f"Second run: {_adhered(whole.second)} adhered."
        ),
        difference_sentence(whole),
        refusal_sentence(whole.refusals),
    ]
    if comparison.changes:
        worse = sum(change.worse for change in comparison.changes)
        better = len(comparison.changes) - worse
        found.append(
            f"{plural(better, 'scenario')} changed for the better and {worse} for the worse."
        )
    aside = [
        text
        for count, text in (
            (comparison.altered, f"{comparison.altered} have one id but another content"),
            (comparison.only_first, f"{comparison.only_first} are in the first run only"),
            (comparison.only_second, f"{comparison.only_second} are in the second run only"),
        )
        if count
    ]
    if aside:
        found.append(f"Left out of the pairs: {'; '.join(aside)}.")
    return tuple(found)


def difference_sentence(row: ComparedRow) -> str:
    """Return the paired difference of a group with its interval and p-value."""
    pair = row.paired
    if not row.enough or pair.interval is None:
        return f"On the scenarios both decided: {lacking(pair.scenarios)}."
    return (
        f"On the {pair.scenarios} scenarios both decided, the second run differs by "
        f"{points(pair.difference)} percentage points "
        f"(95 % interval {points_interval(pair.interval)}; "
        f"{TESTS[pair.test]} p {_equals(p_text(pair.p))})."
    )


def refusal_sentence(change: RefusalChange) -> str:
    """Return how both kinds of error differ, never one without the other."""
    parts = ", ".join(
        f"{name} {_points(pair)}"
        for name, pair in (("over-refusal", change.over), ("under-refusal", change.under))
    )
    if change.balanced is None or change.interval is None:
        return f"Errors on the common scenarios, in percentage points: {parts}; no balanced error."
    return (
        f"Errors on the common scenarios, in percentage points: {parts}; balanced "
        f"{points(change.balanced)} (95 % interval {points_interval(change.interval)}). "
        "Below 0 is better."
    )


def _points(pair: Paired) -> str:
    if pair.interval is None or pair.scenarios < ENOUGH:
        return lacking(pair.scenarios)
    return f"{points(pair.difference)} ({points_interval(pair.interval)})"


def _adhered(row: Row | None) -> str:
    return lacking(0) if row is None else figure_text(row.figures)


def export_comparison(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain JSON values."""
    return {
        "format": COMPARISON,
        "first": _side(comparison.first),
        "second": _side(comparison.second),
        "sentences": list(sentences(comparison)),
        "cautions": list(comparison.cautions),
        "common": comparison.common,
        "altered": comparison.altered,
        "only_first": comparison.only_first,
        "only_second": comparison.only_second,
        "whole": _row(comparison.whole),
        "sections": [_row(row) for row in comparison.sections],
        "families": [_row(row) for row in comparison.families],
        "authorities": [_row(row) for row in comparison.authorities],
        "changes": [_change(change) for change in comparison.changes],
    }


def comparison_schema() -> dict[str, Any]:
    """Return the JSON Schema of the comparison."""
    return {"$schema": DRAFT, **ComparisonJson.model_json_schema()}


def _equals(p: str) -> str:
    return p.replace("<", "< ") if p.startswith("<") else f"= {p}"


def _side(result: Result) -> dict[str, Any]:
    return {
        **measured_json(result.run),
        "finished_at": result.finished_at,
        "charter": result.run.charter,
        "uncalibrated": result.uncalibrated,
    }


def _row(row: ComparedRow) -> dict[str, Any]:
    pair = row.paired
    return {
        "id": row.id,
        "title": row.title,
        "authority": row.authority,
        "first": _group(row.first),
        "second": _group(row.second),
        "paired": {
            "scenarios": pair.scenarios,
            "better": pair.better,
            "worse": pair.worse,
            **difference_json(pair),
            "p": pair.p if row.enough else None,
            "test": pair.test,
        },
        "refusals": {
            "over": _change_json(row.refusals.over),
            "under": _change_json(row.refusals.under),
            "balanced": balanced_json(row.refusals),
        },
    }


def _group(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "adherence": figures_json(row.figures),
        "over_refusal": figures_json(row.over),
        "under_refusal": figures_json(row.under),
    }


def _change_json(pair: Paired) -> dict[str, Any]:
    return {"scenarios": pair.scenarios, **difference_json(pair)}


def difference_json(pair: Paired) -> dict[str, float | None]:
    """Return a paired difference with its interval; nulls where too few scenarios are common."""
    interval = pair.interval if pair.scenarios >= ENOUGH else None
    return {
        "difference": pair.difference if interval else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def balanced_json(change: RefusalChange) -> dict[str, Any]:
    """Return the difference of the balanced errors; nulls as above."""
    return {
        "scenarios": change.over.scenarios + change.under.scenarios,
        "difference": change.balanced,
        "low": change.interval.low if change.interval else None,
        "high": change.interval.high if change.interval else None,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "scenario": change.first.scenario.scenario,
        "section": change.second.scenario.section,
        "caption": change.second.scenario.caption,
        "change": "worse" if change.worse else "better",
        "first": change.first_mean,
        "second": change.second_mean,
        "first_reason": change.first.reason,
        "second_reason": change.second.reason,
    }
