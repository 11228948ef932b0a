"""What cannot be read leaves in no member, and records say what left."""

from __future__ import annotations

import json

import pytest
from tests.gateway.judging.scene import TEXT, bound, opened, said, serve
from tests.gateway.relay.scripted import ScriptedJudge

from charter.gateway.answers.bare import bare, is_id, sealed
from charter.gateway.answers.settle import answer_of, settle
from charter.gateway.answers.withheld import withheld
from charter.gateway.relay.relay import relay_for
from charter.gateway.relay.step import RelayTerms
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect
from charter.records.approval import ApprovalUsed
from charter.records.decision import DecisionRecorded

BODY = said("You help.", "Go on.", tools=("see", "pay", "never"))
SERVED = serve(
    boundaries=[
        bound("pay_ask", "system_1", "call.tool == 'pay'", "require_approval", "tool_call"),
        bound("never", "root_1", "call.tool == 'never'", "deny", "tool_call"),
        bound("ask_link", "root_1", "text.contains('secret')", "require_approval", "output"),
    ]
)
LEAKS = [
    (Api.CHAT, {"choices": [{"message": {"content": "Hi"}, "token_ids": [83, 69, 67]}]}, "83"),
    (Api.RESPONSES, {"output": [{"type": "message", "id": "a secret", "content": []}]}, "secret"),
    (Api.RESPONSES, {"output": [{"type": "reasoning", "summary": [],
                                 "encrypted_content": {"x": "secret"}}]}, "secret"),
    (Api.MESSAGES, {"content": [{"type": "thinking", "thinking": "h",
                                 "signature": "a secret"}]}, "secret"),
    (Api.MESSAGES, {"content": [{"type": "redacted_thinking", "data": "a secret"}]}, "secret"),
]  # fmt: skip


@pytest.mark.parametrize(("api", "body", "leak"), LEAKS)
def test_what_no_check_reads_is_left_out(api, body, leak):
    settled = settle(answer_of(api, json.dumps(body).encode(), {}), ScriptedJudge())
    assert settled.refused is None
    assert leak not in settled.body.decode()


def test_a_picture_that_is_none_is_read_as_text():
    item = {"type": "image_generation_call", "result": "this is a secret"}
    answer = answer_of(Api.RESPONSES, json.dumps({"output": [item]}).encode(), {})
    assert any("this is a secret" in one.text for one in answer.said)


def test_numbers_in_a_list_may_spell_a_text():
    assert bare({"a": 1, "b": {"c": None}, "d": [{"e": True}, None]})
    assert not bare([83, 69])
    assert not bare({"a": 2**200})
    assert is_id("call_1|fc-2:3")
    assert not is_id("two words")
    assert (sealed("EqQB+/=="), sealed("a b"), sealed(3)) == ("EqQB+/==", "", "")


def decisions(records):
    return [one for one in records if isinstance(one, DecisionRecorded)]


@pytest.mark.parametrize(("tool", "done"), [("pay", "held"), ("never", "refused")])
def test_of_an_answer_that_is_withheld_nothing_is_recorded_as_left(tool, done):
    calls = [
        {"id": f"c{at}", "function": {"name": name, "arguments": "{}"}}
        for at, name in enumerate(("see", tool))
    ]
    body = {"choices": [{"message": {"content": "I will.", "tool_calls": calls}}]}
    judge = opened(BODY, SERVED).judge
    settled = settle(answer_of(Api.CHAT, json.dumps(body).encode(), BODY), judge)
    assert [(one.done, one.released) for one in decisions(settled.records)] == [(done, 0)] * 3
    used = ApprovalUsed("apr_1", "2026-01-01T00:00:00.000Z", "x_1", "x_1.2")
    assert withheld([used], "held") == (), "what does not leave uses nothing up"


def test_of_calls_of_one_choice_all_leave_or_none():
    calls = [
        {"index": at, "id": f"c{at}", "function": {"name": name, "arguments": "{}"}}
        for at, name in enumerate(("see", "pay"))
    ]
    chunks = [{"content": "I will."}, {"tool_calls": calls}]
    events = [{"choices": [{"index": 0, "delta": one}]} for one in chunks]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    step, relay = _relayed(Api.CHAT, BODY, events)
    text, *rest = decisions(step.before)
    assert (text.done, text.released) == ("forwarded", len("I will."))
    assert [(one.tool, one.done, one.released) for one in rest] == [
        ("see", "held", 0),
        ("pay", "held", 0),
    ]
    assert relay.released == len("I will.")


def test_of_a_text_that_was_cut_only_what_left_is_recorded():
    served = serve(boundaries=[bound("long", "root_1", "words > 90", "deny", "output")])
    judge = opened(BODY, served)
    relay = relay_for(Api.CHAT, judge.streaming, judge.judge, request=RelayTerms("x_1"))
    relay.feed(b'data: {"choices": [{"index": 0, "delta": {"content": "Hello"}}]}\n\n')
    (record,) = decisions(relay.end("upstream_cut").before)
    assert (record.done, record.released) == ("cut", 0)


def test_annotations_that_wait_for_a_person_are_not_repeated_at_the_end():
    place = {"item_id": "m", "output_index": 0, "content_index": 0}
    link = {"type": "url_citation", "url": "https://secret.example", "title": "secret"}
    part = {"type": "output_text", "text": "See.", "annotations": [link]}
    item = {"type": "message", "id": "m", "role": "assistant", "content": [part]}
    events = [
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
        {"type": "response.output_text.delta", "delta": "See.", **place},
        {"type": "response.output_text.annotation.added", "annotation": link, **place},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": {"id": "r", "output": [item]}},
    ]
    step, relay = _relayed(Api.RESPONSES, {"model": "m", "input": "Go."}, events, "responses")
    assert relay.refused is not None
    assert relay.refused.effect is Effect.REQUIRE_APPROVAL
    assert b"secret" not in step.out


def test_what_passes_unread_is_recorded():
    judge = opened(BODY, SERVED).judge
    assert judge.text(TEXT, "Hi").effect is Effect.ALLOW
    (record,) = judge.finish("forwarded", 2, "", {"audio"})
    (ran,) = record.checks
    assert (ran.id, ran.status, ran.channel, ran.covered) == ("coverage", "skipped", "audio", 0)
    assert record.partial
    assert record.released == 0


def _relayed(api, body, events, reader="chat"):
    made = opened(body, SERVED, api=reader)
    relay = relay_for(api, made.streaming, made.judge, request=RelayTerms("x_1"))
    data = b"".join(b"data: %b\n\n" % json.dumps(one).encode() for one in events)
    step = relay.feed(data + b"data: [DONE]\n\n")
    return step, relay


def test_a_call_that_an_answer_broke_off_in_is_recorded():
    call = {"id": "c", "function": {"name": "never", "arguments": '{"to": "al'}}
    message = {"content": "I will.", "tool_calls": [call]}
    body = {"choices": [{"message": message, "finish_reason": "length"}]}
    judge = opened(BODY, SERVED).judge
    settled = settle(answer_of(Api.CHAT, json.dumps(body).encode(), BODY), judge)
    assert settled.refused is None
    assert [one.stage for one in decisions(settled.records)] == ["output"]
    (record,) = judge.finish("forwarded", settled.released)
    assert (record.failure, record.done, record.released) == ("call_truncated", "forwarded", 7)
