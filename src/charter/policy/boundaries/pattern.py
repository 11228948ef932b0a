"""Patterns of conditions, compiled once: RE2, the syntax and the engine that CEL's runtime uses.

The runtime compiles a pattern anew on every evaluation (60 microseconds for a usual one, most of
what a condition costs). Programs are therefore made to call `matched` here, which keeps what it
compiled. RE2 is linear in the text whatever the pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import re2

SET_MEMORY = 32 * 1024 * 1024
"""Bytes for the automaton of a set of patterns."""
KEPT = 4096
"""Patterns kept: more than the boundaries of one policy have."""


def matched(text: str, pattern: str) -> bool:
    """Whether `pattern` is found anywhere in `text`. Raises ValueError when it is no pattern."""
    return _compiled(pattern).search(_encoded(text)) is not None


def literal(text: str) -> str:
    """Return the pattern that matches just this text."""
    return str(re2.escape(text))


def steps(pattern: str) -> int:
    """Return the size of a pattern's program: at worst, the steps for each character.

    Raises ValueError when it is no pattern.
    """
    return int(_compiled(pattern).programsize)


class PatternSet:
    """Which of many patterns are found in a text, in one pass over it."""

    def __init__(self, patterns: Sequence[str]) -> None:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = SET_MEMORY
        found: Any = re2.Set.SearchSet(options)
        for pattern in patterns:
            found.Add(pattern)
        # Found in every text: where it is not, the pass itself has failed.
        self._sentinel = found.Add("")
        try:
            found.Compile()
        except re2.error:  # too large together
            found = None
        self._set = found

    def found(self, text: str) -> frozenset[int] | None:
        """Return the places of the patterns that `text` has; None where that cannot be said."""
        if self._set is None:
            return None
        try:
            places = frozenset(self._set.Match(_encoded(text)))
        except UnicodeEncodeError:  # half of a surrogate pair: asking one by one says so
            return None
        return places if self._sentinel in places else None


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
