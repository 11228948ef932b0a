"""One text of a streamed answer: what came, what of it left, and what may leave now."""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.tokens import Tokens
from charter.gateway.relay.event import whole_characters
from charter.gateway.stream.hold import Hit
from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.redact import replaced
from charter.gateway.stream.sieve import Sieve
from charter.gateway.verdict import Channel, Edit
from charter.policy.decision import Effect


class Sifting:
    """How the texts of one answer are held: the same for all of them."""

    __slots__ = ("patterns", "removed", "whole")

    def __init__(self, patterns: Patterns, effects: dict[str, Effect], *, whole: bool) -> None:
        self.patterns = patterns
        self.removed = frozenset(
            name for name in patterns.ids if effects.get(name) is Effect.REDACT
        )
        self.whole = whole

    @property
    def alternatives(self) -> Patterns | None:
        """The patterns that alternatives to tokens are searched with; None: they may not leave."""
        return None if self.whole else self.patterns


class Lane:
    """One channel. Raises RuntimeError when a search failed."""

    __slots__ = (
        "channel", "decided", "hits", "judged", "length", "made", "ranges", "tokens", "whole",
        "_parts", "_sieve",
    )  # fmt: skip

    def __init__(self, channel: Channel, sifting: Sifting, *, whole: bool = False) -> None:
        self.channel = channel
        self.whole = sifting.whole or whole
        """Whether nothing leaves before the end of the text and its verdict."""
        bounded = not self.whole and bool(sifting.patterns.ids)
        self._sieve = Sieve(sifting.patterns, sifting.removed) if bounded else None
        self._parts: list[str] = []
        self.length = 0
        """Characters that came."""
        self.decided = 0
        """Characters that were released or replaced."""
        self.ranges: list[tuple[int, int]] = []
        """Ranges that were replaced."""
        self.made: list[str] = []
        """What was released, in pieces."""
        self.hits: tuple[Hit, ...] = ()
        """What ended the stream here."""
        self.judged = False
        self.tokens: Tokens | None = None

    @property
    def text(self) -> str:
        """What came, up to the end of the hit that ended it."""
        text = "".join(self._parts)
        if self.hits:
            text = text[: max(hit.end for hit in self.hits)]
        return whole_characters(text)

    @property
    def sent(self) -> str:
        """What was released."""
        return "".join(self.made)

    @property
    def edited(self) -> bool:
        """Whether anything was replaced."""
        return bool(self.ranges)

    def add(self, text: str) -> str:
        """Take more text; return what may leave now."""
        self._parts.append(text)
        self.length += len(text)
        if self.tokens is not None:
            self.tokens.text(text)
        if self.whole:
            return ""
        if self._sieve is None:
            self.decided = self.length
            released = text
        else:
            released, self.hits = self._sieve.append(text)
            self.decided, self.ranges = self._sieve.decided, self._sieve.ranges
        if released:
            self.made.append(released)
        return released

    def finish(self) -> str:
        """Take the end of the text; return what is left, which may leave after the verdict."""
        if self._sieve is None or self.hits:
            return ""
        released, self.hits = self._sieve.finish()
        self.decided, self.ranges = self._sieve.decided, self._sieve.ranges
        if released:
            self.made.append(released)
        return released

    def settle(self, edits: tuple[Edit, ...]) -> str:
        """Return the whole text, where it was waited for, with the edits of its verdict."""
        self.decided = self.length
        self.ranges = [(edit.start, edit.end) for edit in edits]
        released = edited(self.text, edits)
        if released:
            self.made.append(released)
        return released

    def covers(self, edits: tuple[Edit, ...]) -> bool:
        """Say whether all that a verdict redacts was replaced while the text was streamed."""
        return all(
            any(low <= edit.start and edit.end <= high for low, high in self.ranges)
            for edit in edits
        )

    def count(self, entries: Any, before: int) -> None:
        """Take tokens of what came since character `before`."""
        if entries is None:
            return
        if self.tokens is not None:
            self.tokens.add(entries)

    def leaving(self) -> list[dict[str, Any]]:
        """Return the tokens of what left since the last call."""
        return [] if self.tokens is None else self.tokens.release(self.decided, self.ranges)


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    """Return a text with its edits made; they are sorted and apart."""
    if not edits:
        return text
    pieces, place = [], 0
    for edit in edits:
        pieces += [text[place : edit.start], edit.text]
        place = max(place, edit.end)
    return "".join([*pieces, text[place:]])


__all__ = ["Lane", "Sifting", "edited", "replaced"]
