"""Cosignatures of a checkpoint by Ed25519, as C2SP tlog-cosignature defines them (0x04).

A witness that cosigns says: at this time, this was the largest tree of this log that I have
seen, and it extends all those I saw before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from charter.ledger.tlog.field import require_range

_SIZE = 8 + 64


class Cosignature(NamedTuple):
    """The value of a cosignature, taken apart."""

    time: int
    """Seconds since the epoch, as the witness says; whoever has a clock judges it."""
    signature: bytes
    """64 bytes."""


def message(body: str, time: int) -> bytes:
    """Return the bytes that are signed for a checkpoint's `body` (its note text).

    Raises ValueError for a time out of range.
    """
    require_range(time, "cosignature time")
    return f"cosignature/v1\ntime {time}\n{body}".encode()


def cosign(body: str, time: int, sign: Callable[[bytes], bytes]) -> bytes:
    """Return the value of a cosignature: the time as uint64, big-endian, then the signature.

    Raises ValueError for a time out of range or a `sign` that does not return 64 bytes.
    """
    signature = sign(message(body, time))
    if len(signature) != 64:
        raise ValueError(f"an Ed25519 signature has 64 bytes, not {len(signature)}")
    return time.to_bytes(8, "big") + signature


def split(value: bytes) -> Cosignature:
    """Return the parts of a cosignature's value. Raises ValueError when it is malformed."""
    if len(value) != _SIZE:
        raise ValueError(f"a cosignature has {_SIZE} bytes, not {len(value)}")
    time = int.from_bytes(value[:8], "big")
    require_range(time, "cosignature time")
    return Cosignature(time, value[8:])
