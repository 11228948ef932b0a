"""Needs -> JSON: what `charter plan --json` writes.

The models below are the format; `schema` gives it as JSON Schema.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from charter.evals.needed import Need, Needs

PLAN = "charter-plan/1"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class QuestionJson(_Model):
    """What the suite should be able to tell."""

    difference: float
    """Between two models on the same scenarios, as a fraction: 0.03 is three points."""
    power: float
    alpha: float


class AssumptionsJson(_Model):
    """What is taken for granted about outcomes."""

    sd: float
    """Standard deviation of one scenario's difference, with the answers that are planned."""
    correlation: float
    """Of scenarios that have one source."""
    repeat: int | None
    """Answers to each scenario; null: as many as the deviation was measured with."""
    origin: str
    """Where the deviation comes from, in words."""


class NeedJson(_Model):
    """What one group of scenarios has and lacks."""

    id: str
    title: str
    authority: str | None
    scenarios: int
    """Accepted ones."""
    drafts: int
    """Ones that no person has accepted yet; they count for nothing."""
    design_effect: float
    """By how much sources with several scenarios raise what is needed."""
    needed: int
    """To find the difference within this group."""
    missing: int
    detects: float | None
    """The smallest difference that those it has find; null without any."""
    target: float | None
    """Share of adherence that is asked for."""
    to_confirm: int | None
    """Scenarios that must all adhere; null without a target, and where no number confirms it."""
    missing_to_confirm: int | None


class PlanJson(_Model):
    """How many scenarios a suite is short of."""

    format: str
    question: QuestionJson
    assumptions: AssumptionsJson
    independent: int
    """Scenarios that any group needs where no two have one source."""
    whole: NeedJson
    sections: list[NeedJson]
    authorities: list[NeedJson]


def export(found: Needs) -> dict[str, Any]:
    """Return the needs as plain JSON values."""
    given = found.assumptions
    return PlanJson(
        format=PLAN,
        question=QuestionJson(
            difference=found.question.difference,
            power=found.question.power,
            alpha=found.question.alpha,
        ),
        assumptions=AssumptionsJson(
            sd=given.planned_sd,
            correlation=given.correlation,
            repeat=given.repeat,
            origin=given.origin,
        ),
        independent=found.independent,
        whole=_need(found.whole),
        sections=[_need(need) for need in found.sections],
        authorities=[_need(need) for need in found.authorities],
    ).model_dump(mode="json")


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the format."""
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **PlanJson.model_json_schema()}


def _need(need: Need) -> NeedJson:
    return NeedJson(
        id=need.id,
        title=need.title,
        authority=need.authority,
        scenarios=need.scenarios,
        drafts=need.drafts,
        design_effect=need.effect,
        needed=need.needed,
        missing=need.missing,
        detects=need.detects,
        target=need.target.value if need.target else None,
        to_confirm=need.to_confirm,
        missing_to_confirm=need.missing_to_confirm,
    )
