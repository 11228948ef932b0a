"""OpenAI Responses.

Reads
    A request body with `input` (text, or a list of items) and `instructions`. Items: messages,
    function and custom tool calls with their outputs, calls of built-in tools with their results,
    reasoning. Parts: `input_text`, `output_text`, `refusal`, `input_image`, `input_file`.

Roles
    `instructions` speak as `developer`: the API inserts them ahead of the input, and the caller of
    the API writes them. Messages keep their role; `system` speaks as the caller of `read` says, in
    `system` by default. A text as `input` is the user's.

No authority
    Outputs and results of tools, assistant messages, reasoning (also privileged), variables of a
    stored prompt, items of unknown type.

Not seen
    `previous_response_id`, `conversation`, a stored `prompt`, item references, and compacted items
    stand for text on the provider's side. They are named in `unseen`: the view is partial.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.policy.conversation import Kind, Transcript
from charter.policy.labels.draft import Draft
from charter.policy.labels.intake import REASONING, Intake
from charter.policy.labels.parts import add_content
from charter.policy.labels.payload import items_of, json_text, no_content, object_of
from charter.policy.labels.side_channel import annotate

RANK = 20
SYSTEM_AS = "system"

_STATE = ("previous_response_id", "conversation", "prompt")
UNSEEN = ("item_reference", "compaction")
QUIET = ("mcp_list_tools", "mcp_approval_request", "mcp_approval_response")
PARTS = ("input_text", "input_image", "input_file", "computer_screenshot")
_ARGUMENTS = ("arguments", "input", "action", "actions", "code", "queries", "operation")
_NO_CONTENT = frozenset({"type", "id", "call_id", "name", "status", "created_by", "charter"})
"""Members of an item that say nothing of what was asked or returned."""
RESULTS = ("outputs", "output", "results", "error")


def accepts(payload: object) -> bool:
    """Whether there is an input, instructions or state instead of messages."""
    if isinstance(payload, Mapping):
        return "messages" not in payload and bool(payload.keys() & {"input", "instructions"})
    if not isinstance(payload, list | tuple):
        return False
    kinds = [item.get("type") for item in payload if isinstance(item, Mapping)]
    return any(isinstance(kind, str) and _is_item(kind) for kind in kinds)


def read(payload: object, system_as: str) -> Transcript:
    """Return the messages of a request, the instructions first."""
    intake = Intake("openai-responses")
    given = payload
    if isinstance(payload, Mapping):
        intake.offer(payload.get("tools"), "tools")
        intake.unread(payload, "messages", "system")
        intake.unseen += [name for name in _STATE if payload.get(name) is not None]
        if payload.get("instructions") is not None:
            _read_instructions(intake, payload["instructions"], system_as)
        _read_variables(intake, payload.get("prompt"))
        given = payload.get("input", ())
    if isinstance(given, str):
        draft = Draft("user")
        draft.add(given)
        intake.end(draft)
        return intake.transcript()
    for at, item in enumerate(items_of(given, "input")):
        place = f"input[{at}]"
        _read_item(intake, object_of(item, place), place, system_as)
    return intake.transcript()


def _read_instructions(intake: Intake, given: object, system_as: str) -> None:
    if isinstance(given, str):
        draft = Draft("developer")
        draft.add(given)
        intake.end(draft)
    elif isinstance(given, list | tuple):
        for at, item in enumerate(given):
            place = f"instructions[{at}]"
            _read_item(intake, object_of(item, place), place, system_as)
    else:
        raise no_content(given, "instructions")


def _read_variables(intake: Intake, prompt: object) -> None:
    """Add the variables of a stored prompt: where they end up there is not seen."""
    variables = prompt.get("variables") if isinstance(prompt, Mapping) else None
    if not isinstance(variables, Mapping):
        return
    draft = Draft("developer")
    for name, value in variables.items():
        if isinstance(value, str):
            draft.add(value, Kind.UNTRUSTED)
        elif isinstance(value, Mapping):
            add_content(intake, draft, [value], f"prompt.variables.{name:.80}")
            draft.untrusted.append((0, draft.length))
    if not draft.empty:
        intake.end(draft)


def _read_item(intake: Intake, item: Mapping[str, Any], where: str, system_as: str) -> None:
    kind = item.get("type") or _implied(item)
    if kind == "message":
        draft = Draft(intake.role(item, where, system_as))
        add_content(intake, draft, item.get("content"), f"{where}.content")
        annotate(intake, draft, item)
        intake.end(draft)
    elif kind == "reasoning":
        draft = Draft("assistant")
        for key in ("summary", "content"):
            inner = Draft("assistant")
            add_content(intake, inner, item.get(key), f"{where}.{key}")
            draft.add("".join(inner.pieces), Kind.ASSISTANT, REASONING)
        if item.get("encrypted_content") is not None:
            draft.media.append("encrypted_reasoning")
        intake.end(draft)
    elif isinstance(kind, str) and kind.endswith("_call"):
        _read_call(intake, item, kind, where)
    elif isinstance(kind, str) and kind.endswith("_output"):
        draft = Draft("tool", intake.answered(item.get("call_id")))
        given = item["output"] if "output" in item else _other_members(item)
        _add_returned(intake, draft, given, f"{where}.output")
        annotate(intake, draft, item)
        intake.end(draft)
    elif kind in UNSEEN:
        intake.unseen.append(str(kind))
    else:
        _read_other(intake, item, kind, where)


def _read_call(intake: Intake, item: Mapping[str, Any], kind: str, where: str) -> None:
    """Read a call, and what the provider's own tool returned for it."""
    builtin = kind.removesuffix("_call")
    draft = Draft("assistant")
    arguments = next((item[key] for key in _ARGUMENTS if item.get(key) is not None), None)
    if arguments is None and not item.keys() & {*_ARGUMENTS, *RESULTS, "result"}:
        arguments = _other_members(item)
    identity = item.get("call_id") or item.get("id")
    intake.call(draft, identity, item.get("name", builtin), arguments)
    intake.end(draft)
    results = [(key, item[key]) for key in RESULTS if item.get(key) is not None]
    if not results and item.get("result") is None:
        return
    answer = Draft("tool", draft.calls[0].tool or None)
    for key, value in results:
        _add_returned(intake, answer, value, f"{where}.{key}")
    if item.get("result") is not None:  # a picture, as base64
        intake.media(answer, kind)
    intake.end(answer)


