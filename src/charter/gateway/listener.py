"""uvicorn's HTTP protocol with bounds of its own, and how it is run.

uvicorn waits for headers without end and without limit; a client that sends them byte by byte
(slow-loris) would hold a connection for ever. What is ambiguous about where a message ends
(content-length beside transfer-encoding, two lengths, odd line ends, folded headers) is refused by
llhttp in its strict mode, which answers 400 and closes.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from charter.errors import AddressUnavailable
from charter.gateway.settings import ServerSettings

MAX_HEADERS = 200
MAX_TARGET = 8 * 1024
"""Bytes of path and query."""


class Listener(HttpToolsProtocol):
    """One connection. `listener` makes the class with the limits of a configuration."""

    header_seconds = 10.0
    header_bytes = 64 * 1024

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._heading = True
        """Whether the headers of the next request are not complete yet."""
        self._fed = 0
        self._refused = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; its first request has to come in time."""
        super().connection_made(transport)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of it."""
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes, of which headers may be so many, and take so long."""
        if self._refused:
            return
        super().data_received(data)
        if self._heading or (self.cycle is not None and self.cycle.response_complete):
            self._fed += len(data)
            if self._heading and self._fed > self.header_bytes:
                self._refuse(b"431 Request Header Fields Too Large")
            elif self._timer is None:
                self._arm()

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._heading, self._fed = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Start the app, or refuse."""
        if self._refused:
            return
        if len(self.headers) > MAX_HEADERS or _size(self.headers) > self.header_bytes:
            self._refuse(b"431 Request Header Fields Too Large")
        elif len(self.url) > MAX_TARGET:
            self._refuse(b"414 URI Too Long")
        elif self.parser.should_upgrade() or _is_coded(self.headers):
            self._refuse(b"400 Bad Request")
        else:
            self._heading = False
            self._disarm()
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Take the end of a request."""
        if not self._refused:
            super().on_message_complete()

    def _refuse(self, status: bytes) -> None:
        """Answer and close; what follows on this connection is not looked at."""
        self._refused = True
        self._disarm()
        head = b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        if not self.transport.is_closing():
            self.transport.write(head)
            self.transport.close()

    def _late(self) -> None:
        self._timer = None
        self._refuse(b"408 Request Timeout")

    def _arm(self) -> None:
        self._timer = self.loop.call_later(self.header_seconds, self._late)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def listener(settings: ServerSettings) -> type[Listener]:
    """Return the protocol with the limits of a configuration."""

    class Limited(Listener):
        header_seconds = settings.header_seconds
        header_bytes = settings.header_bytes

    return Limited


def _is_coded(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a body comes in another transfer coding than chunks alone.

    The connection has to end with it: others may find the end of such a body elsewhere.
    """
    return any(
        name == b"transfer-encoding" and value.strip().lower() != b"chunked"
        for name, value in headers
    )


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers)


class Server(uvicorn.Server):
    """A server that says when it listens, and tells its app at once that it is to end."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        started: Callable[[str, int], None] | None = None,
        ending: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(config)
        self._started = started
        self._ending = ending

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until a signal, which has done its work then: the process ends as it should."""
        with self.capture_signals():
            await self._serve(sockets)
            self._captured_signals.clear()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say where."""
        await super().startup(sockets)
        if self.started and self._started is not None and not self.should_exit:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._started(host, port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, let what is under way finish, and end."""
        if self._ending is not None:
            self._ending()
        await super().shutdown(sockets)


def listening_at(settings: ServerSettings) -> list[socket.socket]:
    """Return sockets bound to the address of the settings, one for each family that it has.

    uvicorn would bind them later, log a failure, and end as if it had served. Raises
    AddressUnavailable.
    """
    host, port = settings.host, settings.port
    sockets: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in dict.fromkeys(found):
            one = socket.socket(family, kind, protocol)
            sockets.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
    except (OSError, UnicodeError) as error:  # a name that no lookup takes is a UnicodeError
        for one in sockets:
            one.close()
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        hint = "end what listens there, or give another --host or --port"
        raise AddressUnavailable(f"{host} port {port}: {why}", hint=hint) from error
    return sockets


def configured(app: Any, settings: ServerSettings) -> uvicorn.Config:
    """Return how uvicorn is run: its own log, headers and web sockets are off."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=listener(settings),
        ws="none",
        interface="asgi3",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=settings.connections,
        timeout_keep_alive=max(1, int(settings.idle_seconds)),
        timeout_graceful_shutdown=max(1, int(settings.shutdown_seconds)),
        backlog=2048,
    )
