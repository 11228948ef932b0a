"""Write prompts with what a good answer does, for training against a grader.

From accepted scenarios marked `use=train` alone. Prompt is a list of messages: the conversational
prompt-only form of TRL, whose `GRPOTrainer` hands the other columns to its reward functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from charter.evolve.chat import chat
from charter.evolve.exporter import Record, record_of
from charter.evolve.jsonl import line
from charter.evolve.material import Material

FORMAT = "charter-rubrics/1"
FIELDS = {
    "prompt": "the conversation to answer",
    "outcome": "comply, refuse, safe_complete, ask or any",
    "rubric": "what a good answer does, for a judge; empty where checks decide",
    "checks": "deterministic checks: `name`, and `arguments` as a JSON text",
    "family": "freedom, bounds, conflict or injection",
    "offered_tools": "names of the tools that go with the prompt",
}


def records(material: Material) -> Iterator[Record]:
    """Yield one record for each scenario."""
    for scenario in material.rubrics:
        own = {
            "prompt": chat(scenario.prompt),
            "outcome": scenario.outcome.value,
            "rubric": scenario.rubric,
            "checks": [
                {"name": name, "arguments": line(arguments)} for name, arguments in scenario.checks
            ],
            "family": scenario.family,
            "offered_tools": list(scenario.tools),
        }
        yield record_of(FORMAT, material, scenario.origin, own)