def _implied(item: Mapping[str, Any]) -> str:
    """Return the type of an item that does not say it: a message, or a reference to one."""
    referred = "id" in item and "role" not in item and "content" not in item
    return "item_reference" if referred else "message"


def _other_members(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what an item of a shape not known here holds besides its names."""
    return {key: value for key, value in item.items() if key not in _NO_CONTENT} or None


def _read_other(intake: Intake, item: Mapping[str, Any], kind: object, where: str) -> None:
    draft = Draft("tool", kind if isinstance(kind, str) and kind in QUIET else None)
    if kind == "mcp_list_tools":
        intake.offer(item.get("tools"), f"{where}.tools")
    elif draft.name is None:
        intake.problem("unknown-item", f"{where}: an item of unknown type, kept as information")
    draft.add(json_text(dict(item), where))
    intake.end(draft)


def _add_returned(intake: Intake, draft: Draft, value: object, where: str) -> None:
    """Add what a tool returned: text, parts, or anything else as JSON text."""
    parts = value if isinstance(value, list | tuple) else [value]
    if isinstance(value, str):
        draft.add(value)
    elif all(isinstance(part, Mapping) and part.get("type") in PARTS for part in parts):
        add_content(intake, draft, parts, where)
    else:
        draft.add(json_text(value, where))


def _is_item(kind: str) -> bool:
    return kind in ("message", "reasoning") or kind.endswith(("_call", "_call_output"))
