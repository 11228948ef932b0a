"""The fields that the text formats share, with one spelling for each value.

A second spelling of the same value would let two texts mean one thing, so that a signature or
a digest over the text no longer names it: every reader here refuses all but one.
"""

from __future__ import annotations

import base64
import binascii
import re

LARGEST = 2**63 - 1
"""The greatest size, index or time (C2SP tlog-cosignature bounds times so)."""

HASH_SIZE = 32
"""Bytes of a SHA-256 hash."""

_DECIMAL = re.compile("0|[1-9][0-9]{0,18}")


def decode_base64(text: str, what: str) -> bytes:
    """Return the bytes of standard base64 (RFC 4648 section 4); `what` names the field.

    Raises ValueError for another alphabet, missing padding, blanks, or stray bits at the end.
    """
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise ValueError(f"{what} is not base64") from cause
    if encode_base64(value) != text:
        raise ValueError(f"{what} is not base64 in its one canonical spelling")
    return value


def encode_base64(value: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(value).decode("ascii")


def decode_hash(text: str, what: str) -> bytes:
    """Return a SHA-256 hash from base64. Raises ValueError unless it has 32 bytes."""
    value = decode_base64(text, what)
    if len(value) != HASH_SIZE:
        raise ValueError(f"{what} has {len(value)} bytes, not {HASH_SIZE}")
    return value


def decode_decimal(text: str, what: str) -> int:
    """Return a decimal from 0 to 2^63 - 1, without sign or leading zero. Raises ValueError."""
    if _DECIMAL.fullmatch(text) is None or int(text) > LARGEST:
        raise ValueError(f"{what} is not a decimal from 0 to 2^63 - 1 without leading zeros")
    return int(text)


def require_range(value: int, what: str) -> None:
    """Raise ValueError unless `value` is from 0 to 2^63 - 1."""
    if not 0 <= value <= LARGEST:
        raise ValueError(f"{what} is {value}, not from 0 to 2^63 - 1")
