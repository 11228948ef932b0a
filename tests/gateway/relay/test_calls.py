"""Calls that are not told apart by their index, and calls that an answer broke off in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.gateway.relay.payloads import (
    block,
    call_events,
    choice,
    chunk,
    message_events,
    messages_stream,
    numbered,
    response,
    text_block,
    tool_block,
)
from tests.gateway.relay.scripted import (
    REQUEST,
    ScriptedJudge,
    anthropic_client,
    data_of,
    openai_client,
    run,
    sse,
)
from tests.gateway.relay.view import view

from charter.gateway.answers.settle import Settled, answer_of, settle
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

ASKED: dict[str, Any] = {"model": "m", "messages": []}


def piece(index: int | None, identity: str | None, name: str | None, said: str) -> dict[str, Any]:
    function = {"arguments": said} | ({} if name is None else {"name": name})
    made = {"type": "function", "function": function}
    made |= {} if identity is None else {"id": identity}
    return made | ({} if index is None else {"index": index})


def calls_of(*pieces: dict[str, Any], reason: str = "tool_calls") -> tuple[list[Any], bytes]:
    judge = ScriptedJudge()
    events = [chunk(choice({"tool_calls": [each]})) for each in pieces]
    out = run(Api.CHAT, judge, [sse(*events, chunk(choice({}, reason)), "[DONE]")])
    return [(each.id, each.tool, each.arguments) for each in judge.calls], out


def test_calls_of_one_index_are_told_apart_by_their_ids():
    found, out = calls_of(
        piece(0, "c", "a", '{"x":'), piece(0, None, None, "1}"),
        piece(0, "d", "b", "{"), piece(0, None, None, "}"), piece(0, "e", "a", "{}"),
    )  # fmt: skip
    assert found == [("c", "a", '{"x":1}'), ("d", "b", "{}"), ("e", "a", "{}")]
    with openai_client(out).chat.completions.stream(**ASKED) as stream:
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert calls is not None
    assert [(each.id, each.function.name, each.function.arguments) for each in calls] == found


def test_a_piece_goes_on_with_the_call_whose_id_it_has():
    found, _ = calls_of(
        piece(0, "c", "a", '{"x":'), piece(0, "d", "b", '{"y":'), piece(0, "c", None, "1}"),
        piece(0, "d", None, "2}"),
    )  # fmt: skip
    assert found == [("c", "a", '{"x":1}'), ("d", "b", '{"y":2}')]


def test_an_id_made_up_for_every_piece_makes_no_new_call():
    found, _ = calls_of(
        piece(0, "c", "a", "{"), piece(0, "d", None, '"x":1'), piece(0, "e", "", "}")
    )
    assert found == [("c", "a", '{"x":1}')]


def test_places_are_counted_anew():
    _, out = calls_of(piece(3, "c", "a", "{}"), piece(7, "d", "b", "{}"), piece(7, "e", "b", "{}"))
    deltas = [each["choices"][0]["delta"] for each in data_of(out)]
    calls = [call for delta in deltas for call in delta.get("tool_calls", ())]
    assert [call["index"] for call in calls] == [0, 1, 2]


def test_too_many_calls_are_garbage():
    pieces = [piece(0, f"c{at}", "a", "{}") for at in range(1_025)]
    _, out = calls_of(*pieces)
    assert b"upstream_garbage" in out


# Broken off.


def chat_stream(*pieces: dict[str, Any], reason: str = "length") -> bytes:
    events = [chunk(choice({"tool_calls": [each]})) for each in pieces]
    return sse(chunk(choice({"content": "I will."})), *events, chunk(choice({}, reason)), "[DONE]")


def test_a_call_that_chat_broke_off_in_is_left_out():
    judge = ScriptedJudge(tools={"b": Effect.DENY})
    body = chat_stream(piece(0, "c", "a", "{}"), piece(1, "d", "b", '{"to": "al'))
    out = run(Api.CHAT, judge, [body])
    seen = view(Api.CHAT, out)
    assert (seen.text, seen.calls, seen.ended) == ("I will.", [("a", "{}")], "length")
    assert [each.tool for each in judge.calls] == ["a"]
    assert judge.cuts == [("call_truncated", len("I will."))]
    assert b'"al' not in out
    events = list(openai_client(out).chat.completions.create(**ASKED, stream=True))
    assert events[-1].choices[0].finish_reason == "length"
    whole = ScriptedJudge()
    assert view(Api.CHAT, run(Api.CHAT, whole, [chat_stream(piece(0, "c", "a", "{}"))])).calls
    assert whole.cuts == []


def test_broken_arguments_of_an_answer_that_was_not_cut_are_judged():
    judge = ScriptedJudge(tools={"b": Effect.DENY})
    body = chat_stream(piece(0, "d", "b", '{"to": "al'), reason="tool_calls")
    assert view(Api.CHAT, run(Api.CHAT, judge, [body])).ended == "content_filter"
    assert judge.calls


def test_free_text_that_an_answer_ends_in_is_left_out():
    custom = {
        "index": 0,
        "id": "c",
        "type": "custom",
        "custom": {"name": "a", "input": "rm -rf /tm"},
    }
    assert view(Api.CHAT, run(Api.CHAT, ScriptedJudge(), [chat_stream(custom)])).calls == []


def message_stream(*blocks: list[dict[str, Any]], reason: str = "max_tokens") -> bytes:
    return messages_stream(text_block(0, ["I will."]), *blocks, reason=reason)


def broken_block(at: int, *pieces: str) -> list[dict[str, Any]]:
    start = {"type": "tool_use", "id": f"toolu_{at}", "name": "b", "input": {}}
    return block(at, start, *({"type": "input_json_delta", "partial_json": one} for one in pieces))


@pytest.mark.parametrize("pieces", [('{"to": ', '"al'), ("",), ()])
@pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded"])
def test_a_call_that_messages_broke_off_in_is_left_out(pieces: tuple[str, ...], reason: str):
    judge = ScriptedJudge(tools={"b": Effect.DENY})
    body = message_stream(tool_block(1, "a"), broken_block(2, *pieces), reason=reason)
    out = run(Api.MESSAGES, judge, [body])
    seen = view(Api.MESSAGES, out)
    assert (seen.text, [name for name, _ in seen.calls], seen.ended) == ("I will.", ["a"], reason)
    assert [each.tool for each in judge.calls] == ["a"]
    assert [name for name, _ in judge.cuts] == ["call_truncated"]
    with anthropic_client(out).messages.stream(max_tokens=9, **ASKED) as stream:
        final = stream.get_final_message()
    assert [each.type for each in final.content] == ["text", "tool_use"]


def test_a_call_without_arguments_is_judged_once_it_is_known_to_be_whole():
    for blocks, reason in (((broken_block(1, ""),), "tool_use"),
                           ((broken_block(1), text_block(2, ["So."])), "max_tokens")):  # fmt: skip
        judge = ScriptedJudge()
        seen = view(
            Api.MESSAGES, run(Api.MESSAGES, judge, [message_stream(*blocks, reason=reason)])
        )
        assert [(each.tool, each.arguments) for each in judge.calls] == [("b", "{}")]
        assert ([name for name, _ in seen.calls], seen.ended) == (["b"], reason)
    judge = ScriptedJudge(tools={"b": Effect.DENY})
    out = run(Api.MESSAGES, judge, [message_stream(broken_block(1, '{"x'), reason="tool_use")])
    assert view(Api.MESSAGES, out).ended == "refusal"


def response_stream(*, kind: str = "response.incomplete", status: str = "incomplete") -> bytes:
    text, said = message_events(["I will."])
    events, call = call_events("b", 1)
    broken = {**call, "arguments": '{"to": "al', "status": status}
    done = [*events[:2], {**events[-1], "item": broken}]
    whole = {
        **response("incomplete", [said, broken]),
        "incomplete_details": {"reason": "max_output_tokens"},
    }
    if kind == "response.completed":
        whole = response("completed", [said, broken])
    return numbered(
        [{"type": "response.created", "response": response()}, *text, *done,
         {"type": kind, "response": whole}]
    )  # fmt: skip


@pytest.mark.parametrize("status", ["incomplete", "completed"])
def test_a_call_that_a_response_broke_off_in_is_left_out(status: str):
    judge = ScriptedJudge(tools={"b": Effect.DENY})
    out = run(Api.RESPONSES, judge, [response_stream(status=status)])
    seen = view(Api.RESPONSES, out)
    assert (seen.text, seen.calls, seen.ended) == ("I will.", [], "response.incomplete")
    assert judge.calls == []
    assert [name for name, _ in judge.cuts] == ["call_truncated"]
    with openai_client(out).responses.stream(model="m", input="x") as stream:
        final = list(stream)[-1].response
    assert final.incomplete_details.reason == "max_output_tokens"
    assert final.output_text == "I will."
    assert len(final.output) == 1
    judge = ScriptedJudge(tools={"b": Effect.DENY})
    out = run(
        Api.RESPONSES, judge, [response_stream(kind="response.completed", status="completed")]
    )
    assert b"content_filter" in out
    assert judge.calls


def settled(api: Api, body: Any, judge: ScriptedJudge) -> Settled:
    return settle(answer_of(api, json.dumps(body).encode(), REQUEST), judge)


def test_whole_answers_that_broke_off_in_a_call():
    function = {"name": "b", "arguments": '{"to": "al'}
    call = {"id": "c", "type": "function", "function": function}
    said = {"role": "assistant", "content": "I will.", "tool_calls": [call]}
    fine = {**call, "function": {"name": "a", "arguments": "{}"}}
    for listed, left in (([call], None), ([fine, call], [fine])):
        message = {**said, "tool_calls": listed}
        body = {"choices": [{"index": 0, "message": message, "finish_reason": "length"}]}
        judge = ScriptedJudge(tools={"b": Effect.DENY})
        made = json.loads(settled(Api.CHAT, body, judge).body)["choices"][0]
        assert made["message"].get("tool_calls") == left
        assert (made["finish_reason"], made["message"]["content"]) == ("length", "I will.")
        assert judge.cuts == [("call_truncated", 0)]
    old = {"role": "assistant", "content": None, "function_call": function}
    body = {"choices": [{"index": 0, "message": old, "finish_reason": "length"}]}
    made = json.loads(settled(Api.CHAT, body, ScriptedJudge()).body)["choices"][0]
    assert made["message"]["function_call"] is None

    use = {"type": "tool_use", "id": "t", "name": "b", "input": {}}
    text = {"type": "text", "text": "I will."}
    for content, left in (([text, use], [text]), ([use, text], [use, text])):
        body = {"type": "message", "content": content, "stop_reason": "max_tokens",
                "stop_sequence": None}  # fmt: skip
        assert json.loads(settled(Api.MESSAGES, body, ScriptedJudge()).body)["content"] == left

    broken = {**call_events("b", 1)[1], "arguments": '{"to": "al', "status": "incomplete"}
    item = message_events(["I will."])[1]
    body = response("incomplete", [broken, item])
    judge = ScriptedJudge(tools={"b": Effect.DENY})
    made = json.loads(settled(Api.RESPONSES, body, judge).body)
    assert made["output"] == [item]
    assert judge.cuts == [("call_truncated", 0)]
    body["output"][0] = {**broken, "status": "completed"}
    denying = ScriptedJudge(tools={"b": Effect.DENY})
    assert settled(Api.RESPONSES, body, denying).refused is not None
    body["incomplete_details"] = {"reason": "max_output_tokens"}
    assert json.loads(settled(Api.RESPONSES, body, ScriptedJudge()).body)["output"] == [item]
