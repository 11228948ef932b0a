"""A regular expression -> texts it is found in, tried against the engine itself.

Only a part of RE2's syntax is understood, and that only so far as to build candidates: a text
that the engine does not accept is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from charter.policy.boundaries.pattern import matched

MAX_PATTERN = 2000
MAX_DEPTH = 30
MAX_TEXT = 2000
"""Characters of a sample: repetitions beyond it are not carried out."""
_TRIES = 6

_ESCAPES = {"d": "1", "w": "a", "s": " ", "D": "x", "W": " ", "S": "x", "n": "\n", "t": "\t"}
_NOTHING = frozenset("bBAzQE")
_CANDIDATES = "a1xZ -_./@#&=:,;!?'\"()[]{}<>+*%$^~|\\\n\té\u4e00"


@lru_cache(maxsize=1024)
def samples(pattern: str) -> tuple[str, ...]:
    """Return a few texts that a pattern is found in; none where no candidate fits."""
    if len(pattern) > MAX_PATTERN:
        return ()
    found: list[str] = []
    for attempt in range(_TRIES):
        try:
            text = _Reader(pattern, attempt).whole()
        except (_UnknownError, IndexError, ValueError):
            return tuple(found)
        for candidate in (text, f" {text}", f"{text} "):
            if candidate not in found and _is_found(candidate, pattern):
                found.append(candidate)
                break
    return tuple(found)


def _is_found(text: str, pattern: str) -> bool:
    try:
        return matched(text, pattern)
    except ValueError:
        return False


class _UnknownError(Exception):
    """Syntax that is not understood."""


class _Reader:
    """Reads a pattern and writes a text for it at once; `attempt` chooses among branches."""

    def __init__(self, pattern: str, attempt: int) -> None:
        self.pattern, self.at = pattern, 0
        self.attempt = attempt

    def whole(self) -> str:
        """Return a text for the whole pattern."""
        text = self.branches(0)
        if self.at != len(self.pattern):
            raise _UnknownError
        return text

    def branches(self, depth: int) -> str:
        """Read `a|b|c` and return the text of one branch."""
        if depth > MAX_DEPTH:
            raise _UnknownError
        texts = [self.branch(depth)]
        while self.peek() == "|":
            self.at += 1
            texts.append(self.branch(depth))
        return texts[self.attempt % len(texts)]

    def branch(self, depth: int) -> str:
        """Read what stands between two `|`."""
        text = ""
        while (here := self.peek()) and here not in "|)":
            piece = self.atom(depth)
            text += piece * self.repeats(len(piece))
            if len(text) > MAX_TEXT:
                raise _UnknownError
        return text

    def atom(self, depth: int) -> str:
        """Read one thing that can be repeated."""
        here = self.pattern[self.at]
        self.at += 1
        if here == "(":
            return self.group(depth)
        if here == "[":
            return self.one_of()
        if here == "\\":
            return self.escape()
        if here in "^$":
            return ""
        return "x" if here == "." else here

    def group(self, depth: int) -> str:
        """Read a group, from behind its bracket."""
        if self.peek() == "?":
            self.at += 1
            name = self.pattern[self.at : self.at + 2]
            if name in ("P<", "<"[:1]) or name[:1] == "<":
                self.at = self.pattern.index(">", self.at) + 1
            else:
                while self.peek() not in ("", ":", ")"):
                    self.at += 1
                if self.peek() == ":":
                    self.at += 1
        text = self.branches(depth + 1)
        if self.peek() != ")":
            raise _UnknownError
        self.at += 1
        return text

    def escape(self) -> str:
        """Read what follows a backslash."""
        here: str = self.pattern[self.at]
        self.at += 1
        if here in _NOTHING:
            return ""
        if here in _ESCAPES:
            return _ESCAPES[here]
        if here.isalnum():
            raise _UnknownError  # \pL, \x41 and others
        return here

    def one_of(self) -> str:
        """Read a class of characters, and return one of them."""
        start = self.at - 1
        if self.peek() == "^":
            self.at += 1
        first = True
        while first or self.peek() != "]":
            first = False
            if self.pattern.startswith("[:", self.at):
                self.at = self.pattern.index(":]", self.at) + 2
            else:
                self.at += 2 if self.peek() == "\\" else 1
            if self.at >= len(self.pattern):
                raise _UnknownError
        self.at += 1
        own = self.pattern[start : self.at]
        offered = [char for char in own[1:-1] if char not in "^\\-"] if own[1] != "^" else []
        candidates: list[str] = [*offered, *_CANDIDATES]
        for char in candidates:
            if _is_found(char, f"^(?:{own})$"):
                return char
        raise _UnknownError

    def repeats(self, length: int) -> int:
        """Read a quantifier, and return how often what stands before it is written."""
        here = self.peek()
        least = 1
        if here in ("*", "+", "?") and here:
            self.at += 1
            least = 1 if here == "+" else self.attempt % 2
        elif here == "{":
            end = self.pattern.index("}", self.at)
            low = self.pattern[self.at + 1 : end].partition(",")[0]
            self.at = end + 1
            least = int(low)
        if self.peek() == "?" and here in ("*", "+", "?", "{"):
            self.at += 1
        if least * length > MAX_TEXT:
            raise _UnknownError
        return least

    def peek(self) -> str:
        """Return the next character, or nothing at the end."""
        return self.pattern[self.at : self.at + 1]


def long_text(words: int) -> Iterator[str]:
    """Yield texts of so many words, where that is not too many."""
    if 0 <= words <= MAX_TEXT:
        yield " ".join(["word"] * words)
