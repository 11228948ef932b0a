"""Result -> the public JSON document `charter-report/1`, and its JSON Schema."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from charter.evals.case import Case
from charter.evals.report.format import REPORT, ReportJson
from charter.evals.report.kind import kind_of
from charter.evals.report.summary import bounds, limits, summarise
from charter.evals.report.wording import enough
from charter.evals.result import Result, Row, Share
from charter.records import CheckRun, RunStarted

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def export(result: Result) -> dict[str, Any]:
    """Return the report as plain JSON values: no tuples, no NaN, replies in full."""
    run = result.run
    return {
        "format": REPORT,
        "run": _run(result),
        "model": model_of(run),
        "spec": spec_of(run),
        "settings": settings_of(run),
        "summary": {
            "sentences": list(summarise(result).sentences),
            "limits": list(limits(result)),
            "scenarios": len(run.scenarios),
            "whole": _group(result.whole),
            "bounds": _bounds(result),
        },
        "sections": [_group(row) for row in result.sections],
        "families": [_group(row) for row in result.families],
        "authorities": [_group(row) for row in result.authorities],
        "cases": [_case(case) for case in result.cases],
    }


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the report."""
    return {"$schema": DRAFT, **ReportJson.model_json_schema()}


def model_of(run: RunStarted) -> dict[str, Any]:
    """Return which model answered."""
    return asdict(run.model)


def spec_of(run: RunStarted) -> dict[str, Any]:
    """Return which text was measured against."""
    return {
        "name": run.spec_name,
        "title": run.spec_title,
        "version": run.spec_version,
        "digest": run.spec_digest,
    }


def settings_of(run: RunStarted) -> dict[str, Any]:
    """Return how replies were sampled."""
    return {
        "repeat": run.repeat,
        "max_tokens": run.max_tokens,
        "temperature": run.temperature,
        "seed": run.seed,
        "brief": asdict(run.brief) if run.brief else None,
    }


def share_json(share: Share) -> dict[str, Any]:
    """Return a share; its value and bounds are null where the evidence does not suffice."""
    stated = enough(share) and share.interval is not None
    interval = share.interval if stated else None
    return {
        "successes": float(share.successes),
        "scenarios": share.scenarios,
        "value": share.value if stated else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def _run(result: Result) -> dict[str, Any]:
    run = result.run
    graders = dict.fromkeys(case.score.grader for case in result.cases if case.score)
    return {
        "id": run.run,
        "started_at": run.at,
        "finished_at": result.finished_at,
        "charter": run.charter,
        "plan": run.plan,
        "suite": run.suite_digest,
        "graders": list(graders),
    }


def _group(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "authority": row.authority,
        "planned": row.planned,
        "counts": dict(row.counts),
        "enough": row.enough,
        "adherence": share_json(row.adherence),
        "over_refusal": share_json(row.over_refusal),
        "under_refusal": share_json(row.under_refusal),
        "known_failures": row.known_failures,
    }


def _bounds(result: Result) -> dict[str, Any] | None:
    found = bounds(result)
    if found is None:
        return None
    return {
        "worst": found.worst,
        "best": found.best,
        "low": found.interval.low,
        "high": found.interval.high,
    }


def _case(case: Case) -> dict[str, Any]:
    scenario, score = case.scenario, case.score
    kind = kind_of(case)
    clause = (
        {"id": scenario.clause, "text": scenario.clause_text or ""} if scenario.clause else None
    )
    return {
        "scenario": scenario.scenario,
        "epoch": case.epoch,
        "section": scenario.section,
        "authority": scenario.authority,
        "family": scenario.family,
        "caption": scenario.caption,
        "clause": clause,
        "outcome": scenario.outcome,
        "rubric": scenario.rubric,
        "conversation": [asdict(message) for message in scenario.messages],
        "verdict": str(case.verdict),
        "reason": case.reason,
        "kind": kind.value if kind else None,
        "refusal": score.refusal if score else None,
        "cites": score.cites if score else None,
        "grader": score.grader if score else None,
        "checks": [_check(check) for check in score.checks] if score else [],
        "reply": _reply(case),
    }


def _reply(case: Case) -> dict[str, Any] | None:
    reply = case.reply
    if reply is None:
        return None
    return {
        "text": reply.text,
        "stop": reply.stop,
        "calls": [asdict(call) for call in reply.calls],
        "input_tokens": reply.input_tokens,
        "output_tokens": reply.output_tokens,
        "milliseconds": reply.milliseconds,
        "attempts": reply.attempts,
    }


def _check(check: CheckRun) -> dict[str, Any]:
    located = check.start is not None and check.end is not None
    return {
        "name": check.name,
        "arguments": check.arguments,
        "passed": check.passed,
        "reason": check.reason,
        "evidence": {"start": check.start, "end": check.end} if located else None,
        "implied": check.implied,
    }
