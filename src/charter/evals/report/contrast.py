"""Comparison -> its sentences and its public JSON document `charter-comparison/1`."""

from __future__ import annotations

from typing import Any, Literal

from charter.evals.report.compare import Change, ComparedRow, Comparison
from charter.evals.report.export import (
    DRAFT,
    model_of,
    settings_of,
    share_json,
    spec_of,
)
from charter.evals.report.format import (
    COMPARISON,
    ModelJson,
    Part,
    SettingsJson,
    ShareJson,
    SpecJson,
)
from charter.evals.report.wording import (
    lacking,
    p_text,
    plural,
    points,
    points_interval,
    share_text,
)
from charter.evals.result import Result


class SideJson(Part):
    """One of the two runs."""

    id: str
    started_at: str
    finished_at: str | None
    charter: str
    model: ModelJson
    spec: SpecJson
    settings: SettingsJson


class PairedJson(Part):
    """The difference on the scenarios that both runs decided."""

    scenarios: int
    better: int
    """Scenarios on which the second run did better."""
    worse: int
    difference: float | None
    """Second minus first; null, with bounds and p, below `evidence_needed` common scenarios."""
    low: float | None
    """Newcombe's 95 % interval for paired shares."""
    high: float | None
    p: float | None
    """Exact McNemar, two-sided, not corrected for the number of rows."""


class ComparedJson(Part):
    """One group in both runs."""

    id: str
    title: str
    authority: str | None
    first: ShareJson
    second: ShareJson
    paired: PairedJson


class ChangeJson(Part):
    """A scenario whose outcome changed."""

    scenario: str
    section: str
    caption: str
    change: Literal["better", "worse"]
    first: float
    """Share of replies that adhered: 0 or 1 without repeats."""
    second: float
    first_reason: str
    second_reason: str


class ComparisonJson(Part):
    """Two runs side by side."""

    format: Literal["charter-comparison/1"]
    first: SideJson
    second: SideJson
    sentences: list[str]
    cautions: list[str]
    common: int
    altered: int
    only_first: int
    only_second: int
    whole: ComparedJson
    sections: list[ComparedJson]
    families: list[ComparedJson]
    authorities: list[ComparedJson]
    changes: list[ChangeJson]


def sentences(comparison: Comparison) -> tuple[str, ...]:
    """Put the difference of two runs into plain sentences."""
    whole = comparison.whole
    found = [
        (
            f"First run: {share_text(whole.first)} adhered. "
            f"Second run: {share_text(whole.second)} adhered."
        ),
        difference_sentence(whole),
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
        f"exact McNemar p {_equals(p_text(pair.p))})."
    )


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
    run = result.run
    return {
        "id": run.run,
        "started_at": run.at,
        "finished_at": result.finished_at,
        "charter": run.charter,
        "model": model_of(run),
        "spec": spec_of(run),
        "settings": settings_of(run),
    }


def _row(row: ComparedRow) -> dict[str, Any]:
    pair = row.paired
    interval = pair.interval if row.enough else None
    return {
        "id": row.id,
        "title": row.title,
        "authority": row.authority,
        "first": share_json(row.first),
        "second": share_json(row.second),
        "paired": {
            "scenarios": pair.scenarios,
            "better": pair.better,
            "worse": pair.worse,
            "difference": pair.difference if interval else None,
            "low": interval.low if interval else None,
            "high": interval.high if interval else None,
            "p": pair.p if interval else None,
        },
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
