"""Ids that nobody guesses and that sort by when they were made.

Random ones would put each record onto another page of every index: a ledger would write many times
what it keeps, the more the larger it is. The layout is that of UUID version 7 (RFC 9562, section
5.7) without its fixed bits.
"""

from __future__ import annotations

import os
import time

_RANDOM = 10
"""Bytes: 80 bits."""


def ordered_id(prefix: str) -> str:
    """Return a new id: the prefix, milliseconds since the epoch and random bits, in 32 hex digits.

    Ids of one process at a clock that was put back sort wrongly; they are no less unique.
    """
    return f"{prefix}{time.time_ns() // 1_000_000:012x}{os.urandom(_RANDOM).hex()}"
