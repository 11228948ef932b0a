"""An OpenAI-compatible server, a real one on the loopback, that fails in every way it can."""

import asyncio
import socket

import pytest
from aiohttp import web

from charter.errors import (
    BadModelReply,
    ConfigError,
    ModelRefusedRequest,
    ModelUnavailable,
)
from charter.models.open import open_model
from charter.models.provider import ChatMessage, Request, Stop, Tool

KEY = "sk-test-0123456789"
GOOD = {
    "model": "another-name",
    "choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2},
}
REQUEST = Request((ChatMessage("user", "hi"),), (Tool("t", "d", {}),), max_tokens=7, seed=5)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def ask(*answers, requests=1, **options):
    """Ask a server that gives `answers` in turn; return the replies and what it received."""
    received = []

    async def serve(request):
        received.append((request.headers, await request.json()))
        answer = answers[min(len(received), len(answers)) - 1]
        if callable(answer):
            return await answer(request)
        # A response can be sent only once.
        return web.Response(body=answer.body, status=answer.status, headers=answer.headers)

    async def exchange():
        app = web.Application()
        app.router.add_post("/v1/chat/completions", serve)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/?secret=query"
        model = open_model("openai:m", {"base_url": base, "max_wait": "0.01", **options})
        try:
            return await asyncio.gather(*(model.reply(REQUEST) for _ in range(requests)))
        finally:
            await model.close()
            await runner.cleanup()

    return asyncio.run(exchange()), received


def refused(status, body, **options):
    with pytest.raises(ModelRefusedRequest) as caught:
        ask(web.json_response(body, status=status), **options)
    assert caught.value.status == status
    return str(caught.value)


def test_reply_is_read_and_the_request_is_complete():
    (reply,), [(headers, body)] = ask(web.json_response(GOOD))
    assert (reply.text, reply.stop, reply.attempts) == ("hello", Stop.STOP, 1)
    assert (reply.input_tokens, reply.output_tokens) == (3, 2)
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (body["model"], body["max_tokens"], body["seed"]) == ("m", 7, 5)
    assert body["temperature"] == 0.0


def test_identity_is_what_was_asked_for_not_what_was_answered():
    model = open_model("openai:m", {})
    assert (model.identity.provider, model.identity.name) == ("openai", "m")
    assert model.calls_tools


def test_options_shape_the_request():
    options = {"token_field": "max_completion_tokens", "omit": "temperature, seed"}
    _, [(_, body)] = ask(web.json_response(GOOD), **options)
    assert sorted(body) == ["max_completion_tokens", "messages", "model", "tools"]


def test_concurrent_replies_share_one_model():
    replies, received = ask(lambda _: ok(), requests=20)
    assert len(replies) == len(received) == 20


async def ok():
    return web.json_response(GOOD)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
def test_passing_failures_are_asked_again(status):
    bad = web.json_response({"error": {"message": "later"}}, status=status)
    (reply,), received = ask(bad, bad, web.json_response(GOOD))
    assert (reply.attempts, len(received)) == (3, 3)


async def cut_off(request):
    request.transport.close()
    return web.Response()


async def cut_off_midway(request):
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"choices":')
    request.transport.close()
    return response


@pytest.mark.parametrize("failure", [cut_off, cut_off_midway])
def test_broken_connections_are_asked_again(failure):
    (reply,), received = ask(failure, web.json_response(GOOD))
    assert (reply.attempts, len(received)) == (2, 2)


@pytest.mark.parametrize("header", [{"retry-after": "3600"}, {"retry-after-ms": "5"}])
def test_retry_after_is_honoured_up_to_the_longest_wait(header):
    bad = web.json_response({}, status=429, headers=header)
    (reply,), _ = ask(bad, web.json_response(GOOD))
    assert reply.attempts == 2


def test_attempts_end():
    with pytest.raises(ModelRefusedRequest, match="429: slow down") as caught:
        ask(web.json_response({"error": {"message": "slow down"}}, status=429), attempts="2")
    assert caught.value.status == 429
    with pytest.raises(ModelUnavailable, match="answered 503"):
        ask(web.Response(status=503, text="<html>"), attempts="2")


def test_exhausted_quota_is_not_asked_again():
    body = {"error": {"message": "no credit", "code": "insufficient_quota"}}
    assert "no credit" in refused(429, body)


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_key_names_the_variable_and_never_the_key(status):
    text = refused(status, {"error": {"message": f"Incorrect key {KEY}"}})
    assert "OPENAI_API_KEY" in text
    assert KEY not in text
    assert "secret=query" not in text


def test_unknown_model_hints_at_model_and_address():
    text = refused(404, {"error": {"message": "model 'm' not found"}})
    assert "model 'm' not found" in text
    assert "base_url" in text


def test_other_refusals_tell_the_servers_words_bounded_and_without_the_key():
    text = refused(422, {"detail": f"\x1b[2J{KEY} " + "x" * 5000})
    assert "[key]" in text
    assert KEY not in text
    assert "\x1b" not in text
    assert len(text) < 600


