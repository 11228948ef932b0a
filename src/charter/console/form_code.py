"""The code that a form of the public carries: which rule of which policy it showed, and when."""

from __future__ import annotations

import hashlib
import hmac
import secrets

OPEN_S = 12 * 3600.0
"""Seconds that a form can be sent after it was shown."""
AHEAD_S = 60.0
"""Seconds that a clock may have gone back since."""


def form_code(secret: bytes, now: float, wanted: str, digest: str) -> str:
    """Return the code of a form that is shown now, for a rule of the policy with a digest."""
    issued, nonce = str(int(now)), secrets.token_hex(16)
    return ".".join((issued, nonce, _signed(secret, issued, nonce, wanted, digest)))


def seed_of(secret: bytes, code: str, now: float, wanted: str, digest: str) -> bytes | None:
    """Return what a form's comment is named after; None for a form that is not ours, or too old."""
    issued, _, rest = code.partition(".")
    nonce, _, signed = rest.partition(".")
    if len(code) > 200 or not code.isascii() or not issued.isdecimal():
        return None
    due = _signed(secret, issued, nonce, wanted, digest)
    if not hmac.compare_digest(signed, due) or not -AHEAD_S <= now - int(issued) <= OPEN_S:
        return None
    return signed.encode()


def _signed(secret: bytes, *parts: str) -> str:
    message = "\n".join(("charter-feedback/1", *parts)).encode("utf-8", "surrogatepass")
    return hmac.new(secret, message, hashlib.sha256).hexdigest()
