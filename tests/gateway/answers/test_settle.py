"""Whole answers: what is read, decided on, edited and left out."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.relay.payloads import message_events, reasoning_events, response
from tests.gateway.relay.scripted import REQUEST, SAY, ScriptedJudge

from charter.gateway.answers.refuse import refused
from charter.gateway.answers.settle import Settled, answer_of, settle
from charter.gateway.stream.patterns import Patterns
from charter.gateway.verdict import Verdict
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

SECRET = {"word": "secret"}
MAIL = {"mail": "[a-z]{1,5}@[a-z]{1,5}"}
REDACT = {"mail": Effect.REDACT}


def chat(message: dict[str, Any], **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    return {
        "id": "chatcmpl-7",
        "object": "chat.completion",
        "created": 1,
        "model": "model-1",
        "choices": [{**choice, **more}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    }


def message(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "msg_7",
        "type": "message",
        "role": "assistant",
        "model": "model-1",
        "content": list(blocks),
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 2},
        **more,
    }


def settled(api: Api, body: Any, judge: ScriptedJudge, **more: Any) -> Settled:
    answer = answer_of(api, json.dumps(body).encode(), REQUEST)
    made = settle(answer, judge, **more)
    assert len(made.records) == len(judge.asked) + len(judge.calls)
    return made


def edited(api: Api, body: Any, **more: Any) -> Any:
    return json.loads(settled(api, body, ScriptedJudge(MAIL, REDACT), **more).body)


def of_text(api: Api, text: str) -> dict[str, Any]:
    if api is Api.CHAT:
        return chat({"content": text})
    if api is Api.RESPONSES:
        return response("completed", [message_events([text])[1]])
    return message({"type": "text", "text": text})


@pytest.mark.parametrize("api", list(Api))
def test_what_is_allowed_passes_as_it_was(api: Api):
    body = of_text(api, "Hello")
    made = settled(api, body, ScriptedJudge(SECRET))
    if api is Api.RESPONSES:
        body["instructions"] = "Be brief."  # as the client sent them
    assert json.loads(made.body) == body
    assert (made.refused, made.released, made.edited) == (None, 5, False)


@pytest.mark.parametrize("api", list(Api))
def test_a_text_is_edited(api: Api):
    made = settled(api, of_text(api, "to me@home now"), ScriptedJudge(MAIL, REDACT))
    assert b"to [removed] now" in made.body
    assert b"me@" not in made.body
    assert (made.edited, made.released) == (True, len("to [removed] now"))


@pytest.mark.parametrize("api", list(Api))
@given(text=st.text(st.sampled_from("me@hoabé😀 \u200bﬁ"), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_nothing_of_what_is_redacted_is_left(api: Api, text: str):
    made = settled(api, of_text(api, text), ScriptedJudge(MAIL, REDACT)).body.decode()
    assert not Patterns(MAIL).find(made.replace("[removed]", "\n"))


@pytest.mark.parametrize("api", list(Api))
def test_the_strictest_verdict_refuses(api: Api):
    made = settled(api, of_text(api, "a secret"), ScriptedJudge(SECRET))
    assert made.body == b""
    assert made.refused is not None
    assert made.refused.effect is Effect.DENY
    asks = ScriptedJudge(SECRET, {"word": Effect.REQUIRE_APPROVAL})
    assert settled(api, of_text(api, "a secret"), asks).refused.approval == "apr_1"


def test_all_members_of_a_chat_message_are_read():
    call = {"id": "c", "type": "function", "function": {"name": "a", "arguments": "{}"}}
    custom = {"id": "d", "type": "custom", "custom": {"name": "b", "input": "x"}}
    body = chat(
        {
            "content": "Hi",
            "refusal": "No",
            "reasoning_content": "hm",
            "audio": {"id": "s", "data": "UE4=", "transcript": "say", "expires_at": 3},
            "annotations": [{"type": "url_citation", "url_citation": {"title": "T"}}],
            "tool_calls": [call, custom],
            "ids": [83, 69],
        },
        ids=[83, 69],
    )
    judge = ScriptedJudge()
    made = settled(Api.CHAT, {**body, "ids": [83, 69]}, judge).body
    kinds = [(channel.kind, text) for channel, text, _ in judge.asked]
    assert kinds[:3] == [("text", "Hi"), ("refusal", "No"), ("reasoning", "hm")]
    assert {kind for kind, _ in kinds[3:]} == {"transcript", "annotations"}
    assert [(each.tool, each.arguments) for each in judge.calls] == [("a", "{}"), ("b", "x")]
    assert b"83" not in made
    assert json.loads(made)["choices"][0]["message"]["tool_calls"] == [call, custom]
    channels = [channel for channel, _, _ in judge.asked]
    assert len(set(channels)) == len(channels)


def test_what_belongs_to_an_edited_text_goes():
    cited = [{"type": "url_citation", "url_citation": {"title": "T", "start_index": 0}}]
    audio = {"id": "s", "data": "UE4=", "transcript": "me@home", "expires_at": 3}
    body = chat({"content": "me@home", "annotations": cited, "audio": audio})
    made = edited(Api.CHAT, body)["choices"][0]["message"]
    assert made == {
        "role": "assistant",
        "content": "[removed]",
        "audio": {"id": "s", "transcript": "[removed]", "expires_at": 3},
    }


def test_tokens_of_an_edited_text():
    tokens = [
        {"token": one, "bytes": list(one.encode()), "logprob": -1,
         "top_logprobs": [{"token": "Hi", "bytes": [72, 105], "logprob": -2}]}
        for one in ("to ", "me@", "home", ", ok")
    ]  # fmt: skip
    body = chat({"content": "to me@home, ok"}, logprobs={"content": tokens, "refusal": None})
    listed = edited(Api.CHAT, body)["choices"][0]["logprobs"]["content"]
    assert [each["token"] for each in listed] == ["to ", ", ok"]
    assert listed[0]["top_logprobs"] == []
    listed = edited(Api.CHAT, body, alternatives=Patterns(MAIL))["choices"][0]["logprobs"][
        "content"
    ]
    assert listed[0]["top_logprobs"][0]["token"] == "Hi"  # noqa: S105 - a word of an answer


def test_numbers_of_any_size_pass():
    body = {**chat({"content": "Hi"}), "created": 10**30}
    assert json.loads(settled(Api.CHAT, body, ScriptedJudge()).body)["created"] == 10**30
    use = {"type": "tool_use", "id": "t", "name": "a", "input": {"n": 10**30}}
    made = settled(Api.MESSAGES, message(use), ScriptedJudge())
    assert json.loads(made.body)["content"][0]["input"]["n"] == 10**30


def test_reasoning_is_edited_and_its_sealed_copy_goes():
    made = edited(Api.RESPONSES, response("completed", [reasoning_events(["me@home"], 0)[1]]))
    assert made["output"][0]["summary"] == [{"type": "summary_text", "text": "[removed]"}]
    assert "encrypted_content" not in made["output"][0]


def test_signed_thinking_goes_whole():
    thinking = {"type": "thinking", "thinking": "ask me@home", "signature": "EqQB"}
    made = edited(Api.MESSAGES, message(thinking, {"type": "text", "text": "Hi me@home"}))
    assert made["content"] == [{"type": "text", "text": "Hi [removed]"}]
    kept = message({**thinking, "thinking": "hm"})
    assert edited(Api.MESSAGES, kept)["content"] == kept["content"]


def test_what_the_provider_s_tools_return():
    found = {"id": "f", "type": "file_search_call", "status": "completed", "queries": ["q"],
             "results": [{"text": "me@home"}]}  # fmt: skip
    made = edited(Api.RESPONSES, response("completed", [found]))
    assert "results" not in made["output"][0]
    result = {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"title": "me@x"}]}
    made = edited(Api.MESSAGES, message(result, {"type": "text", "text": "Hi"}))
    assert [each["type"] for each in made["content"]] == ["text"]


def test_calls_of_blocks_and_items():
    judge = ScriptedJudge(tools={"transfer": Effect.DENY})
    use = {"type": "tool_use", "id": "t", "name": "transfer", "input": {"to": "é"}}
    assert settled(Api.MESSAGES, message(use), judge).refused is not None
    assert judge.calls[0].arguments == '{"to":"é"}'
    call = {"id": "f", "type": "function_call", "call_id": "c", "name": "a", "arguments": "{}",
            "status": "completed"}  # fmt: skip
    made = settled(Api.RESPONSES, response("completed", [call]), ScriptedJudge())
    assert json.loads(made.body)["output"] == [call]


def test_how_a_message_stopped():
    details = {"type": "refusal", "category": "bio", "explanation": "Not me@home."}
    body = message(stop_reason="refusal", stop_details=details, stop_sequence="secret")
    made = edited(Api.MESSAGES, body)
    assert made["stop_details"]["explanation"] == "Not [removed]."
    assert made["stop_sequence"] is None


def test_a_failed_response_does_not_repeat_the_upstream():
    error = {"code": "server_error", "message": "the prompt was: secret"}
    made = edited(Api.RESPONSES, {**response("failed"), "error": error})
    assert made["error"]["code"] == "server_error"
    assert "secret" not in made["error"]["message"]


@pytest.mark.parametrize("api", list(Api))
@pytest.mark.parametrize(
    "body",
    ["{", "[]", "{}", '{"choices":[1]}', '{"choices":[{"message":{"content":[1]}}]}',
     '{"output":[{"type":"message","content":[{"type":"x"}]}]}', '{"output":[{}]}',
     '{"content":[{"type":"text","text":1}]}', '{"content":"x","choices":"x","output":"x"}'],
)  # fmt: skip
def test_what_is_no_answer_is_refused_in_one_line(api: Api, body: str):
    of = {"choices": Api.CHAT, "output": Api.RESPONSES, "content": Api.MESSAGES}
    mine = [each for name, each in of.items() if f'"{name}":' in body] or list(Api)
    if api not in mine:
        return
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        answer_of(api, body.encode(), REQUEST)


VERDICT = Verdict(Effect.REQUIRE_APPROVAL, "x_1.2", say=SAY, approval="apr_1", steer="Ask first.")


def client(api: Api, verdict: Verdict, refuse_as: str) -> Any:
    reply = refused(api, verdict, id="x_1", model="m", created=1, refuse_as=refuse_as)

    def answer(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(reply.status, json=dict(reply.body), headers=dict(reply.headers))

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    maker = anthropic.Anthropic if api is Api.MESSAGES else openai.OpenAI
    return maker(api_key="k", base_url="http://gateway/v1", http_client=http)


def test_refusals_are_what_the_sdks_know():
    asked: Any = [{"role": "user", "content": "x"}]
    with pytest.raises(openai.PermissionDeniedError) as caught:
        client(Api.CHAT, VERDICT, "error").chat.completions.create(model="m", messages=asked)
    assert caught.value.body["misalignment"]["review_target"] == "apr_1"
    with pytest.raises(openai.PermissionDeniedError):
        client(Api.RESPONSES, VERDICT, "error").responses.create(model="m", input="x")
    with pytest.raises(anthropic.PermissionDeniedError, match="apr_1"):
        client(Api.MESSAGES, VERDICT, "error").messages.create(
            model="m", max_tokens=1, messages=asked
        )
    said = client(Api.CHAT, VERDICT, "refusal").chat.completions.create(model="m", messages=asked)
    assert said.choices[0].message.refusal == f"{SAY} Approval: apr_1. Ask first."
    said = client(Api.RESPONSES, VERDICT, "refusal").responses.create(model="m", input="x")
    assert said.incomplete_details.reason == "content_filter"
    said = client(Api.MESSAGES, VERDICT, "refusal").messages.create(
        model="m", max_tokens=1, messages=asked
    )
    assert said.stop_reason == "refusal"


def test_tokens_of_a_text_that_is_not_there_go():
    tokens = {"content": None, "refusal": [{"token": "secret", "logprob": -1.0}]}
    made = settled(Api.CHAT, chat({"content": "Hi"}, logprobs=tokens), ScriptedJudge(SECRET))
    assert b"secret" not in made.body


@pytest.mark.parametrize("more", [{"id": "secret"}, {"secret": 1}, {"usage": {"secret": "x"}}])
def test_names_ids_and_settings_are_decided_on_where_patterns_find_something(more: dict[str, Any]):
    body = json.dumps({**chat({"content": "Hi"}), **more}).encode()
    answer = answer_of(Api.CHAT, body, REQUEST, patterns=Patterns(SECRET))
    made = settle(answer, ScriptedJudge(SECRET, {"word": Effect.REDACT}))
    assert b"secret" not in made.body
    answer = answer_of(Api.CHAT, body, REQUEST, patterns=Patterns(SECRET))
    assert settle(answer, ScriptedJudge(SECRET)).refused is not None


def test_a_reason_that_is_no_text_is_no_fault():
    given = message({"type": "text", "text": "a"}, stop_reason=["max_tokens"])
    assert settled(Api.MESSAGES, given, ScriptedJudge(SECRET)).body
