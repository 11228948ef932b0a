"""What the headers of a request say, in one pass, and what of them is refused.

Refused is what two readers could take differently: a header of which there may be one given twice,
two keys that differ, a body that is encoded.
"""

from __future__ import annotations

from typing import NamedTuple

from charter.gateway.wire.failure import Failure

_ONCE = frozenset(
    {
        b"authorization", b"x-api-key", b"content-type", b"content-length", b"content-encoding",
        b"host", b"transfer-encoding", b"x-stainless-retry-count",
    }
)  # fmt: skip
_BEARER = b"bearer "
MAX_RETRY = 1000


class Said(NamedTuple):
    """What counts of a request's headers."""

    key: bytes
    """The caller's; empty where none is given."""
    length: int
    """Of the body; -1 where it is not said."""
    retry: int
    """How often the SDK says that it has repeated the request."""
    anthropic: bool
    """Whether it looks like Anthropic's SDK."""
    failure: Failure | None = None
    message: str = ""


def read_headers(headers: list[tuple[bytes, bytes]], *, body: bool, version: str = "1.1") -> Said:
    """Return what headers say. With `body`, one of JSON is expected."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _ONCE:
            if name in found:
                shown = name.decode("ascii", "replace")
                return _wrong(Failure.BAD_REQUEST, f"The header {shown} is given twice.")
            found[name] = value
    anthropic = b"x-api-key" in found or any(name == b"anthropic-version" for name, _ in headers)
    key, said = _key(found)
    if said:
        return _wrong(Failure.BAD_REQUEST, said, anthropic=anthropic)
    coding = found.get(b"transfer-encoding")
    if coding is not None and (
        coding.strip().lower() != b"chunked" or version != "1.1" or b"content-length" in found
    ):
        said = "The headers do not agree on where the body ends."
        return _wrong(Failure.BAD_REQUEST, said, anthropic=anthropic)
    length = -1
    if b"content-length" in found:
        text = found[b"content-length"]
        if not text.isdigit() or len(text) > 15:
            return _wrong(Failure.BAD_REQUEST, "content-length is no number.", anthropic=anthropic)
        length = int(text)
    if body:
        said = _body(found)
        if said:
            return _wrong(Failure.WRONG_TYPE, said, key=key, anthropic=anthropic)
    retry = found.get(b"x-stainless-retry-count", b"0")
    count = int(retry) if retry.isdigit() and len(retry) <= 4 else 0
    return Said(key, length, min(count, MAX_RETRY), anthropic)


def _key(found: dict[bytes, bytes]) -> tuple[bytes, str]:
    """Return the key, and what is wrong with how it is given."""
    bearer, own = found.get(b"authorization"), found.get(b"x-api-key")
    key = b""
    if bearer is not None:
        if bearer[:7].lower() != _BEARER:
            return b"", "The header authorization holds no bearer token."
        key = bearer[7:].strip()
    if own is not None:
        if key and own.strip() != key:
            return b"", "authorization and x-api-key hold different keys."
        key = own.strip()
    return key, ""


def _body(found: dict[bytes, bytes]) -> str:
    kind = found.get(b"content-type", b"")
    if kind != b"application/json":
        name, _, parameters = kind.partition(b";")
        charset = parameters.strip().lower().replace(b'"', b"")
        if name.strip().lower() != b"application/json" or charset not in (b"", b"charset=utf-8"):
            return "The body must be application/json, in UTF-8."
    coding = found.get(b"content-encoding", b"identity").strip().lower()
    return "" if coding in (b"", b"identity") else "The body must not be encoded."


def _wrong(failure: Failure, message: str, *, key: bytes = b"", anthropic: bool = False) -> Said:
    return Said(key, -1, 0, anthropic, failure, message)
