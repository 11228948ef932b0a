"""Output items of the Responses API: which are texts, which are calls, and what may pass of each.

A call is decided on by its arguments: those of a function as the model wrote them, else the JSON
of all that the item says, without what it returned. What a tool of the provider's own returned is
decided on by its JSON, and is left out where any of it is to be redacted.
Source: types of the package `openai` 3.54.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.gateway.answers.bare import (
    are_settings,
    is_id,
    is_word,
    keep,
    passes,
    sealed,
    settings,
)
from charter.gateway.answers.encode import encode
from charter.gateway.answers.plain import Plain
from charter.gateway.answers.truncated import unfinished
from charter.gateway.verdict import CallSaid

RESULTS = ("results", "output", "outputs", "tools", "error", "result")
"""Members of an item that hold what a provider's tool returned."""
PICTURE = "image_generation_call"
_PICTURES = ("iVBORw0KGgo", "/9j/", "UklGR")
"""What PNG, JPEG and WebP begin with, in base64."""
ARGUMENTS = {"function_call": "arguments", "custom_tool_call": "input", "mcp_call": "arguments",
              "mcp_approval_request": "arguments"}  # fmt: skip
"""The member that holds the arguments of a call, by the item's type, where they are one text."""
_ALSO_CALLS = frozenset({"mcp_approval_request", "program"})
_REMOTE = frozenset({"mcp_call", "mcp_approval_request"})
_PLAIN = frozenset({"id", "type", "status", "call_id", "name", "server_label", "namespace"})
TEXTS = {
    "output_text": ("text", "text"),
    "refusal": ("refusal", "refusal"),
    "reasoning_text": ("text", "reasoning"),
    "summary_text": ("text", "reasoning"),
}
"""Types of parts, with the member that holds the text and the channel's kind."""
RESPONSE_IDS = frozenset(
    {"id", "object", "model", "created_at", "completed_at", "previous_response_id", "status",
     "prompt_cache_key", "safety_identifier", "user"}
)  # fmt: skip
RESPONSE_SETTINGS = frozenset(
    {
        "service_tier",
        "truncation",
        "tool_choice",
        "text",
        "reasoning",
        "usage",
        "incomplete_details",
        "moderation",
        "conversation",
        "prompt_cache_retention",
        "prompt_cache_options",
        "include",
        "context_management",
        "modalities",
    }
)
REPEATED = frozenset(
    {"instructions", "metadata", "tools", "tool_choice", "text", "reasoning", "prompt", "input"}
)
"""Members of a response that repeat the request."""

Kept = tuple[dict[str, Any], dict[str, Any]]
"""What may pass of an object, and members that no API has: see `bare.keep`."""


def is_call(kind: str) -> bool:
    """Say whether items of a type are calls, of the client's tools or the provider's."""
    return kind.endswith("_call") or kind in _ALSO_CALLS


def call_of(item: Mapping[str, Any]) -> CallSaid:
    """Return the call that an item is. Raises ValueError where a member has a wrong type."""
    kind = item["type"]
    name = item.get("name") or kind.removesuffix("_call")
    identity = item.get("call_id") or item.get("id") or ""
    if not isinstance(name, str) or not isinstance(identity, str):
        raise ValueError("a call has no name")  # noqa: TRY004 - a fault of the upstream
    written = item.get(ARGUMENTS.get(kind, "")) or ""
    if kind not in ARGUMENTS:
        said = {key: value for key, value in item.items() if key not in _BESIDE}
        written = encode(said).decode()
    if not isinstance(written, str):
        raise ValueError("the arguments of a call are no text")  # noqa: TRY004 - the same
    server = item.get("server_label") if kind in _REMOTE else ""
    return CallSaid(0, identity, name, written, server if isinstance(server, str) else "")


def out_of_tokens(response: Mapping[str, Any]) -> bool:
    """Say whether a response ended because it may have no more tokens."""
    details = response.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, dict) else None
    return response.get("status") == "incomplete" and reason == "max_output_tokens"


def broken_off(item: Mapping[str, Any], *, cut: bool) -> bool:
    """Say whether an item is a call whose last words are missing. `cut`: the response was."""
    kind = item.get("type")
    member = ARGUMENTS.get(kind) if isinstance(kind, str) else None
    if member is None or not (cut or item.get("status") == "incomplete"):
        return False
    free = kind == "custom_tool_call" and item.get("status") == "incomplete"
    written = item.get(member)
    return unfinished(written if isinstance(written, str) else "", free=free)


_BESIDE = _PLAIN.union(RESULTS)


def returned(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members in which a call holds what it returned."""
    return {
        name: item[name]
        for name in RESULTS
        if item.get(name) and not (name == "result" and is_picture(item))
    }


def is_picture(item: Mapping[str, Any]) -> bool:
    """Say whether an item holds a picture, which no check reads; what only looks so is text."""
    return item["type"] == PICTURE and sealed(item.get("result")).startswith(_PICTURES)


def call_item(item: Mapping[str, Any], plain: Plain) -> Kept:
    """Return a call's item for the client: ids, and what is decided on, arguments and results."""
    kind = item["type"]
    if kind not in ARGUMENTS:
        return {
            name: one
            for name, one in item.items()
            if name not in _PLAIN or (is_id(one) and not plain.tells(name, one))
        }, {}
    made, others = keep(
        dict(item),
        ids=(*_PLAIN, "created_by", "approval_request_id"),
        words=("caller",),
        read=("arguments", "input", *RESULTS),
        tells=plain.tells,
    )
    results = {name: item[name] for name in RESULTS if name in item}
    others.pop("id", None)  # events say it before anything is decided on
    return made | {ARGUMENTS[kind]: item.get(ARGUMENTS[kind]) or ""} | results, others


def head_of(item: Mapping[str, Any], plain: Plain) -> Kept:
    """Return an item of text without its text."""
    made, others = keep(
        dict(item),
        ids=("id", "type", "created_by"),
        words=("status", "role", "phase"),
        read=("content", "summary", "encrypted_content"),
        tells=plain.tells,
    )
    others.pop("id", None)  # as above
    return made, others


def response_of(given: Mapping[str, Any], request: Mapping[str, Any], plain: Plain) -> Kept:
    """Return a response without its output; what it repeats is as the client sent it."""
    made: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, value in given.items():
        if name in ("output", "output_text", "error"):
            continue
        if name in REPEATED and request.get(name) is not None:
            made[name] = request[name]
        elif value != request.get(name) and plain.tells(name, value):
            others[name] = value
        elif name == "instructions" or (name in REPEATED and isinstance(value, str)):
            made[name] = value if name == "tool_choice" and is_word(value) else None
        elif name in REPEATED or name in RESPONSE_SETTINGS:
            made[name] = value if are_settings(value) else settings(value)
        elif (name in RESPONSE_IDS and (is_id(value) or value == request.get(name))) or passes(
            name, value
        ):
            made[name] = value
        elif name != "obfuscation":
            others[name] = value
    made["error"] = None
    return made, others
