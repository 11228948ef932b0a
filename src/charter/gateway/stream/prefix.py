r"""An expression -> one that matches whatever its matches can begin with.

Text has to be held back only from where a match may have begun and not yet ended. For a pattern P
in the subset of `patterns`, `prefixes(P)` matches every non-empty beginning of a match of P, the
whole of it included; anchored at the end of the text it finds where the oldest such beginning is.
What stands at its very end and looks ahead (`\b`, `$`) is taken to hold, as nothing is known yet.
It may find too much, which holds text longer than needed, and never too little.
"""

from __future__ import annotations

from typing import NamedTuple

from charter.gateway.stream.syntax import CLASS, CLASS_ESCAPE, FLAGS, GROUP, REPEAT


class _Part(NamedTuple):
    """A piece of an expression: all of it, and its beginnings."""

    full: str
    begun: str | None
    """None for what has no width."""
    single: bool = False
    """Whether it matches one character."""


def prefixes(expression: str) -> str:
    """Return the expression of all non-empty beginnings of matches.

    `expression` is one that `patterns.measure` accepts.
    """
    return _Reader(expression).alternation().begun or ""


class _Reader:
    """Reads an expression that is known to be right, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def alternation(self) -> _Part:
        full: list[str] = []
        begun: list[str] = []
        flags = ""
        while True:
            part, flags = self._sequence(flags)
            full.append(part.full)
            if part.begun is not None:
                begun.append(part.begun)
            if not self.text.startswith("|", self.place):
                break
            self.place += 1
        return _Part(f"(?:{'|'.join(full)})", f"(?:{'|'.join(begun)})" if begun else None)

    def _sequence(self, flags: str) -> tuple[_Part, str]:
        """Read one branch; flags set in an earlier one of the same group hold in it too."""
        parts = [_Part(flags, None)] if flags else []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            if found := FLAGS.match(self.text, self.place):
                self.place = found.end()
                flags += found[0]
                parts.append(_Part(found[0], None))
            else:
                parts.append(self._repeated(self._atom()))
        return _Part("".join(part.full for part in parts), _begun(parts)), flags

    def _repeated(self, part: _Part) -> _Part:
        found = REPEAT.match(self.text, self.place)
        if found is None:
            return part
        self.place = found.end()
        if self.text.startswith("?", self.place):
            self.place += 1
        low, _, high = found.groups()
        most = 1 if found[0] == "?" else int(high or low)
        # Lazy or not makes no difference to what could begin.
        full = f"{part.full}{found[0]}"
        if most == 0:
            return _Part("", None)
        if part.begun is None:
            return _Part(full, None)
        if part.single:
            return _Part(full, f"{part.full}{{1,{most}}}")
        before = f"{part.full}{{0,{most - 1}}}" if most > 1 else ""
        return _Part(full, f"(?:{before}{part.begun})")

    def _atom(self) -> _Part:
        char = self.text[self.place]
        if char == "(":
            opened = GROUP.match(self.text, self.place)
            self.place = opened.end() if opened else self.place + 1
            inner = self.alternation()
            self.place += 1
            mode = opened[0] if opened and opened[0].endswith(":") else "(?:"
            begun = None if inner.begun is None else f"{mode}{inner.begun})"
            return _Part(f"{mode}{inner.full})", begun)
        if char == "[":
            return self._single(CLASS.match(self.text, self.place))
        if char == "\\":
            two = self.text[self.place : self.place + 2]
            if two in {r"\b", r"\B", r"\A", r"\z"}:
                self.place += 2
                return _Part(two, None)
            return self._single(CLASS_ESCAPE.match(self.text, self.place))
        self.place += 1
        return _Part(char, None) if char in "^$" else _Part(char, char, single=True)

    def _single(self, found: object) -> _Part:
        text = found[0]  # type: ignore[index]  # the expression was measured before
        self.place += len(text)
        return _Part(text, text, single=True)


def _begun(parts: list[_Part]) -> str | None:
    """Return the beginnings of a sequence, from its last part to its first."""
    rest: str | None = None
    for part in reversed(parts):
        if part.begun is None:
            rest = None if rest is None else f"{part.full}{rest}"
        elif rest is None:
            rest = part.begun
        else:
            rest = f"(?:{part.begun}|{part.full}{rest})"
    return rest
