"""Answers written to a client: whole ones, and the beginnings of streams."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias

import orjson

from charter.gateway.wire.failure import Reply

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = Iterable[tuple[bytes, bytes]]

JSON = (b"content-type", b"application/json")
STREAM = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
)
_NO_STORE = (b"cache-control", b"no-store")


async def send_reply(send: Send, reply: Reply, more: Headers = ()) -> None:
    """Send an answer that the gateway makes itself; `more` are headers beside its own."""
    body = orjson.dumps(reply.body)
    headers = [(name.encode(), value.encode()) for name, value in reply.headers]
    own = {name for name, _ in headers}
    headers += [(name, value) for name, value in more if name not in own]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def send_body(
    send: Send, status: int, body: bytes, kind: bytes = b"application/json"
) -> None:
    """Send a small answer of the gateway's own paths."""
    length = str(len(body)).encode()
    headers = [(b"content-type", kind), (b"content-length", length), _NO_STORE]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
