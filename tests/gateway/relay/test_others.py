"""Members that no API has, in streams: none leaves before all of it was decided on."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.relay.payloads import (
    block,
    call_events,
    choice,
    chunk,
    message_events,
    messages_stream,
    responses_stream,
    tool_block,
)
from tests.gateway.relay.scripted import (
    ScriptedJudge,
    anthropic_client,
    data_of,
    openai_client,
    relay,
    run,
    sse,
)
from tests.gateway.relay.view import COMPLETE, REFUSED, view

from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

SECRET = {"word": "secret"}
REDACT = {"word": Effect.REDACT}
ASKED: dict[str, Any] = {"model": "m", "messages": []}


def chat_stream(pieces: list[Any], head: Any = None, beside: Any = None) -> bytes:
    """Return a stream with a member in deltas, one beside each delta and one of each chunk."""
    more = {} if beside is None else {"note": beside}
    also = {} if head is None else {"citations": head}
    return sse(
        chunk(choice({"role": "assistant", "content": "Hi"}, **more), **also),
        *(chunk(choice({"details": piece}, **more), **also) for piece in pieces),
        chunk(choice({}, "stop", **more), **also),
        chunk(usage={"total_tokens": 3}),
        "[DONE]",
    )


def deltas_of(out: bytes) -> list[Any]:
    found = [each["choices"][0]["delta"] for each in data_of(out) if each.get("choices")]
    return [delta["details"] for delta in found if "details" in delta]


def cut(body: bytes, places: list[int]) -> list[bytes]:
    within = sorted(place % (len(body) + 1) for place in places)
    return [body[low:high] for low, high in itertools.pairwise([0, *within, len(body)])]


PIECES = st.lists(
    st.sampled_from(["secret", "se", "cret", "a", " ", [{"text": "sec"}], [{"text": "ret"}],
                     {"text": "ret", "n": 1}, "é", "😀"]),
    min_size=1, max_size=6,
)  # fmt: skip


def joined(pieces: list[Any]) -> list[str]:
    """Return what a client may make of pieces: texts by their place, joined."""
    plain = "".join(each for each in pieces if isinstance(each, str))
    inner = [each[0] if isinstance(each, list) else each for each in pieces]
    return [plain, "".join(each["text"] for each in inner if isinstance(each, dict))]


@given(PIECES, st.lists(st.integers(0, 100_000), max_size=12))
@settings(max_examples=120, deadline=None)
def test_pieces_leave_as_they_came_or_not_at_all(pieces: list[Any], places: list[int]):
    body = chat_stream(pieces)
    holds = any("secret" in text for text in joined(pieces))
    for effects, ended in ((REDACT, COMPLETE), ({}, REFUSED)):
        one = ScriptedJudge(SECRET, effects)
        out = run(Api.CHAT, one, [body])
        assert run(Api.CHAT, ScriptedJudge(SECRET, effects), cut(body, places)) == out
        assert deltas_of(out) == ([] if holds else pieces)
        seen = view(Api.CHAT, out)
        assert seen.texts == {(0, "content"): "Hi"}
        assert seen.ended == (ended if holds else COMPLETE)[Api.CHAT]


def test_what_is_said_anew_leaves_once_at_the_end():
    body = chat_stream([], ["https://a.example", "https://b.example"], {"so": "far"})
    out = run(Api.CHAT, ScriptedJudge(SECRET), [body])
    last = [each for each in data_of(out) if "citations" in each]
    assert [each["citations"] for each in last] == [["https://a.example", "https://b.example"]]
    assert last[0]["choices"][0]["finish_reason"] == "stop"
    assert last[0]["choices"][0]["note"] == {"so": "far"}
    assert (
        run(Api.CHAT, ScriptedJudge(SECRET, REDACT), [chat_stream([], ["a secret"])]).count(
            b"citations"
        )
        == 0
    )
    for made in (chat_stream([], ["secret"]), chat_stream([], None, "secret")):
        assert b"secret" not in run(Api.CHAT, ScriptedJudge(SECRET), [made])


def test_the_newest_of_what_is_said_anew_counts():
    texts = ["a", "a b", "a b c"]
    events = [chunk(choice({"content": "x"}, message={"content": text})) for text in texts]
    body = sse(*events, chunk(choice({}, "stop")), "[DONE]")
    made = relay(Api.CHAT, ScriptedJudge(SECRET), most=200)
    out = made.feed(body).out
    assert out.count(b'"message":{"content":') == 1
    assert b'{"content":"a b c"}' in out
    many = [chunk(choice({"content": "x"}, message={"content": "y" * 90})) for _ in range(40)]
    made = relay(Api.CHAT, ScriptedJudge(SECRET), most=200)
    made.feed(sse(*many, chunk(choice({}, "stop")), "[DONE]"))
    assert made.failure == ""
    many = [chunk(choice({"content": "x", "note": "y" * 90})) for _ in range(40)]
    made = relay(Api.CHAT, ScriptedJudge(SECRET), most=200)
    assert made.feed(sse(*many)).done
    assert made.failure == "answer_too_large"


def test_members_of_calls_leave_with_them():
    def body(signature: str) -> bytes:
        call = {"index": 0, "id": "c", "type": "function",
                "extra_content": {"google": {"thought_signature": signature}},
                "function": {"name": "a", "arguments": "{}", "note": "inside it"}}  # fmt: skip
        more = {"index": 0, "extra_content": "and more", "function": {"note": "and more"}}
        calls = [chunk(choice({"tool_calls": [each]})) for each in (call, more)]
        return sse(*calls, chunk(choice({}, "tool_calls")), "[DONE]")

    out = run(Api.CHAT, ScriptedJudge(SECRET), [body("EqQB==")])
    calls = [
        call for each in data_of(out) for call in each["choices"][0]["delta"].get("tool_calls", ())
    ]
    assert calls[0] == {
        "index": 0, "id": "c", "type": "function",
        "extra_content": {"google": {"thought_signature": "EqQB=="}},
        "function": {"name": "a", "arguments": "{}", "note": "inside it"},
    }  # fmt: skip
    assert calls[1:] == [
        {"index": 0, "extra_content": "and more"},
        {"index": 0, "function": {"note": "and more"}},
    ]
    kept = run(Api.CHAT, ScriptedJudge(SECRET, REDACT), [body("secret")])
    assert b"thought_signature" not in kept
    assert b"inside it" in kept
    denied = ScriptedJudge(SECRET)
    assert view(Api.CHAT, run(Api.CHAT, denied, [body("secret")])).calls == []
    assert denied.calls == []


def test_the_sdk_reads_them():
    out = run(Api.CHAT, ScriptedJudge(SECRET), [chat_stream(["a", "b"], ["u"])])
    with openai_client(out).chat.completions.stream(**ASKED) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.content == "Hi"
    assert final.choices[0].message.details == "ab"


def response_stream(more: Any) -> bytes:
    (text, done), (call, called) = message_events(["Hi"]), call_events("a", 1)
    for event in (*text, *call):
        for owner in (event.get("item"), event.get("part")):
            if owner is not None:
                owner["note"] = more
    body = responses_stream((text, {**done, "note": more}), (call, {**called, "note": more}))
    return body.replace(b'"object": "response"', b'"object": "response", "note": "so %s"' % (
        more.encode()
    ))  # fmt: skip


def test_members_of_a_response_leave_with_the_end_of_what_they_belong_to():
    out = run(Api.RESPONSES, ScriptedJudge(SECRET), [response_stream("fine")])
    last = data_of(out)[-1]["response"]
    assert last["note"] == "so fine"
    assert [item["note"] for item in last["output"]] == ["fine", "fine"]
    assert last["output"][0]["content"][0]["note"] == "fine"
    begun = data_of(out)[:4]
    assert begun[-1]["type"] == "response.content_part.added"
    assert "fine" not in str(begun)
    kept = run(Api.RESPONSES, ScriptedJudge(SECRET, REDACT), [response_stream("secret")])
    assert b"secret" not in kept
    assert view(Api.RESPONSES, kept).ended == "response.completed"
    denied = run(Api.RESPONSES, ScriptedJudge(SECRET), [response_stream("secret")])
    assert b"secret" not in denied
    assert view(Api.RESPONSES, denied).ended == "response.incomplete"


def message_stream(more: str, *pieces: str) -> bytes:
    start = {"type": "text", "text": "", "note": more}
    odd = [{"type": "odd_delta", "odd": piece} for piece in pieces]
    told = tool_block(1, "a")
    told[0]["content_block"]["note"] = more
    body = messages_stream(block(0, start, {"type": "text_delta", "text": "Hi"}, *odd), told)
    note = b'"note": "%s", ' % more.encode()
    return body.replace(b'"id": "msg_7"', note + b'"id": "msg_7"').replace(
        b'"stop_reason": "end_turn"', note + b'"stop_reason": "end_turn"'
    )


def test_members_of_a_message():
    out = run(Api.MESSAGES, ScriptedJudge(SECRET), [message_stream("fine", "o", "k")])
    events = data_of(out)
    assert events[0]["message"]["note"] == "fine"
    assert [each["content_block"]["note"] for each in events if "content_block" in each] == [
        "fine", "fine",
    ]  # fmt: skip
    assert events[-2]["delta"]["note"] == "fine"
    assert [each["delta"]["odd"] for each in events if "odd" in each.get("delta", ())] == ["o", "k"]
    with anthropic_client(
        run(Api.MESSAGES, ScriptedJudge(), [message_stream("fine")])
    ).messages.stream(model="m", max_tokens=9, messages=[]) as stream:
        assert stream.get_final_message().content[0].text == "Hi"
    for pieces in ((), ("sec", "ret")):
        more = "fine" if pieces else "secret"
        kept = run(Api.MESSAGES, ScriptedJudge(SECRET, REDACT), [message_stream(more, *pieces)])
        assert b"ret" not in kept
        assert view(Api.MESSAGES, kept).ended == "end_turn"
        denied = run(Api.MESSAGES, ScriptedJudge(SECRET), [message_stream(more, *pieces)])
        assert b"ret" not in denied
        assert view(Api.MESSAGES, denied).ended == "refusal"


@pytest.mark.parametrize("api", list(Api))
def test_while_approval_is_waited_for_they_wait_too(api: Api):
    bodies = {
        Api.CHAT: chat_stream(["secret"], ["secret"]),
        Api.RESPONSES: response_stream("secret"),
        Api.MESSAGES: message_stream("secret", "secret"),
    }
    one = ScriptedJudge(SECRET, {"word": Effect.REQUIRE_APPROVAL})
    out = run(api, one, [bodies[api]])
    assert b"secret" not in out
    assert view(api, out).ended == REFUSED[api]


def test_halves_of_pairs_in_pieces_are_joined_before_they_are_searched():
    body = chat_stream(["x", "y"]).replace(b'"x"', rb'"\ud83d"').replace(b'"y"', rb'"\ude00"')
    one = ScriptedJudge({"smile": "😀"}, {"smile": Effect.REDACT})
    assert deltas_of(run(Api.CHAT, one, [body])) == []
    assert any("😀" in text for _, text, _ in one.asked)
