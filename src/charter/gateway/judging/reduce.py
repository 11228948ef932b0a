r"""A pattern -> a shorter one that is found in exactly the same texts.

Whether a pattern is found anywhere does not hang on what may follow its match or come before it:
`key(.*)` is found where `key` is, `[0-9]+x` where `[0-9]x` is. So repetitions at either end are cut
down to as few as they allow. What is matched changes; that something is found does not.
"""

from __future__ import annotations

from dataclasses import dataclass

from charter.gateway.stream.syntax import CLASS, CLASS_ESCAPE, FLAGS, GROUP, REPEAT

MOST_DEPTH = 50
_ZERO = frozenset({r"\b", r"\B", r"\A", r"\z"})


@dataclass(slots=True)
class _Group:
    """A group: what opens it, and its branches."""

    opened: str
    branches: list[list[_Item]]


@dataclass(slots=True)
class _Item:
    """A piece of a sequence, repeated from `least` to `most` times; None: without end."""

    atom: str | _Group
    least: int = 1
    most: int | None = 1
    fixed: bool = False
    """Has no width, or sets flags: nothing beyond it is cut."""


class _UnknownError(ValueError):
    """Something that this reader does not know; the pattern stays as it is."""


def reduced(pattern: str) -> str:
    """Return a pattern found in the same texts; the same one where nothing can be cut."""
    try:
        reader = _Reader(pattern)
        branches = reader.branches(0)
        if reader.place < len(pattern):
            return pattern
    except _UnknownError:
        return pattern
    for end in (-1, 0):
        if _cut(branches, end):
            return ""  # found in every text
    return _written(branches)


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def branches(self, depth: int) -> list[list[_Item]]:
        if depth > MOST_DEPTH:
            raise _UnknownError
        found: list[list[_Item]] = [[]]
        while self.place < len(self.text) and self.text[self.place] != ")":
            if self.text[self.place] == "|":
                self.place += 1
                found.append([])
            else:
                found[-1].append(self._item(depth))
        return found

    def _item(self, depth: int) -> _Item:
        if flags := FLAGS.match(self.text, self.place):
            self.place = flags.end()
            return _Item(flags[0], fixed=True)
        item = self._atom(depth)
        found = REPEAT.match(self.text, self.place)
        if found is None:
            return item
        if item.fixed:
            raise _UnknownError
        self.place = found.end()
        low, comma, high = found.groups()
        item.least, item.most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(
            found[0], (int(low or 0), int(high) if high else None if comma else int(low or 0))
        )
        if self.text.startswith("?", self.place):
            self.place += 1
        if REPEAT.match(self.text, self.place):
            raise _UnknownError
        return item

    def _atom(self, depth: int) -> _Item:
        char = self.text[self.place]
        if char == "(":
            return self._group(depth)
        if char == "[":
            return self._matched(CLASS.match(self.text, self.place))
        if char == "\\":
            two = self.text[self.place : self.place + 2]
            if two in _ZERO:
                self.place += 2
                return _Item(two, fixed=True)
            return self._matched(CLASS_ESCAPE.match(self.text, self.place))
        if char in "*+?{":
            raise _UnknownError
        self.place += 1
        return _Item(char, fixed=char in "^$")

    def _group(self, depth: int) -> _Item:
        opened = GROUP.match(self.text, self.place)
        if opened is None:
            raise _UnknownError
        self.place = opened.end()
        inner = self.branches(depth + 1)
        if not self.text.startswith(")", self.place):
            raise _UnknownError
        self.place += 1
        # What was captured is of no use here.
        mode = opened[0] if opened[0].startswith("(?") and opened[0].endswith(":") else "(?:"
        return _Item(_Group(mode, inner))

    def _matched(self, found: object) -> _Item:
        if found is None:
            raise _UnknownError
        text: str = found[0]  # type: ignore[index]  # a match
        self.place += len(text)
        return _Item(text)


def _cut(branches: list[list[_Item]], end: int) -> bool:
    """Cut every branch at one end; return whether one of them can then match nothing at all."""
    empty = [_cut_sequence(branch, end) for branch in branches]
    return any(empty)


def _cut_sequence(items: list[_Item], end: int) -> bool:
    while items:
        at = end
        if end == 0:  # flags hold for what follows them: they stay, and are passed over
            at = next((n for n, item in enumerate(items) if not _is_flags(item)), len(items))
            if at == len(items):
                return True
        item = items[at]
        if item.fixed:
            return False
        if item.least == 0:
            del items[at]
            continue
        item.most = item.least
        inner = item.atom
        if isinstance(inner, _Group) and item.least == 1 and _cut(inner.branches, end):
            del items[at]
            continue
        return False
    return True


def _is_flags(item: _Item) -> bool:
    return item.fixed and isinstance(item.atom, str) and item.atom.startswith("(?")


def _written(branches: list[list[_Item]]) -> str:
    return "|".join("".join(map(_item_written, branch)) for branch in branches)


def _item_written(item: _Item) -> str:
    atom = item.atom
    text = atom if isinstance(atom, str) else f"{atom.opened}{_written(atom.branches)})"
    if (item.least, item.most) == (1, 1):
        return text
    if item.most is None:
        return text + {0: "*", 1: "+"}.get(item.least, f"{{{item.least},}}")
    if item.least == item.most:
        return f"{text}{{{item.least}}}"
    return text + ("?" if (item.least, item.most) == (0, 1) else f"{{{item.least},{item.most}}}")
