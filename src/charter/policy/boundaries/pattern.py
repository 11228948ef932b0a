"""Patterns of conditions, compiled once: RE2, the syntax and the engine that CEL's runtime uses.

The runtime compiles a pattern anew on every evaluation (60 microseconds for a usual one, most of
what a condition costs). Programs are therefore made to call `matched` here, which keeps what it
compiled. RE2 is linear in the text whatever the pattern.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

KEPT = 4096
"""Patterns kept: more than the boundaries of one policy have."""


def matched(text: str, pattern: str) -> bool:
    """Whether `pattern` is found anywhere in `text`. Raises ValueError when it is no pattern."""
    return _compiled(pattern).search(_encoded(text)) is not None


def steps(pattern: str) -> int:
    """Return the size of a pattern's program: at worst, the steps for each character.

    Raises ValueError when it is no pattern.
    """
    return int(_compiled(pattern).programsize)


@lru_cache(maxsize=1)
def _encoded(text: str) -> bytes:
    """Return what the engine looks at: once, where many patterns ask about one text."""
    return text.encode()


@lru_cache(maxsize=KEPT)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as cause:
        reason = cause.args[0] if cause.args else cause
        spoken = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise ValueError(spoken) from cause
