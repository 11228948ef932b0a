"""`charter resolve SPEC CONVERSATION`: which rules and instructions are in force, and why."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.answer import form_options, show
from charter.cli.situation import arguments, notes, situation
from charter.policy.explanations.answer_json import Beside, resolution_json
from charter.policy.explanations.explain import explain
from charter.policy.explanations.hinge import hinges, outcome_of_resolution


@click.command("resolve")
@arguments
@click.option(
    "--all",
    "full",
    is_flag=True,
    help="List the sections that are in force too, and the readings that cannot matter.",
)
@form_options
def command(**given: Any) -> None:
    """Say which rules of SPEC are in force in CONVERSATION, and why the others are not.

    CONVERSATION is a JSON request (OpenAI Chat Completions or Responses, Anthropic Messages),
    the text of an ~~~xml fence, `-` for standard input, or SPEC#ID for an example of a spec.
    """
    found = situation(given)
    seen = found.seen()
    notes(seen)
    hung = hinges(found.policy, lambda p: outcome_of_resolution(found.seen(p).resolution))
    conversation = seen.conversation
    explanation = explain(
        found.policy, seen.resolution, conversation, hinges=hung, full=given["full"]
    )

    def as_json() -> dict[str, Any]:
        shown = explanation if given["detail"] else None
        beside = Beside(conversation, seen.gathered.unusable, hung, shown)
        return resolution_json(found.policy, seen.resolution, beside)

    show(explanation, conversation, as_json, given)
