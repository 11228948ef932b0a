"""A scenario as a sample of Inspect's: what it asks, and all that a log must say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from inspect_ai.dataset import Sample

from charter.evals.plan import Plan
from charter.evals.scenario import Scenario
from charter.evals.suite import Suite, basis_of, digest_of_scenario
from charter.models.inspect_wire import inspect_messages
from charter.models.provider import ChatMessage
from charter.version import VERSION


def sample_of(
    suite: Suite, scenario: Scenario, messages: tuple[ChatMessage, ...], *, spec_digest: str
) -> Sample:
    """Return the sample of a scenario; its id is the scenario's, its target the rubric."""
    return Sample(
        id=scenario.id,
        input=inspect_messages(messages),
        target=scenario.rubric or "",
        metadata=_metadata(suite, scenario, spec_digest),
    )


def _metadata(suite: Suite, scenario: Scenario, spec_digest: str) -> dict[str, Any]:
    """Return what a log says of a scenario. Nothing is left out where it is empty."""
    return {
        "section_id": scenario.section,
        "section_title": suite.spec.section(scenario.section).title,
        "clause_id": scenario.clause,
        "clause_text": scenario.clause_text,
        "focus_id": scenario.clause.partition("/")[2] if scenario.clause else None,
        "authority": scenario.authority,
        "family": scenario.family,
        "caption": scenario.caption,
        "outcome": scenario.outcome.value,
        "cluster": scenario.cluster,
        "spec_digest": spec_digest,
        "scenario_digest": digest_of_scenario(scenario),
        "basis_digest": basis_of(suite.spec, scenario.section, scenario.clause),
    }


def task_metadata(suite: Suite, *, spec_digest: str, plan: Plan | None = None) -> dict[str, Any]:
    """Return what a log says of the whole suite, under the key `charter`."""
    spec = suite.spec
    return {
        "charter": {
            "version": VERSION,
            "spec_name": spec.name,
            "spec_title": spec.title,
            "spec_version": spec.version,
            "spec_digest": spec_digest,
            "suite_digest": suite.digest,
            "plan": plan.digest if plan else None,
            "model": asdict(plan.model) if plan else None,
            "brief": _brief(plan),
        }
    }


def _brief(plan: Plan | None) -> Mapping[str, Any] | None:
    """Return which rules go before each conversation; `characters` is the length of their text."""
    if plan is None or plan.brief is None:
        return None
    given = plan.started("", "").brief
    return {**asdict(given), "characters": len(plan.brief.text)} if given else None
