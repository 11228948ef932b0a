"""The reader of a `chat.completion`."""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.answer import Answer
from charter.gateway.answers.bare import MOST_CALL_ID, is_id, sealed
from charter.gateway.answers.parts import read_parts
from charter.gateway.answers.truncated import OUT_OF_TOKENS, unfinished
from charter.gateway.verdict import CallSaid, Channel
from charter.gateway.wire.pointer import under
from charter.gateway.wire.shape import MAX_ANSWERS, a_list, an_object, list_of, object_of, text_of

TEXTS = {
    "content": ("text", 0),
    "refusal": ("refusal", 1),
    "reasoning_content": ("reasoning", 2),
    "reasoning": ("reasoning", 3),
}
"""Members that hold text, with the channel's kind and part. Reasoning is other servers' own."""
TRANSCRIPT, ANNOTATIONS, OTHERS = ("transcript", 4), ("annotations", 5), ("annotations", 6)
WORDS = ("usage", "moderation", "prompt_filter_results", "provider", "x_groq")
OF_CHOICE = ("native_finish_reason", "content_filter_results")
"""Settings and verdicts beside the texts; the latter ones are those of other servers."""
HEAD = frozenset({"id", "object", "created", "model", "system_fingerprint", "service_tier"})


def read(answer: Answer, given: dict[str, Any]) -> None:
    """Fill in an answer. Raises ValueError, with the pointer, for what is no completion."""
    body = answer.body = answer.keep(given, "", ids=HEAD, words=WORDS, read=("choices",))
    choices = a_list(given.get("choices"), "/choices")
    if len(choices) > MAX_ANSWERS:
        raise ValueError(f"/choices: more than {MAX_ANSWERS} answers")
    body["choices"] = [
        _choice(answer, an_object(one, f"/choices/{at}"), at) for at, one in enumerate(choices)
    ]
    kind, part = OTHERS
    answer.close(Channel(kind, 0, part))


def _choice(answer: Answer, given: dict[str, Any], at: int) -> dict[str, Any]:
    where = f"/choices/{at}"
    words = ("finish_reason", *OF_CHOICE)
    made = answer.keep(given, where, words=words, read=("message", "logprobs"))
    logprobs = object_of(given, "logprobs", where)
    if "logprobs" in given:
        made["logprobs"] = None
    if logprobs is not None:
        made["logprobs"] = {
            name: list_of(logprobs, name, under(where, "logprobs")) or None
            for name in ("content", "refusal")
            if name in logprobs
        }
    message = an_object(given.get("message"), f"{where}/message")
    for name in ("content", "refusal"):
        if name not in message and (made.get("logprobs") or {}).get(
            name
        ):  # of which text they are is not said
            made["logprobs"][name] = None
    made["message"] = _message(answer, message, at, made.get("logprobs") or {})
    listed = isinstance(message.get("tool_calls"), list)
    _calls(answer, message, made["message"], at, cut=given.get("finish_reason") == OUT_OF_TOKENS)
    if listed and message["tool_calls"] and not made["message"]["tool_calls"]:
        del made["message"]["tool_calls"]
    return made


def _message(
    answer: Answer, given: dict[str, Any], choice: int, logprobs: dict[str, Any]
) -> dict[str, Any]:
    where = f"/choices/{choice}/message"
    made = answer.keep(given, where, words=("role",), read=_READ)
    annotations = list_of(given, "annotations", where)
    for name, (kind, part) in TEXTS.items():
        if name not in given:
            continue
        if name == "content" and isinstance(given[name], list):
            beside = (under(where, "annotations"),) if annotations else ()
            made[name] = read_parts(answer, given[name], choice, under(where, name), beside)
            if logprobs.get(name):  # of which part they are is not said
                logprobs[name] = None
                answer.stripped.add("logprobs")
            continue
        text = made[name] = text_of(given, name, where)
        pointer = f"/choices/{choice}/logprobs/{name}" if logprobs.get(name) else ""
        if pointer and not text:
            logprobs[name] = None
        beside = (under(where, "annotations"),) if name == "content" and annotations else ()
        channel = Channel(kind, choice, part)
        answer.add(channel, text or "", f"{where}/{name}", logprobs=pointer, beside=beside)
    if "annotations" in given:
        made["annotations"] = annotations or given["annotations"]
    if annotations:
        kind, part = ANNOTATIONS
        channel = Channel(kind, choice, part)
        answer.add_value(channel, annotations, under(where, "annotations"))
    audio = object_of(given, "audio", where)
    if "audio" in given:
        made["audio"] = None
    if audio is not None:
        made["audio"] = _audio(answer, audio, choice, under(where, "audio"))
    return made


