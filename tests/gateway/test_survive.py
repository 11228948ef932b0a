"""What the gateway must survive: upstreams, clients and bytes that do not behave."""

import asyncio
import dataclasses
import json
import socket
import threading
import time

import httpx2
import pytest

from charter.errors import LedgerUnavailable
from charter.gateway.callers import digest_of_key, new_key
from charter.gateway.served import Caller
from charter.gateway.settings import CallerEntry
from charter.gateway.table import build_table
from charter.ledger.open import open_ledger
from charter.records.decision import DecisionRecorded
from charter.records.service import PolicyServed, ServiceCounted, ServiceStarted
from charter.records.stop import StopLifted, StopOrdered

from .conftest import SPEC

ASK = {"model": "m", "messages": [{"role": "user", "content": "What is it?"}]}
CHAT = "/v1/chat/completions"


@pytest.fixture
def http(gateway):
    with httpx2.Client(
        base_url=gateway.url, headers={"authorization": f"Bearer {gateway.key}"}, timeout=20
    ) as client:
        yield client


def recorded(gateway, response):
    return gateway.records(DecisionRecorded, response.headers["x-request-id"])


def raw(gateway, data, *, wait=5.0):
    """Send bytes on a connection of its own; return what came until the other side closed."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=wait) as link:
        link.sendall(data)
        found = b""
        try:
            while piece := link.recv(65536):
                found += piece
        except (TimeoutError, ConnectionError):
            pass
        return found


def request_bytes(gateway, body=b"{}", *headers, path=CHAT):
    head = [f"POST {path} HTTP/1.1", "host: x", f"authorization: Bearer {gateway.key}"]
    head += [*headers]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


# The upstream


@pytest.mark.parametrize(
    ("mode", "status", "failure"),
    [
        ("drop", 502, "upstream_cut"),
        ("garbage", 502, "upstream_garbage"),
        ("no_json", 502, "upstream_garbage"),
        ("short", 502, "upstream_cut"),
        ("redirect", 502, "upstream_garbage"),
        ("bomb", 502, "answer_too_large"),
        ("huge", 502, "answer_too_large"),
        ("wrong_encoding", 502, "upstream_encoding"),
        ("brotli", 502, "upstream_encoding"),
        ("hang", 504, "upstream_timeout"),
        ("long_line", 502, "upstream_garbage"),
    ],
)
def test_an_upstream_that_misbehaves_is_said_and_recorded(  # noqa: PLR0917
    gateway, upstream, http, mode, status, failure
):
    upstream.say(mode=mode)
    response = http.post(CHAT, json=ASK)
    assert response.status_code == status
    assert response.json()["error"]["type"] == "server_error"
    last = recorded(gateway, response)[-1]
    assert (last.failure, last.released) == (failure, 0)


def test_an_upstream_that_is_not_there(start):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gateway = start(upstream_url=f"http://127.0.0.1:{port}")
    with httpx2.Client(base_url=gateway.url) as client:
        key = {"x-api-key": gateway.key}
        response = client.post("/v1/messages", json=ASK | {"max_tokens": 5}, headers=key)
    assert response.status_code == 502
    assert response.json()["error"]["type"] == "api_error"


def test_gzip_that_was_not_asked_for_is_read(gateway, upstream, http):
    upstream.say(mode="gzip")
    response = http.post(CHAT, json=ASK)
    assert response.json()["choices"][0]["message"]["content"] == "It is fine."
    assert "content-encoding" not in response.headers
    assert upstream.asked[0].headers["accept-encoding"] == "identity"


def test_a_page_of_html_as_error_is_replaced(upstream, http):
    upstream.say(mode="html_error")
    response = http.post(CHAT, json=ASK)
    assert response.status_code == 502
    assert "html" not in response.text


@pytest.mark.parametrize(
    ("mode", "failure"),
    [
        ("stream_drop", "upstream_cut"),
        ("stream_end", "upstream_cut"),
        ("stream_garbage", "upstream_garbage"),
        ("stream_hang", "upstream_timeout"),
        ("long_line", "upstream_garbage"),
    ],
)
def test_a_stream_that_breaks_is_recorded(gateway, upstream, http, mode, failure):
    upstream.say("one two three four five", mode=mode)
    response = http.post(CHAT, json=ASK | {"stream": True})
    assert response.status_code == 200
    assert "error" in response.text
    assert '"finish_reason":"stop"' not in response.text
    last = recorded(gateway, response)[-1]
    assert last.failure == failure
    assert last.done in ("failed", "cut")


def test_a_stream_of_another_kind_is_no_stream(upstream, http):
    upstream.say(mode="no_json")
    response = http.post(CHAT, json=ASK | {"stream": True})
    assert response.status_code == 502


# The client


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (("content-length: 2", "transfer-encoding: chunked"), b"0\r\n\r\n"),
        (("content-length: 2", "content-length: 3"), b"{}"),
        (("content-length: +2",), b"{}"),
        (("transfer-encoding: xchunked",), b"0\r\n\r\n"),
        (("transfer-encoding: chunked, identity",), b"0\r\n\r\n"),
        (("transfer-encoding : chunked",), b"0\r\n\r\n"),
        (("content-length: 2", " folded: yes"), b"{}"),
        (("x: a\0b", "content-length: 2"), b"{}"),
        (("content-length: 2", "authorization: Bearer ck_other"), b"{}"),
        (("content-length: 2", "x-api-key: ck_other"), b"{}"),
        (("content-length: 2", "upgrade: h2c", "connection: upgrade"), b"{}"),
        (("content-length: 2", "content-type: application/json", "content-type: text/x"), b"{}"),
    ],
)
def test_what_is_ambiguous_is_refused(gateway, upstream, headers, body):
    found = raw(gateway, request_bytes(gateway, body, *headers, "connection: close"))
    assert found.startswith(b"HTTP/1.1 400")
    assert upstream.asked == []


def test_a_second_request_cannot_hide_in_the_first(gateway, upstream):
    inner = request_bytes(gateway, b"", "content-length: 0", path="/v1/messages")
    data = request_bytes(
        gateway, inner, "content-type: application/json", f"content-length: {len(inner)}"
    )
    found = raw(gateway, data, wait=3.0)
    assert found.count(b"HTTP/1.1 ") == 1
    assert b"not JSON" in found
    assert upstream.asked == []


@pytest.mark.parametrize("sent", [b"", b"POST /v1/chat", b"POST / HTTP/1.1\r\nhost: x\r\n"])
def test_headers_that_never_end_are_not_waited_for(gateway, sent):
    begun = time.monotonic()
    found = raw(gateway, sent, wait=10)
    assert found == b"" or found.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - begun < 8


def test_a_body_that_never_ends_is_not_waited_for(gateway):
    data = request_bytes(
        gateway, b'{"model"', "content-type: application/json", "content-length: 1000"
    )
    assert raw(gateway, data, wait=10).startswith(b"HTTP/1.1 408")


def test_headers_without_measure_are_refused(gateway):
    many = [f"x-{at}: 1" for at in range(300)]
    assert raw(gateway, request_bytes(gateway, b"", *many)).startswith(b"HTTP/1.1 431")
    assert raw(gateway, request_bytes(gateway, b"", "x: " + "y" * 100_000)).startswith(
        b"HTTP/1.1 431"
    )


def test_a_large_body_is_refused(gateway, http):
    body = json.dumps(ASK | {"x": "y" * (2 * 2**20)}).encode()
    kind = {"content-type": "application/json"}
    assert http.post(CHAT, content=body, headers=kind).status_code == 413
    pieces = (body[at : at + 65536] for at in range(0, len(body), 65536))
    assert http.post(CHAT, content=pieces, headers=kind).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b'{"model": "m", "model": "n", "messages": []}',
        b'{"a": NaN}',
        b"[" * 5000 + b"]" * 5000,
        b'{"a":' * 200 + b"1" + b"}" * 200,
        b'{"model": "m", "messages": "x"}',
        b'{"model": "m", "messages": [{"role": "user", "content": "\\ud800"}]}',
        b'{"model": 5, "messages": []}',
    ],
)
def test_what_is_no_request_is_a_bad_one(gateway, upstream, http, body):
    response = http.post(CHAT, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid_request"
    assert response.headers["x-should-retry"] == "false"
    assert upstream.asked == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", CHAT, 405),
        ("PUT", "/v1/messages", 405),
        ("POST", "/v1/embeddings", 404),
        ("GET", "/", 404),
        ("POST", "/v1/models", 405),
        ("DELETE", "/health", 405),
        ("POST", "/v1/chat/completions/", 404),
        ("POST", "/v1//chat/completions", 404),
    ],
)
def test_other_paths_and_methods(upstream, http, method, path, status):
    response = http.request(method, path)
    assert response.status_code == status
    assert "error" in response.json()
    assert upstream.asked == []


@pytest.mark.parametrize("kind", ["text/plain", "", "application/json; charset=latin-1"])
def test_other_content_types(http, kind):
    response = http.post(CHAT, content=b"{}", headers={"content-type": kind})
    assert response.status_code == 415


def test_an_encoded_body_is_refused(http):
    kind = {"content-type": "application/json", "content-encoding": "gzip"}
    assert http.post(CHAT, content=b"{}", headers=kind).status_code == 415


def test_a_client_that_goes_ends_the_upstream_and_is_recorded(gateway, upstream):
    upstream.say("one two three four five six seven eight nine ten", pause=0.2)
    before = gateway.service.metrics.gone
    headers = {"authorization": f"Bearer {gateway.key}"}
    with (
        httpx2.Client(base_url=gateway.url, headers=headers) as client,
        client.stream("POST", CHAT, json=ASK | {"stream": True}) as response,
    ):
        exchange = response.headers["x-request-id"]
        next(response.iter_raw())
    until(lambda: gateway.service.metrics.gone > before)
    until(lambda: any(one.failure for one in gateway.records(DecisionRecorded, exchange)))
    assert gateway.records(DecisionRecorded, exchange)[-1].failure == "client_gone"
    until(lambda: not gateway.service.running)


def until(true, seconds=60.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


# People and ledgers


def order(gateway, reach, name=""):
    at = gateway.service.clock.at()
    run = f"stp_{time.time_ns()}"
    gateway.ledger.append(StopOrdered(run, at, reach, name, "bea", "a test"))
    return run


def lift(gateway, run):
    gateway.ledger.append(StopLifted(run, gateway.service.clock.at(), "bea", "over"))
    gateway.call(gateway.service.poll())


@pytest.mark.parametrize(("reach", "name"), [("all", ""), ("app", "shop"), ("tool", "pay")])
def test_a_stop_ends_running_streams_and_refuses_new_requests(gateway, upstream, http, reach, name):
    upstream.say(" ".join(["word"] * 100), pause=0.1)
    tool = {"type": "function", "function": {"name": "pay", "parameters": {}}}
    ask = ASK | {"tools": [tool]}
    with http.stream("POST", CHAT, json=ask | {"stream": True}) as response:
        pieces = response.iter_text()
        next(pieces)
        run = order(gateway, reach, name)
        rest = "".join(pieces)
        exchange = response.headers["x-request-id"]
    try:
        assert rest.count("word") <= 10, "ten a second"
        assert '"finish_reason":"stop"' not in rest
        assert "content_filter" in rest
        last = gateway.records(DecisionRecorded, exchange)[-1]
        assert any(ground.check == f"stop:{run}" for ground in last.grounds) or last.failure
        upstream.say()
        refused = http.post(CHAT, json=ask)
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "stopped"
        assert "section" not in refused.json()["error"]["message"], "it rests on none"
        assert recorded(gateway, refused)[0].effect == "deny"
        assert upstream.asked == []
    finally:
        lift(gateway, run)
    assert http.post(CHAT, json=ask).status_code == 200


def test_a_stop_ends_a_request_that_waits(gateway, upstream, http):
    upstream.say(mode="hang")
    found = []
    waiting = threading.Thread(target=lambda: found.append(http.post(CHAT, json=ASK)))
    waiting.start()
    until(lambda: upstream.asked)
    run = order(gateway, "app", "shop")
    waiting.join(5)
    lift(gateway, run)
    assert found[0].status_code == 403
    assert found[0].json()["error"]["code"] == "stopped"


def test_without_a_ledger_nothing_is_served_and_health_says_why(start, upstream, monkeypatch):
    gateway = start()

    def fail(*_args, **_more):
        raise LedgerUnavailable(f"ledger {gateway.ledger.where}: database or disk is full")

    said = []
    monkeypatch.setattr(
        gateway.service, "say", lambda *event, **fields: said.append((event, fields))
    )

    with httpx2.Client(base_url=gateway.url, headers={"x-api-key": gateway.key}) as client:
        assert client.get("/ready").status_code == 200
        store = gateway.ledger.store
        with monkeypatch.context() as broken:
            broken.setattr(type(store), "append", fail)
            broken.setattr(type(store), "append_now", fail)
            broken.setattr(type(store), "probe", fail)
            first = client.post(CHAT, json=ASK)
            assert first.status_code == 503
            assert first.json()["error"]["code"] == "not_ready"
            upstream.asked.clear()
            second = client.post(CHAT, json=ASK)
            assert second.status_code == 503
            assert "ledger" not in second.text, "where it is, is no matter of a caller's"
            assert upstream.asked == [], "the model is not asked when nothing can be recorded"
            assert client.get("/ready").status_code == 503
            for path in ("/health", "/ready"):
                told = client.get(path)
                assert "its disk is full" in told.json()["why"]
                assert str(gateway.folder) not in told.text, "anybody may read it"
            stream = client.post(CHAT, json=ASK | {"stream": True})
            assert stream.status_code == 503
        until(lambda: client.get("/ready").status_code == 200)
        assert client.post(CHAT, json=ASK).status_code == 200
    until(lambda: (("info", "ledger.writable"), {}) in said)
    unwritable = [fields for event, fields in said if event == ("error", "ledger.unwritable")]
    assert len(unwritable) == 1, "once for each outage"
    assert gateway.ledger.where in unwritable[0]["reason"], "the log says where"


def test_what_cannot_be_read_is_logged_once(gateway, monkeypatch):
    said = []
    monkeypatch.setattr(gateway.service, "say", lambda *event, **_: said.append(event))

    def fail(_after):
        raise LedgerUnavailable("it is gone")

    with monkeypatch.context() as broken:
        broken.setattr(gateway.service, "_read", fail)
        gateway.call(gateway.service.poll())
        gateway.call(gateway.service.poll())
    gateway.call(gateway.service.poll())
    told = [event for event in said if event[1].startswith("ledger.")]
    assert told == [("error", "ledger.unreadable"), ("info", "ledger.readable")]


def test_what_is_under_way_is_finished_at_the_end(start, upstream):
    upstream.say("one two three four five", pause=0.2)
    gateway = start()
    headers = {"authorization": f"Bearer {gateway.key}"}
    with (
        httpx2.Client(base_url=gateway.url, headers=headers) as client,
        client.stream("POST", CHAT, json=ASK | {"stream": True}) as response,
    ):
        pieces = response.iter_text()
        text = next(pieces)
        gateway.server.should_exit = True
        text += "".join(pieces)
    assert '"finish_reason":"stop"' in text
    assert text.endswith("data: [DONE]\n\n")
    gateway._thread.join(20)
    with open_ledger(gateway.folder / "ledger.sqlite") as ledger:
        assert len(list(ledger.read(ServiceStarted))) == 1
        last = list(ledger.read(ServiceCounted))[-1]
        assert (last.last, last.answered) == (True, 1)
        assert [one.sequence for one in ledger.read(DecisionRecorded)] == [1, 2]
        assert last.sequence == 2


def test_budgets_are_kept(start):
    poor, thrifty = new_key(), new_key()
    caller = Caller("poor", "shop", "developer", "ann", requests_per_minute=2)
    other = dataclasses.replace(caller, id="thrifty", requests_per_minute=None, tokens_per_day=5)
    entries = (
        CallerEntry(caller, (digest_of_key(poor),)),
        CallerEntry(other, (digest_of_key(thrifty),)),
    )
    gateway = start(callers=entries)
    with httpx2.Client(base_url=gateway.url) as client:
        key = {"x-api-key": poor}
        statuses = [client.post(CHAT, json=ASK, headers=key).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        refused = client.post(CHAT, json=ASK, headers=key)
        assert 0 < int(refused.headers["retry-after"]) <= 60
        key = {"x-api-key": thrifty}
        assert client.post(CHAT, json=ASK, headers=key).status_code == 200
        refused = client.post(CHAT, json=ASK, headers=key)
        assert refused.json()["error"]["code"] == "insufficient_quota"
        assert refused.headers["x-should-retry"] == "false"


def test_many_streams_at_once(gateway, upstream):
    upstream.say("one two three four five", pause=0.05)
    headers = {"authorization": f"Bearer {gateway.key}"}

    async def one(client):
        response = await client.post(CHAT, json=ASK | {"stream": True}, headers=headers)
        return '"finish_reason":"stop"' in response.text

    async def main():
        limits = httpx2.Limits(max_connections=None)
        async with httpx2.AsyncClient(base_url=gateway.url, limits=limits, timeout=60) as client:
            return await asyncio.gather(*(one(client) for _ in range(100)))

    assert all(asyncio.run(main()))


def test_requests_under_way_finish_under_the_policy_they_began_with(start, upstream):
    upstream.say("one two three XYZZY", pause=0.3)
    gateway = start()
    spec = SPEC.read_text(encoding="utf-8")
    looser = gateway.folder / "gateway_spec.md"
    looser.write_text(spec.replace("'XYZZY'", "'ABRACADABRA'"), encoding="utf-8")
    headers = {"authorization": f"Bearer {gateway.key}"}
    with httpx2.Client(base_url=gateway.url, headers=headers) as client:
        before = gateway.service.table.base.policy.digest
        with client.stream("POST", CHAT, json=ASK | {"stream": True}) as response:
            pieces = response.iter_text()
            next(pieces)
            gateway.call(
                gateway.service.replace(build_table(looser, (), gateway.settings, cache=False))
            )
            rest = "".join(pieces)
        assert "XYZZY" not in rest
        assert "content_filter" in rest
        recorded = gateway.records(DecisionRecorded, response.headers["x-request-id"])
        assert {one.policy for one in recorded} == {before}
        now = client.post(CHAT, json=ASK)
    assert now.json()["choices"][0]["message"]["content"].endswith("XYZZY")
    (served,) = gateway.records(PolicyServed)
    assert (served.before, served.policy) == (before, now.headers["x-charter-policy"])


@pytest.mark.parametrize("kept", [False, True])
def test_policies_served_are_numbered_without_a_gap_after_a_swap_that_failed(
    start, monkeypatch, kept
):
    """A gap would read as a record that was lost: whether or not the one that failed was kept."""
    gateway = start()
    spec = SPEC.read_text(encoding="utf-8")
    looser = gateway.folder / "gateway_spec.md"
    looser.write_text(spec.replace("'XYZZY'", "'ABRACADABRA'"), encoding="utf-8")
    table = build_table(looser, (), gateway.settings, cache=False)
    write = gateway.service.writer.write

    async def fail(records, *more):
        if kept:
            await write(records, *more)
        raise LedgerUnavailable("the server went away")

    with monkeypatch.context() as broken:
        broken.setattr(gateway.service.writer, "write", fail)
        with pytest.raises(LedgerUnavailable):
            gateway.call(gateway.service.replace(table))
    gateway.call(gateway.service.replace(table))
    assert [each.number for each in gateway.records(PolicyServed)] == ([1, 2] if kept else [1])
