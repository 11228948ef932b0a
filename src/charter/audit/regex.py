r"""RE2 patterns -> patterns of Rust's regex crate that find at least as much.

A vectorised search must not miss what RE2 would find, and may find more: what it finds is decided
on exactly. The two engines differ in `\d`, `\w`, `\s` and `\b` (ASCII in RE2), in tables of Unicode
and in a few words of syntax. What could differ is widened to any character, or to nothing at all.
Source: https://github.com/google/re2/wiki/Syntax, https://docs.rs/regex/latest/regex/#syntax.
"""

from __future__ import annotations

import re

from charter.policy.boundaries.pattern import steps

MAX_PATTERN = 4_000
MAX_DEPTH = 100

_ANY = "(?s:.)"
_NOTHING = "(?:)"
_PERL = {
    "d": "0-9", "s": r"\t\n\x0C\r ", "w": "0-9A-Za-z_",
}  # fmt: skip
_CONTROL = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_POSIX = re.compile(
    r"\[:(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]"
)
_REPEAT = re.compile(r"[*+?]|\{[0-9]{1,4}(?:,[0-9]{0,4})?\}")
_GROUP = re.compile(r"\((?:\?(?:P?<[A-Za-z_]\w*>|(?P<flags>[imsU]*(?:-[imsU]+)?)(?P<end>[:)])))?")
_HEX = re.compile(r"\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})")
_PROPERTY = re.compile(r"\\[pP](?:[A-Za-z]|\{\^?[A-Za-z_]{1,40}\})")


def widened(pattern: str) -> str | None:
    """Return a pattern for Rust that finds all that RE2 finds; None where there is none."""
    try:
        steps(pattern)
        if len(pattern) > MAX_PATTERN:
            return None
        return _Writer(pattern).whole()
    except (ValueError, RecursionError):
        return None


class _Writer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.folds = "i" in "".join(found[1] for found in re.finditer(r"\(\?([imsU-]*)", text))
        """Whether any part of it may ignore case."""

    def whole(self) -> str:
        found = self._alternation(0)
        if self.at < len(self.text):
            raise ValueError("a group that was never opened")
        return found

    def _alternation(self, depth: int) -> str:
        if depth > MAX_DEPTH:
            raise ValueError("too deep")
        parts: list[str] = []
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.text[self.at] == "|":
                parts.append("|")
                self.at += 1
                continue
            parts.append(self._repeated(self._atom(depth)))
        return "".join(parts)

    def _repeated(self, atom: str) -> str:
        while found := _REPEAT.match(self.text, self.at):
            self.at = found.end()
            if self.text.startswith("?", self.at):  # lazy: the same is found
                self.at += 1
            atom = f"(?:{atom}){found[0]}"
        return atom

    def _atom(self, depth: int) -> str:
        char = self.text[self.at]
        if char == "(":
            return self._group(depth)
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        if char in "*+?":
            raise ValueError("nothing to repeat")
        self.at += 1
        return char if char in ".^$" else self._literal(ord(char))

    def _group(self, depth: int) -> str:
        found = _GROUP.match(self.text, self.at)
        if found is None or (found[0] == "(" and self.text.startswith("(?", self.at)):
            raise ValueError("an unknown kind of group")
        self.at = found.end()
        flags = (found["flags"] or "").replace("U", "").removesuffix("-")
        if found["end"] == ")":
            if _REPEAT.match(self.text, self.at):
                raise ValueError("RE2 repeats what stands before the flags")
            return f"(?{flags})" if flags else _NOTHING
        inner = self._alternation(depth + 1)
        if not self.text.startswith(")", self.at):
            raise ValueError("a group that is not closed")
        self.at += 1
        return f"(?{flags}:{inner})"

    def _literal(self, code: int) -> str:
        """Write one character; one whose case the engines may fold differently is any."""
        if code > 127:
            return _ANY if self.folds else f"\\x{{{code:X}}}"
        return chr(code) if chr(code).isalnum() else f"\\x{code:02X}"

    def _escape(self) -> str:
        two = self.text[self.at : self.at + 2]
        kind = two[1:]
        if kind == "b":
            return self._taken(r"(?-u:\b)")
        if kind == "B":
            return self._taken(_NOTHING)
        if kind in ("A", "z"):
            return self._taken(two)
        if kind and kind in "dswDSW":
            if kind == "W" and self.folds:
                return self._taken(_ANY)
            sign = "^" if kind.isupper() else ""
            return self._taken(f"[{sign}{_PERL[kind.lower()]}]")
        if found := _PROPERTY.match(self.text, self.at):
            self.at = found.end()
            return _ANY
        if kind == "Q":
            end = self.text.find(r"\E", self.at + 2)
            inner = self.text[self.at + 2 : end if end >= 0 else None]
            if end < 0 or _REPEAT.match(self.text, end + 2):
                raise ValueError("a quotation that repeats, or never ends")
            self.at = end + 2
            return f"(?:{''.join(self._literal(ord(char)) for char in inner)})"
        return self._literal(self._code())

    def _taken(self, written: str) -> str:
        self.at += 2
        return written

    def _code(self) -> int:
        r"""Return the character of an escape: `\x41`, `\n`, `\.`. Raises ValueError."""
        if found := _HEX.match(self.text, self.at):
            self.at = found.end()
            return int(found[1] or found[2], 16)
        kind = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if kind in _CONTROL:
            return _CONTROL[kind]
        if kind and kind.isascii() and not kind.isalnum():
            return ord(kind)
        raise ValueError("an unknown escape")

    def _class(self) -> str:
        self.at += 1
        negated = self.text.startswith("^", self.at)
        self.at += negated
        items: list[str] = []
        exact, cased, first = True, False, True
        while first or not self.text.startswith("]", self.at):
            first = False
            item, known, letters = self._item()
            items.append(item)
            exact, cased = exact and known, cased or letters
        self.at += 1
        if not exact or (self.folds and negated and cased):
            return _ANY
        return f"[{'^' * negated}{''.join(items)}]"

    def _item(self) -> tuple[str, bool, bool]:
        """Return an item, whether it is exact, and whether it has letters."""
        if self.at >= len(self.text):
            raise ValueError("a class that is not closed")
        if found := _POSIX.match(self.text, self.at):
            self.at = found.end()
            return found[0], True, True
        if self.text.startswith("[:", self.at):
            end = self.text.find(":]", self.at)
            if end < 0:
                raise ValueError("a class that is not closed")
            self.at = end + 2
            return "", False, True
        if found := _PROPERTY.match(self.text, self.at):
            self.at = found.end()
            return "", False, True
        two = self.text[self.at : self.at + 2]
        if two[0] == "\\" and two[1:] and two[1] in "dswDSW":
            self.at += 2
            return _PERL.get(two[1], ""), two[1].islower(), True
        low = high = self._member()
        if self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at):
            self.at += 1
            high = self._member()
        letters = any(low <= ord(end) and high >= ord(start) for start, end in ("AZ", "az"))
        return f"\\x{{{low:X}}}-\\x{{{high:X}}}", not (self.folds and high > 127), letters

    def _member(self) -> int:
        if self.text.startswith("\\", self.at):
            return self._code()
        char = self.text[self.at : self.at + 1]
        if not char:
            raise ValueError("a class that is not closed")
        self.at += 1
        return ord(char)
