"""Names, ids and settings: nobody decides on them, unless a pattern finds something in them.

What a pattern finds something in is a text like any other: it is decided on, or left out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from charter.gateway.answers.bare import digits
from charter.gateway.answers.halves import whole_text
from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.text import Text

_MOST_KNOWN = 4_096
_SHORT = 64
"""Characters of a text for which is kept, beyond one answer, whether anything is found in it."""
_TIMES = frozenset({"created", "created_at", "completed_at", "expires_at"})
_SINCE, _UNTIL = 10**9, 10**11
"""Seconds since 1970 that can be a time of an answer."""


class Plain:
    """What patterns find in names, ids, settings and numbers."""

    __slots__ = ("_known", "_patterns")

    def __init__(self, patterns: Patterns | None = None) -> None:
        self._patterns = patterns if patterns is not None and patterns.ids else None
        self._known: dict[str, bool] = {}
        """Whether anything is found, by text; the same ones come with every event."""

    def tells(self, name: str, value: Any) -> bool:
        """Say whether anything is found in a member: its name, and all that stands in it."""
        if self._patterns is None:
            return False
        if self._found(name):
            return True
        if name in _TIMES and isinstance(value, int) and _SINCE <= value < _UNTIL:
            return False
        return self.finds(value)

    def finds(self, value: Any) -> bool:
        """Say whether anything is found in a value."""
        if self._patterns is None:
            return False
        stack = [value]
        while stack:
            one = stack.pop()
            if isinstance(one, str):
                if one and self._found(one):
                    return True
            elif isinstance(one, dict):
                stack += one.keys()
                stack += one.values()
            elif isinstance(one, list):
                stack += one
            elif (said := digits(one)) and self._found(said):
                return True
        return False

    def _found(self, text: str) -> bool:
        if self._patterns is None:
            return False
        if len(text) <= _SHORT:
            return _has_any(self._patterns, text)
        known = self._known.get(text)
        if known is None:
            known = _search(self._patterns, text)
            if len(self._known) < _MOST_KNOWN:
                self._known[text] = known
        return known


def _search(patterns: Patterns, text: str) -> bool:
    normal = Text(fold=patterns.fold)
    normal.append(whole_text(text))
    normal.finish()
    try:
        return normal.overflowed or bool(patterns.find(normal.window))
    except RuntimeError:  # whoever decides on it then says that it could not look
        return True


_has_any = lru_cache(maxsize=_MOST_KNOWN)(_search)
"""Names and settings are the same in every answer of a model's server."""

NOTHING = Plain()
"""Finds nothing."""
