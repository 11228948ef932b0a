"""A message posted to a server, signed as the Standard Webhooks convention has it.

Headers `webhook-id`, `webhook-timestamp` (seconds since 1970) and `webhook-signature`: `v1,` and
the base64 of HMAC-SHA256 over `id.timestamp.body`. A secret is base64 behind `whsec_`.
Source: https://www.standardwebhooks.com, specification 1.0.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from charter.errors import ConfigError
from charter.govern.notices.address import connect
from charter.govern.notices.message import Message
from charter.govern.notices.outcome import NotSent
from charter.govern.notices.settings import Webhook
from charter.version import VERSION

PREFIX = "whsec_"
LEAST_KEY, MOST_KEY = 24, 64
"""Bytes of a secret."""
MOST_READ = 64 * 1024
"""Bytes of an answer that are read; none of it is kept."""
AGAIN = frozenset({408, 425, 429})


def key_of(secret: str) -> bytes:
    """Return the key of a secret. Raises ConfigError, which does not repeat it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not LEAST_KEY <= len(key) <= MOST_KEY:
        raise ConfigError(
            "the secret of a webhook is none",
            hint=f"{PREFIX} and base64 of {LEAST_KEY} to {MOST_KEY} bytes",
        )
    return key


def signature(key: bytes, name: str, seconds: int, body: bytes) -> str:
    """Return the value of `webhook-signature`."""
    signed = f"{name}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def post(target: Webhook, url: str, key: bytes | None, message: Message, seconds: int) -> None:
    """Post a message; what takes longer than the timeout, over all, is cut off.

    No redirect is followed and no proxy is asked. Raises NotSent.
    """
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "content-type": "application/json",
        "user-agent": f"charter/{VERSION}",
        "webhook-id": message.id,
        "webhook-timestamp": str(seconds),
    }
    if key is not None:
        headers["webhook-signature"] = signature(key, message.id, seconds, message.body)
    link = _Link(target, parts.scheme == "https", parts.hostname or "", parts.port)
    watch = threading.Timer(target.timeout, link.cut)
    watch.daemon = True
    watch.start()
    try:
        link.request("POST", path, message.body, headers)
        answer = link.getresponse()
        status = answer.status
        answer.read(MOST_READ)
    except NotSent:
        raise
    except ssl.SSLCertVerificationError as cause:
        raise NotSent("its certificate is not trusted", again=False) from cause
    except (OSError, http.client.HTTPException, ValueError) as cause:
        raise NotSent(f"no answer: {type(cause).__name__}", again=True) from cause
    finally:
        watch.cancel()
        link.close()
    if not 200 <= status < 300:
        raise NotSent(f"it answered {status}", again=status >= 500 or status in AGAIN)


class _Link(http.client.HTTPConnection):
    """A connection to an address that was looked at."""

    def __init__(self, target: Webhook, secure: bool, host: str, port: int | None) -> None:  # noqa: FBT001
        super().__init__(host, port or (443 if secure else 80), timeout=target.timeout)
        self._target = target
        self._secure = secure

    def connect(self) -> None:
        """Connect. Raises NotSent and OSError."""
        found = connect(
            self.host,
            self.port,
            self._target.timeout,
            allow_private=self._target.allow_private,
        )
        if self._secure:
            context = ssl.create_default_context()
            found = context.wrap_socket(found, server_hostname=self.host)
        self.sock = found

    def cut(self) -> None:
        """End whatever is under way, from another thread."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
