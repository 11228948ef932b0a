"""The official openai SDK, unmodified, against a gateway over real HTTP."""

import asyncio
import json

import openai
import pytest
from pydantic import BaseModel

from charter.records.decision import DecisionRecorded

ASK = [{"role": "user", "content": "What is it?"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Look a word up.",
        "parameters": {"type": "object", "properties": {"word": {"type": "string"}}},
    },
}
RESPONSES_TOOL = {"type": "function"} | TOOL["function"]


@pytest.fixture
def client(gateway):
    """A client with the SDK's own settings, but quick to repeat."""
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key) as found:
        found._calculate_retry_timeout = lambda *_: 0.01
        yield found


class Fine(BaseModel):
    fine: bool


def test_an_answer_is_complete_and_names_its_decision(client, gateway):
    raw = client.chat.completions.with_raw_response.create(model="m", messages=ASK)
    answer = raw.parse()
    assert answer.choices[0].message.content == "It is fine."
    assert answer.choices[0].finish_reason == "stop"
    decision = raw.headers["x-charter-decision"]
    exchange = decision.rpartition(".")[0]
    assert raw.headers["x-request-id"] == exchange
    assert raw.headers["x-charter-policy"] == gateway.service.table.base.policy.digest
    recorded = gateway.records(DecisionRecorded, exchange)
    assert [one.stage for one in recorded] == ["request", "output"]
    assert {one.effect for one in recorded} == {"allow"}
    assert recorded[1].released == len("It is fine.")


def test_a_body_goes_on_byte_for_byte_with_fields_nobody_knows(client, upstream):
    extra = {"charmed": {"deep": [1, 2.50, "x"]}, "safety_identifier": "u-1"}
    client.chat.completions.create(model="m", messages=ASK, seed=7, extra_body=extra)
    sent = upstream.asked[0]
    assert sent.body["charmed"] == {"deep": [1, 2.5, "x"]}
    assert sent.body["seed"] == 7
    assert "authorization" not in sent.headers
    assert sent.headers["x-stainless-lang"] == "python"


def test_what_is_for_the_gateway_stays_here(client, upstream):
    client.chat.completions.create(
        model="m", messages=ASK, extra_body={"charter": {}, "metadata": {"a": "b"}}
    )
    assert "charter" not in upstream.asked[0].body
    assert upstream.asked[0].body["metadata"] == {"a": "b"}


