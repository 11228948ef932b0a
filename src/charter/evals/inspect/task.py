"""`inspect eval charter/adherence`: a Charter suite as a task of Inspect's."""

from __future__ import annotations

from collections.abc import Sequence

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import Scorer
from inspect_ai.solver import Solver

from charter.errors import ConfigError
from charter.evals.inspect.sample import sample_of, task_metadata
from charter.evals.inspect.scorer import adheres, verdicts
from charter.evals.inspect.solver import answer, offer_tools
from charter.evals.inspect.source import suite_of
from charter.evals.plan import Plan, Settings
from charter.evals.scenario import Scenario
from charter.evals.suite import Suite
from charter.load import STARTER
from charter.models.inspect_wire import tool_info
from charter.models.provider import ChatMessage

TASK = "charter/adherence"


@task
def adherence(
    spec: str = STARTER,
    sections: str | list[str] | None = None,
    per_section: int | None = None,
    overlay: str | list[str] | None = None,
    *,
    examples: bool = False,
) -> Task:
    """Measure how well a model keeps to a spec, with the scenarios and checks of its suite.

    spec: a Markdown file, a folder that holds one, or `starter`.
    sections: only these and those below them, separated by commas.
    per_section: at most this many scenarios of each section.
    overlay: files laid over the spec, in order.
    examples: also ask the spec's own example conversations.
    """
    if per_section is not None and per_section < 1:
        raise ConfigError(f"per_section must be 1 or more, not {per_section}")
    overlays = _listed(overlay)
    suite, digest = suite_of(
        spec, overlays, sections=_listed(sections), per_section=per_section, examples=examples
    )
    scenarios = {scenario.id: scenario for scenario in suite.scenarios}
    usual = Settings()
    return task_of(
        suite,
        spec_digest=digest,
        solver=[answer(scenarios.__getitem__)],
        scorer=[adheres(spec, list(overlays)), verdicts()],
        config=GenerateConfig(
            max_tokens=usual.max_tokens, temperature=usual.temperature, seed=usual.seed
        ),
    )


def task_of(  # noqa: PLR0913 - the parts of one task, all different
    suite: Suite,
    *,
    spec_digest: str,
    solver: list[Solver],
    scorer: list[Scorer],
    config: GenerateConfig,
    plan: Plan | None = None,
) -> Task:
    """Return the task of a suite; with a plan, its brief goes before each scenario.

    Raises ConfigError for a tool that Inspect cannot hold.
    """
    for tool in (tool for scenario in suite.scenarios for tool in scenario.tools):
        tool_info(tool)
    scenarios = {scenario.id: scenario for scenario in suite.scenarios}
    samples = [
        sample_of(suite, scenario, _asked(scenario, plan), spec_digest=spec_digest)
        for scenario in suite.scenarios
    ]
    return Task(
        dataset=MemoryDataset(samples, name=suite.spec.name),
        setup=offer_tools(scenarios.__getitem__),
        solver=solver,
        scorer=scorer,
        config=config,
        epochs=plan.settings.repeat if plan else None,
        fail_on_error=False,
        name=TASK,
        version=suite.digest,
        metadata=task_metadata(suite, spec_digest=spec_digest, plan=plan),
    )


def _asked(scenario: Scenario, plan: Plan | None) -> tuple[ChatMessage, ...]:
    return plan.request(scenario, 0).messages if plan else scenario.messages


def _listed(given: str | Sequence[str] | None) -> list[str]:
    """Return what was given as one text with commas, or as a list."""
    parts = given.split(",") if isinstance(given, str) else given or ()
    return [str(part).strip() for part in parts if str(part).strip()]
