"""All matches of a set of patterns in a whole text, found where a stream would find them.

Both search the normalised form of the text (`stream.text`) without folding case, and both count
a run of too many ignorable characters as a hit: what `Search` finds at all, `stream.hold` finds.
Ranges are characters of the original.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import re2

from charter.errors import ConfigError
from charter.gateway.check import Target
from charter.gateway.inside import inside
from charter.gateway.stream.hold import IGNORED
from charter.gateway.stream.patterns import MOST_PATTERN, MOST_PATTERNS, Patterns
from charter.gateway.stream.text import Text

MOST_MATCHES = 1_000
"""Of one pattern in one text; from there to the end of the text counts as one more."""
_MEMORY = 8 * 1024 * 1024
_SET_MEMORY = 64 * 1024 * 1024

_JSON = frozenset({"arguments", "annotations"})
"""Channels that hold JSON."""

Accept = Callable[[str], bool]


class Match(NamedTuple):
    """One match: the pattern's id, and the range in the original."""

    id: str
    start: int
    end: int


class Search:
    """Patterns, compiled once. Raises ConfigError where one is refused."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        if len(patterns) > MOST_PATTERNS:
            raise ConfigError(f"more than {MOST_PATTERNS} patterns", hint="split the check")
        self.bounded = _bounded(patterns)
        """Whether streams can be searched for all of them."""
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        self._compiled = [(n, _compile(n, t, options)) for n, t in sorted(patterns.items())]
        options.max_mem = _SET_MEMORY
        self._set = re2.Set.SearchSet(options)
        for _, compiled in self._compiled:
            self._set.Add(compiled.pattern)
        self._sentinel = self._set.Add("")
        try:
            self._set.Compile()
        except re2.error:
            hint = "shorten them, or split the check"
            raise ConfigError("the patterns are too large together", hint=hint) from None

    def all(self, text: str, accept: Mapping[str, Accept] | None = None) -> list[Match]:
        """Return the matches in order, those of one pattern apart.

        `accept` has a further test for the text of a match, by pattern id. Raises RuntimeError
        when the search could not be done: it never passes as no match.
        """
        if text.isascii():
            window, normal = text, None
        else:
            normal = _normal(text)
            window = normal.window + "\ufffd" if normal.overflowed else normal.window
        candidates = self._candidates(window)
        if not candidates and (normal is None or not normal.overflowed):
            return []  # most texts
        found = [
            match for index in candidates for match in self._matches(index, window, accept or {})
        ]
        if normal is not None:
            found = [Match(m.id, *normal.original(m.start, m.end)) for m in found]
            if normal.overflowed:
                found.append(Match(IGNORED, normal.stable, len(text)))
        return sorted(found, key=lambda match: (match.start, match.end, match.id))

    def of(self, target: Target, accept: Mapping[str, Accept] | None = None) -> list[Match]:
        """Return the matches in a target; JSON is searched as it is and as it is read.

        What is found in the texts inside of it only, or beside it, is a match of all of it.
        Raises RuntimeError as `all` does, and RecursionError for JSON that cannot be read.
        """
        found = self.all(target.text, accept)
        if not target.beside and target.channel not in _JSON:
            return found
        read = inside(target.text) if target.channel in _JSON else ""
        for more in filter(None, (read, target.beside)):
            known = {match.id for match in found}
            whole = dict.fromkeys(m.id for m in self.all(more, accept) if m.id not in known)
            found += [Match(name, 0, len(target.text)) for name in whole]
        return sorted(found, key=lambda match: (match.start, match.end, match.id))

    def _candidates(self, window: str) -> list[int]:
        candidates = self._set.Match(window) or ()
        if self._sentinel not in candidates:
            raise RuntimeError("the pattern search failed: out of memory for its automaton")
        if len(candidates) == 1:
            return []
        return sorted(index for index in candidates if index != self._sentinel)

    def _matches(self, index: int, window: str, accept: Mapping[str, Accept]) -> list[Match]:
        name, compiled = self._compiled[index]
        test = accept.get(name)
        found: list[Match] = []
        for count, match in enumerate(compiled.finditer(window)):
            start, end = match.span()
            if count == MOST_MATCHES:
                found.append(Match(name, start, len(window)))
                break
            if test is None or test(window[start:end]):
                found.append(Match(name, start, end))
            elif (inner := _within(compiled, window, start, end, test)) is not None:
                found.append(Match(name, *inner))
        return found


def ranges(matches: list[Match]) -> tuple[tuple[int, int], ...]:
    """Return the ranges of matches in order, joined where they touch."""
    found: list[tuple[int, int]] = []
    for match in matches:
        if found and match.start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], match.end))
        else:
            found.append((match.start, match.end))
    return tuple(found)


def named(matches: list[Match]) -> str:
    """Return what was found and how often, for a reason: ids only."""
    counts: dict[str, int] = {}
    for match in matches:
        counts[match.id] = counts.get(match.id, 0) + 1
    return "found " + ", ".join(
        f"{name} ({count} times)" if count > 1 else name for name, count in sorted(counts.items())
    )


def _within(
    compiled: Any, window: str, start: int, end: int, test: Accept
) -> tuple[int, int] | None:
    """Return another match that begins inside one that was not accepted, if any is."""
    part = window[max(0, start - 1) : 2 * end - start + 1]
    offset, place = max(0, start - 1), start - max(0, start - 1) + 1
    while place < end - offset and (match := compiled.search(part, place)) is not None:
        first, last = match.span()
        if first >= end - offset:
            return None
        if test(part[first:last]):
            return first + offset, last + offset
        place = first + 1
    return None


def _bounded(patterns: Mapping[str, str]) -> bool:
    try:
        Patterns(patterns)
    except ValueError:
        return False
    return True


def _compile(name: str, text: str, options: Any) -> Any:
    if len(text) > MOST_PATTERN:
        hint = f"at most {MOST_PATTERN} characters"
        raise ConfigError(f"pattern {name!r} is too long", hint=hint)
    try:
        compiled = re2.compile(text, options)
    except (re2.error, UnicodeEncodeError) as cause:
        said = cause.args[0] if isinstance(cause, re2.error) else "it is not UTF-8 text"
        said = said.decode(errors="replace") if isinstance(said, bytes) else said
        hint = "patterns follow RE2: no look-around and no back-references"
        raise ConfigError(f"pattern {name!r}: {said}", hint=hint) from None
    if compiled.search("") is not None:
        hint = "it would be found everywhere: let it match at least one character"
        raise ConfigError(f"pattern {name!r} can match the empty text", hint=hint)
    return compiled


@lru_cache(maxsize=2)
def _normal(text: str) -> Text:
    """Return the normalised form; checks ask for that of one text one after the other."""
    made = Text()
    made.append(text)
    made.finish()
    return made
