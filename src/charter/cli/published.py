"""A spec that somebody published: read back from its site's `spec.json`."""

from __future__ import annotations

import http.client
import ipaddress
import time
import urllib.error
import urllib.request
from functools import partial
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

from charter.cli.site_address import data_address
from charter.errors import StorageError
from charter.spec.restore import restore
from charter.spec.spec import Spec
from charter.version import VERSION

MAX_BYTES = 64 * 1024 * 1024
MAX_SECONDS = 30.0
"""For everything: names looked up, headers and redirects included."""
MAX_REDIRECTS = 3
_CHUNK = 64 * 1024


def read_published(url: str) -> Spec:
    """Return the spec that a site, one of its pages or its `spec.json` is about.

    Raises ConfigError (no address), StorageError (not to be had) and ParseError (not a spec).
    """
    place = data_address(url)
    return restore(_fetch(place), place)


class _Way:
    """Where a transfer has been: from a public address it may not be led to a private one."""

    def __init__(self) -> None:
        self._public = False

    def reached(self, address: str) -> None:
        """Take note of an address that was connected to. Raises ConnectionError."""
        if not _is_private(address):
            self._public = True
        elif self._public:
            raise ConnectionError("it leads from a public address to a private one")


def _is_private(address: str) -> bool:
    """Whether an IP address is of this machine or a network that not everybody reaches."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return not (mapped or found).is_global


class _Plain(http.client.HTTPConnection):
    """Looks at what a name led to before anything is asked of it: names can be made to lie."""

    way: _Way

    def connect(self) -> None:
        """Connect. Raises OSError."""
        super().connect()
        self.way.reached(self.sock.getpeername()[0])


class _Secure(http.client.HTTPSConnection, _Plain):
    """The same, before TLS begins."""


class _Connections(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens connections that keep to one way."""

    def __init__(self, way: _Way) -> None:
        super().__init__()
        self._way = way

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open a plain connection."""
        return self.do_open(partial(self._made, _Plain), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open a secure one."""
        return self.do_open(partial(self._made, _Secure), req)

    def _made(self, kind: type[_Plain], host: str, **options: Any) -> _Plain:
        made = kind(host, **options)
        made.way = self._way
        return made


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows few redirects, to http and https only, and never from https to http."""

    max_redirections = MAX_REDIRECTS

    def redirect_request(  # noqa: PLR0913, PLR0917 - the signature is the library's
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Return the next request."""
        secure = req.full_url.lower().startswith("https:")
        if not newurl.lower().startswith("https:" if secure else ("http:", "https:")):
            raise urllib.error.URLError("it leads to an address that is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fetch(url: str) -> bytes:
    """Return what stands at an address, or give up when the time is over.

    Looking up a name and reading headers know no deadline, so another thread does it all; it is
    left to itself where it takes too long. Raises StorageError.
    """
    done: Queue[bytes | Exception] = Queue()
    until = time.monotonic() + MAX_SECONDS
    Thread(target=lambda: done.put(_outcome(url, until)), daemon=True).start()
    try:
        found = done.get(timeout=MAX_SECONDS)
    except Empty:
        found = _late(url)
    if isinstance(found, Exception):
        raise found
    return found


def _outcome(url: str, until: float) -> bytes | Exception:
    try:
        return _transfer(url, until)
    except Exception as error:  # noqa: BLE001 - the thread that waits raises it
        return error


def _transfer(url: str, until: float) -> bytes:
    # addresses of files and the like have no handler here
    opener = urllib.request.build_opener(_Redirects, _Connections(_Way()))
    request = urllib.request.Request(  # noqa: S310 - the scheme is http or https
        url, headers={"Accept": "application/json", "User-Agent": f"charter/{VERSION}"}
    )
    try:
        with opener.open(request, timeout=MAX_SECONDS) as answer:
            return _read(answer, url, until)
    except urllib.error.HTTPError as cause:
        cause.close()
        loop = cause.code in (301, 302, 303, 307, 308)
        away = "it redirects too often, or to where nobody should follow"
        what = away if loop else f"the server says {cause.code}"
        raise _missing(url, what) from cause
    except TimeoutError as cause:
        raise _late(url) from cause
    except (OSError, http.client.HTTPException, ValueError) as cause:
        why = cause.reason if isinstance(cause, urllib.error.URLError) else cause
        if isinstance(why, TimeoutError):
            raise _late(url) from cause
        raise _missing(url, str(getattr(why, "strerror", None) or why or "no answer")) from cause


def _read(answer: IO[bytes], url: str, until: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := answer.read1(_CHUNK):  # type: ignore[attr-defined]
        parts.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise _missing(url, f"it is larger than {MAX_BYTES // 1024**2} MB")
        if time.monotonic() > until:
            raise _late(url)
    return b"".join(parts)


def _late(url: str) -> StorageError:
    return _missing(url, f"it took longer than {MAX_SECONDS:.0f} s")


def _missing(url: str, why: str) -> StorageError:
    return StorageError(
        f"{url:.300} cannot be read: {why:.200}",
        hint="name the address of a site that `charter publish` made, or of its spec.json",
    )
