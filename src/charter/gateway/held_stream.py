"""A held answer that was streamed, with other arguments in the place of those a model wrote.

Only what says arguments is changed: the first piece of a call's arguments becomes all of the new
ones, later pieces become empty, and every copy is the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from charter.gateway.answers.encode import encode
from charter.gateway.relay.choice import MOST_CALLS, Choice
from charter.gateway.relay.shape import Broken, index_at, text_at
from charter.gateway.stream.sse import Event, Reader, write
from charter.gateway.wire.asked import Api
from charter.gateway.wire.json_body import parse

_Piece = tuple[Any, str, dict[str, Any] | None, str, bool]
"""Call, tool where it is named, what holds arguments, the member, and whether it is a copy."""

Told = tuple[str, str, str]
"""Tool, digest of the arguments it was called with, and the new ones."""


def replaced_in_stream(
    api: Api, body: bytes, told: Sequence[Told], digest: Callable[[str], str]
) -> bytes | None:
    """Return the stream with new arguments; None where a call is not in it."""
    try:
        reader = Reader()
        events = [*reader.feed(body), *reader.finish()]
        read = [(event, _parsed(event)) for event in events]
        choices: dict[Any, Choice] = {}
        pieces = [piece for _, data in read for piece in _pieces(api, data, choices)]
    except (ValueError, Broken, AttributeError, TypeError):
        return None
    written, tools = _said(pieces)
    new: dict[Any, str] = {}
    for tool, asked, arguments in told:
        found = next(
            (k for k, w in written.items() if k not in new and tools.get(k) == tool
             and digest(w) == asked), None,
        )  # fmt: skip
        if found is None:
            return None
        new[found] = arguments
    begun: set[Any] = set()
    for key, _, owner, name, copy in pieces:
        if key in new and owner is not None and name in owner:
            said = "" if key in begun and not copy else new[key]
            owner[name] = parse(said) if isinstance(owner[name], dict) else said
            if not copy:
                begun.add(key)
    return b"".join(_written(event, data) for event, data in read)


def _said(pieces: Sequence[_Piece]) -> tuple[dict[Any, str], dict[Any, str]]:
    """Return the arguments of each call, and its tool."""
    written: dict[Any, str] = {}
    whole: dict[Any, str] = {}
    tools: dict[Any, str] = {}
    for key, tool, owner, name, copy in pieces:
        if tool:
            tools[key] = tool if copy else tools.get(key, "") + tool
        if not copy and owner is not None:
            written[key] = written.get(key, "") + _text_of(owner.get(name))
        elif owner is not None and owner.get(name):
            whole[key] = str(owner[name])
    return written | whole, tools  # what came whole is what was decided on


def _text_of(arguments: Any) -> str:
    """Return arguments as text; Messages has them as an object where they came whole."""
    if isinstance(arguments, dict):
        return encode(arguments).decode()
    return str(arguments or "")


def _parsed(event: Event) -> Any:
    if event.data is None or event.data == "[DONE]":
        return None
    return json.loads(event.data)


def _written(event: Event, data: Any) -> bytes:
    if data is None:
        return event.raw
    return write(Event(event.name, json.dumps(data), event.id))


def _pieces(api: Api, data: Any, choices: dict[Any, Choice]) -> list[_Piece]:
    if not isinstance(data, dict):
        return []
    if api is Api.CHAT:
        return _chat(data, choices)
    return _responses(data) if api is Api.RESPONSES else _messages(data)


def _chat(data: dict[str, Any], choices: dict[Any, Choice]) -> list[_Piece]:
    """Tell calls apart as the relay does: several may have one index."""
    found: list[_Piece] = []
    for given in data.get("choices") or ():
        at, delta = given.get("index"), given.get("delta") or {}
        choice = choices.setdefault(at, Choice(at))
        for call in delta.get("tool_calls") or ():
            custom = isinstance(call.get("custom"), dict)
            inner = call["custom"] if custom else call.get("function") or {}
            index = index_at(call, "index", MOST_CALLS) if "index" in call else None
            key = at, choice.call(index, text_at(call, "id"), text_at(inner, "name")).index
            found.append(_of_inner(key, inner, "input" if custom else "arguments"))
        if delta.get("function_call"):
            found.append(_of_inner((at, None), delta["function_call"], "arguments"))
    return found


def _of_inner(key: Any, inner: dict[str, Any], name: str) -> _Piece:
    return key, inner.get("name") or "", inner if inner.get(name) else None, name, False


def _responses(data: dict[str, Any]) -> list[_Piece]:
    kind = str(data.get("type"))
    if kind == "response.function_call_arguments.delta":
        return [(data.get("item_id"), "", data, "delta", False)]
    if kind == "response.function_call_arguments.done":
        return [(data.get("item_id"), "", data, "arguments", True)]
    item, response = data.get("item"), data.get("response")
    items = [item] if isinstance(item, dict) else (response or {}).get("output") or []
    calls = [one for one in items if one.get("type") == "function_call"]
    return [
        (one.get("id"), one.get("name") or "", one if one.get("arguments") else None,
         "arguments", True)
        for one in calls
    ]  # fmt: skip


def _messages(data: dict[str, Any]) -> list[_Piece]:
    block, delta = data.get("content_block") or {}, data.get("delta") or {}
    if block.get("type") == "tool_use":
        whole = block if block.get("input") else None  # else it comes in pieces
        return [(data.get("index"), block.get("name") or "", whole, "input", False)]
    if delta.get("type") == "input_json_delta" and delta.get("partial_json"):
        return [(data.get("index"), "", delta, "partial_json", False)]
    return []