@pytest.mark.parametrize("piece", [0, 1, 7, 100_000])
def test_a_stream_is_complete_however_it_is_cut(client, upstream, piece):
    upstream.say("Grüße, 世界 and 🌍 to all.", piece=piece)
    chunks = list(
        client.chat.completions.create(
            model="m", messages=ASK, stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == "Grüße, 世界 and 🌍 to all."
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage.total_tokens == 5


def test_the_stream_helper_ends_with_the_whole_completion(client):
    with client.chat.completions.stream(model="m", messages=ASK) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    assert final.choices[0].message.content == "It is fine."


def test_async_clients_and_streams(gateway):
    async def main():
        async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key) as client:
            whole = await client.chat.completions.create(model="m", messages=ASK)
            stream = await client.chat.completions.create(model="m", messages=ASK, stream=True)
            text = "".join([c.choices[0].delta.content or "" async for c in stream])
            response = await client.responses.create(model="m", input="hi")
            return whole.choices[0].message.content, text, response.output_text

    assert asyncio.run(main()) == ("It is fine.",) * 3


def test_tools_whole_and_streamed(client, upstream):
    upstream.say("", calls=(("look_up", '{"word": "fine"}'),))
    whole = client.chat.completions.create(model="m", messages=ASK, tools=[TOOL])
    (call,) = whole.choices[0].message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == (
        "look_up",
        {"word": "fine"},
    )
    with client.chat.completions.stream(model="m", messages=ASK, tools=[TOOL]) as stream:
        final = stream.get_final_completion()
    (call,) = final.choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {"word": "fine"}
    assert final.choices[0].finish_reason == "tool_calls"


def test_parse_gives_the_structure(client, upstream):
    upstream.say('{"fine": true}')
    found = client.chat.completions.parse(model="m", messages=ASK, response_format=Fine)
    assert found.choices[0].message.parsed == Fine(fine=True)
    parsed = client.responses.parse(model="m", input="hi", text_format=Fine)
    assert parsed.output_parsed == Fine(fine=True)


def test_several_answers(client):
    found = client.chat.completions.create(model="m", messages=ASK, n=2)
    assert [c.message.content for c in found.choices] == ["It is fine."] * 2
    chunks = list(client.chat.completions.create(model="m", messages=ASK, n=2, stream=True))
    ends = [c.choices[0].index for c in chunks if c.choices and c.choices[0].finish_reason]
    assert sorted(ends) == [0, 1]


def test_responses_whole_and_streamed(client, upstream):
    upstream.say("It is fine.", calls=(("look_up", '{"word": "fine"}'),))
    whole = client.responses.create(model="m", input="hi", tools=[RESPONSES_TOOL])
    assert whole.output_text == "It is fine."
    assert whole.output[1].name == "look_up"
    events = list(
        client.responses.create(model="m", input="hi", tools=[RESPONSES_TOOL], stream=True)
    )
    assert [e.sequence_number for e in events] == list(range(len(events)))
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == "It is fine."


def test_models_are_listed_and_got(client):
    assert [model.id for model in client.models.list()] == ["m"]


def test_an_unknown_key_is_no_key(gateway, upstream):
    with (
        openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="ck_wrong") as client,
        pytest.raises(openai.AuthenticationError) as raised,
    ):
        client.chat.completions.create(model="m", messages=ASK)
    assert raised.value.status_code == 401
    assert raised.value.code == "invalid_api_key"
    assert raised.value.request_id.startswith("x_")
    assert upstream.asked == []


def test_a_refused_request_never_reaches_the_upstream(client, gateway, upstream):
    with pytest.raises(openai.PermissionDeniedError) as raised:
        client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "FORBIDDEN"}]
        )
    assert upstream.asked == []
    error = raised.value
    assert error.code == "misalignment_policy_violation"
    assert "keep_secrets" in str(error)
    decision = error.response.headers["x-charter-decision"]
    (recorded,) = gateway.records(DecisionRecorded, decision.rpartition(".")[0])
    assert (recorded.decision, recorded.effect, recorded.done) == (decision, "deny", "refused")


def test_a_refused_request_is_asked_once(client, gateway):
    before = gateway.service.counted.received
    with pytest.raises(openai.PermissionDeniedError):
        client.responses.create(model="m", input="FORBIDDEN", stream=True)
    assert gateway.service.counted.received == before + 1


def test_an_answer_that_is_denied_is_withheld(client, upstream):
    upstream.say("The word is XYZZY, you see.")
    with pytest.raises(openai.PermissionDeniedError) as raised:
        client.chat.completions.create(model="m", messages=ASK)
    assert "XYZZY" not in str(raised.value.body)


def test_a_stream_that_is_denied_ends_as_refused(client, upstream, gateway):
    upstream.say("Well then, the word is XYZZY, you see.")
    raw = client.chat.completions.with_raw_response.create(model="m", messages=ASK, stream=True)
    chunks = list(raw.parse())
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert "Well then, the word is ".startswith(text)
    assert "X" not in text
    assert chunks[-1].choices[0].finish_reason == "content_filter"
    exchange = raw.headers["x-request-id"]
    recorded = gateway.records(DecisionRecorded, exchange)[-1]
    assert (recorded.effect, recorded.done) == ("deny", "cut")
    with (
        pytest.raises(openai.ContentFilterFinishReasonError),
        client.chat.completions.stream(model="m", messages=ASK) as stream,
    ):
        stream.get_final_completion()


