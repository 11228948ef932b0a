"""Text held back until nothing in it can still become a hit.

What is decided, for a whole text: N is its normalised form (`Text`), a hit any range of N that a
pattern matches there, with what stands around it. If N has no hit, all of the original is
released; else all of it before the origin of the first hit, which is the hit that starts first,
and nothing after. Where more than `most_ignored` ignorable characters follow each other, N ends
before them, that place is a hit of its own (`IGNORED`), and `$` does not match there.

What `Hold` releases and reports in the end is exactly that, for every chunking: a start in N is
let go once no match that begins there or before can still be growing (`Patterns.pending`).
Nothing is unsaid later: what was released never holds a complete hit.
"""

from __future__ import annotations

from dataclasses import dataclass

from charter.gateway.stream.patterns import Found, Patterns
from charter.gateway.stream.text import MOST_IGNORED, Text

IGNORED = "ignored-characters"
"""Id of the hit that a run of too many ignorable characters is."""
_AT_ONCE = 16_384
"""Characters normalised and searched at a time: keeps the memory of large chunks flat."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern that matched, and where in the original."""

    id: str
    start: int
    """First character of the original that must not be released."""
    end: int
    """End of the range that the match was made from, with ignorable characters after it."""


@dataclass(frozen=True, slots=True)
class Release:
    """What may be sent now, and the hits that end the stream."""

    text: str
    """Original text, untouched."""
    hits: tuple[Hit, ...] = ()
    """Matches of the patterns that hit at the first start, by id; not empty once, at the stop."""


class Hold:
    """The hold-back buffer of one channel of text.

    After a hit it releases nothing any more. Memory is bounded by the longest match, not by
    the stream, and only what may be the beginning of a match is held.

    Raises RuntimeError when a search failed, ValueError when used after `finish`.
    """

    def __init__(self, patterns: Patterns, *, most_ignored: int = MOST_IGNORED) -> None:
        if IGNORED in patterns.ids:
            raise ValueError(f"a pattern may not have the id {IGNORED!r}")
        self._patterns = patterns
        self._text = Text(fold=patterns.fold, most_ignored=most_ignored)
        self._held = ""
        self._let_go = 0
        """Characters of N whose origins were released."""
        self.received = 0
        """Original characters appended."""
        self.released = 0
        """Original characters released."""
        self.stopped = False
        """Whether a hit ended the stream."""
        self._finished = False

    @property
    def held(self) -> int:
        """Original characters that are held back now; none after a stop."""
        return len(self._held)

    def append(self, text: str) -> Release:
        """Take more text and return what may be released of all that was taken."""
        if self._finished:
            raise ValueError("text was appended after the end of the stream")
        self.received += len(text)
        pieces: list[str] = []
        for place in range(0, len(text), _AT_ONCE):
            if self.stopped:
                break
            part = text[place : place + _AT_ONCE]
            self._held += part
            self._text.append(part)
            step = self._decide(final=False)
            pieces.append(step.text)
            if step.hits:
                return Release("".join(pieces), step.hits)
        return Release("".join(pieces))

    def finish(self) -> Release:
        """Decide what is left: nothing follows, so that `$` and a last boundary can match."""
        if self._finished:
            raise ValueError("the stream was already finished")
        self._finished = True
        if self.stopped:
            return Release("")
        self._text.finish()
        return self._decide(final=True)

    def _decide(self, *, final: bool) -> Release:
        text, patterns = self._text, self._patterns
        over = text.overflowed
        if final or over:
            free, searched = text.end, text.end
        else:
            searched = text.end - patterns.ahead
            free = text.base + patterns.pending(text.window, start=self._let_go - text.base)
        found = self._find(searched)
        first = min((each.start for each in found), default=text.end)
        if found and (final or over or first < free):
            at_first = [each for each in found if each.start == first]
            return self._stop(tuple(self._hit(each) for each in at_first))
        if over:
            return self._stop((Hit(IGNORED, text.stable, text.stable),))
        return Release(self._release(free))

    def _find(self, searched: int) -> list[Found]:
        """Return the first match of each pattern in N from what was let go up to `searched`."""
        text = self._text
        window = text.window + "\ufffd" if text.overflowed else text.window
        base, start = text.base, self._let_go - text.base
        found = self._patterns.find(window, start=start, end=searched - base)
        return [Found(each.id, each.start + base, each.end + base) for each in found]

    def _hit(self, found: Found) -> Hit:
        return Hit(found.id, *self._text.original(found.start, found.end))

    def _release(self, free: int) -> str:
        """Let go of N before `free` and keep one character of it as context."""
        text = self._text.origin(free)
        count = text - self.released
        released, self._held = self._held[:count], self._held[count:]
        self.released += count
        self._let_go = free
        self._text.forget(free - 1)
        return released

    def _stop(self, hits: tuple[Hit, ...]) -> Release:
        count = hits[0].start - self.released
        released, self._held = self._held[:count], ""
        self.released += count
        self.stopped = True
        return Release(released, hits)
