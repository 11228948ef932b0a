"""The reader of POST /v1/chat/completions.

Roles and authority are those of the wire `openai-chat`: what assistant, tool and function
messages say has none. Source: types of the package `openai` 3.52.0.
"""

from __future__ import annotations

from typing import Any

from charter.gateway.wire.asked import Api, Asked
from charter.gateway.wire.parts import walk_content
from charter.gateway.wire.pointer import under
from charter.gateway.wire.shape import (
    a_list,
    a_text,
    an_object,
    answers_of,
    list_of,
    object_of,
    text_of,
    truth_of,
)
from charter.gateway.wire.trail import USUAL, Group, Terms, Trail


def read(body: object, terms: Terms = USUAL) -> Asked:
    """Return what a parsed body asks. Raises ValueError, with the pointer, for wrong types."""
    request = an_object(body, "")
    trail = Trail(Api.CHAT)
    trail.offer(request, "tools", "parameters")
    trail.offer(request, "functions", "parameters")
    trail.claim(request, "user", "safety_identifier")
    for at, message in enumerate(a_list(request.get("messages"), "/messages")):
        where = f"/messages/{at}"
        _walk(trail, an_object(message, where), where)
    if request.get("prediction") is not None:
        trail.hidden("prediction", "/prediction")
    return trail.asked(request, terms, stream=truth_of(request, "stream"), n=answers_of(request))


_PLAIN = frozenset({"role", "content"})
_READ = _PLAIN.union(("name", "tool_call_id", "refusal", "audio", "tool_calls", "function_call",
                      "charter"))  # fmt: skip
_THOUGHTS = ("reasoning_content", "reasoning")
"""Of servers that speak this API, not OpenAI's: the first of them is read."""
_SPEAKERS = ("system", "developer", "user", "assistant")


def _walk(trail: Trail, message: dict[str, Any], where: str) -> None:
    group = trail.group(where)
    content, role = message.get("content"), message.get("role")
    if message.keys() <= _PLAIN and type(content) is str and role in _SPEAKERS:
        group.add(f"{where}/content", content)  # most messages
        return
    role = a_text(message.get("role"), under(where, "role"))
    text_of(message, "name", where)
    answered = text_of(message, "tool_call_id", where)
    if role in ("tool", "function"):
        trail.answers(answered, where)
    _walk_beside(trail, group, message, where)
    walk_content(trail, group, message.get("content"), under(where, "content"))
    group.add(under(where, "refusal"), text_of(message, "refusal", where) or "")
    if message.get("audio") is not None:
        trail.hidden("audio", under(where, "audio"))
    _walk_calls(trail, group, message, where)


def _walk_beside(trail: Trail, group: Group, message: dict[str, Any], where: str) -> None:
    """Take what the API does not have: thoughts are read, once; all else is hidden."""
    read = next((name for name in _THOUGHTS if message.get(name)), "reasoning")
    thoughts, place = message.get(read), under(where, read)
    if isinstance(thoughts, str):
        group.add(place, thoughts)
    for name, value in message.items():
        if name in _READ or not value or not isinstance(value, str | list | dict):
            continue
        if name not in _THOUGHTS or value != thoughts or not isinstance(value, str):
            trail.hidden(name, under(where, name))
        elif name != read:
            trail.copies[place] = under(where, name)


def _walk_calls(trail: Trail, group: Group, message: dict[str, Any], where: str) -> None:
    for at, given in enumerate(list_of(message, "tool_calls", where)):
        place = under(where, "tool_calls", at)
        call = an_object(given, place)
        kind = "custom" if call.get("function") is None and "custom" in call else "function"
        inner_place = under(place, kind)
        inner = an_object(call.get(kind), inner_place)
        text_of(inner, "arguments", inner_place)
        text_of(inner, "input", inner_place)
        name = text_of(inner, "name", inner_place)
        trail.called(text_of(call, "id", place), name, place)
    function = object_of(message, "function_call", where)
    if function is not None:
        text_of(function, "name", under(where, "function_call"))
        text_of(function, "arguments", under(where, "function_call"))
