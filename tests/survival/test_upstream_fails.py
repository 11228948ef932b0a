"""An upstream that does not behave: nothing of it passes unread, and the gateway stays well."""

import contextlib
import json
import socket
import threading

import pytest
from tests.gateway.upstream_server import Script
from tests.survival.process import CHAT, KEYS, ask, until

from charter.records.decision import DecisionRecorded

UNARY = {
    "drop": "upstream_cut",
    "garbage": "upstream_garbage",
    "no_json": "upstream_garbage",
    "short": "upstream_cut",
    "redirect": "upstream_garbage",
    "bomb": "answer_too_large",
    "wrong_encoding": "upstream_encoding",
    "huge": "answer_too_large",
}
STREAMED = {  # empty: it depends on how much of it arrives together
    "stream_drop": "upstream_cut",
    "stream_end": "upstream_cut",
    "stream_garbage": "upstream_garbage",
    "stream_bad_chunk": "",
    "stream_hang": "upstream_timeout",
    "long_line": "upstream_garbage",
    "event_error": "",
}
KEPT = "one two three XYZZY five six"


def records(gateway, response):
    with gateway.ledger() as ledger:
        return list(ledger.read(DecisionRecorded, thread=response.headers["x-request-id"]))


@pytest.mark.parametrize("mode", UNARY)
def test_answers(gateway, upstream, mode):
    upstream.say(KEPT, mode=mode)
    with gateway.client() as client:
        response = client.post(CHAT, json=ask())
    assert response.status_code == 502
    assert "XYZZY" not in response.text
    assert records(gateway, response)[-1].failure == UNARY[mode]


@pytest.mark.parametrize("mode", STREAMED)
def test_streams(gateway, upstream, mode):
    upstream.say("one two three four five", mode=mode)
    with gateway.client() as client:
        response = client.post(CHAT, json=ask(stream=True))
    # what breaks with its first bytes is no stream yet
    assert response.status_code in ((200, 502) if mode == "stream_bad_chunk" else (200,))
    assert "error" in response.text
    assert '"finish_reason":"stop"' not in response.text
    last = records(gateway, response)[-1]
    assert last.done in ("failed", "cut")
    assert not STREAMED[mode] or last.failure == STREAMED[mode]


@pytest.mark.parametrize("mode", ["stream_drop", "stream_end", "stream_garbage", "long_line"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/responses", {"model": "m", "input": "Hi."}),
        ("/v1/messages", ask(max_tokens=9)),
    ],
)
def test_streams_of_the_other_apis(gateway, upstream, path, body, mode):
    upstream.say("one two three four five", mode=mode, after=6)
    with gateway.client() as client:
        response = client.post(path, json=body | {"stream": True})
    assert "error" in response.text or "failed" in response.text
    assert "response.completed" not in response.text
    assert "message_stop" not in response.text
    name = "request-id" if "messages" in path else "x-request-id"
    with gateway.ledger() as ledger:
        last = list(ledger.read(DecisionRecorded, thread=response.headers[name]))[-1]
    assert last.failure == STREAMED[mode]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("mode", ["good", "stream_drop", "stream_hang", "stream_end"])
def test_what_is_not_allowed_does_not_pass_in_a_part(gateway, upstream, mode, stream):
    upstream.say(KEPT, mode=mode, after=5, piece=0)
    with gateway.client() as client:
        response = client.post(CHAT, json=ask(stream=stream))
    assert "XYZZY" not in response.text
    assert "five" not in response.text


@pytest.mark.parametrize("status", [400, 401, 404, 408, 409, 429, 500, 503, 529])
def test_statuses(gateway, upstream, status):
    upstream.say(status=status, error={"error": {"message": "It said XYZZY.", "code": "x"}})
    with gateway.client() as client:
        for stream in (False, True):
            response = client.post(CHAT, json=ask(stream=stream))
            assert response.status_code == (502 if status == 401 else status)
            assert "XYZZY" not in response.text
            assert records(gateway, response)[-1].failure == f"upstream_{status}"


def test_one_that_is_not_there_and_comes_back(serve, upstream):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gateway = serve(upstream_url=f"http://127.0.0.1:{port}")
    with gateway.client() as client:
        for stream in (False, True):
            response = client.post(CHAT, json=ask(stream=stream))
            assert response.status_code == 502
            assert records(gateway, response)[-1].failure == "upstream_unreachable"
        with forwarder(port, upstream.port):
            assert client.post(CHAT, json=ask()).status_code == 200
        assert gateway.ready()


@contextlib.contextmanager
def forwarder(port, to):
    """Listen where nobody did, and pass one connection on."""
    with socket.create_server(("127.0.0.1", port)) as server:

        def pump(source, sink):
            with contextlib.suppress(OSError):
                while data := source.recv(65536):
                    sink.sendall(data)

        def one():
            near, _ = server.accept()
            with near, socket.create_connection(("127.0.0.1", to)) as far:
                back = threading.Thread(target=pump, args=(far, near), daemon=True)
                back.start()
                pump(near, far)
                far.shutdown(socket.SHUT_RDWR)
                back.join(5)

        thread = threading.Thread(target=one, daemon=True)
        thread.start()
        yield


def test_many_that_hang_do_not_keep_others_waiting(gateway, upstream):
    upstream.scripts["hang"] = Script(mode="hang")
    body = json.dumps(ask(model="hang")).encode()
    request = (
        f"POST {CHAT} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {KEYS['ann']}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode()
    with contextlib.ExitStack() as links:
        waiting = [
            links.enter_context(socket.create_connection(("127.0.0.1", gateway.port)))
            for _ in range(30)
        ]
        for link in waiting:
            link.sendall(request + body)
        until(lambda: len(upstream.asked) >= 30)
        with gateway.client() as client:
            assert client.post(CHAT, json=ask()).status_code == 200
        for link in waiting:
            link.setblocking(False)
            with pytest.raises(BlockingIOError):  # nobody was answered
                link.recv(1)
    until(lambda: gateway.health()["under_way"] == 0)
