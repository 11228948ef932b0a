"""Asks one server again and again over one connection, and takes times; or over many, and counts.

Usage: python probe.py first HOST PORT NUMBER HEADERS BODY     milliseconds to the first text
       python probe.py whole HOST PORT NUMBER HEADERS BODY     milliseconds to the end of an answer
       python probe.py many HOST PORT SECONDS HEADERS BODY CONNECTIONS    answers a second

HEADERS and BODY are JSON. Prints JSON.
"""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import sys
import time
from typing import cast

TOLD = b'"content": "'
TOLD_TIGHT = b'"content":"'
EMPTY = (b'"content": ""', b'"content":""')


def request_of(host: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return the bytes of a request."""
    lines = [f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in headers.items()]
    lines.append(f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n")
    return "".join(lines).encode() + body


def ended(data: bytes) -> bool:
    """Whether an answer is complete. Raises RuntimeError for one that is not 200."""
    if not data.startswith(b"HTTP/1.1 200"):
        if b"\r\n" in data:
            raise RuntimeError(data[:300].decode(errors="replace"))
        return False
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = data[:end].lower()
    if b"transfer-encoding: chunked" in head:
        return data.endswith(b"0\r\n\r\n")
    at = head.find(b"content-length:")
    return len(data) >= end + 4 + int(head[at + 15 :].split(b"\r\n", 1)[0])


def says_something(data: bytes) -> bool:
    """Whether a stream has begun to say something: an event with a text that is not empty."""
    told = data.count(TOLD) + data.count(TOLD_TIGHT)
    return told > sum(data.count(each) for each in EMPTY)


def ask(connection: socket.socket, request: bytes, *, first: bool) -> float:
    """Return the milliseconds of one request."""
    before = time.perf_counter()
    connection.sendall(request)
    data, took = b"", None
    while not ended(data):
        part = connection.recv(262_144)
        if not part:
            raise RuntimeError("the connection was closed in the middle of an answer")
        data += part
        if took is None and first and says_something(data):
            took = time.perf_counter() - before
    whole = time.perf_counter() - before
    if first and took is None:
        raise RuntimeError("a stream that said nothing")
    return 1e3 * (whole if took is None else took)


def times(host: str, port: int, number: int, request: bytes, *, first: bool) -> dict[str, float]:
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(max(number // 10, 3)):
            ask(connection, request, first=first)
        found = sorted(ask(connection, request, first=first) for _ in range(number))
    return {
        "p50": statistics.median(found),
        "p95": found[len(found) * 95 // 100],
        "least": found[0],
    }


class Client(asyncio.Protocol):
    """Asks again as soon as it was answered."""

    count = 0
    failed = ""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.data += data
        try:
            if not ended(self.data):
                return
        except RuntimeError as error:
            Client.failed = Client.failed or str(error)
            self.transport.abort()
            return
        Client.count += 1
        self.data = b""
        self.transport.write(self.request)


async def many(host: str, port: int, seconds: float, request: bytes, number: int) -> float:
    """Return answers a second."""
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Client(request), host, port) for _ in range(number)
    ]
    before, start = Client.count, time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (Client.count - before) / (time.perf_counter() - start)
    for transport, _ in made:
        transport.abort()
    if Client.failed:
        raise RuntimeError(Client.failed)
    return rate


def main() -> None:
    how, host, port, number, headers, body = sys.argv[1:7]
    request = request_of(host, json.loads(headers), body.encode())
    if how == "many":
        wanted = many(host, int(port), float(number), request, int(sys.argv[7]))
        print(json.dumps({"rate": asyncio.run(wanted)}))
    else:
        print(json.dumps(times(host, int(port), int(number), request, first=how == "first")))


if __name__ == "__main__":
    main()
