"""One text of a streamed answer: what came, what of it left, and what may leave now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.gateway.answers.edit import edited
from charter.gateway.answers.halves import joined_halves
from charter.gateway.answers.tokens import Tokens
from charter.gateway.stream.hold import Hit
from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.seam import Both, Seam
from charter.gateway.stream.sieve import Sieve
from charter.gateway.verdict import Channel, Edit
from charter.policy.decision import Effect


class Sifting:
    """How the texts of one answer are held: the same for all of them."""

    __slots__ = ("patterns", "removed", "whole")

    def __init__(self, patterns: Patterns, effects: Mapping[str, Effect], *, whole: bool) -> None:
        self.patterns = patterns
        self.removed = frozenset(
            name for name in patterns.ids if effects.get(name) is Effect.REDACT
        )
        self.whole = whole

    @property
    def alternatives(self) -> Patterns | None:
        """The patterns that alternatives to tokens are searched with; None: they may not leave."""
        return None if self.whole else self.patterns


class Series:
    """Texts of one answer that a client may join: those that came, in order."""

    __slots__ = ("_seam", "kind", "texts", "waited")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        """Of their channels."""
        self.texts: list[str] = []
        self.waited = False
        """Whether each is waited for, and decided on then with those before."""
        self._seam: Seam | None = None

    def seam(self, sifting: Sifting) -> Seam:
        """Return what searches them together."""
        if self._seam is None:
            self._seam = Seam(sifting.patterns, sifting.removed)
        return self._seam


class Lane:
    """One channel. Raises RuntimeError when a search failed."""

    __slots__ = (
        "_alternatives",
        "_half",
        "_parts",
        "_seam",
        "_sieve",
        "channel",
        "decided",
        "gave",
        "hits",
        "judged",
        "length",
        "made",
        "place",
        "ranges",
        "series",
        "signed",
        "tokens",
        "whole",
    )

    def __init__(
        self,
        channel: Channel,
        sifting: Sifting,
        place: str = "",
        *,
        signed: bool = False,
        series: Series | None = None,
    ) -> None:
        self.channel = channel
        self.place = place
        """Where in the API's events it stands; the relay's own name for it."""
        self.signed = signed
        """Whether it passes as it is or goes whole."""
        self.whole = sifting.whole or (signed and bool(sifting.removed))
        """Whether nothing leaves before the end of the text and its verdict."""
        bounded = not self.whole and bool(sifting.patterns.ids)
        self.series = series
        """The texts that a client may join it with."""
        if series is not None:
            series.waited = self.whole
        self._seam = None if series is None or not bounded else series.seam(sifting)
        self._sieve: Sieve | Both | None = None
        if self._seam is not None:
            self._sieve = self._seam.open()
        elif bounded:
            self._sieve = Sieve(sifting.patterns, sifting.removed)
        self._parts: list[str] = []
        self.length = 0
        """Characters that came."""
        self.decided = 0
        """Characters that were released or replaced."""
        self.gave = 0
        """Characters that the client was given."""
        self.ranges: list[tuple[int, int]] = []
        """Ranges that were replaced."""
        self.made: list[str] = []
        """What the client was given, in pieces, where copies of it follow."""
        self.hits: tuple[Hit, ...] = ()
        """What ended the stream here."""
        self.judged = False
        self._half = ""
        """A high surrogate that waits for the other half."""
        self._alternatives = sifting.alternatives
        self.tokens: Tokens | None = None

    @property
    def text(self) -> str:
        """What came, up to the end of the hit that ended it."""
        text = "".join(self._parts)
        return text[: max(hit.end for hit in self.hits)] if self.hits else text

    @property
    def sent(self) -> str:
        """What the client was given."""
        return "".join(self.made)

    @property
    def edited(self) -> bool:
        """Whether anything was replaced."""
        return bool(self.ranges)

    def add(self, text: str) -> str:
        """Take more text; return what may leave now."""
        if not text.isascii() or self._half:
            text, self._half = joined_halves(self._half + text)
        return self._add(text) if text else ""

    def _add(self, text: str) -> str:
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
        return released

    def finish(self) -> str:
        """Take the end of the text; return what is left, which may leave after the verdict."""
        half, self._half = self._half, ""
        before = self._add("\ufffd") if half and not self.hits else ""
        if self._sieve is None or self.hits:
            return before
        if self._seam is not None:
            released, self.hits = self._seam.end(self._sieve, self._parts, self.length)
        else:
            released, self.hits = self._sieve.finish()
        self.decided, self.ranges = self._sieve.decided, self._sieve.ranges
        return before + released

    def settle(self, edits: tuple[Edit, ...]) -> str:
        """Return the whole text, where it was waited for, with the edits of its verdict."""
        self.decided = self.length
        self.ranges = [(edit.start, edit.end) for edit in edits]
        return edited(self.text, edits)

    def covers(self, edits: tuple[Edit, ...]) -> bool:
        """Say whether all that a verdict redacts was replaced while the text was streamed."""
        return all(
            any(low <= edit.start and edit.end <= high for low, high in self.ranges)
            for edit in edits
        )

    def expect_tokens(self) -> Tokens:
        """Return what tokens of the text that comes now are laid along."""
        if self.tokens is None:
            self.tokens = Tokens(self.length, self._alternatives)
        return self.tokens

    def leaving(self) -> list[dict[str, Any]]:
        """Return the tokens of what left since the last call."""
        return [] if self.tokens is None else self.tokens.release(self.decided, self.ranges)
