"""What is sealed of an exchange, and the answer in it that waits for a person.

A held answer is kept as the upstream sent it. When people have agreed, it is read and decided on
again like a fresh one: everything but the approval itself must still allow it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from charter.gateway.answers.encode import encode
from charter.gateway.binding import arguments_digest
from charter.gateway.held_stream import replaced_in_stream
from charter.gateway.wire.asked import Api
from charter.gateway.wire.json_body import parse
from charter.records.approval import ApprovalAsked

MOST_KEPT = 16 * 1024 * 1024
"""Bytes of an answer that is kept; a longer one is asked of the upstream again."""


class Held(NamedTuple):
    """An answer as the upstream gave it."""

    body: bytes
    stream: bool


def sealed_payload(
    made: Mapping[str, Any], *, system_as: str, level: str, held: Held | None
) -> dict[str, Any]:
    """Return what is sealed: what was asked and answered, as people look at it, and the salts."""
    decisions = made.get("decisions", {})
    texts, calls = [], []
    for one in decisions.values():
        if one["stage"] == "output":
            texts.append({"kind": one.get("channel", "text"), "text": one["text"]})
        elif one["stage"] == "tool_call":
            calls.append({"tool": one["tool"], "arguments": one["text"]})
    found: dict[str, Any] = {
        "exchange": made["exchange"],
        "api": made["api"],
        "body": made["request"],
        "system_as": system_as,
        "level": level,
        "texts": texts,
        "calls": calls,
        "decisions": decisions,
    }
    if held is not None:
        found["answer"] = {"body": held.body.decode("utf-8", "replace"), "stream": held.stream}
    return found


def held_answer(payload: Mapping[str, Any] | None) -> Held | None:
    """Return the answer in a payload; None where none was kept."""
    answer = payload.get("answer") if payload is not None else None
    if not isinstance(answer, Mapping) or not isinstance(answer.get("body"), str):
        return None
    return Held(answer["body"].encode("utf-8", "replace"), answer.get("stream") is True)


class Change(NamedTuple):
    """A call that a person edited."""

    asked: ApprovalAsked
    """The approval as it was first asked for: it tells the call in the answer."""
    arguments: str
    """JSON text of the arguments that were agreed to in the end."""


def replaced(api: Api, held: Held, changed: Sequence[Change]) -> Held | None:
    """Return a held answer with the arguments of calls that people edited in their places.

    None where a call is not in it: the model is asked again then.
    """
    if held.stream:
        told = [(one.asked.tool, one.asked.arguments, one.arguments) for one in changed]
        body = replaced_in_stream(api, held.body, told, digest_of_arguments)
        return None if body is None else Held(body, stream=True)
    try:
        body = parse(held.body)
    except ValueError:
        return None
    for change in changed:
        if not _put(api, body, change):
            return None
    return Held(encode(body), stream=False)


def _put(api: Api, body: Any, change: Change) -> bool:
    """Put new arguments into the first call that is the one asked about."""
    for owner, tool, name in _calls(api, body):
        written = owner.get(name)
        if tool == change.asked.tool and digest_of_arguments(written) == change.asked.arguments:
            parsed = parse(change.arguments)
            owner[name] = parsed if isinstance(written, dict) else change.arguments
            return True
    return False


def digest_of_arguments(arguments: Any) -> str:
    """Return the digest under which an approval knows the arguments of a call."""
    if isinstance(arguments, str):
        try:
            found = parse(arguments or "{}")
        except ValueError:
            return arguments_digest(arguments)
        return arguments_digest(found if isinstance(found, dict) else arguments)
    return arguments_digest(arguments) if isinstance(arguments, dict) else ""


def _calls(api: Api, body: Any) -> list[tuple[dict[str, Any], str, str]]:
    """Return what holds the arguments of each call, its tool, and the member they stand in."""
    found: list[tuple[dict[str, Any], str, str]] = []
    if api is Api.CHAT:
        for choice in _objects(body, "choices"):
            for call in _objects(choice.get("message"), "tool_calls"):
                for kind, name in (("custom", "input"), ("function", "arguments")):
                    inner = call.get(kind)
                    if isinstance(inner, dict):
                        found.append((inner, str(inner.get("name")), name))
                        break
    elif api is Api.RESPONSES:
        calls = [one for one in _objects(body, "output") if one.get("type") == "function_call"]
        found += [(call, str(call.get("name")), "arguments") for call in calls]
    else:
        calls = [one for one in _objects(body, "content") if one.get("type") == "tool_use"]
        found += [(call, str(call.get("name")), "input") for call in calls]
    return found


def _objects(owner: Any, name: str) -> list[dict[str, Any]]:
    inside = owner.get(name) if isinstance(owner, dict) else None
    return [one for one in inside if isinstance(one, dict)] if isinstance(inside, list) else []
