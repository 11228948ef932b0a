"""`--action call.json`: a tool call as people and APIs write it -> a call to decide on."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from charter.cli.input_file import parse_json, place, read_json
from charter.cli.scope_file import scope_of
from charter.cli.situation import level
from charter.errors import ParseError
from charter.policy.decision import Call, Label, ToolFacts
from charter.policy.policy import Policy

_HINT = 'e.g. {"tool": "send_email", "arguments": {"to": "a@example.com"}}'
_IDLE = ("id", "call_id", "type", "index", "status")
"""Keys of the APIs' own shapes that say nothing to a policy."""


_SPOKEN = {
    "extra_forbidden": "unknown key",
    "missing": "is missing",
    "string_type": "is no text",
    "dict_type": "is no object",
    "model_type": "is no object",
    "list_type": "is no list",
    "float_type": "is no number",
    "bool_type": "is neither true nor false",
    "string_too_short": "is empty",
    "string_too_long": "is too long",
    "greater_than_equal": "is below 0",
}
"""What is wrong with a field, by the type of pydantic's error."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Effects(_Strict):
    effects: bool = True
    reversible: Literal["assistant", "user", "no"] = "no"
    costly: bool | None = None
    avoidable: bool = False
    high_risk: bool = False


class _Label(_Strict):
    authority: str = "none"
    sources: list[str] = []
    sensitivity: Literal["public", "private", "privileged"] = "private"


class _Action(_Strict):
    tool: str = Field(min_length=1, max_length=200)
    arguments: dict[str, Any] = {}
    cost: float = Field(0.0, ge=0, allow_inf_nan=False)
    effects: _Effects | None = None
    labels: dict[str, _Label] | None = None
    asked_by: str | None = None
    hands_on: dict[str, Any] | None = None


def read_action(path: str, policy: Policy) -> Call:
    """Read a tool call: `{"tool", "arguments", …}`, or as OpenAI and Anthropic write one.

    Raises ParseError naming the file and the field, and as `read_json` does.
    """
    where = place(path)
    value = read_json(path)
    if not isinstance(value, dict):
        raise ParseError(f"{where}: a tool call is an object", hint=_HINT)
    try:
        found = _Action.model_validate(_usual(value, where))
    except ValidationError as cause:
        raise _refused(cause, where) from cause
    labels = found.labels
    if found.asked_by not in (None, "none"):
        level(policy, found.asked_by or "", f"{where}: asked_by")
    return Call(
        tool=found.tool,
        args=found.arguments,
        facts=ToolFacts(**found.effects.model_dump()) if found.effects else None,
        cost=found.cost,
        labels=None
        if labels is None
        else {name: _label(policy, where, name, each) for name, each in labels.items()},
        asked_by=found.asked_by,
        hands_on=None if found.hands_on is None else scope_of(found.hands_on, f"{where}: hands_on"),
    )


def _usual(value: dict[str, Any], where: str) -> dict[str, Any]:
    """Return a call in Charter's own shape, whichever of the known ones it has."""
    given = {key: each for key, each in value.items() if key not in _IDLE}
    inner = given.pop("function", None)
    if isinstance(inner, dict):  # OpenAI Chat Completions
        given = {**inner, **given}
    elif inner is not None:
        raise ParseError(f"{where}: function must be an object", hint=_HINT)
    if "name" in given and "tool" not in given:  # both APIs
        given["tool"] = given.pop("name")
    if "input" in given and "arguments" not in given:  # Anthropic Messages
        given["arguments"] = given.pop("input")
    text = given.get("arguments")
    if isinstance(text, str):  # as models write it
        given["arguments"] = parse_json(text or "{}", f"{where}: arguments")
    return given


def _label(policy: Policy, where: str, name: str, given: _Label) -> Label:
    if given.authority != "none":
        level(policy, given.authority, f"{where}: labels.{name:.80}.authority")
    rank = policy.ladder.rank(given.authority)
    return Label(given.authority, rank, tuple(given.sources), given.sensitivity)


def _refused(cause: ValidationError, where: str) -> ParseError:
    first = cause.errors(include_url=False, include_context=False, include_input=False)[0]
    path = ".".join(str(part)[:80] for part in first["loc"])
    said = _SPOKEN.get(first["type"], first["msg"].lower())
    return ParseError(f"{where}: {path}: {said}", hint=_HINT)
