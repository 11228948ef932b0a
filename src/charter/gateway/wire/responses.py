"""The reader of POST /v1/responses.

Roles and authority are those of the wire `openai-responses`. What stands for text on the
provider's side is named in `unseen`. Source: types of the package `openai` 3.52.0.
"""

from __future__ import annotations

from typing import Any

from charter.gateway.wire.asked import Api, Asked
from charter.gateway.wire.parts import walk_content, walk_part
from charter.gateway.wire.pointer import under
from charter.gateway.wire.shape import a_text, an_object, object_of, text_of, truth_of, wrong
from charter.gateway.wire.trail import USUAL, Group, Terms, Trail
from charter.policy.labels.wires.openai_responses import PARTS, QUIET, RESULTS, UNSEEN


def read(body: object, terms: Terms = USUAL) -> Asked:
    """Return what a parsed body asks. Raises ValueError, with the pointer, for wrong types."""
    request = an_object(body, "")
    trail = Trail(Api.RESPONSES)
    trail.offer(request, "tools", "parameters")
    trail.claim(request, "user", "safety_identifier")
    for name in ("previous_response_id", "conversation", "prompt"):
        if request.get(name) is not None:
            trail.hidden(name, f"/{name}")
    _walk_all(trail, request.get("instructions"), "/instructions")
    _walk_variables(trail, object_of(request, "prompt", ""))
    if "input" in request and request["input"] is None:
        raise wrong(None, "/input", "text or a list of items")
    _walk_all(trail, request.get("input"), "/input")
    return trail.asked(request, terms, stream=truth_of(request, "stream"))


def _walk_all(trail: Trail, given: Any, pointer: str) -> None:
    """Walk instructions or input: text, which is one message, or items."""
    if isinstance(given, str):
        trail.group(pointer).add(pointer, given)
    elif isinstance(given, list):
        for at, item in enumerate(given):
            where = under(pointer, at)
            _walk_item(trail, an_object(item, where), where)
    elif given is not None:
        raise wrong(given, pointer, "text or a list of items")


def _walk_variables(trail: Trail, prompt: dict[str, Any] | None) -> None:
    """Walk what is filled into a stored prompt; where it ends up there is not seen."""
    variables = object_of(prompt, "variables", "/prompt") if prompt is not None else None
    if not variables:
        return
    group = Group("/prompt/variables")
    for name, value in variables.items():
        walk_part(trail, group, value, under("/prompt/variables", name))
    if not group.empty:
        trail.groups.append(group)


def _walk_item(trail: Trail, item: dict[str, Any], where: str) -> None:
    kind = text_of(item, "type", where) or _implied(item)
    if kind == "message":
        a_text(item.get("role"), under(where, "role"))
        walk_content(trail, trail.group(where), item.get("content"), under(where, "content"))
    elif kind == "reasoning":
        _walk_reasoning(trail, item, where)
    elif kind.endswith("_call"):
        _walk_call(trail, item, where)
    elif kind.endswith("_output"):
        trail.answers(text_of(item, "call_id", where), where)
        group = trail.group(where)
        if "output" in item:
            _walk_returned(trail, group, item["output"], under(where, "output"))
        else:
            group.opaque(where)
    elif kind in UNSEEN:
        trail.hidden(kind, where)
    else:
        trail.group(where).opaque(where)
        if kind not in QUIET:
            trail.hidden(kind, where)


def _walk_reasoning(trail: Trail, item: dict[str, Any], where: str) -> None:
    """Walk reasoning: the provider takes it back only as it gave it, by id or encrypted."""
    group = trail.group(where)
    trail.signed.append(where)
    for name in ("summary", "content"):
        walk_content(trail, group, item.get(name), under(where, name), signed=True)
    if item.get("encrypted_content") is not None:
        trail.hidden("encrypted_reasoning", under(where, "encrypted_content"))


def _walk_call(trail: Trail, item: dict[str, Any], where: str) -> None:
    """Walk a call, and what the provider's own tool returned for it."""
    trail.group(where)
    name = text_of(item, "name", where) or item["type"].removesuffix("_call")
    identity = text_of(item, "call_id", where) or text_of(item, "id", where)
    if item["type"] in ("function_call", "custom_tool_call"):
        text_of(item, "arguments", where)
        text_of(item, "input", where)
    trail.called(identity, name, where)
    results = [key for key in RESULTS if item.get(key) is not None]
    picture = item.get("result") is not None
    if not results and not picture:
        return
    trail.answers(identity, where)
    group = trail.group(where)
    for key in results:
        _walk_returned(trail, group, item[key], under(where, key))
    if picture:
        trail.hidden(item["type"], under(where, "result"))


def _walk_returned(trail: Trail, group: Group, value: Any, pointer: str) -> None:
    """Walk what a tool returned: text, parts, or anything else, which becomes JSON text."""
    parts = value if isinstance(value, list) else [value]
    if isinstance(value, str):
        group.add(pointer, value)
    elif all(isinstance(p, dict) and _is_part(p.get("type")) for p in parts):
        for at, part in enumerate(parts):
            place = under(pointer, at) if isinstance(value, list) else pointer
            walk_part(trail, group, part, place)
    elif value is not None:
        group.opaque(pointer)


def _is_part(kind: object) -> bool:
    return isinstance(kind, str) and kind in PARTS


def _implied(item: dict[str, Any]) -> str:
    """Return the type of an item that does not say it: a message, or a reference to one."""
    referred = "id" in item and "role" not in item and "content" not in item
    return "item_reference" if referred else "message"
