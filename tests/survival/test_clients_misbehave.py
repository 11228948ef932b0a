"""Clients on bare sockets: slow, huge, ambiguous. Nothing reaches the model that was not asked."""

import contextlib
import json
import socket
import threading
import time

import pytest
from tests.gateway.upstream_server import Script
from tests.survival.process import CHAT, KEYS, ask, until

from charter.records.decision import DecisionRecorded

GOOD = json.dumps(ask()).encode()
KIND = "content-type: application/json"


def head(*headers, line=f"POST {CHAT} HTTP/1.1", who="ann"):
    """Return the beginning of a request, with a key that is good."""
    lines = [line, "host: gateway", f"authorization: Bearer {KEYS[who]}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


HIDDEN = head(KIND, "content-length: 1000", line="POST /v1/messages HTTP/1.1")
"""A request that somebody hides in another."""


def exchanged(gateway, data, *, wait=40.0, more=()):
    """Send bytes on a connection of its own; return all that came until it was closed."""
    found = b""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=wait) as link:
        with contextlib.suppress(OSError):
            link.sendall(data)
            for piece in more:
                link.sendall(piece)
        with contextlib.suppress(OSError):
            while piece := link.recv(65536):
                found += piece
    return found


def answers(found):
    return found.count(b"HTTP/1.1 ")


LENGTH = f"content-length: {len(GOOD)}"
AMBIGUOUS = {
    "length and chunked": head(KIND, LENGTH, "transfer-encoding: chunked") + b"0\r\n\r\n" + HIDDEN,
    "chunked and length": head(KIND, "transfer-encoding: chunked", LENGTH) + b"0\r\n\r\n" + HIDDEN,
    "two lengths": head(KIND, "content-length: 0", LENGTH) + GOOD + HIDDEN,
    "the same length twice": head(KIND, LENGTH, LENGTH) + GOOD + HIDDEN,
    "a list of lengths": head(KIND, LENGTH + f", {len(GOOD)}") + GOOD + HIDDEN,
    "a signed length": head(KIND, f"content-length: +{len(GOOD)}") + GOOD + HIDDEN,
    "a negative length": head(KIND, "content-length: -1") + GOOD + HIDDEN,
    "a length in hex": head(KIND, "content-length: 0x2") + GOOD + HIDDEN,
    "a length with a point": head(KIND, "content-length: 2.0") + GOOD + HIDDEN,
    "a length beyond measure": head(KIND, "content-length: " + "9" * 30) + GOOD + HIDDEN,
    "an empty length": head(KIND, "content-length:") + GOOD + HIDDEN,
    "a blank before the colon": head(KIND, "transfer-encoding : chunked") + b"0\r\n\r\n" + HIDDEN,
    "chunked with a tab": head(KIND, "transfer-encoding: \x0bchunked") + b"0\r\n\r\n" + HIDDEN,
    "xchunked": head(KIND, "transfer-encoding: xchunked") + b"0\r\n\r\n" + HIDDEN,
    "chunked, identity": head(KIND, "transfer-encoding: chunked, identity") + b"0\r\n\r\n" + HIDDEN,
    "gzip, chunked": head(KIND, "transfer-encoding: gzip, chunked") + b"0\r\n\r\n" + HIDDEN,
    "chunked twice": head(KIND, *["transfer-encoding: chunked"] * 2) + b"0\r\n\r\n" + HIDDEN,
    "a folded header": head(KIND, "transfer-encoding:", " chunked") + b"0\r\n\r\n" + HIDDEN,
    "a folded value": head(KIND, "x: a", "\tb", LENGTH) + GOOD + HIDDEN,
    "a blank before a name": head(KIND, LENGTH, " x-y: z") + GOOD + HIDDEN,
    "a line feed alone": head(KIND, LENGTH).replace(b"\r\n", b"\n") + GOOD + HIDDEN,
    "a line feed in a header": head(KIND, f"x: y\n{LENGTH}") + GOOD + HIDDEN,
    "a carriage return alone": head(KIND, f"x: y\r{LENGTH}") + GOOD + HIDDEN,
    "a null": head(KIND, "x: a\0b", LENGTH) + GOOD + HIDDEN,
    "a name with a null": head(KIND, "x\0: a", LENGTH) + GOOD + HIDDEN,
    "an empty name": head(KIND, ": a", LENGTH) + GOOD + HIDDEN,
    "no colon": head(KIND, "nothing", LENGTH) + GOOD + HIDDEN,
    "a chunk without measure": head(KIND, "transfer-encoding: chunked")
    + b"fffffffffffffffff\r\n" + HIDDEN,
    "a negative chunk": head(KIND, "transfer-encoding: chunked") + b"-1\r\n" + HIDDEN,
    "a chunk in 0x": head(KIND, "transfer-encoding: chunked") + b"0x2\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    "a chunk without its end": head(KIND, "transfer-encoding: chunked")
    + b"2\r\n{}0\r\n\r\n" + HIDDEN,
    "a chunk with a line feed": head(KIND, "transfer-encoding: chunked") + b"2\n{}\n0\n\n" + HIDDEN,
    "a chunk's extension with a line feed": head(KIND, "transfer-encoding: chunked")
    + b"2;x=\n{}\r\n0\r\n\r\n" + HIDDEN,
    "HTTP/1.0 and chunked": head(
        KIND, "transfer-encoding: chunked", "connection: keep-alive", line=f"POST {CHAT} HTTP/1.0"
    ) + b"0\r\n\r\n" + HIDDEN,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN,
    "HTTP/9.9": head(KIND, LENGTH, line=f"POST {CHAT} HTTP/9.9") + GOOD + HIDDEN,
    "no version": f"POST {CHAT}\r\n\r\n".encode() + HIDDEN,
    "a method in small letters": head(KIND, LENGTH, line=f"post {CHAT} HTTP/1.1") + GOOD + HIDDEN,
    "blanks in the target": head(KIND, LENGTH, line=f"POST {CHAT} x HTTP/1.1") + GOOD + HIDDEN,
    "CONNECT": head(line="CONNECT gateway:80 HTTP/1.1") + HIDDEN,
    "an upgrade": head(KIND, "connection: upgrade", "upgrade: h2c", LENGTH) + GOOD + HIDDEN,
    "two hosts": head(KIND, "host: other", LENGTH, "connection: close") + GOOD,
    "two keys": head(KIND, f"authorization: Bearer {KEYS['bob']}", LENGTH, "connection: close")
    + GOOD,
    "keys that differ": head(KIND, f"x-api-key: {KEYS['bob']}", LENGTH, "connection: close") + GOOD,
}  # fmt: skip


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_two_readers_could_read_differently(gateway, upstream, name):
    found = exchanged(gateway, AMBIGUOUS[name])
    assert answers(found) <= 1, found
    assert not found or found.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505")), found
    assert upstream.asked == []


