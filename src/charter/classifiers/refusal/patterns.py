"""Many expressions looked for at once: one pass over a sentence, whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import re2

# More sets of fewer expressions need less memory, but each is a pass of its own.
_SETS = 4
_MEMORY = 1 << 26


class Patterns:
    """A sequence of RE2 expressions, compiled when they are first needed."""

    def __init__(self, expressions: Sequence[str]) -> None:
        """Take the expressions."""
        self._expressions = expressions
        self._sets: list[tuple[int, Any]] = []

    def found_in(self, text: str) -> list[int]:
        """Return the positions of the expressions that occur in `text`, in no order."""
        if not self._sets:
            self._sets = list(enumerate(_compiled(self._expressions)))
        step = len(self._sets)
        return [
            start + step * index for start, found in self._sets for index in found.Match(text) or ()
        ]


def _compiled(expressions: Sequence[str]) -> list[Any]:
    """Return sets of which each has every n-th expression. Raises re2.error for a wrong one."""
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    count = min(_SETS, len(expressions))
    sets = [re2.Set.SearchSet(options) for _ in range(count)]
    for start, found in enumerate(sets):
        for expression in expressions[start::count]:
            found.Add(expression)
        found.Compile()
    return sets
