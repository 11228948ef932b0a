"""Charter's checks as a scorer of Inspect's, and the counts of all verdicts.

A reply that adheres scores C, one that violates I. Everything else is unscored (NaN), with the
verdict as the reason: what only a judge could tell, what was cut off, filtered or never came.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    Metric,
    SampleScore,
    Scorer,
    Target,
    Value,
    accuracy,
    ci_wilson,
    metric,
    scorer,
    stderr,
)
from inspect_ai.scorer import Score as InspectScore
from inspect_ai.solver import TaskState

from charter.errors import BadModelReply, CharterError
from charter.evals import score as scoring
from charter.evals.grader import graders
from charter.evals.inspect.solver import Find, Keeper
from charter.evals.inspect.source import every_scenario
from charter.evals.scenario import Scenario
from charter.evals.score import Score, Verdict
from charter.evals.suite import digest_of_scenario
from charter.load import STARTER
from charter.models.inspect_wire import read_output
from charter.models.provider import Reply

CLUSTER = "cluster"
"""Key of a sample's metadata: samples of one cluster are no independent evidence."""


@metric
def wilson(cluster: str = CLUSTER) -> Metric:
    """Compute Inspect's Wilson interval, clustered where there are clusters to tell apart."""

    def compute(scores: list[SampleScore]) -> Value:
        found = {(score.sample_metadata or {}).get(cluster) for score in scores}
        known = None not in found and len(found) > 1
        inner: Any = ci_wilson(cluster=cluster if known else None)
        interval: Value = inner(scores)
        return interval

    return compute


@metric(scores="unreduced")
def count() -> Metric:
    """Count replies: Inspect's figures leave out what is unscored."""

    def compute(scores: list[SampleScore]) -> Value:
        return sum(score.score.as_float() for score in scores)

    return compute


@scorer(metrics=[accuracy(), wilson(), stderr(cluster=CLUSTER)])
def adheres(
    spec: str = STARTER,
    overlay: str | list[str] | None = None,
    *,
    find: Find | str | None = None,
    calls_tools: bool = True,
    keeper: Keeper | None = None,
) -> Scorer:
    """Score with the checks of a scenario; `find` stands for the suite of `spec` when given.

    In a log, where it cannot be kept, `find` is a name and `spec` counts.
    """
    look_up = find if callable(find) else _in_suite(spec, overlay)

    async def score(state: TaskState, target: Target) -> InspectScore:
        try:
            scenario = look_up(str(state.sample_id))
            _must_be_same(state, scenario)
        except (CharterError, KeyError) as cause:
            return InspectScore.unscored(reason="scoring_failed", explanation=str(cause))
        problem = keeper.problem(scenario.id, state.epoch - 1) if keeper else None
        if problem is not None:
            return _no_reply(problem)
        try:
            reply, result = _result(state, scenario, calls_tools=calls_tools)
        except BadModelReply as cause:
            if keeper:
                keeper.failed(scenario, state.epoch - 1, cause)
            return _no_reply(cause)
        except Exception as cause:
            if keeper:
                keeper.broken(cause)
            raise
        if keeper:
            keeper.scored(scenario, state.epoch - 1, reply, result)
        return _as_inspect(scenario, reply, result)

    return score


@scorer(metrics={"*": [count()]})
def verdicts() -> Scorer:
    """Count the verdicts that `adheres` gave, unscored ones with the others."""

    async def score(state: TaskState, target: Target) -> InspectScore:
        given = (state.scores or {}).get("adheres")
        verdict = str((given.metadata or {}).get("verdict")) if given else None
        counts: Mapping[str, int] = {each.value: int(each == verdict) for each in Verdict}
        return InspectScore(value=dict(counts), answer=verdict)

    return score


def _no_reply(problem: Exception) -> InspectScore:
    """Return the score of a reply that never came, or that nobody can read."""
    return InspectScore.unscored(
        reason="no_response",
        explanation=str(problem)[:1000],
        metadata={"error": type(problem).__name__},
    )


def _in_suite(spec: str, overlay: str | list[str] | None) -> Find:
    overlays = (overlay,) if isinstance(overlay, str) else tuple(overlay or ())

    def look_up(name: str) -> Scenario:
        found = _suite(spec, overlays)
        if name not in found:
            raise KeyError(f"{spec} has no scenario {name!r}")
        return found[name]

    return look_up


@lru_cache(maxsize=4)
def _suite(spec: str, overlays: tuple[str, ...]) -> Mapping[str, Scenario]:
    return every_scenario(spec, overlays)


@lru_cache(maxsize=1)
def _graders() -> Mapping[str, Any]:
    return graders()


def _must_be_same(state: TaskState, scenario: Scenario) -> None:
    """Raise KeyError where the log was made with another wording of the scenario."""
    asked = state.metadata.get("scenario_digest")
    if asked not in (None, digest_of_scenario(scenario)):
        raise KeyError(f"scenario {scenario.id!r} has changed since it was asked")


def _result(
    state: TaskState, scenario: Scenario, *, calls_tools: bool
) -> tuple[Reply | None, Score]:
    impossible = scoring.unanswerable(scenario, calls_tools=calls_tools)
    if impossible is not None:
        return None, impossible
    reply = read_output(state.output, tools=scenario.tools, who=str(state.model))
    return reply, scoring.score(scenario, reply, _graders())


def _as_inspect(scenario: Scenario, reply: Reply | None, result: Score) -> InspectScore:
    values: Mapping[Verdict, Value] = {Verdict.ADHERED: CORRECT, Verdict.VIOLATED: INCORRECT}
    fact = scoring.record(scenario, 0, "", result)
    return InspectScore(
        value=values.get(result.verdict, math.nan),
        explanation=fact.reason,
        reason=_reason(reply, result),
        metadata={
            "verdict": fact.verdict,
            "cites": fact.cites,
            "refusal": fact.refusal,
            "checks": [asdict(check) for check in fact.checks],
            "grader": fact.grader,
        },
    )


def _reason(reply: Reply | None, result: Score) -> str | None:
    """Return Inspect's code for a score that is out of the ordinary, or the verdict as one."""
    if result.verdict not in scoring.DECIDED:
        return result.verdict.value
    if result.verdict is Verdict.ADHERED or reply is None:
        return None
    if not reply.text.strip() and not reply.tool_calls:
        return "no_response"
    return "refusal" if result.refusal in ("partial", "full") else None