def test_requests_one_after_the_other_in_one_packet(gateway, upstream):
    """Pipelining: every request is answered in its turn, and each has its own records."""
    upstream.scripts["m"] = upstream.script
    first = json.dumps(ask("One.", model="talk")).encode()
    packet = b""
    for body, more in ((first, ()), (GOOD, ()), (GOOD, ("connection: close",))):
        packet += head(KIND, f"content-length: {len(body)}", *more) + body
    found = exchanged(gateway, packet)
    assert answers(found) == 3
    texts = [part.partition(b"\r\n\r\n") for part in found.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert [b"word word" in body for _, _, body in texts] == [True, False, False]
    ids = [
        line.split()[1].decode() for line in found.split(b"\r\n") if line[:13] == b"x-request-id:"
    ]
    assert len(set(ids)) == 3
    with gateway.ledger() as ledger:
        assert all(list(ledger.read(DecisionRecorded, thread=one)) for one in ids)


def test_a_flood_of_requests_in_one_connection(gateway, upstream):
    """What is pipelined without end is not kept without end."""
    upstream.scripts["talk"] = Script(" ".join(["word"] * 10), pause=0.3)
    before = gateway.memory()
    body = json.dumps(ask(model="talk", stream=True)).encode()
    one = head(KIND, f"content-length: {len(body)}") + body
    sent = 0
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=1) as link:
        with contextlib.suppress(OSError):
            while sent < 200 * 2**20:
                sent += link.send(one * 200)
        assert gateway.memory() - before < 100 * 2**20, sent
    upstream.say()
    upstream.scripts["talk"] = Script()
    until(lambda: gateway.health()["under_way"] == 0)


