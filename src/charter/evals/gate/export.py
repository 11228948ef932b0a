"""GateResult -> the public JSON document `charter-gate/1`, and its JSON Schema."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from charter.estimates.interval import Interval
from charter.evals.gate.claim import Claim, GateVerdict
from charter.evals.gate.format import GATE, GateJson
from charter.evals.gate.gate import GateResult
from charter.evals.gate.group import GroupRow
from charter.evals.gate.limits import LimitRow
from charter.evals.gate.target import Target
from charter.evals.gate.wording import headline, limit_reason, reason, remarks
from charter.evals.report.export import DRAFT, measured_json
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
        **measured_json(run),
        "finished_at": result.finished_at,
        "charter": run.charter,
        "suite": run.suite_digest,
        "grading": result.grading.started.grading if result.grading else None,
    }


def _row(row: GroupRow | LimitRow, target: Target, why: str) -> dict[str, Any]:
    return {
        "kind": target.kind.value,
        "id": target.id,
        "verdict": row.verdict.value,
        "reason": why,
        "passing": _claim(row.passing),
        "failing": _claim(row.failing),
        "scenarios": row.scenarios,
        "units": row.units,
        "decided": row.decided,
        "pending": row.pending,
        "unmeasured": row.unmeasured,
        "more": asdict(row.more) if row.more else None,
    }


def _group(row: GroupRow, margin: float) -> dict[str, Any]:
    return {
        **_row(row, row.target, reason(row, margin)),
        "title": row.title,
        "authority": row.authority,
        "tested": row.tested,
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
        "unpaired": row.unpaired,
    }


def _limit(row: LimitRow) -> dict[str, Any]:
    return {
        **_row(row, row.limit.target, limit_reason(row)),
        "limit": row.limit.share,
        "violations": row.violations,
        "at_worst": row.at_worst,
        "upper": row.upper,
        "upper_once": row.upper_once,
        "confirmed": row.confirmed,
        "overruled": row.overruled,
        "fail_fast": row.fail_fast,
        "open": row.open,
        "unmeasured_failures": row.unmeasured_failures,
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
