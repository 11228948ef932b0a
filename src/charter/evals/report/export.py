"""Result -> the public JSON document `charter-report/2`, and its JSON Schema."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from charter.evals.case import Case
from charter.evals.coverage_json import coverage_json
from charter.evals.report.beside import NOTHING, Beside
from charter.evals.report.clauses import clauses
from charter.evals.report.export_figures import group_json
from charter.evals.report.export_trust import caution_json, judging_json, spent_json
from charter.evals.report.format import REPORT, ReportJson
from charter.evals.report.freedom import by_authority, by_family, by_section, freedom
from charter.evals.report.judges import judging, spent_on_replies
from charter.evals.report.kind import kind_of
from charter.evals.report.summary import bounds, limits, summarise
from charter.evals.result import Result
from charter.records.grading import JudgementRecorded
from charter.records.label import LabelRecorded
from charter.records.run import RunStarted
from charter.records.score import CheckRun

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def export(result: Result, beside: Beside = NOTHING) -> dict[str, Any]:
    """Return the report as plain JSON values: no tuples, no NaN, replies in full."""
    run, summary = result.run, summarise(result)
    known = judging(result, beside.prices)
    return {
        "format": REPORT,
        "run": _run(result),
        "model": model_of(run),
        "spec": spec_of(run),
        "settings": settings_of(run),
        "summary": {
            "cautions": [caution_json(caution) for caution in summary.cautions],
            "sentences": list(summary.sentences),
            "limits": list(limits(result)),
            "scenarios": len(run.scenarios),
            "whole": group_json(result.whole, balanced=freedom(result).balanced),
            "bounds": _bounds(result),
        },
        **_groups(result),
        "judging": judging_json(known, published=result.judged) if known else None,
        "cost": {
            "model": spent_json(spent_on_replies(result, beside.prices)),
            "judges": spent_json(known.spent) if known else None,
        },
        "coverage": _coverage(beside),
        "cases": [_case(case) for case in result.cases],
    }


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the report."""
    return {"$schema": DRAFT, **ReportJson.model_json_schema()}


def measured_json(run: RunStarted) -> dict[str, Any]:
    """Return a run as other documents name it."""
    return {
        "id": run.run,
        "started_at": run.at,
        "model": model_of(run),
        "spec": spec_of(run),
        "settings": settings_of(run),
    }


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


def _run(result: Result) -> dict[str, Any]:
    run = result.run
    return {
        "id": run.run,
        "started_at": run.at,
        "finished_at": result.finished_at,
        "charter": run.charter,
        "plan": run.plan,
        "suite": run.suite_digest,
        "graders": list(result.graders),
        "uncalibrated": result.uncalibrated,
        "withheld": list(result.withheld),
        "carried": sum(c.reply is not None and c.reply.carried is not None for c in result.cases),
    }


def _coverage(beside: Beside) -> dict[str, Any] | None:
    if beside.covering is None:
        return None
    found = beside.covering.coverage
    return coverage_json(found, beside.covering.spec, found.ranked(), None)


def _groups(result: Result) -> dict[str, Any]:
    """Return the rows of every kind."""
    found: dict[str, Any] = {}
    for name, rows, both in (
        ("sections", result.sections, by_section(result)),
        ("families", result.families, by_family(result)),
        ("authorities", result.authorities, by_authority(result)),
    ):
        pairs = zip(rows, both, strict=True)
        found[name] = [group_json(row, balanced=mine.balanced) for row, mine in pairs]
    found["clauses"] = [
        group_json(line.row, ranking=line.ranking) for line in clauses(result).lines
    ]
    return found


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
        "judgements": [_judgement(said) for said in case.judgements],
        "labels": [_label(label) for label in case.labels],
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
        "carried": reply.carried,
    }


def _judgement(said: JudgementRecorded) -> dict[str, Any]:
    return {
        "judge": said.judge,
        "sample": said.sample,
        "outcome": said.outcome,
        "verdict": said.verdict,
        "rating": said.rating,
        "reason": said.reason,
        "cites": list(said.cites),
        "quotes": [asdict(quote) for quote in said.quotes],
    }


def _label(label: LabelRecorded) -> dict[str, Any]:
    return {"label": label.label, "refusal": label.refusal, "drawn": label.drawn}


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
