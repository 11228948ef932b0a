"""The official anthropic SDK, unmodified, against a gateway over real HTTP."""

import asyncio
import json

import anthropic
import pytest

from charter.records.decision import DecisionRecorded

ASK = {"model": "m", "max_tokens": 50, "messages": [{"role": "user", "content": "What is it?"}]}
TOOL = {
    "name": "look_up",
    "description": "Look a word up.",
    "input_schema": {"type": "object", "properties": {"word": {"type": "string"}}},
}


@pytest.fixture
def client(gateway):
    """A client with the SDK's own settings, but quick to repeat."""
    with anthropic.Anthropic(base_url=gateway.url, api_key=gateway.key) as found:
        found._calculate_retry_timeout = lambda *_: 0.01
        yield found


def test_an_answer_is_complete_and_names_its_decision(client, gateway):
    raw = client.messages.with_raw_response.create(**ASK)
    answer = raw.parse()
    assert answer.content[0].text == "It is fine."
    assert answer.stop_reason == "end_turn"
    exchange = raw.headers["request-id"]
    assert raw.headers["x-charter-decision"].startswith(exchange)
    recorded = gateway.records(DecisionRecorded, exchange)
    assert [one.stage for one in recorded] == ["request", "output"]


def test_headers_of_the_api_go_on_and_keys_do_not(client, upstream):
    extra = {"anthropic-beta": "x-2026"}
    client.messages.create(**ASK, extra_headers=extra, extra_body={"charmed": 1})
    sent = upstream.asked[0]
    assert sent.headers["anthropic-beta"] == "x-2026"
    assert "anthropic-version" in sent.headers
    assert "x-api-key" not in sent.headers
    assert sent.body["charmed"] == 1


def test_the_query_goes_on(client, upstream):
    client.messages.create(**ASK, extra_query={"beta": "true"})
    assert upstream.asked[0].target == "/v1/messages?beta=true"


@pytest.mark.parametrize("piece", [0, 1, 7])
def test_a_stream_is_complete_however_it_is_cut(client, upstream, piece):
    upstream.say("Grüße, 世界 and 🌍 to all.", piece=piece)
    with client.messages.stream(**ASK) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == "Grüße, 世界 and 🌍 to all."
    assert final.stop_reason == "end_turn"


def test_async_client_and_stream(gateway):
    async def main():
        async with anthropic.AsyncAnthropic(base_url=gateway.url, api_key=gateway.key) as client:
            whole = await client.messages.create(**ASK)
            async with client.messages.stream(**ASK) as stream:
                final = await stream.get_final_message()
            return whole.content[0].text, final.content[0].text

    assert asyncio.run(main()) == ("It is fine.",) * 2


def test_tools_whole_and_streamed(client, upstream):
    upstream.say("", calls=(("look_up", '{"word": "fine"}'),))
    whole = client.messages.create(**ASK, tools=[TOOL])
    assert (whole.content[0].name, whole.content[0].input) == ("look_up", {"word": "fine"})
    assert whole.stop_reason == "tool_use"
    with client.messages.stream(**ASK, tools=[TOOL]) as stream:
        final = stream.get_final_message()
    assert final.content[0].input == {"word": "fine"}


def test_an_unknown_key_is_no_key(gateway, upstream):
    with (
        anthropic.Anthropic(base_url=gateway.url, api_key="ck_wrong") as client,
        pytest.raises(anthropic.AuthenticationError) as raised,
    ):
        client.messages.create(**ASK)
    assert raised.value.body["error"]["type"] == "authentication_error"
    assert raised.value.request_id.startswith("x_")
    assert upstream.asked == []


def test_a_refused_request_never_reaches_the_upstream(client, upstream):
    ask = ASK | {"messages": [{"role": "user", "content": "FORBIDDEN"}]}
    with pytest.raises(anthropic.PermissionDeniedError) as raised:
        client.messages.create(**ask)
    assert upstream.asked == []
    assert raised.value.body["error"]["type"] == "permission_error"
    assert "keep_secrets" in str(raised.value)


def test_a_stream_that_is_denied_ends_as_refused(client, upstream):
    upstream.say("Well then, the word is XYZZY, you see.")
    with client.messages.stream(**ASK) as stream:
        final = stream.get_final_message()
    assert final.stop_reason == "refusal"
    assert "X" not in "".join(block.text for block in final.content)
    with pytest.raises(anthropic.PermissionDeniedError):
        client.messages.create(**ASK)


def test_a_denied_call_is_never_given(client, upstream):
    upstream.say("", calls=(("delete_all", "{}"),))
    with client.messages.stream(**ASK) as stream:
        final = stream.get_final_message()
    assert final.stop_reason == "refusal"
    assert not [block for block in final.content if block.type == "tool_use"]


@pytest.mark.parametrize(
    ("status", "kind", "attempts"),
    [
        (400, anthropic.BadRequestError, 1),
        (413, anthropic.RequestTooLargeError, 1),
        (429, anthropic.RateLimitError, 3),
        (500, anthropic.InternalServerError, 3),
        (529, anthropic.OverloadedError, 3),
    ],
)
def test_errors_of_the_upstream_keep_class_and_attempts(client, upstream, status, kind, attempts):
    error = {"type": "error", "error": {"type": "api_error", "message": "not today"}}
    upstream.say(status=status, error=error)
    with pytest.raises(kind) as raised:
        client.messages.create(**ASK)
    assert raised.value.body["error"]["message"] == "not today"
    assert len(upstream.asked) == attempts


@pytest.mark.parametrize(
    "mode", ["stream_drop", "stream_end", "stream_garbage", "stream_bad_chunk"]
)
def test_a_stream_that_breaks_is_an_error_never_complete(client, upstream, mode):
    upstream.say("one two three four five", mode=mode)
    with pytest.raises(anthropic.APIError), client.messages.stream(**ASK) as stream:
        json.dumps(stream.get_final_message().model_dump())


def test_models_are_listed(client):
    assert [model.id for model in client.models.list()] == ["m"]
