"""Checks that the model did not call a tool.

What it decides
    Whether the reply holds a tool call: any at all, or one of a given name. A call with
    malformed arguments counts: it was attempted.

Arguments
    `name`: the tool that must not be called; without it, no tool may be.

Passes
    `no_tool_call: {name: delete_file}` on a reply that calls only `read_file`.

Fails
    `no_tool_call: {}` on a reply that calls any tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.models.provider import Reply
from charter.prose.phrase import quoted


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `name`, where given, is a text."""
    forms.check_names(arguments, optional=["name"])
    if "name" in arguments:
        forms.text(arguments, "name")


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when there is no such call."""
    name = arguments.get("name")
    for call in reply.tool_calls:
        if name is None or call.name == name:
            shown = f" with {quoted(call.arguments)}" if call.arguments else ""
            return Verdict(passed=False, reason=f"The reply calls {quoted(call.name)}{shown}.")
    return Verdict(
        passed=True,
        reason=f"The reply does not call {name}." if name else "The reply calls no tool.",
    )
