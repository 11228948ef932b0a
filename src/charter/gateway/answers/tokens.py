"""Log probabilities: they leave with the text they are of, and vanish with what is withheld.

Tokens are laid along the text they are said to be of, by their bytes. From the first one on that
is not what stands in the text, none leaves. Alternatives to a token are text that was never
said: they leave where patterns alone decide and find nothing in them, and are left out else.
"""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.text import Text

_LEAST = 100_000
"""What a log probability cannot reach, below zero."""


class _Token(NamedTuple):
    entry: dict[str, Any]
    start: int
    end: int
    """Characters of the text, those that it holds a part of included."""


class Tokens:
    """The tokens of one channel, which begin at character `start` of its text."""

    def __init__(self, start: int, patterns: Patterns | None) -> None:
        self._patterns = patterns
        """None where alternatives are left out."""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._place = start
        self._ahead = ""
        """Text that no token was laid along yet."""
        self._waiting: deque[_Token] = deque()
        self.lost = False

    def text(self, text: str) -> None:
        """Add text of the channel; before the tokens it is made of."""
        if not self.lost:
            self._ahead += text

    def add(self, entries: object) -> None:
        """Add tokens, as the API lists them. Anything else loses them all."""
        if self.lost:
            return
        if not isinstance(entries, list):
            self._lose()
            return
        spoken = self._patterns is not None and self._clean(entries)
        for entry in entries:
            if self.lost or not self._lay(entry, spoken=spoken):
                self._lose()
                return

    def release(self, decided: int, ranges: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
        """Return the tokens of the text before `decided`, without those of withheld ranges."""
        made = []
        withheld = tuple(ranges)
        while self._waiting and self._waiting[0].end <= decided:
            token = self._waiting.popleft()
            if not any(low < token.end and token.start < high for low, high in withheld):
                made.append(token.entry)
        return made

    def _lose(self) -> None:
        self.lost = True
        self._waiting.clear()
        self._ahead = ""

    def _lay(self, entry: object, *, spoken: bool) -> bool:
        """Lay one token along the text; say whether it is what stands there."""
        raw = _raw(entry)
        if raw is None or not isinstance(entry, dict):
            return False
        try:
            text = self._decoder.decode(raw)
        except UnicodeDecodeError:
            return False
        if not self._ahead.startswith(text):
            return False
        self._ahead = self._ahead[len(text) :]
        start = self._place
        self._place += len(text)
        end = self._place + bool(self._decoder.getstate()[0])
        self._waiting.append(_Token(_entry(entry, raw, alternatives=spoken), start, end))
        return True

    def _clean(self, entries: list[Any]) -> bool:
        """Say whether no pattern finds anything in the alternatives, each on a line."""
        if self._patterns is None:
            return False
        lines: list[str] = []
        for entry in entries:
            others = entry.get("top_logprobs") if isinstance(entry, dict) else None
            for other in others if isinstance(others, list) else ():
                raw = _raw(other)
                if raw is None:
                    return False
                lines += [str(other["token"]), raw.decode(errors="replace")]
        if not lines or not self._patterns.ids:
            return True
        text = Text(fold=self._patterns.fold)
        text.append("\n".join(lines))
        text.finish()
        return not text.overflowed and not self._patterns.find(text.window)


def _raw(entry: object) -> bytes | None:
    """Return the bytes of a token; None where it is no token."""
    if not isinstance(entry, dict) or not isinstance(entry.get("token"), str):
        return None
    given = entry.get("bytes")
    if given is not None and not isinstance(given, list):  # a number would be so many zeros
        return None
    try:
        return entry["token"].encode() if given is None else bytes(given)
    except (UnicodeEncodeError, TypeError, ValueError, OverflowError):
        return None


def _entry(entry: dict[str, Any], raw: bytes, *, alternatives: bool) -> dict[str, Any]:
    """Return a token with the members that the APIs have; its text is that of its bytes."""
    made: dict[str, Any] = {"token": _shown(raw)}
    if "bytes" in entry:
        made["bytes"] = None if entry["bytes"] is None else list(raw)
    made["logprob"] = _number(entry.get("logprob"))
    others = entry.get("top_logprobs")
    if isinstance(others, list):
        made["top_logprobs"] = []
        if alternatives:
            for other in others:
                inner = _raw(other)
                if inner is not None:
                    made["top_logprobs"].append(_entry(other, inner, alternatives=False))
    return made


def _shown(raw: bytes) -> str:
    """Return a token as text; bytes of a part of a character are written out."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "".join(f"\\x{one:02x}" for one in raw)


def _number(value: object) -> float | int | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LEAST
    return value if fits else None  # type: ignore[return-value]
