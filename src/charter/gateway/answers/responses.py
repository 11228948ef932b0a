"""The reader of a `response`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.gateway.answers.answer import Answer
from charter.gateway.answers.bare import is_word, sealed
from charter.gateway.answers.items import (
    PICTURE,
    TEXTS,
    call_item,
    call_of,
    head_of,
    is_call,
    response_of,
    returned,
)
from charter.gateway.verdict import Channel
from charter.gateway.wire.pointer import under
from charter.gateway.wire.shape import a_list, a_text, an_object, list_of, object_of, text_of


def read(answer: Answer, given: dict[str, Any], request: Mapping[str, Any]) -> None:
    """Fill in an answer. Raises ValueError, with the pointer, for what is no response.

    What it repeats of its request is as the client sent it: `request`.
    """
    body = answer.body = response_of(given, request, answer.stripped)
    failed = object_of(given, "error", "")
    if failed is not None:
        code = failed.get("code")
        body["error"] = {
            "code": code if is_word(code) else "server_error",
            "message": "The model's server reported an error.",
        }
    body["output"] = [
        _item(answer, an_object(one, f"/output/{at}"), f"/output/{at}")
        for at, one in enumerate(a_list(given.get("output"), "/output"))
    ]


def _channel(answer: Answer, kind: str) -> Channel:
    return Channel(kind, 0, len(answer.said))


def _item(answer: Answer, given: dict[str, Any], where: str) -> dict[str, Any]:
    kind = a_text(given.get("type"), under(where, "type"))
    if not is_word(kind):
        raise ValueError(f"{where}/type: no type of an item")
    if kind in ("message", "reasoning"):
        return _texts(answer, given, where)
    if not is_call(kind):
        answer.add_value(_channel(answer, "annotations"), given, where)
        return given
    answer.calls.append(call_of(given))
    made = call_item(given, answer.stripped)
    results = returned(given)
    if results:
        places = [under(where, name) for name in results]
        answer.add_value(_channel(answer, "annotations"), results, *places)
    if kind == PICTURE and sealed(given.get("result")):
        answer.uncovered.add("image")
    return made


def _texts(answer: Answer, given: dict[str, Any], where: str) -> dict[str, Any]:
    made = head_of(given, answer.stripped)
    beside: tuple[str, ...] = ()
    if "encrypted_content" in given:
        made["encrypted_content"] = sealed(given["encrypted_content"]) or None
        beside = (under(where, "encrypted_content"),)
        if made["encrypted_content"]:
            answer.uncovered.add("encrypted_reasoning")
    for name in ("content", "summary"):
        if name in given:
            made[name] = [
                _part(
                    answer, an_object(one, under(where, name, at)), under(where, name, at), beside
                )
                for at, one in enumerate(list_of(given, name, where))
            ]
    return made


def _part(
    answer: Answer, given: dict[str, Any], where: str, beside: tuple[str, ...]
) -> dict[str, Any]:
    kind = given.get("type")
    if not isinstance(kind, str) or kind not in TEXTS:
        raise ValueError(f"{where}: a part of an unknown type")
    member, channel = TEXTS[kind]
    text = text_of(given, member, where) or ""
    made: dict[str, Any] = {"type": kind, member: text}
    tokens = ""
    if kind == "output_text":
        made["annotations"] = list_of(given, "annotations", where)
        if "logprobs" in given:
            made["logprobs"] = list_of(given, "logprobs", where) if text else []
            tokens = under(where, "logprobs") if made["logprobs"] else ""
        beside = (*beside, under(where, "annotations"))
    answer.add(
        _channel(answer, channel), text, under(where, member), logprobs=tokens, beside=beside
    )
    if made.get("annotations"):
        place = under(where, "annotations")
        answer.add_value(_channel(answer, "annotations"), made["annotations"], place)
    return made
