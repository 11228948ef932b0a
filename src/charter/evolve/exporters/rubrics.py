"""Write prompts with what a good answer does, for training against a grader.

From graded examples, whose rubric is the text of the rules and what the authors say of their
answers, and from accepted scenarios marked `use=train`. Prompt is a list of messages: the
conversational prompt-only form of TRL, whose `GRPOTrainer` hands the other columns to its reward
functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from charter.evolve.chat import chat
from charter.evolve.exporter import Record, record_of
from charter.evolve.jsonl import line
from charter.evolve.material import Graded, Material
from charter.spec.expectation import Outcome

FORMAT = "charter-rubrics/1"
FIELDS = {
    "prompt": "the conversation to answer",
    "outcome": "comply, refuse, safe_complete, ask or any",
    "rubric": "what a good answer does, for a judge; empty where checks decide",
    "checks": "deterministic checks: `name`, and `arguments` as a JSON text",
    "family": "freedom, bounds, conflict or injection; empty for examples",
    "offered_tools": "names of the tools that go with the prompt",
}


def records(material: Material) -> Iterator[Record]:
    """Yield one record for each comparison of graded answers and each scenario."""
    for graded in material.graded:
        if graded.answers:
            own = {
                "prompt": chat(graded.prompt),
                "outcome": Outcome.ANY.value,
                "rubric": _rubric(graded),
                "checks": [],
                "family": "",
                "offered_tools": [],
            }
            yield record_of(FORMAT, material, graded.origin, own)
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


def _rubric(graded: Graded) -> str:
    """Return the rules that an answer is held to, and why the authors graded theirs as they did."""
    lines = ["A good answer keeps to these rules:", *(f"- {rule}" for rule in graded.rules)]
    said = [answer for answer in graded.answers if answer.reason]
    if said:
        lines.append("Of answers to this conversation, the authors say:")
        lines += [f"- {answer.grade.value}: {answer.reason}" for answer in said]
    return "\n".join(lines)
