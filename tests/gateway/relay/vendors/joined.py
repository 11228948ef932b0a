"""What a client joins the events of a stream to, and what of it is not as the upstream said it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from charter.gateway.wire.asked import Api

_ONCE = frozenset({"role", "type", "id", "finish_reason", "signature", "format"})
"""Members of pieces that are not joined with those of the piece before."""


def _join(owner: dict[str, Any], piece: dict[str, Any]) -> None:
    for name, value in piece.items():
        before = owner.get(name)
        if before is None:
            owner[name] = copy.deepcopy(value)
        elif isinstance(value, str) and isinstance(before, str):
            owner[name] = (value or before) if name in _ONCE else before + value
        elif isinstance(value, dict) and isinstance(before, dict):
            _join(before, value)
        elif isinstance(value, list) and isinstance(before, list):
            before += copy.deepcopy(value)
        elif value is not None:
            owner[name] = copy.deepcopy(value)


def _chat(events: list[dict[str, Any]]) -> Any:
    made: dict[str, Any] = {}
    choices: dict[int, Any] = {}
    for event in events:
        said = {name: value for name, value in event.items() if name != "obfuscation"}
        made |= {name: value for name, value in said.items() if value or name not in made}
        for choice in event["choices"]:
            owner = choices.setdefault(choice["index"], {"calls": [], "parts": {}, "delta": {}})
            beside = {name: value for name, value in choice.items() if name != "delta"}
            owner |= {name: value for name, value in beside.items() if value or name not in owner}
            delta = dict(choice.get("delta") or {})
            _call(owner["calls"], delta.pop("tool_calls", None) or ())
            if isinstance(delta.get("content"), list):
                _parts(owner["parts"], delta.pop("content"))
            elif owner["parts"]:
                _parts(owner["parts"], [{"type": "text", "text": delta.pop("content", "") or ""}])
            _join(owner["delta"], delta)
    return {**made, "choices": choices}


def _call(calls: list[Any], pieces: Any) -> None:
    for piece in pieces:
        goes_on = calls and not piece.get("id") and "index" in piece
        if goes_on and calls[-1].get("index") == piece["index"]:
            _join(calls[-1], piece)
        else:
            calls.append(copy.deepcopy(piece))


def _parts(owner: dict[str, Any], parts: list[Any]) -> None:
    """Join parts by their type: where those of other types stand between texts is not kept."""
    for part in parts:
        kind = part["type"]
        if kind == "text":
            owner[kind] = owner.get(kind, "") + part["text"]
        elif kind == "thinking":
            inner = owner.setdefault(kind, {})
            _parts(inner, part[kind])
            inner |= {name: part[name] for name in part if name not in ("type", kind)}
        else:
            owner.setdefault(kind, []).append(part)


def _messages(events: list[dict[str, Any]]) -> Any:
    made: dict[str, Any] = {"blocks": {}, "ends": [], "starts": []}
    written: dict[int, str] = {}
    for event in events:
        kind, at = event["type"], event.get("index", -1)
        if kind == "content_block_start":
            made["blocks"][at] = copy.deepcopy(event["content_block"])
        elif kind == "content_block_delta":
            delta, block = dict(event["delta"]), made["blocks"][at]
            if delta.pop("type") == "input_json_delta":
                written[at] = written.get(at, "") + delta["partial_json"]
            elif "citation" in delta:
                block["citations"] = [*(block.get("citations") or ()), delta["citation"]]
            else:
                _join(block, delta)
        elif kind != "content_block_stop":
            made["ends" if made["starts"] else "starts"].append(event)
    for at, said in written.items():
        made["blocks"][at]["input"] = json.loads(said) if said else {}
    return made


def _responses(events: list[dict[str, Any]]) -> Any:
    made: dict[str, Any] = {}
    for event in events:
        kind = event["type"]
        rest = {name: one for name, one in event.items() if name != "sequence_number"}
        if kind == "response.output_item.added":  # more of it may be known by then
            rest["item"] = {name: rest["item"].get(name) for name in ("type", "id", "call_id")}
        if not kind.endswith(".delta"):
            made.setdefault(kind, []).append(rest)
            continue
        piece = rest.pop("delta")
        place = f"{kind} {event['output_index']} {event.get('command_index')}"
        made[place] = made.get(place, "") + piece if isinstance(piece, str) else piece
    return made


JOINED: dict[Api, Callable[[list[dict[str, Any]]], Any]] = {
    Api.CHAT: _chat,
    Api.MESSAGES: _messages,
    Api.RESPONSES: _responses,
}


def missing(given: Any, made: Any, place: str = "") -> Iterator[str]:
    """Yield where something that was given is missing, or is not what it was."""
    if isinstance(given, dict) and isinstance(made, dict):
        for name, value in given.items():
            if name not in made:
                yield f"{place}/{name} is lost"
            else:
                yield from missing(value, made[name], f"{place}/{name}")
    elif isinstance(given, list) and isinstance(made, list) and len(given) == len(made):
        for at, (one, other) in enumerate(zip(given, made, strict=True)):
            yield from missing(one, other, f"{place}/{at}")
    elif given != made or type(given) is not type(made):
        yield f"{place}: {given!r} became {made!r}"