_READ = (*TEXTS, "tool_calls", "function_call", "audio", "annotations")


def _audio(answer: Answer, given: dict[str, Any], choice: int, where: str) -> dict[str, Any]:
    made = answer.keep(given, where, ids=("id",), read=("transcript", "data"))
    kind, part = TRANSCRIPT
    made["transcript"] = text_of(given, "transcript", where) or ""
    made["data"] = sealed(given.get("data"))
    if made["data"]:
        answer.uncovered.add("audio")
    pointer = under(where, "transcript")
    beside = (under(where, "data"),)
    answer.add(Channel(kind, choice, part), made["transcript"], pointer, beside=beside)
    return made


def _calls(
    answer: Answer, given: dict[str, Any], made: dict[str, Any], choice: int, *, cut: bool
) -> None:
    """Read the calls of a message. Of an answer that was `cut`, those that have no end go."""
    where = f"/choices/{choice}/message"
    if "tool_calls" in given:
        listed = list_of(given, "tool_calls", where)
        calls = made["tool_calls"] = None if given["tool_calls"] is None else []
        for at, one in enumerate(listed):
            place = under(where, "tool_calls", at)
            call = an_object(one, place)
            kind, name, written = _said(call, place)
            if cut and unfinished(written, free=kind == "custom" and at == len(listed) - 1):
                answer.truncated = True
            elif calls is not None:
                to = under(where, "tool_calls", len(calls))
                calls.append(_call(answer, call, choice, to, kind))
    if "function_call" in given:
        old = object_of(given, "function_call", where)
        made["function_call"] = old
        if old is not None:
            name, written = _function(old, "arguments", under(where, "function_call"))
            if cut and unfinished(written, free=False):
                answer.truncated = True
                made["function_call"] = None
                return
            made["function_call"] = {"name": name, "arguments": written}
            answer.calls.append(CallSaid(choice, "", name, written))


def _said(given: dict[str, Any], where: str) -> tuple[str, str, str]:
    """Return kind, name and arguments of a call."""
    kind = "custom" if isinstance(given.get("custom"), dict) else "function"
    inner = an_object(given.get(kind), under(where, kind))
    return kind, *_function(inner, _MEMBERS[kind], under(where, kind))


def _call(
    answer: Answer, given: dict[str, Any], choice: int, where: str, kind: str
) -> dict[str, Any]:
    identity = text_of(given, "id", where) or ""
    if not is_id(identity, MOST_CALL_ID):
        raise ValueError(f"{where}/id: expected an id")
    member, inner = _MEMBERS[kind], given[kind]
    name, written = _function(inner, member, under(where, kind))
    answer.calls.append(CallSaid(choice, identity, name, written))
    more = answer.keep(inner, under(where, kind), read=("name", member))
    made = {"id": identity, "type": kind, kind: {"name": name, member: written, **more}}
    return made | answer.keep(given, where, read=("id", "type", *_MEMBERS))


_MEMBERS = {"custom": "input", "function": "arguments"}
"""Of a call, by its kind: the member that holds what it is called with."""


def _function(given: dict[str, Any], member: str, where: str) -> tuple[str, str]:
    """Return name and arguments of a call."""
    return text_of(given, "name", where) or "", text_of(given, member, where) or ""
