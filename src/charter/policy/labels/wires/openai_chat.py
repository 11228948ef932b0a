"""OpenAI Chat Completions, and the many servers and data sets that speak it.

Reads
    A request body with `messages`, a row `{"messages": [...]}` of a data set, or a bare list of
    messages. Content is text or parts: `text`, `refusal`, `image_url`, `input_audio`, `file`.
    Tool calls, custom tools and the deprecated functions are read.

Roles
    `developer`, `user`, `assistant` and `tool` as sent. `system` speaks as the caller of `read`
    says: in `system` by default, as the API's own words have it. Where applications write the
    system message, which is the usual case behind a gateway, pass `system_as="developer"`.

No authority
    `assistant` and `tool` messages; `function` messages, which are tool messages. A result is of
    the tool that its call names, whatever name it gives itself. That name counts only in a request
    whose calls and results have no ids at all. Other roles.

Not seen
    Nothing: this API keeps no state, except the audio of earlier answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.policy.conversation import Kind, Message, Transcript
from charter.policy.labels.draft import Draft
from charter.policy.labels.intake import REASONING, Intake
from charter.policy.labels.parts import add_content
from charter.policy.labels.payload import items_of, object_of
from charter.policy.labels.side_channel import annotate

RANK = 30
SYSTEM_AS = "system"

_PLAIN = frozenset({"role", "content", "name"})
_CALLING = frozenset({"tool_calls", "function_call"})


def accepts(payload: object) -> bool:
    """Whether there is a list of messages."""
    if isinstance(payload, Mapping):
        return "messages" in payload
    return isinstance(payload, list | tuple)


def read(payload: object, system_as: str) -> Transcript:
    """Return the messages of a request."""
    intake = Intake("openai-chat")
    messages = payload
    where = "the list"
    if isinstance(payload, Mapping):
        messages, where = payload.get("messages"), "messages"
        intake.offer(payload.get("tools"), "tools")
        intake.offer(payload.get("functions"), "functions")
        intake.unread(payload, "system", "input", "instructions")
    listed = items_of(messages, where)
    intake.by_id = any(map(_has_id, listed))
    for at, message in enumerate(listed):
        place = f"messages[{at}]"
        _read(intake, object_of(message, place), place, system_as)
    return intake.transcript()


def _has_id(message: object) -> bool:
    """Whether a message answers a call by its id, or has a call with one."""
    if not isinstance(message, Mapping):
        return False
    if message.get("tool_call_id") is not None:
        return True
    calls = message.get("tool_calls")
    return isinstance(calls, list | tuple) and any(
        isinstance(call, Mapping) and call.get("id") is not None for call in calls
    )


def _read(intake: Intake, message: Mapping[str, Any], where: str, system_as: str) -> None:
    role, content = intake.role(message, where, system_as), message.get("content")
    if type(content) is str and role != "tool" and message.keys() <= _PLAIN:
        intake.take(Message(role, content))  # most messages: it spares their draft
        return
    draft = Draft(role)
    if role == "tool":
        draft.name = intake.answered(message.get("tool_call_id"), message.get("name"))
    reasoning = message.get("reasoning_content") or message.get(REASONING)
    if isinstance(reasoning, str):
        draft.add(reasoning, Kind.ASSISTANT, REASONING)
    add_content(intake, draft, content, f"{where}.content")
    refusal = message.get("refusal")
    if isinstance(refusal, str):
        draft.add(refusal)
    if message.get("audio") is not None:
        draft.media.append("audio")
        intake.unseen += ["audio"] * (draft.role == "assistant")
    if message.keys() & _CALLING:
        _add_calls(intake, draft, message)
    annotate(intake, draft, message)
    intake.end(draft)


def _add_calls(intake: Intake, draft: Draft, message: Mapping[str, Any]) -> None:
    calls = message.get("tool_calls")
    if isinstance(calls, list | tuple):
        for call in calls:
            _add_call(intake, draft, call)
    elif calls is not None:
        intake.problem("bad-call", "tool_calls is no list")
    function = message.get("function_call")
    if isinstance(function, Mapping):
        intake.call(draft, None, function.get("name"), function.get("arguments"))


def _add_call(intake: Intake, draft: Draft, call: object) -> None:
    inner = call.get("function") or call.get("custom") if isinstance(call, Mapping) else None
    if not isinstance(call, Mapping) or not isinstance(inner, Mapping):
        intake.problem("bad-call", "a tool call without function")
        return
    arguments = inner.get("arguments")
    given = inner.get("input") if arguments is None else arguments
    intake.call(draft, call.get("id"), inner.get("name"), given)
