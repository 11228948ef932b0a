"""Text held back as in `Hold`, where some patterns end the stream and others are replaced.

What is decided, for a whole text: of the patterns that end it, the first hit as in `Hold`; of the
others, the ranges of `redactions`. Released is the text before the hit with each range that
begins there replaced. A hit counts inside a range too: what is denied is not made lawful by
being removed as something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from charter.gateway.stream.hold import IGNORED, Hit
from charter.gateway.stream.patterns import Found, Patterns
from charter.gateway.stream.redact import REMOVED, matches
from charter.gateway.stream.text import MOST_IGNORED, Text

_AT_ONCE = 16_384


class Sifted(NamedTuple):
    """What may be sent now, and the hits that end the stream."""

    text: str
    """Original text, with ranges replaced."""
    hits: tuple[Hit, ...] = ()


NOTHING = Sifted("")


class Sieve:
    """The buffer of one channel. Raises RuntimeError when a search failed.

    `removed` are the ids of the patterns whose matches are replaced; all others end the stream.
    """

    def __init__(
        self,
        patterns: Patterns,
        removed: frozenset[str] = frozenset(),
        *,
        most_ignored: int = MOST_IGNORED,
    ) -> None:
        if IGNORED in patterns.ids:
            raise ValueError(f"a pattern may not have the id {IGNORED!r}")
        self._patterns = patterns
        self._removed = removed
        self._text = Text(fold=patterns.fold, most_ignored=most_ignored)
        self._held = ""
        self._let_go = 0
        """Characters of N whose origins were decided."""
        self._next: dict[str, int] = {}
        """Where in N the search for the next match of a pattern that is replaced begins."""
        self.decided = 0
        """Original characters that were released or replaced."""
        self.ranges: list[tuple[int, int]] = []
        """Of the original, replaced, in order and apart; the last one may still grow."""
        self._shown = 0
        """Ranges whose replacement was released."""
        self._passed = 0
        """Ranges that lie behind what is decided."""
        self.stopped = False

    def append(self, text: str) -> Sifted:
        """Take more text and return what may be released of all that was taken."""
        if len(text) <= _AT_ONCE:
            return self._append(text)
        pieces: list[str] = []
        for place in range(0, len(text), _AT_ONCE):
            step = self._append(text[place : place + _AT_ONCE])
            pieces.append(step.text)
            if step.hits:
                return Sifted("".join(pieces), step.hits)
        return Sifted("".join(pieces))

    def copy(self) -> Sieve:
        """Return another buffer that goes on from here by itself."""
        made = Sieve.__new__(Sieve)
        made.__dict__.update(self.__dict__)
        made._text = self._text.copy()  # noqa: SLF001 - its own kind
        made._next = dict(self._next)  # noqa: SLF001 - the same
        made.ranges = list(self.ranges)
        return made

    def finish(self) -> Sifted:
        """Decide what is left: nothing follows, so that `$` and a last boundary can match."""
        if self.stopped:
            return NOTHING
        self._text.finish()
        return self._decide(final=True)

    def _append(self, text: str) -> Sifted:
        if self.stopped:
            return NOTHING
        self._held += text
        self._text.append(text)
        return self._decide(final=False)

    def _decide(self, *, final: bool) -> Sifted:
        text, patterns = self._text, self._patterns
        over = text.overflowed
        window, base = text.window, text.base
        if final or over:
            free = searched = text.end
            window = window + "\ufffd" if over else window
        else:
            searched = text.end - patterns.ahead
            free = base + patterns.pending(window, start=self._let_go - base)
        found = patterns.find(window, start=self._let_go - base, end=searched - base)
        at = self._sort(found, window, free, searched)
        if at >= 0:
            hits = tuple(
                Hit(each.id, *text.original(each.start + base, each.end + base))
                for each in found
                if each.start + base == at and each.id not in self._removed
            )
            return self._stop(text.origin(at), hits)
        if over:
            return self._stop(text.stable, (Hit(IGNORED, text.stable, text.stable),))
        made = self._release(text.origin(free))
        self._let_go = free
        text.forget(free - 1)
        return Sifted(made)

    def _sort(self, found: list[Found], window: str, free: int, searched: int) -> int:
        """Note the ranges that are decided; return where in N the stream ends, else -1."""
        base = self._text.base
        first = -1
        new: list[tuple[int, int]] = []
        for each in found:
            start = each.start + base
            if start >= free:
                continue
            if each.id in self._removed:
                new += self._matches(each, window, free, searched)
            elif first < 0 or start < first:
                first = start
        for low, high in sorted(new):
            if self.ranges and low <= self.ranges[-1][1]:
                self.ranges[-1] = (self.ranges[-1][0], max(high, self.ranges[-1][1]))
            else:
                self.ranges.append((low, high))
        return first

    def _matches(
        self, first: Found, window: str, free: int, searched: int
    ) -> Iterator[tuple[int, int]]:
        """Yield the ranges of one pattern that begin before `free`, from its first match on."""
        text, base = self._text, self._text.base
        start = max(first.start + base, self._next.get(first.id, 0))
        for low, high in matches(self._patterns, first.id, window, start - base, searched - base):
            if low + base >= free:
                return
            self._next[first.id] = high + base
            yield text.original(low + base, high + base)

    def _release(self, end: int) -> str:
        """Return the held text before `end`, with what is to be replaced replaced."""
        start, held = self.decided, self._held
        self._held, self.decided = held[end - start :], end
        if self._passed == len(self.ranges):
            return held[: end - start]
        pieces: list[str] = []
        place = start
        for at in range(self._passed, len(self.ranges)):
            low, high = self.ranges[at]
            if low >= end:
                break
            if at == self._shown:
                pieces += [held[place - start : low - start], REMOVED]
                self._shown = at + 1
            place = max(place, min(high, end))
            if high >= end:  # it may still grow
                return "".join(pieces)
            self._passed = at + 1
        return "".join([*pieces, held[place - start : end - start]])

    def _stop(self, end: int, hits: tuple[Hit, ...]) -> Sifted:
        released = self._release(end)
        # How far a range would have gone behind the stop depends on how much was there already.
        self.ranges = [(low, min(high, end)) for low, high in self.ranges if low < end]
        self._held = ""
        self.stopped = True
        return Sifted(released, hits)