def test_the_target_in_other_forms(gateway, upstream):
    close = (KIND, LENGTH, "connection: close")
    for line, status in (
        ("POST http://elsewhere.example/v1/chat/completions HTTP/1.1", 200),
        (f"POST {CHAT}?a=%0d%0ax-evil:%201&b=%00 HTTP/1.1", 200),
        ("POST /v1/../v1/chat/completions HTTP/1.1", 404),
        ("POST /v1/chat/completions/../../models HTTP/1.1", 404),
        ("POST /v1/chat/completions;x HTTP/1.1", 404),
        ("POST /v1/chat/completions%00 HTTP/1.1", 404),
        ("POST //elsewhere.example/v1/chat/completions HTTP/1.1", 404),
        ("POST * HTTP/1.1", 400),
        ("POST /" + "x" * 20_000 + " HTTP/1.1", 414),
    ):
        upstream.asked.clear()
        found = exchanged(gateway, head(*close, line=line) + GOOD)
        assert found.startswith(b"HTTP/1.1 %d" % status) or (status == 400 and found[9:10] == b"4")
        assert len(upstream.asked) == (status == 200)
        for asked in upstream.asked:
            assert asked.path == CHAT
            assert "x-evil" not in asked.headers
            assert asked.headers["host"] == f"127.0.0.1:{upstream.port}"


def test_http_1_0_is_answered_and_closed(gateway, upstream):
    found = exchanged(gateway, head(KIND, LENGTH, line=f"POST {CHAT} HTTP/1.0") + GOOD)
    assert b" 200 OK" in found.partition(b"\r\n")[0]
    body = json.dumps(ask(stream=True)).encode()
    size = f"content-length: {len(body)}"
    found = exchanged(gateway, head(KIND, size, line=f"POST {CHAT} HTTP/1.0") + body)
    assert b"[DONE]" in found


def test_headers_for_one_hop_and_of_others_stay_here(gateway, upstream):
    kept = {
        "cookie": "a=b", "x-forwarded-for": "6.6.6.6", "forwarded": "for=6.6.6.6", "te": "trailers",
        "x-charter-review": "apr_1", "x-api-key": KEYS["ann"], "x-hop": "1", "x-skip": "2",
        "proxy-authorization": "x", "expect": "100-continue", "x-real-ip": "6.6.6.6",
    }  # fmt: skip
    given = [f"{name}: {value}" for name, value in kept.items()]
    given += ["connection: x-hop", "connection: x-skip, close", "x-custom: caf\xe9"]
    found = exchanged(gateway, head(KIND, LENGTH, *given) + GOOD)
    assert b" 200 OK" in found
    (asked,) = upstream.asked
    assert not set(kept) & set(asked.headers)
    assert "authorization" not in asked.headers
    assert KEYS["ann"] not in str(asked.headers)
    assert "x-custom" in asked.headers


def test_headers_beyond_measure(gateway, upstream):
    for headers in (
        [f"x-{at}: 1" for at in range(5000)],
        ["x: " + "y" * 10_000_000],
        ["y" * 1_000_000 + ": x"],
    ):
        found = exchanged(gateway, head(KIND, LENGTH, *headers) + GOOD)
        assert not found or found.startswith(b"HTTP/1.1 4")
        assert answers(found) <= 1
    assert upstream.asked == []


def test_slow_loris_on_headers(gateway, upstream):
    """Headers that come byte by byte end in time, and others are served meanwhile."""
    _slowly(gateway, head(KIND, *[f"x-{at}: 1" for at in range(100)]), before=b"")


def test_slow_loris_on_the_next_headers(gateway, upstream):
    first = head(KIND, LENGTH) + GOOD
    _slowly(gateway, head(KIND, *[f"x-{at}: 1" for at in range(100)]), before=first)


def test_slow_loris_on_the_body(gateway, upstream):
    _slowly(gateway, b'{"model": "' + b"m" * 900, before=head(KIND, "content-length: 5000"))
    _slowly(gateway, b"1\r\n \r\n" * 200, before=head(KIND, "transfer-encoding: chunked"))


def _slowly(gateway, data, *, before, most=40):
    begun = time.monotonic()
    links = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(most)]
    for link in links:
        link.sendall(before)
        link.setblocking(False)
    ended, place = set(), 0
    while len(ended) < most:
        assert time.monotonic() - begun < 60, "slow clients are held for ever"
        for link in links:
            if link in ended:
                continue
            if _has_ended(link, data[place % len(data) :][:1]):
                ended.add(link)
        place += 1
        if place == 5:
            with gateway.client() as client:
                assert client.post(CHAT, json=ask()).status_code == 200
        time.sleep(0.1)
    for link in links:
        link.close()


