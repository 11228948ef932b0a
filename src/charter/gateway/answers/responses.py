"""The reader of a `response`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.gateway.answers.answer import Answer
from charter.gateway.answers.bare import is_word, sealed
from charter.gateway.answers.items import (
    TEXTS,
    broken_off,
    call_item,
    call_of,
    head_of,
    is_call,
    is_picture,
    out_of_tokens,
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
    body, others = response_of(given, request, answer.plain)
    answer.body = body
    if others:
        answer.take(body, others, "")
    failed = object_of(given, "error", "")
    if failed is not None:
        code = failed.get("code")
        body["error"] = {
            "code": code if is_word(code) and not answer.plain.finds(code) else "server_error",
            "message": "The model's server reported an error.",
        }
    cut = out_of_tokens(given)
    output = body["output"] = []
    for at, one in enumerate(a_list(given.get("output"), "/output")):
        item = an_object(one, f"/output/{at}")
        if broken_off(item, cut=cut):
            answer.truncated = True
        else:
            output.append(_item(answer, item, f"/output/{len(output)}"))
    answer.close(_channel(answer, "annotations"))


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
    made, others = call_item(given, answer.plain)
    if others:
        answer.take(made, others, where)
    results = returned(given)
    if results:
        places = [under(where, name) for name in results]
        answer.add_value(_channel(answer, "annotations"), results, *places)
    if is_picture(given):
        answer.uncovered.add("image")
    return made


def _texts(answer: Answer, given: dict[str, Any], where: str) -> dict[str, Any]:
    made, others = head_of(given, answer.plain)
    if others:
        answer.take(made, others, where)
    beside: tuple[str, ...] = ()
    if "encrypted_content" in given:
        made["encrypted_content"] = sealed(given["encrypted_content"]) or None
        beside = (under(where, "encrypted_content"),)
        if made["encrypted_content"]:
            answer.uncovered.add("encrypted_reasoning")
    for name in ("content", "summary"):
        if name in given:
            made[name] = parts = []
            for at, one in enumerate(list_of(given, name, where)):
                place = f"{where}/{name}/{at}"
                parts.append(_part(answer, an_object(one, place), place, beside))
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
        _channel(answer, channel),
        text,
        under(where, member),
        logprobs=tokens,
        beside=beside,
        series=kind,
    )
    if made.get("annotations"):
        place = under(where, "annotations")
        answer.add_value(_channel(answer, "annotations"), made["annotations"], place)
    if not given.keys() <= made.keys():
        made |= answer.keep(given, where, read=("type", member, "annotations", "logprobs"))
    return made
