r"""Patterns of bounded length: how far text must be held back follows from them.

The subset of RE2 that is accepted: literals, `.`, classes, groups, alternation, `?`, `{n}`,
`{n,m}`, `^`, `$`, `\A`, `\z`, `\b`, `\B`, and the flags `i` and `s`. What is unbounded (`*`, `+`,
`{n,}`) or has no length in characters (`\C`) is refused, and so is what can match nothing.
`\b`, `\w`, `\d` and `\s` know ASCII alone, as in RE2: beside any other letter there is a boundary.
Source: https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import re2

from charter.gateway.stream.prefix import prefixes
from charter.gateway.stream.syntax import CLASS, CLASS_ESCAPE, FLAGS, GROUP, REPEAT
from charter.gateway.stream.text import ignorable

MOST_PATTERNS = 1_000
MOST_PATTERN = 2_000
"""Characters of one pattern as written."""
MOST_LONGEST = 4_096
"""Characters that one pattern may match."""
MOST_DEPTH = 50
"""Groups inside each other."""
_MEMORY = 8 * 1024 * 1024
"""Bytes for the automata of one pattern, of which few are ever asked."""
_BEGUN_MEMORY = 32 * 1024 * 1024
"""Bytes for the automaton of all beginnings; patterns that do not fit are held by their length."""
_SET_MEMORY = 64 * 1024 * 1024
"""Bytes for the automaton of the whole set, which cannot go on without."""


@dataclass(frozen=True, slots=True)
class Width:
    """How many characters an expression matches, and what it looks at beside them."""

    least: int
    most: int
    ahead: bool = False
    """Whether it may look at the character after its match, or at the end of the text."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern, compiled."""

    id: str
    text: str
    width: Width
    compiled: re2._Regexp


@dataclass(frozen=True, slots=True)
class Found:
    """One match: the pattern's id and the range in the text that was searched."""

    id: str
    start: int
    end: int


class Patterns:
    """A set of patterns, compiled once, asked in one pass over a text.

    With `fold` case makes no difference, and the text searched must be folded (`Text`).
    Raises ValueError where a pattern is refused, naming it and the reason.
    """

    def __init__(self, patterns: Mapping[str, str], *, fold: bool = False) -> None:
        if len(patterns) > MOST_PATTERNS:
            raise ValueError(f"{len(patterns)} patterns; at most {MOST_PATTERNS} make one set")
        self.fold = fold
        options = re2.Options()
        options.log_errors = False
        options.case_sensitive = not fold
        options.max_mem = _MEMORY
        self._patterns = tuple(
            _compiled(name, text, options, fold=fold) for name, text in sorted(patterns.items())
        )
        self._by_id = {each.id: each for each in self._patterns}
        options.max_mem = _SET_MEMORY
        self._set = re2.Set.SearchSet(options)
        for pattern in self._patterns:
            self._set.Add(pattern.text)
        # Matches always: its absence says that the search itself failed.
        self._sentinel = self._set.Add("")
        try:
            self._set.Compile()
        except re2.error:
            raise ValueError("the patterns are too large for one set together") from None
        self.longest = max((each.width.most for each in self._patterns), default=1)
        """Characters that the longest match can have."""
        options.max_mem = _BEGUN_MEMORY
        self._begun, self._unknown = _beginnings(self._patterns, options)
        self.ahead = int(any(each.width.ahead for each in self._patterns))
        """1 where a pattern looks at the character after its match, else 0."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The patterns' ids in order."""
        return tuple(each.id for each in self._patterns)

    def find(self, text: str, *, start: int = 0, end: int | None = None) -> list[Found]:
        r"""Return the leftmost match of each pattern within `start` to `end`.

        What lies outside is context: `^` and `$` know whether the text begins or ends there,
        `\b` sees the neighbours. `text` may hold no surrogates.
        Raises RuntimeError when the search could not be done: it never passes as no match.
        """
        stop = len(text) if end is None else end
        if stop <= start:
            return []
        candidates = self._set.Match(text) or ()
        if self._sentinel not in candidates:
            raise RuntimeError("the pattern search failed: out of memory for its automaton")
        found = []
        for index in sorted(candidates):
            if index == self._sentinel:
                continue
            pattern = self._patterns[index]
            match = pattern.compiled.search(text, start, stop)
            if match is not None:
                found.append(Found(pattern.id, *match.span()))
        return found

    def search(self, name: str, text: str, *, start: int, end: int) -> Found | None:
        """Return the leftmost match of one pattern within `start` to `end`; see `find`."""
        if end <= start:
            return None
        match = self._by_id[name].compiled.search(text, start, end)
        return None if match is None else Found(name, *match.span())

    def pending(self, text: str, *, start: int = 0) -> int:
        """Return where the oldest match may have begun that `text` does not show the end of.

        The length of the text where none may have. All that begins before is decided.
        """
        place = len(text)
        if self._begun is not None:
            match = self._begun.search(text, start)
            if match is not None:
                place = match.start()
        return max(start, min(place, len(text) - self._unknown))


def _beginnings(
    patterns: Sequence[Pattern], options: re2.Options
) -> tuple[re2._Regexp | None, int]:
    """Return what finds beginnings of matches at the end of a text.

    And, for patterns whose beginnings are too large for one expression, how many characters a
    match of theirs may still be short of being seen.
    """
    unknown = 0
    while patterns:
        begun = "|".join(f"(?:{prefixes(each.text)})" for each in patterns)
        try:
            return re2.compile(f"(?:{begun})\\z", options), unknown
        except re2.error:
            longest = max(patterns, key=lambda each: each.width.most)
            unknown = max(unknown, longest.width.most)
            patterns = [each for each in patterns if each is not longest]
    return None, unknown


