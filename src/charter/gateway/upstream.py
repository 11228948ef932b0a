"""The models' servers: one client session, its limits, and what can go wrong there.

The upstream is not trusted to keep to HTTP, to JSON or to sizes. It is asked for bodies without
content encoding; what comes encoded all the same is decoded here, within bounds, and an encoding
that is not known is a failure: nothing goes on that was not read.
"""

from __future__ import annotations

import asyncio
import os
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import NamedTuple

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from charter.errors import ConfigError
from charter.gateway.settings import UpstreamSettings
from charter.gateway.wire.asked import Api
from charter.gateway.wire.failure import Failure

PATHS: Mapping[Api, str] = {
    Api.CHAT: "/v1/chat/completions",
    Api.RESPONSES: "/v1/responses",
    Api.MESSAGES: "/v1/messages",
}
_KEPT_BACK = frozenset(
    {
        b"host", b"connection", b"keep-alive", b"proxy-connection", b"proxy-authenticate",
        b"proxy-authorization", b"te", b"trailer", b"transfer-encoding", b"upgrade",
        b"content-length", b"content-type", b"content-encoding", b"accept-encoding",
        b"authorization", b"x-api-key", b"api-key", b"cookie", b"expect", b"forwarded", b"via",
        b"x-real-ip", b"x-goog-api-key", b"if-none-match", b"if-modified-since", b"range",
    }
)  # fmt: skip
_KEPT_BACK_PREFIXES = (b"x-forwarded-", b"x-charter-", b"cf-", b"sec-")
_GIVEN_ON = frozenset(
    {"retry-after", "retry-after-ms", "x-should-retry", "openai-processing-ms", "openai-version"}
)
_GIVEN_ON_PREFIXES = ("x-ratelimit-", "anthropic-ratelimit-")
_REQUEST_IDS = ("x-request-id", "request-id")
_PIECE = 256 * 1024
"""Bytes decompressed at a time."""


class UpstreamFailed(Exception):
    """The upstream did not answer, or not with what can be read; `name` is stable."""

    def __init__(self, name: str, failure: Failure = Failure.UPSTREAM_GONE) -> None:
        super().__init__(name)
        self.name = name
        self.failure = failure


REFUSED, DROPPED, LATE = "upstream_unreachable", "upstream_cut", "upstream_timeout"
GARBAGE, TOO_LARGE, ENCODING = "upstream_garbage", "answer_too_large", "upstream_encoding"


class Target(NamedTuple):
    """Where requests of one API go."""

    url: URL
    base: str
    headers: tuple[tuple[str, str], ...]
    """Those that say who the gateway is."""


class Upstream:
    """One client session for all requests. `open` within the event loop; `close` ends it."""

    def __init__(self, settings: UpstreamSettings) -> None:
        """Raise ConfigError for an address without a server, or a key that is not there."""
        self.settings = settings
        self.targets = {api: _target(settings, api) for api in Api}
        self._session: aiohttp.ClientSession | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The gateway's own keys, which nothing may show."""
        kept = ("authorization", "x-api-key")
        found = [v for t in self.targets.values() for name, v in t.headers if name in kept]
        return tuple(dict.fromkeys(value.removeprefix("Bearer ") for value in found))

    def open(self) -> None:
        """Make the session."""
        connector = aiohttp.TCPConnector(
            limit=self.settings.connections, keepalive_timeout=self.settings.idle_seconds
        )
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=self.settings.connect_seconds, connect=None, sock_read=None
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            read_bufsize=128 * 1024,
            max_line_size=16 * 1024,
            max_field_size=16 * 1024,
        )

    async def close(self) -> None:
        """End all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def headers(self, api: Api, received: list[tuple[bytes, bytes]]) -> CIMultiDict[str]:
        """Return what is sent on of a client's headers, with the gateway's own key.

        A client's keys and cookies are for the gateway; names listed in `connection` are for one
        hop (RFC 9110, section 7.6.1).
        """
        sent: CIMultiDict[str] = CIMultiDict(self.targets[api].headers)
        hop = _connection_names(received)
        for name, value in received:
            if name in _KEPT_BACK or name in hop or name.startswith(_KEPT_BACK_PREFIXES):
                continue
            sent.add(name.decode("latin-1"), value.decode("latin-1"))
        return sent

    async def post(
        self, api: Api, body: bytes, headers: CIMultiDict[str], query: bytes = b""
    ) -> aiohttp.ClientResponse:
        """Send a request and return the answer's beginning. Raises UpstreamFailed."""
        url = self.targets[api].url
        if query:
            url = URL(f"{url}?{query.decode('latin-1')}", encoded=True)
        return await self._request("POST", url, body, headers)

    async def get(
        self, api: Api, path: str, headers: CIMultiDict[str], query: bytes = b""
    ) -> aiohttp.ClientResponse:
        """Ask for something else of the server of an API. Raises UpstreamFailed."""
        asked = f"?{query.decode('latin-1')}" if query else ""
        url = URL(f"{self.targets[api].base}{path}{asked}", encoded=True)
        return await self._request("GET", url, None, headers)

    async def _request(
        self, method: str, url: URL, body: bytes | None, headers: CIMultiDict[str]
    ) -> aiohttp.ClientResponse:
        if self._session is None:
            raise UpstreamFailed(REFUSED)
        try:
            response = await self._session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            )
        except (aiohttp.ConnectionTimeoutError, TimeoutError):
            raise UpstreamFailed(LATE, Failure.UPSTREAM_LATE) from None
        except aiohttp.ClientConnectorError:
            raise UpstreamFailed(REFUSED) from None
        except aiohttp.ServerDisconnectedError:
            raise UpstreamFailed(DROPPED) from None
        except aiohttp.ClientResponseError:
            raise UpstreamFailed(GARBAGE) from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise UpstreamFailed(DROPPED) from None
        if 300 <= response.status < 400 or response.status < 200:
            response.close()
            raise UpstreamFailed(GARBAGE)
        return response

    async def read(self, response: aiohttp.ClientResponse) -> bytes:
        """Return a whole body, decoded. Raises UpstreamFailed; the connection is then closed."""
        most = self.settings.answer_bytes
        length = response.content_length
        if length is not None and length > most:
            response.close()
            raise UpstreamFailed(TOO_LARGE)
        if length is not None and "content-encoding" not in response.headers:
            try:
                return await response.read()
            except (aiohttp.ClientError, OSError, ValueError, RuntimeError):
                response.close()
                raise UpstreamFailed(DROPPED) from None
        pieces, size = [], 0
        async for piece in self.pieces(response, most):
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    async def pieces(
        self, response: aiohttp.ClientResponse, most: int | None = None
    ) -> AsyncIterator[bytes]:
        """Yield a body as it arrives, decoded. Raises UpstreamFailed; the connection is closed."""
        most = self.settings.stream_bytes if most is None else most
        decoder = _decoder(response)
        size = 0
        try:
            while chunk := await response.content.readany():
                for piece in decoder.feed(chunk) if decoder else (chunk,):
                    size += len(piece)
                    if size > most:
                        raise UpstreamFailed(TOO_LARGE)  # noqa: TRY301 - closed below as well
                    yield piece
            if decoder is not None and not decoder.ended:
                raise UpstreamFailed(DROPPED)  # noqa: TRY301
        except UpstreamFailed:
            response.close()
            raise
        except zlib.error:
            response.close()
            raise UpstreamFailed(ENCODING) from None
        except (aiohttp.ClientError, OSError, ValueError, RuntimeError):  # the last: aiohttp's own
            response.close()
            raise UpstreamFailed(DROPPED) from None