def test_key_split_by_the_bound_is_not_shown_in_part():
    assert KEY[:4] not in refused(400, {"error": {"message": "y" * 290 + KEY}})


@pytest.mark.parametrize(
    ("error", "option"),
    [
        ({"message": "bad", "param": "temperature", "code": "unsupported_value"}, "temperature"),
        ({"message": "Unsupported parameter: 'seed'"}, "omit=seed"),
        (
            {"message": "use max_completion_tokens", "param": "max_tokens"},
            "token_field=max_completion_tokens",
        ),
    ],
)
def test_unsupported_parameters_hint_at_the_option(error, option):
    assert option in refused(400, {"error": error})


def test_redirect_is_not_followed():
    with pytest.raises(ModelRefusedRequest, match="redirects to"):
        ask(web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}))


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (400, {"error": {"code": "content_filter", "message": "policy"}}, ""),
        (
            200,
            {"choices": [{"message": {"content": "Sorry"}, "finish_reason": "content_filter"}]},
            "Sorry",
        ),
    ],
)
def test_filter_is_not_the_models_answer(status, body, text):
    (reply,), _ = ask(web.json_response(body, status=status))
    assert (reply.stop, reply.text) == (Stop.FILTERED, text)


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(text="<html>"),
        web.Response(text='{"choices": [{"message": {"content": NaN}}]}'),
        web.Response(text="[" * 100_000),
        web.Response(body=b"\xff\xfe"),
        web.Response(text=""),
        web.json_response({}),
        web.json_response({"choices": []}),
        web.json_response({"choices": [{"message": {"content": 1}, "finish_reason": "stop"}]}),
        web.json_response({"error": {"message": f"inner {KEY}"}}),
    ],
)
def test_answer_outside_the_protocol_is_bad(answer):
    with pytest.raises(BadModelReply) as caught:
        ask(answer)
    assert KEY not in str(caught.value)


async def endless(request):
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * 1024 * 1024)


def test_oversize_answer_is_not_read_to_its_end():
    with pytest.raises(BadModelReply, match="more than 8 MB"):
        ask(endless)


def test_compressed_oversize_answer_is_bounded_too():
    async def bomb(_request):
        response = web.Response(body=b" " * (64 * 1024 * 1024))
        response.enable_compression(web.ContentCoding.gzip, strategy=9)
        return response

    with pytest.raises(BadModelReply, match="more than 8 MB"):
        ask(bomb)


async def silent(_request):
    await asyncio.sleep(30)


def test_timeout_is_not_asked_again():
    with pytest.raises(ModelUnavailable, match=r"within 0\.2 s"):
        ask(silent, timeout="0.2")


def test_server_that_speaks_no_http_is_bad():
    async def exchange():
        async def talk(_reader, writer):
            writer.write(b"SSH-2.0-server\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            model = open_model("openai:m", {"base_url": f"http://127.0.0.1:{port}"})
            try:
                await model.reply(REQUEST)
            finally:
                await model.close()

    with pytest.raises(BadModelReply) as caught:
        asyncio.run(exchange())
    seen = caught.value
    while seen is not None:
        assert KEY not in repr(seen)
        seen = seen.__cause__


def test_unreachable_server_is_named():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"base_url": f"http://127.0.0.1:{port}/v1", "attempts": "2", "max_wait": "0"}

    async def exchange():
        model = open_model("openai:m", options)
        try:
            await model.reply(REQUEST)
        finally:
            await model.close()

    with pytest.raises(ModelUnavailable, match=f"http://127.0.0.1:{port}/v1.*refused"):
        asyncio.run(exchange())


def test_key_is_needed_only_beyond_this_machine(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    for base in ("http://localhost:1/v1", "http://127.0.0.1:1", "http://[::1]:1/v1"):
        open_model("openai:m", {"base_url": base})
    open_model("openai:m", {"key_env": ""})
    with pytest.raises(ConfigError, match="OPENAI_API_KEY is not set"):
        open_model("openai:m", {})
    with pytest.raises(ConfigError, match="MY_KEY is not set"):
        open_model("openai:m", {"key_env": "MY_KEY"})


def test_key_that_is_no_header_is_not_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-line\nbreak")
    with pytest.raises(ConfigError) as caught:
        open_model("openai:m", {})
    assert "sk-line" not in str(caught.value)


def test_model_does_not_show_its_key():
    model = open_model("openai:m", {})
    assert KEY not in repr(model) + str(model)


@pytest.mark.parametrize(
    "base", ["", "api.example", "ftp://x/v1", "https://", "https://user:pw@x/v1", "http://x:99999"]
)
def test_unusable_address_is_a_config_error_that_does_not_repeat_it(base):
    with pytest.raises(ConfigError) as caught:
        open_model("openai:m", {"base_url": base})
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "options"),
    [
        ("openai", {}),
        ("openai:m", {"omit": "messages"}),
        ("openai:m", {"attempts": "0"}),
        ("openai:m", {"timeout": "inf"}),
        ("openai:m", {"token_field": "tokens"}),
    ],
)
def test_unusable_options_are_config_errors(spec, options):
    with pytest.raises(ConfigError):
        open_model(spec, options)
