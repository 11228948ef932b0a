"""Many expressions looked for at once: one pass over a sentence, whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import re2

# More sets of fewer expressions need less memory, but each is a pass of its own.
_SETS = 4
_MEMORY = 1 << 26


class Patterns:
    """A sequence of RE2 expressions."""

    def __init__(self, expressions: Sequence[str]) -> None:
        """Compile all. Raises re2.error for one that is not of RE2's syntax."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        count = min(_SETS, len(expressions))
        self._sets = [(start, count, re2.Set.SearchSet(options)) for start in range(count)]
        for start, step, found in self._sets:
            for expression in expressions[start::step]:
                found.Add(expression)
            found.Compile()

    def found_in(self, text: str) -> list[int]:
        """Return the positions of the expressions that occur in `text`, in no order."""
        return [
            start + step * index
            for start, step, found in self._sets
            for index in _matches(found, text)
        ]


def _matches(found: Any, text: str) -> list[int]:
    return found.Match(text) or []
