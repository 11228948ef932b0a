"""What a heuristic is: a named way to tell pasted text, and ranges of lines and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from charter.policy.conversation import Doubt


class Heuristic(NamedTuple):
    """One way to tell pasted text."""

    doubt: Doubt
    find: Callable[[str], Iterator[tuple[int, int]]]
    by_lines: bool = True
    """Whether it looks at how lines begin."""
    users_only: bool = False
    """Whether developers write such words as their own."""


def paragraphs(text: str, pattern: re.Pattern[str], after: int = 0) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs in which a pattern occurs, `after` so many characters."""
    found = pattern.search(text, after)
    while found is not None:
        start = text.rfind("\n\n", 0, found.start()) + 2
        end = text.find("\n\n", found.end())
        end = len(text) if end < 0 else end
        yield (start if start > 1 else 0), end
        found = pattern.search(text, end)


def line_start(text: str, position: int) -> int:
    """Return where the line of a position begins."""
    return text.rfind("\n", 0, position) + 1


def line_end(text: str, position: int) -> int:
    """Return where the line of a position ends, its line end left out."""
    end = text.find("\n", position)
    return len(text) if end < 0 else end
