"""Calls that wait for people, over real HTTP: held, approved, denied, edited, used once."""

import json
import time

import anthropic
import openai
import pytest

from charter.gateway.judging.editing import edit_approval
from charter.ledger.board import Board
from charter.records.approval import ApprovalAsked, ApprovalUsed, ApprovalVoted
from charter.records.decision import DecisionRecorded

ASK = [{"role": "user", "content": "Pay the bill."}]
TRANSFER = {
    "name": "transfer",
    "parameters": {
        "type": "object",
        "properties": {"amount": {"type": "number"}, "to": {"type": "string"}},
    },
}
TOOLS = [{"type": "function", "function": TRANSFER}]
PAY = (("transfer", '{"amount": 5, "to": "bob"}'),)


@pytest.fixture
def client(gateway):
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0) as found:
        yield found


@pytest.fixture
def unique(request):
    """A conversation of this test's own: approvals are found again by what was asked."""
    return [{"role": "user", "content": f"Pay the bill {request.node.name} {time.time_ns()}."}]


def vote(gateway, approval, verdict="approve", by="bea"):
    (asked,) = [one for one in gateway.records(ApprovalAsked) if one.run == approval]
    at = gateway.service.clock.at()
    gateway.ledger.append(ApprovalVoted(approval, at, by, verdict, asked.binding))
    gateway.call(gateway.service.poll())


def held(client, messages, **more):
    with pytest.raises(openai.PermissionDeniedError) as raised:
        client.chat.completions.create(model="m", messages=messages, tools=TOOLS, **more)
    error = raised.value
    assert error.code == "approval_required"
    assert error.body["misalignment"]["review_target"].startswith("apr_")
    assert error.response.headers["x-charter-review"] == error.body["misalignment"]["review_target"]
    return error.body["misalignment"]["review_target"]


def test_a_call_is_held_approved_and_given_once(client, gateway, upstream, unique):
    upstream.say("", calls=PAY)
    approval = held(client, unique)
    assert len(upstream.asked) == 1
    assert held(client, unique) == approval
    assert len(upstream.asked) == 1, "what waits is not asked of the model again"
    vote(gateway, approval)
    answer = client.chat.completions.create(model="m", messages=unique, tools=TOOLS)
    (call,) = answer.choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {"amount": 5, "to": "bob"}
    assert len(upstream.asked) == 1, "the held answer is given, not a new one"
    (used,) = [one for one in gateway.records(ApprovalUsed) if one.run == approval]
    (decision,) = [
        one for one in gateway.records(DecisionRecorded, used.exchange) if one.stage == "tool_call"
    ]
    assert decision.approval == approval
    assert decision.approvers == ("bea",)
    assert held(client, unique) != approval, "an approval is used once"


def test_a_call_that_is_denied_stays_denied(client, gateway, upstream, unique):
    upstream.say("", calls=PAY)
    vote(gateway, held(client, unique), "deny")
    with pytest.raises(openai.PermissionDeniedError) as raised:
        client.chat.completions.create(model="m", messages=unique, tools=TOOLS)
    assert raised.value.code == "misalignment_policy_violation"


def test_who_asks_cannot_agree(client, gateway, upstream, unique):
    upstream.say("", calls=PAY)
    approval = held(client, unique)
    vote(gateway, approval, by="Ann ")
    assert held(client, unique) == approval


def test_other_arguments_need_another_approval(client, gateway, upstream, unique):
    upstream.say("", calls=PAY)
    first = held(client, unique)
    vote(gateway, first)
    other = [*unique, {"role": "user", "content": "More."}]
    assert held(client, other) != first


def test_edited_arguments_are_given_in_place_of_the_models(client, gateway, upstream, unique):
    upstream.say("", calls=PAY)
    approval = held(client, unique)
    fresh = _edit(gateway, approval)
    vote(gateway, fresh, by="cyd")
    answer = client.chat.completions.create(model="m", messages=unique, tools=TOOLS)
    (call,) = answer.choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {"amount": 1, "to": "bob"}
    assert len(upstream.asked) == 1


def test_edited_arguments_of_a_stream(client, gateway, upstream, unique):
    upstream.say("I pay.", calls=PAY)
    chunks = list(
        client.chat.completions.create(model="m", messages=unique, tools=TOOLS, stream=True)
    )
    assert chunks[-1].choices[0].finish_reason == "content_filter"
    (approval,) = [one.id for one in _pending(gateway) if one.asked.exchange]
    vote(gateway, _edit(gateway, approval), by="cyd")
    with client.chat.completions.stream(model="m", messages=unique, tools=TOOLS) as stream:
        final = stream.get_final_completion()
    (call,) = final.choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {"amount": 1, "to": "bob"}


def test_a_streamed_call_is_held_and_given(client, gateway, upstream, unique):
    upstream.say("I pay.", calls=PAY, piece=11)
    chunks = list(
        client.chat.completions.create(model="m", messages=unique, tools=TOOLS, stream=True)
    )
    assert not any(c.choices[0].delta.tool_calls for c in chunks if c.choices)
    said = "".join(c.choices[0].delta.refusal or "" for c in chunks if c.choices)
    (state,) = _pending(gateway)
    assert state.id in said
    vote(gateway, state.id)
    with client.chat.completions.stream(model="m", messages=unique, tools=TOOLS) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.tool_calls[0].function.name == "transfer"
    assert final.choices[0].finish_reason == "tool_calls"


def test_an_answer_held_in_one_piece_is_asked_for_anew_as_a_stream(
    client, gateway, upstream, unique
):
    upstream.say("", calls=PAY)
    approval = held(client, unique)
    vote(gateway, approval)
    with client.chat.completions.stream(model="m", messages=unique, tools=TOOLS) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.tool_calls[0].function.name == "transfer"
    assert len(upstream.asked) == 2, "the same call of a new answer was agreed to"
    assert [one for one in gateway.records(ApprovalUsed) if one.run == approval]


def test_the_other_apis_hold_too(gateway, upstream, unique):
    upstream.say("", calls=PAY)
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key) as client:
        with pytest.raises(openai.PermissionDeniedError) as raised:
            client.responses.create(
                model="m", input=unique, tools=[{"type": "function"} | TRANSFER]
            )
        vote(gateway, raised.value.body["misalignment"]["review_target"])
        events = list(
            client.responses.create(
                model="m", input=unique, tools=[{"type": "function"} | TRANSFER]
            )
        )
        assert events
    with anthropic.Anthropic(base_url=gateway.url, api_key=gateway.key) as claude:
        tool = {"name": "transfer", "input_schema": TRANSFER["parameters"]}
        asked = {"model": "m", "max_tokens": 9, "messages": unique, "tools": [tool]}
        with pytest.raises(anthropic.PermissionDeniedError) as refused:
            claude.messages.create(**asked)
        approval = refused.value.response.headers["x-charter-review"]
        assert approval in str(refused.value)
        vote(gateway, approval)
        assert claude.messages.create(**asked).content[0].input == {"amount": 5, "to": "bob"}


def _pending(gateway):
    board = Board()
    board.poll(gateway.ledger)
    latest = max(one.at for one in gateway.records(ApprovalAsked))
    return [s for s in board.pending(gateway.service.clock.now()) if s.asked.at == latest]


def _edit(gateway, approval):
    board = Board()
    board.poll(gateway.ledger)
    service = gateway.service
    fresh = edit_approval(
        gateway.ledger,
        service.vault,
        board,
        approval,
        '{"amount": 1, "to": "bob"}',
        by="bea",
        now=service.clock.now(),
    )
    gateway.call(service.poll())
    return fresh.run
