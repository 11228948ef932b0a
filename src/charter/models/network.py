"""Opens addresses the way pip is told to: proxy, certificates, trusted hosts, passwords."""

from __future__ import annotations

import base64
import http.client
import netrc
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

CHUNK = 256 * 1024
"""Bytes read at a time."""


class InterruptedDownloadError(Exception):
    """The other side ended early or said no; `final` when asking again is no use."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class Network:
    """Opens addresses with pip's proxy, certificates, trusted hosts, timeout and passwords."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.settings = settings
        indexes = f"{settings.get('index-url', '')} {settings.get('extra-index-url', '')}"
        parts = [urllib.parse.urlsplit(index) for index in indexes.split()]
        self._passwords = {
            (part.hostname, part.port): f"{part.username}:{part.password or ''}"
            for part in parts
            if part.username
        }

    @contextmanager
    def stream(
        self, url: str, offset: int, *, accept: str = "*/*"
    ) -> Iterator[tuple[IO[bytes], int]]:
        """Open `url` from byte `offset`; yields the body and the byte it really starts at."""
        path = local_path(url)
        if path is not None:
            try:
                body: IO[bytes] = path.open("rb")
            except OSError as cause:
                raise InterruptedDownloadError(
                    cause.strerror or "not readable", final=True
                ) from cause
            with body:
                body.seek(offset)
                yield body, offset
            return
        response = self._open(url, offset, accept)
        with response:
            start = 0
            if response.status == 206:
                start = offset
                if not response.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
                    raise InterruptedDownloadError(
                        "the server sends another range than asked", final=True
                    )
            yield response, start

    def _open(self, url: str, offset: int, accept: str) -> Any:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InterruptedDownloadError("neither http, https nor file", final=True)
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        request = urllib.request.Request(bare, headers={"Accept": accept})  # noqa: S310  # checked above
        if offset:
            request.add_header("Range", f"bytes={offset}-")
        password = self._password(parts)
        if password:
            # Unredirected: a password stays with the host it is for.
            encoded = base64.b64encode(password.encode()).decode()
            request.add_unredirected_header("Authorization", f"Basic {encoded}")
        try:
            return self._opener(parts).open(request, timeout=self._timeout())
        except urllib.error.HTTPError as cause:
            with cause:
                final = cause.code < 500 and cause.code not in (408, 416, 429)
                # 416: the part is longer than the file there; begin again.
                if cause.code == 416:
                    return self._open(url, 0, accept)
                raise InterruptedDownloadError(f"status {cause.code}", final=final) from None
        except (OSError, http.client.HTTPException, ValueError) as cause:
            reason = getattr(cause, "reason", None) or cause
            raise InterruptedDownloadError(str(reason) or type(reason).__name__) from None

    def _password(self, parts: urllib.parse.SplitResult) -> str | None:
        known = self._passwords.get((parts.hostname, parts.port))
        if parts.username:
            known = f"{parts.username}:{parts.password or ''}"
        if known:
            return urllib.parse.unquote(known)
        with suppress(OSError, netrc.NetrcParseError):
            entry = netrc.netrc().authenticators(parts.hostname or "")
            return f"{entry[0]}:{entry[2]}" if entry else None
        return None

    def _opener(self, parts: urllib.parse.SplitResult) -> urllib.request.OpenerDirector:
        proxy = self.settings.get("proxy")
        handlers: list[urllib.request.BaseHandler] = []
        if proxy:
            handlers.append(urllib.request.ProxyHandler({"http": proxy, "https": proxy}))
        if parts.scheme == "https":
            handlers.append(urllib.request.HTTPSHandler(context=self._tls(parts)))
        return urllib.request.build_opener(*handlers)

    def _tls(self, parts: urllib.parse.SplitResult) -> ssl.SSLContext:
        cert = self.settings.get("cert") or os.environ.get("REQUESTS_CA_BUNDLE")
        folder = cert if cert and Path(cert).is_dir() else None
        context = ssl.create_default_context(cafile=None if folder else cert, capath=folder)
        if self.settings.get("client-cert"):
            context.load_cert_chain(self.settings["client-cert"])
        trusted = self.settings.get("trusted-host", "").split()
        if parts.hostname in trusted or f"{parts.hostname}:{parts.port}" in trusted:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _timeout(self) -> float:
        text = self.settings.get("timeout") or self.settings.get("default-timeout") or "60"
        try:
            return min(max(float(text), 1.0), 600.0)
        except ValueError:
            return 60.0


def read_chunk(body: IO[bytes], size: int) -> bytes:
    """Read a piece of a body. Raises InterruptedDownloadError when the connection breaks."""
    try:
        return body.read(size)
    except (OSError, http.client.HTTPException) as cause:
        raise InterruptedDownloadError(f"the connection broke ({type(cause).__name__})") from None


def local_path(url: str) -> Path | None:
    """Return the path of a file: address, None for any other."""
    parts = urllib.parse.urlsplit(url)
    return Path(urllib.request.url2pathname(parts.path)) if parts.scheme == "file" else None


def shown(url: str) -> str:
    """Return an address for a message: no password, no query, bounded."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:200]
