"""Texts that a client may join, searched together as well as each by itself.

What is decided, for texts t1 to tn that come one after another: of each its own hits and ranges,
as in `Sieve`, and those of t1...tn joined, as far as they lie in tn. So what completes a match with
the texts before does not leave. What of the match stands in those has left: each was lawful by
itself when it ended, and nothing that comes between two texts has to wait for the second.
"""

from __future__ import annotations

from charter.gateway.stream.hold import Hit
from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.redact import REMOVED, joined
from charter.gateway.stream.sieve import NOTHING, Sieve, Sifted


class Seam:
    """One series of texts, of which one is open at a time. Raises RuntimeError as `Sieve` does."""

    def __init__(self, patterns: Patterns, removed: frozenset[str]) -> None:
        self._patterns = patterns
        self._removed = removed
        self._joint: Sieve | None = None
        """The search in all texts joined; none while there is one text."""
        self._first: list[str] = []
        """The first text, in pieces, until there is another."""
        self._length = 0

    def open(self) -> Sieve | Both:
        """Return the buffer of the next text."""
        own = Sieve(self._patterns, self._removed)
        if not self._length:
            return own
        if self._joint is None:
            self._joint = Sieve(self._patterns, self._removed)
            self._joint.append("".join(self._first))
            self._first = []
        return Both(own, self._joint, self._length)

    def end(self, text: Sieve | Both, pieces: list[str], length: int) -> Sifted:
        """Decide what is left of a text, of which all has come: `length` characters."""
        if not self._length:
            self._first = pieces
        self._length += length
        return text.finish()


class Both:
    """The buffer of one text that others came before."""

    def __init__(self, own: Sieve, joint: Sieve, offset: int) -> None:
        self._own = own
        self._joint = joint
        self._offset = offset
        """Characters of the texts before."""
        self._held = ""
        self._hits: tuple[Hit, ...] = ()
        self._joint_hits: tuple[Hit, ...] = ()
        self.decided = 0
        """As in `Sieve`."""
        self.ranges: list[tuple[int, int]] = []
        """As in `Sieve`."""
        self.stopped = False

    def append(self, text: str) -> Sifted:
        """Take more text and return what may be released of all that was taken."""
        if self.stopped:
            return NOTHING
        self._held += text
        self._hits = self._hits or self._own.append(text).hits
        self._joint_hits = self._joint_hits or self._joint.append(text).hits
        return self._decide(self._joint)

    def finish(self) -> Sifted:
        """Decide what is left; the joined search goes on with the next text."""
        if self.stopped:
            return NOTHING
        self._hits = self._hits or self._own.finish().hits
        joint = self._joint.copy()
        self._joint_hits = self._joint_hits or joint.finish().hits
        return self._decide(joint)

    def _decide(self, joint: Sieve) -> Sifted:
        own_end, joint_end = self._own.decided, max(joint.decided - self._offset, 0)
        end = min(own_end, joint_end)
        hits: tuple[Hit, ...] = ()
        if self._hits and end == own_end:
            hits = self._hits
        elif self._joint_hits and end == joint_end:
            hits = tuple(map(self._here, self._joint_hits))
        self._merge(joint)
        made = self._release(end)
        if hits:
            self.stopped = True
            self._held = ""
            self.ranges = [each for each in self.ranges if each[0] < end]
        return Sifted(made, hits)

    def _here(self, hit: Hit) -> Hit:
        """Return a hit in the texts joined as one in this text."""
        start = max(hit.start - self._offset, 0)
        return Hit(hit.id, start, max(hit.end - self._offset, start + 1))

    def _merge(self, joint: Sieve) -> None:
        """Note the ranges of both searches that lie in this text."""
        found = list(self._own.ranges)
        for low, high in reversed(joint.ranges):
            if high <= self._offset:
                break
            found.append((max(low - self._offset, 0), high - self._offset))
        self.ranges = list(joined(found))

    def _release(self, end: int) -> str:
        """Return the held text before `end`, with what is to be replaced replaced."""
        start, held = self.decided, self._held
        self._held, self.decided = held[end - start :], end
        pieces: list[str] = []
        place = start
        for low, high in self.ranges:
            if low >= end:
                break
            if low >= start:
                pieces += [held[place - start : low - start], REMOVED]
            place = max(place, min(high, end))
        return "".join([*pieces, held[place - start : end - start]])
