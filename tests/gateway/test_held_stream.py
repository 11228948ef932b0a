"""Held streams with other arguments: calls are told apart as the relay tells them."""

from __future__ import annotations

from tests.gateway.relay.payloads import choice, chunk
from tests.gateway.relay.scripted import data_of, sse

from charter.gateway.held import digest_of_arguments
from charter.gateway.held_stream import replaced_in_stream
from charter.gateway.wire.asked import Api


def piece(identity: str | None, name: str | None, arguments: str, kind: str = "function"):
    member = "input" if kind == "custom" else "arguments"
    made = {"index": 0, "type": kind, kind: {"name": name, member: arguments}}
    return chunk(choice({"tool_calls": [{**made, "id": identity}]}))


def calls_of(body: bytes, kind: str = "function", member: str = "arguments") -> list[str]:
    found = [each["choices"][0]["delta"].get("tool_calls") for each in data_of(body)]
    return [one[0][kind][member] for one in found if one]


def test_calls_of_one_index_are_told_apart_by_their_ids():
    body = sse(
        piece("a", "buy", '{"n":'), piece(None, None, "1}"), piece("b", "buy", '{"n":2}'), "[DONE]"
    )
    told = [("buy", digest_of_arguments('{"n":2}'), '{"n":3}')]
    made = replaced_in_stream(Api.CHAT, body, told, digest_of_arguments)
    assert made is not None
    assert calls_of(made) == ['{"n":', "1}", '{"n":3}']


def test_free_input_is_replaced():
    body = sse(piece("a", "sh", "ls", "custom"), "[DONE]")
    told = [("sh", digest_of_arguments("ls"), "pwd")]
    made = replaced_in_stream(Api.CHAT, body, told, digest_of_arguments)
    assert made is not None
    assert calls_of(made, "custom", "input") == ["pwd"]


def test_calls_that_came_whole_are_found():
    call = {"id": "f", "type": "function_call", "call_id": "c", "name": "buy", "arguments": "{}"}
    body = sse({"type": "response.output_item.done", "output_index": 0, "item": call})
    told = [("buy", digest_of_arguments("{}"), '{"n":3}')]
    made = replaced_in_stream(Api.RESPONSES, body, told, digest_of_arguments)
    assert made is not None
    assert data_of(made)[0]["item"]["arguments"] == '{"n":3}'


def test_input_that_came_whole_in_the_start_of_a_block_is_replaced():
    def body(**given):
        block = {"type": "tool_use", "id": "t", "name": "buy", **given}
        start = {"type": "content_block_start", "index": 0, "content_block": block}
        return sse(start, {"type": "content_block_stop", "index": 0})

    told = [("buy", digest_of_arguments({"n": 2, "m": "é"}), '{"n":3}')]
    made = replaced_in_stream(
        Api.MESSAGES, body(input={"m": "é", "n": 2}), told, digest_of_arguments
    )
    assert made is not None
    assert data_of(made)[0]["content_block"]["input"] == {"n": 3}
    assert replaced_in_stream(Api.MESSAGES, body(input={}), told, digest_of_arguments) is None
    assert replaced_in_stream(Api.MESSAGES, body(), told, digest_of_arguments) is None


def test_halves_and_garbage_are_no_fault():
    half = chunk(choice({"content": "\ud83d"}))
    call = piece("a", "buy", "{}")
    told = [("buy", digest_of_arguments("{}"), '{"n":3}')]
    assert replaced_in_stream(Api.CHAT, sse(half, call), told, digest_of_arguments) is not None
    broken = sse(chunk(choice({"tool_calls": [{"index": -1}]})))
    assert replaced_in_stream(Api.CHAT, broken, told, digest_of_arguments) is None
    assert replaced_in_stream(Api.CHAT, sse({"choices": 5}), told, digest_of_arguments) is None