def _compiled(name: str, text: str, options: re2.Options, *, fold: bool) -> Pattern:
    """Return one pattern. Raises ValueError naming it and why it is refused."""
    if len(text) > MOST_PATTERN:
        raise ValueError(f"pattern {name!r} is longer than {MOST_PATTERN} characters")
    try:
        width = measure(text, fold=fold)
        compiled = re2.compile(text, options)
    except (re2.error, UnicodeEncodeError, ValueError) as cause:
        reason = cause.args[0] if isinstance(cause, re2.error) else cause
        reason = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
        raise ValueError(f"pattern {name!r}: {reason}") from None
    return Pattern(name, text, width, compiled)


def measure(text: str, *, fold: bool = False) -> Width:
    """Return the width of an expression in characters of normalised text.

    Raises ValueError where it is unbounded, outside the subset, can match the empty text, or
    holds a literal that normalised text never does. RE2 has the last word on what is valid.
    """
    if unicodedata.normalize("NFKC", text) != text:
        raise ValueError("it is not in the form NFKC, in which the text is that it searches")
    parser = _Parser(text, fold=fold)
    width = parser.alternation(0)
    if parser.place < len(text):
        raise ValueError(f"unexpected ')' at character {parser.place}")
    if not width.least:
        raise ValueError("it can match the empty text, which is everywhere")
    return width


class _Parser:
    """Reads an expression from left to right."""

    def __init__(self, text: str, *, fold: bool) -> None:
        self.text = text
        self.place = 0
        self._fold = fold

    def alternation(self, depth: int) -> Width:
        if depth > MOST_DEPTH:
            raise ValueError(f"groups are nested more than {MOST_DEPTH} deep")
        branches = [self._sequence(depth)]
        while self.text.startswith("|", self.place):
            self.place += 1
            branches.append(self._sequence(depth))
        return Width(
            min(each.least for each in branches),
            max(each.most for each in branches),
            any(each.ahead for each in branches),
        )

    def _sequence(self, depth: int) -> Width:
        whole = Width(0, 0)
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            part = self._repeated(self._atom(depth))
            whole = Width(
                whole.least + part.least,
                whole.most + part.most,
                part.ahead or (whole.ahead and not part.least),
            )
            if whole.most > MOST_LONGEST:
                raise ValueError(f"it can match more than {MOST_LONGEST} characters")
        return whole

    def _repeated(self, part: Width) -> Width:
        found = REPEAT.match(self.text, self.place)
        if found is None:
            return part
        sign, (low, comma, high) = found[0], found.groups()
        if sign in "*+" or (comma and high is None):
            raise ValueError(f"{sign!r} at character {self.place} has no upper bound: use {{n,m}}")
        self.place = found.end()
        if self.text.startswith("?", self.place):
            self.place += 1
        if REPEAT.match(self.text, self.place):
            raise ValueError(f"a repetition of a repetition at character {self.place}: use a group")
        if sign == "?":
            return Width(0, part.most, part.ahead)
        least, most = int(low), int(high or low)
        return Width(part.least * least, part.most * most, part.ahead)

    def _atom(self, depth: int) -> Width:
        char = self.text[self.place]
        if char == "(":
            return self._group(depth)
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        if char in "*+?{":
            raise ValueError(f"{char!r} at character {self.place} repeats nothing: escape it")
        self.place += 1
        if char in "^$":
            return Width(0, 0, char == "$")
        if char != ".":
            self._check_literal(char)
        return Width(1, 1)

    def _group(self, depth: int) -> Width:
        if flags := FLAGS.match(self.text, self.place):
            self.place = flags.end()
            if REPEAT.match(self.text, self.place):
                raise ValueError(f"flags cannot be repeated, at character {self.place}")
            return Width(0, 0)
        opened = GROUP.match(self.text, self.place)
        if opened is None:
            raise ValueError(f"an unsupported kind of group at character {self.place}")
        self.place = opened.end()
        width = self.alternation(depth + 1)
        if not self.text.startswith(")", self.place):
            raise ValueError("a group is not closed")
        self.place += 1
        return width

    def _class(self) -> Width:
        found = CLASS.match(self.text, self.place)
        if found is None:
            raise ValueError(f"a class that is not closed at character {self.place}")
        inner = found[0]
        for escape in re.finditer(r"\\.", inner, re.DOTALL):
            if not CLASS_ESCAPE.match(inner, escape.start()):
                raise ValueError(f"unsupported {escape[0]!r} in the class {inner[:40]!r}")
        self.place = found.end()
        return Width(1, 1)

    def _escape(self) -> Width:
        two = self.text[self.place : self.place + 2]
        if two in {r"\b", r"\B", r"\A", r"\z"}:
            self.place += 2
            return Width(0, 0, two != r"\A")
        found = CLASS_ESCAPE.match(self.text, self.place)
        if found is None:
            raise ValueError(f"unsupported {two!r} at character {self.place}")
        self.place = found.end()
        if two == r"\x":
            code = int(found[0][2:].strip("{}"), 16)
            if code > 0x10FFFF:
                raise ValueError(f"{found[0]!r} is no character")
            self._check_literal(chr(code))
        return Width(1, 1)

    def _check_literal(self, char: str) -> None:
        """Raise ValueError for a literal that would never match: it stays out of the text."""
        if "\ud800" <= char <= "\udfff" or ignorable(char):
            raise ValueError(f"U+{ord(char):04X} never stands in normalised text")
        form = unicodedata.normalize("NFKC", char)
        folded = unicodedata.normalize("NFKC", form.casefold()) if self._fold else form
        if form != char or len(folded) != 1:
            raise ValueError(f"U+{ord(char):04X} stands in normalised text as {folded!r}")
