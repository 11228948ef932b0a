"""The reader of a `message`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.gateway.answers.answer import Answer, Said
from charter.gateway.answers.bare import sealed, settings
from charter.gateway.answers.encode import encode
from charter.gateway.answers.truncated import stopped_early
from charter.gateway.verdict import CallSaid, Channel
from charter.gateway.wire.pointer import under
from charter.gateway.wire.shape import a_list, a_text, an_object, list_of, object_of, text_of

IDS = ("id", "type", "role", "model")
WORDS = ("usage", "container", "stop_reason", "context_management")
READ = ("content", "stop_sequence", "stop_details", "diagnostics")
"""Members of a message: names and ids, settings, and those that are read or left out."""
CALL_IDS = ("type", "id", "server_name", "toolset_name")


def is_call(kind: str) -> bool:
    """Say whether blocks of a type are calls, of the client's tools or the provider's."""
    return kind == "tool_use" or kind.endswith("_tool_use")


def server_of(block: Mapping[str, Any]) -> str:
    """Return the MCP server whose tool a block calls; empty where it calls none of one."""
    name = block.get("server_name") if block.get("type") == "mcp_tool_use" else None
    return name if isinstance(name, str) else ""


def read(answer: Answer, given: dict[str, Any], request: Mapping[str, Any]) -> None:
    """Fill in an answer. Raises ValueError, with the pointer, for what is no message."""
    body = answer.body = answer.keep(given, "", ids=IDS, words=WORDS, read=READ)
    content = a_list(given.get("content"), "/content")
    if content and stopped_early(given) and _calls(content[-1]):
        content = content[:-1]
        answer.truncated = True
    body["content"] = [
        _block(answer, an_object(one, f"/content/{at}"), at) for at, one in enumerate(content)
    ]
    ended = text_of(given, "stop_sequence", "")
    body["stop_sequence"] = ended if ended in (request.get("stop_sequences") or ()) else None
    details = object_of(given, "stop_details", "")
    if details is not None:
        said = text_of(details, "explanation", "/stop_details")
        rest = {key: details[key] for key in details if key != "explanation"}
        made = settings({key: rest[key] for key in rest if not answer.plain.tells(key, rest[key])})
        body["stop_details"] = {**made, "explanation": said}
        channel = Channel("refusal", 0, 2 * len(content))
        answer.add(channel, said or "", "/stop_details/explanation")
    answer.close(Channel("annotations", 0, 2 * len(content)))


def _calls(block: Any) -> bool:
    """Say whether a block is a call: of the last one of an answer that was cut, words may miss."""
    kind = block.get("type") if isinstance(block, dict) else None
    return isinstance(kind, str) and is_call(kind)


def _block(answer: Answer, given: dict[str, Any], at: int) -> dict[str, Any]:
    where = f"/content/{at}"
    kind = a_text(given.get("type"), under(where, "type"))
    if kind == "text":
        return _text(answer, given, at, where)
    if kind == "thinking":
        text = text_of(given, "thinking", where) or ""
        if text:
            channel = Channel("reasoning", 0, 2 * at)
            answer.said.append(Said(channel, text, (where,), whole=True, series=kind))
        signature = sealed(given.get("signature"))
        signature = "" if answer.plain.finds(signature) else signature
        made = {"type": kind, "thinking": text, "signature": signature}
        return made | answer.keep(given, where, read=tuple(made))
    if kind == "redacted_thinking":
        answer.uncovered.add(kind)
        made = {"type": kind, "data": sealed(given.get("data"))}
        return made | answer.keep(given, where, read=tuple(made))
    if is_call(kind):
        return _call(answer, given, where)
    answer.add_value(Channel("annotations", 0, 2 * at), given, where)
    return given


def _text(answer: Answer, given: dict[str, Any], at: int, where: str) -> dict[str, Any]:
    text = text_of(given, "text", where) or ""
    made: dict[str, Any] = {"type": "text", "text": text}
    citations = list_of(given, "citations", where)
    place = under(where, "citations")
    if "citations" in given:
        made["citations"] = given["citations"]
    beside = (place,) if citations else ()
    channel = Channel("text", 0, 2 * at)
    answer.add(channel, text, under(where, "text"), beside=beside, series="text")
    if citations:
        answer.add_value(Channel("annotations", 0, 2 * at + 1), citations, place)
    if not given.keys() <= made.keys():
        made |= answer.keep(given, where, read=("type", "text", "citations"))
    return made


def _call(answer: Answer, given: dict[str, Any], where: str) -> dict[str, Any]:
    made = answer.keep(given, where, ids=CALL_IDS, words=("caller",), read=("name", "input"))
    name = text_of(given, "name", where) or ""
    wanted = object_of(given, "input", where) or {}
    identity = text_of(given, "id", where) or ""
    server = server_of(given)
    answer.calls.append(CallSaid(0, identity, name, encode(wanted).decode(), server))
    return made | {"name": name, "input": wanted}