class _Decoder:
    """Undoes gzip or deflate, so many bytes at a time."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._inflate = zlib.decompressobj(bits)
        self.ended = True
        """Whether what was fed so far is whole: a body that breaks off is none."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk becomes, piece by piece: whoever asks can stop. Raises zlib.error."""
        while chunk:
            self.ended = False
            piece = self._inflate.decompress(chunk, _PIECE)
            if piece:
                yield piece
            if self._inflate.eof:
                self.ended = True
                chunk = self._inflate.unused_data
                self._inflate = zlib.decompressobj(self._bits)
            else:
                chunk = self._inflate.unconsumed_tail


def _decoder(response: aiohttp.ClientResponse) -> _Decoder | None:
    """Return what undoes an answer's content encoding. Raises UpstreamFailed."""
    said = response.headers.getall("content-encoding", ())
    if not said:
        return None
    coding = ",".join(said).strip().lower()
    if coding in ("", "identity"):
        return None
    if coding in ("gzip", "x-gzip"):
        return _Decoder(16 + zlib.MAX_WBITS)
    if coding == "deflate":
        return _Decoder(zlib.MAX_WBITS)
    response.close()
    raise UpstreamFailed(ENCODING)


def given_on(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an upstream's answer that a client gets: limits, and when to retry."""
    found = []
    for name, value in headers.items():
        low = name.lower()
        if low in _GIVEN_ON or low.startswith(_GIVEN_ON_PREFIXES):
            if len(value) <= 200 and value.isascii() and value.isprintable():
                found.append((low.encode(), value.encode()))
        elif low in _REQUEST_IDS and len(value) <= 200 and value.isascii() and value.isprintable():
            found.append((b"x-upstream-request-id", value.encode()))
    return found


def _connection_names(received: list[tuple[bytes, bytes]]) -> frozenset[bytes]:
    found: frozenset[bytes] = frozenset()
    for name, value in received:
        if name == b"connection" and value.lower() not in (b"keep-alive", b"close"):
            found |= {part.strip().lower() for part in value.split(b",")}
    return found


def _target(settings: UpstreamSettings, api: Api) -> Target:
    endpoint = settings.endpoint(api)
    if not endpoint.url:
        raise ConfigError(
            f"no upstream is named for {PATHS[api]}", hint="give --upstream URL, or [upstream] url"
        )
    base = endpoint.url.rstrip("/").removesuffix("/v1")
    try:
        url = URL(base + PATHS[api], encoded=True)
        named = bool(url.host) and url.port is not None and not any(map(str.isspace, base))
    except ValueError:
        named = False
    if not named:
        raise ConfigError(f"the upstream {endpoint.url!r} names no server", hint="http://HOST:PORT")
    headers: list[tuple[str, str]] = [
        ("accept-encoding", "identity"),
        ("content-type", "application/json"),
    ]
    if endpoint.key_env:
        key = os.environ.get(endpoint.key_env, "").strip()
        if not key or not key.isascii() or not key.isprintable():
            said = f"the environment variable {endpoint.key_env} holds no key for the upstream"
            raise ConfigError(said, hint=f"export {endpoint.key_env}=..., or leave key_env out")
        headers.append(("authorization", f"Bearer {key}"))
        if api is Api.MESSAGES:
            headers[-1] = ("x-api-key", key)
    return Target(url, base, tuple(headers))


async def probe(upstream: Upstream) -> str:
    """Return why no server listens where requests go, in words; empty where one does."""
    for target in {target.base: target for target in upstream.targets.values()}.values():
        try:
            async with asyncio.timeout(upstream.settings.connect_seconds):
                _, writer = await asyncio.open_connection(
                    target.url.host, target.url.port, ssl=None
                )
            writer.close()
        except (OSError, TimeoutError) as cause:
            return f"{target.base} does not answer: {cause or 'timed out'}"
    return ""
