"""A held answer that was streamed, with other arguments in the place of those a model wrote.

Only what says arguments is changed: the first piece of a call's arguments becomes all of the new
ones, later pieces become empty, and every copy is the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from charter.gateway.stream.sse import Event, Reader, write
from charter.gateway.wire.asked import Api

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
    except ValueError:
        return None
    pieces = [piece for _, data in read for piece in _pieces(api, data)]
    written: dict[Any, str] = {}
    tools: dict[Any, str] = {}
    for key, tool, owner, name, copy in pieces:
        if tool:
            tools[key] = tool
        if not copy and owner is not None:
            written[key] = written.get(key, "") + str(owner.get(name) or "")
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
            owner[name] = "" if key in begun and not copy else new[key]
            if not copy:
                begun.add(key)
    return b"".join(_written(event, data) for event, data in read)


def _parsed(event: Event) -> Any:
    if event.data is None or event.data == "[DONE]":
        return None
    return json.loads(event.data)


def _written(event: Event, data: Any) -> bytes:
    if data is None:
        return event.raw
    return write(Event(event.name, json.dumps(data, ensure_ascii=False), event.id))


def _pieces(api: Api, data: Any) -> list[tuple[Any, str, dict[str, Any] | None, str, bool]]:
    """Return call, tool where it is named, what holds arguments, the member, and whether a copy."""
    if not isinstance(data, dict):
        return []
    if api is Api.CHAT:
        return _chat(data)
    return _responses(data) if api is Api.RESPONSES else _messages(data)


def _chat(data: dict[str, Any]) -> list[tuple[Any, str, dict[str, Any] | None, str, bool]]:
    found: list[tuple[Any, str, dict[str, Any] | None, str, bool]] = []
    for choice in data.get("choices") or ():
        for call in (choice.get("delta") or {}).get("tool_calls") or ():
            inner = call.get("function") or {}
            key = (choice.get("index"), call.get("index"))
            owner = inner if inner.get("arguments") else None
            found.append((key, inner.get("name") or "", owner, "arguments", False))
    return found


def _responses(data: dict[str, Any]) -> list[tuple[Any, str, dict[str, Any] | None, str, bool]]:
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


def _messages(data: dict[str, Any]) -> list[tuple[Any, str, dict[str, Any] | None, str, bool]]:
    block, delta = data.get("content_block") or {}, data.get("delta") or {}
    if block.get("type") == "tool_use":
        return [(data.get("index"), block.get("name") or "", None, "input", True)]
    if delta.get("type") == "input_json_delta" and delta.get("partial_json"):
        return [(data.get("index"), "", delta, "partial_json", False)]
    return []