def _has_ended(link, data):
    """Send a byte, take what is there, and tell whether the other side has closed."""
    try:
        link.send(data)
        while link.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def test_a_hundred_megabytes(gateway, upstream):
    before = gateway.memory()
    found = exchanged(
        gateway, head(KIND, f"content-length: {100 * 2**20}"), more=[b" " * 2**20] * 100
    )
    assert found.startswith(b"HTTP/1.1 413")
    piece = b"100000\r\n" + b" " * 2**20 + b"\r\n"
    found = exchanged(gateway, head(KIND, "transfer-encoding: chunked"), more=[piece] * 100)
    assert not found or found.startswith(b"HTTP/1.1 413")
    assert gateway.memory() - before < 150 * 2**20
    assert upstream.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 20_000_000,
        b'{"a":' * 4_000_000,
        b'{"model": "m", "messages": [{"role": "user", "content": ' + b"[" * 100_000,
        b'{"model": "m", "messages": ' + b"[" * 300 + b"]" * 300 + b"}",
        b"[" + b"0," * 5_000_000 + b"0]",
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        GOOD.replace(b"What", b"\xff\xfe"),
        GOOD.replace(b"What", b"\xed\xa0\x80"),
        GOOD.replace(b"What", b"\xc0\xaf"),
        GOOD.replace(b"What", b"\\ud800"),
        GOOD.replace(b"What", b"\0"),
        GOOD.replace(b'"m"', b"1" * 5000),
        GOOD.replace(b'"m"', b"1e999999"),
        GOOD + GOOD,
        GOOD[:-1],
        GOOD[:-1] + b', "model": "n"}',
        GOOD[:-1] + b', "mod\\u0065l": "n"}',
        GOOD.replace(b'"role"', b'"role": "system", "role"'),
    ],
    ids=range(19),
)  # fmt: skip
def test_bodies_that_are_no_requests(gateway, upstream, body):
    with gateway.client() as client:
        response = client.post(CHAT, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid_request"
    assert len(response.content) < 2000
    assert upstream.asked == []


def test_clients_that_take_nothing(gateway, upstream):
    """Streams nobody reads stop at the upstream, cost little memory, and end in time."""
    upstream.say(" ".join(["x" * 3000] * 7000))
    before = gateway.memory()
    body = json.dumps(ask(stream=True)).encode()
    with contextlib.ExitStack() as links:
        most = _taking_nothing(gateway, body, links)
    assert most - before < 150 * 2**20
    with gateway.ledger() as ledger:
        newest = list(ledger.read(DecisionRecorded, newest=True, limit=20))
    assert any(record.failure == "client_slow" for record in newest)


def _taking_nothing(gateway, body, links):
    """Ask and read nothing, until the gateway ends it; return the most memory that it held."""
    for _ in range(3):
        link = links.enter_context(socket.socket())
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.connect(("127.0.0.1", gateway.port))
        link.sendall(head(KIND, f"content-length: {len(body)}") + body)
    most = 0
    until(lambda: gateway.health()["under_way"] == 3)
    end = time.monotonic() + 60
    while gateway.health()["under_way"] and time.monotonic() < end:
        most = max(most, gateway.memory())
        time.sleep(0.1)
    assert gateway.health()["under_way"] == 0
    return most


def test_clients_that_go(gateway, upstream):
    """Whatever the moment at which clients go, each exchange is ended and recorded."""
    upstream.say("one two three four five six seven", pause=0.05)

    def one(at):
        body = json.dumps(ask(f"Question {at}.", stream=bool(at % 2))).encode()
        with socket.create_connection(("127.0.0.1", gateway.port)) as link:
            link.sendall(head(KIND, f"content-length: {len(body)}") + body)
            time.sleep(at / 100)

    threads = [threading.Thread(target=one, args=(at,)) for at in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: gateway.health()["under_way"] == 0)
    until(lambda: len(upstream.asked) == 40 or gateway.ready())
    with gateway.client() as client:
        assert client.post(CHAT, json=ask()).status_code == 200
