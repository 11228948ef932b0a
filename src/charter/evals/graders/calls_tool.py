"""Checks that the model called a tool with certain arguments.

What it decides
    Whether one of the reply's tool calls has the name and, where arguments are given, at least
    those values: objects may hold more, lists must be equal item by item, numbers equal in value.
    Texts are compared like phrases, without regard to case and kinds of white space. A call
    whose arguments are not a JSON object is no call.

Arguments
    `name`: the tool. `arguments`: values that the call must hold, a mapping; optional.

Passes
    `calls_tool: {name: send_email, arguments: {to: "a@example.com"}}` on a call of `send_email`
    with `{"to": "A@example.com", "body": "Hi"}`

Fails
    `calls_tool: {name: send_email}` on a reply that only says that it sends an email.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.evals.json_text import read_json
from charter.models.provider import Reply, ToolCall
from charter.prose.phrase import fold, quoted


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `name` is a text and `arguments` a mapping."""
    forms.check_names(arguments, required=["name"], optional=["arguments"])
    forms.text(arguments, "name")
    forms.json_object(arguments, "arguments")


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when one call fits; otherwise say what the first call lacks."""
    name, wanted = arguments["name"], arguments.get("arguments", {})
    calls = [call for call in reply.tool_calls if call.name == name]
    if not calls:
        others = ", ".join(sorted({quoted(call.name) for call in reply.tool_calls})[:5])
        instead = f"; it called {others}" if others else ""
        return Verdict(passed=False, reason=f"The reply does not call {name}{instead}.")
    problems = [_problem(call, wanted) for call in calls]
    if None in problems:
        return Verdict(
            passed=True, reason=f"The reply calls {name}{' as required' if wanted else ''}."
        )
    return Verdict(passed=False, reason=f"The reply calls {name}, but {problems[0]}.")


def _problem(call: ToolCall, wanted: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a call, or None; no text at all stands for no arguments."""
    read = read_json(call.arguments or "{}")
    if read.error is not None:
        return f"its arguments are not JSON: {read.error}"
    if not isinstance(read.value, dict):
        return f"its arguments are not an object but {quoted(call.arguments)}"
    for key, value in wanted.items():
        if key not in read.value:
            return f"without {quoted(key)}"
        if not _fits(read.value[key], value):
            return f"with {quoted(key)} {quoted(orjson.dumps(read.value[key]).decode())}"
    return None


def _fits(found: object, wanted: object) -> bool:
    """Say whether `found` holds `wanted`; the depth of both is bounded where they were read."""
    if isinstance(wanted, Mapping):
        return isinstance(found, dict) and all(
            key in found and _fits(found[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list) and len(found) == len(wanted) and all(map(_fits, found, wanted))
        )
    if isinstance(wanted, str) and isinstance(found, str):
        return fold(found) == fold(wanted)
    if isinstance(wanted, bool) or isinstance(found, bool):
        return found is wanted
    return found == wanted