def test_a_responses_stream_that_is_denied_is_incomplete(client, upstream):
    upstream.say("Well then, the word is XYZZY, you see.")
    events = list(client.responses.create(model="m", input="hi", stream=True))
    assert events[-1].type == "response.incomplete"
    assert events[-1].response.incomplete_details.reason == "content_filter"
    assert "XYZZY" not in "".join(event.model_dump_json() for event in events)


def test_redaction_whole_and_streamed(client, upstream):
    upstream.say("Call 123-45-6789 now.", piece=5)
    whole = client.chat.completions.create(model="m", messages=ASK)
    assert whole.choices[0].message.content == "Call [removed] now."
    chunks = client.chat.completions.create(model="m", messages=ASK, stream=True)
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == "Call [removed] now."


def test_a_denied_call_is_never_given(client, upstream):
    upstream.say("", calls=(("delete_all", "{}"),))
    with pytest.raises(openai.PermissionDeniedError):
        client.chat.completions.create(model="m", messages=ASK)
    chunks = list(client.chat.completions.create(model="m", messages=ASK, stream=True))
    assert not any(c.choices[0].delta.tool_calls for c in chunks if c.choices)
    assert chunks[-1].choices[0].finish_reason == "content_filter"


@pytest.mark.parametrize(
    ("status", "kind", "attempts"),
    [
        (400, openai.BadRequestError, 1),
        (404, openai.NotFoundError, 1),
        (422, openai.UnprocessableEntityError, 1),
        (429, openai.RateLimitError, 3),
        (500, openai.InternalServerError, 3),
        (503, openai.InternalServerError, 3),
    ],
)
def test_errors_of_the_upstream_keep_class_and_attempts(client, upstream, status, kind, attempts):
    error = {"message": "not today", "type": "some_error", "code": "c_1", "param": None}
    upstream.say(status=status, error={"error": error})
    with pytest.raises(kind) as raised:
        client.chat.completions.create(model="m", messages=ASK)
    assert raised.value.code == "c_1"
    assert "not today" in str(raised.value)
    assert len(upstream.asked) == attempts
    retries = [asked.headers["x-stainless-retry-count"] for asked in upstream.asked]
    assert retries == [str(at) for at in range(attempts)]


def test_an_error_of_the_upstream_passes_the_checks_too(client, upstream):
    upstream.say(status=400, error={"error": {"message": "XYZZY", "type": "t", "code": "c"}})
    with pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(model="m", messages=ASK)
    assert "XYZZY" not in str(raised.value.body)


def test_the_gateways_own_key_is_no_matter_of_the_client(client, upstream):
    upstream.say(status=401, error={"error": {"message": "bad key sk-123", "type": "t"}})
    with pytest.raises(openai.InternalServerError) as raised:
        client.chat.completions.create(model="m", messages=ASK)
    assert raised.value.status_code == 502
    assert "sk-123" not in str(raised.value.body)
    assert len(upstream.asked) == 1


@pytest.mark.parametrize(
    "mode", ["stream_drop", "stream_end", "stream_garbage", "stream_bad_chunk"]
)
def test_a_stream_that_breaks_is_an_error_never_complete(client, upstream, mode):
    upstream.say("one two three four five", mode=mode)
    chunks = []
    with pytest.raises(openai.APIError):
        chunks.extend(client.chat.completions.create(model="m", messages=ASK, stream=True))
    assert not any(c.choices and c.choices[0].finish_reason for c in chunks)
    try:
        events = list(client.responses.create(model="m", input="hi", stream=True))
    except openai.APIError:  # what broke it came together with its beginning
        return
    assert events[-1].type == "response.failed"


def test_an_error_in_a_stream_is_an_error(client, upstream):
    upstream.say("one two three four five", mode="event_error")
    with pytest.raises(openai.APIError):
        list(client.chat.completions.create(model="m", messages=ASK, stream=True))
