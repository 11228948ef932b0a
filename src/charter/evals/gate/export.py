"""GateResult -> the public JSON document `charter-gate/1`, and its JSON Schema."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from charter.evals.estimates.interval import Interval
from charter.evals.gate.claim import Claim, GateVerdict
from charter.evals.gate.format import GATE, GateJson
from charter.evals.gate.gate import GateResult
from charter.evals.gate.group import GroupRow
from charter.evals.gate.limits import LimitRow
from charter.evals.gate.wording import headline, limit_reason, reason, remarks
from charter.evals.report.export import DRAFT, model_of, settings_of, spec_of
from charter.evals.result import Result

EXIT = {GateVerdict.PASS: 0, GateVerdict.FAIL: 1, GateVerdict.NEED_MORE: 4}


def export(result: GateResult) -> dict[str, Any]:
    """Return the decision as plain JSON values: no tuples, no NaN."""
    question = result.question
    return {
        "format": GATE,
        "verdict": result.verdict.value,
        "exit_code": EXIT[result.verdict],
        "headline": headline(result),
        "remarks": list(remarks(result)),
        "question": {
            "margin": question.margin,
            "alpha": question.alpha,
            "fail_fast": question.fail_fast,
        },
        "base": _run(result.base),
        "candidate": _run(result.candidate),
        "groups": [_group(row, question.margin) for row in result.tested],
        "limits": [_limit(row) for row in result.limits],
        "others": [_group(row, question.margin) for row in result.others],
        "set_aside": [{"ground": o.ground.value, "text": o.text} for o in result.set_aside],
    }


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the decision."""
    return {"$schema": DRAFT, **GateJson.model_json_schema()}


def _run(result: Result) -> dict[str, Any]:
    run = result.run
    return {
        "id": run.run,
        "started_at": run.at,
        "finished_at": result.finished_at,
        "charter": run.charter,
        "model": model_of(run),
        "spec": spec_of(run),
        "settings": settings_of(run),
        "suite": run.suite_digest,
        "grading": result.grading.started.grading if result.grading else None,
    }


def _group(row: GroupRow, margin: float) -> dict[str, Any]:
    return {
        "kind": row.target.kind.value,
        "id": row.target.id,
        "title": row.title,
        "authority": row.authority,
        "tested": row.tested,
        "verdict": row.verdict.value,
        "reason": reason(row, margin),
        "passing": _claim(row.passing),
        "failing": _claim(row.failing),
        "scenarios": row.scenarios,
        "units": row.units,
        "decided": row.decided,
        "pending": row.pending,
        "better": row.better,
        "worse": row.worse,
        "base": row.base,
        "candidate": row.candidate,
        "difference": row.difference,
        "interval": _bounds(row.interval),
        "at_least": row.at_least,
        "at_most": row.at_most,
        "asymptotic": _bounds(row.asymptotic) if row.asymptotic else None,
        "open_base": dict(row.open_base),
        "open_candidate": dict(row.open_candidate),
        "unmeasured": row.unmeasured,
        "unpaired": row.unpaired,
        "more": asdict(row.more) if row.more else None,
    }


def _limit(row: LimitRow) -> dict[str, Any]:
    return {
        "kind": row.limit.target.kind.value,
        "id": row.limit.target.id,
        "limit": row.limit.share,
        "verdict": row.verdict.value,
        "reason": limit_reason(row),
        "passing": _claim(row.passing),
        "failing": _claim(row.failing),
        "scenarios": row.scenarios,
        "units": row.units,
        "decided": row.decided,
        "pending": row.pending,
        "violations": row.violations,
        "at_worst": row.at_worst,
        "upper": row.upper,
        "upper_once": row.upper_once,
        "confirmed": row.confirmed,
        "overruled": row.overruled,
        "fail_fast": row.fail_fast,
        "open": row.open,
        "unmeasured": row.unmeasured,
        "unmeasured_failures": row.unmeasured_failures,
        "more": asdict(row.more) if row.more else None,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "established": claim.established,
        "log_e_now": claim.now,
        "log_e_peak": claim.peak,
        "e_needed": claim.level,
        "p": claim.p,
        "reached": claim.reached,
    }


def _bounds(interval: Interval) -> dict[str, float]:
    return {"low": interval.low, "high": interval.high}
