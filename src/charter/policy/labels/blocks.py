"""Delimited blocks of a text: code fences, elements, JSON, triple quotation marks.

Whichever begins first wins, and what is inside of it is not looked at: data cannot pair a mark of
its own with one outside. Linear in the text, whatever it holds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

from charter.policy.conversation import Doubt, Kind
from charter.policy.labels.excise import NOTHING, Doubted, Found, Region
from charter.policy.labels.fences import Fence, fence_at
from charter.policy.labels.json_block import JsonFinder
from charter.policy.labels.tags import BETWEEN, UNBALANCED, Tag, tags

MAX_MARKS = 20_000
"""Delimiters of one kind looked at in one message. What follows them counts as untrusted."""

ODD_FENCES = Doubt("odd_fences", 50)
UNBALANCED_JSON = Doubt("unbalanced_json", 50)

_NEEDLES = ("```", "~~~", '"""', "'''", "{", "[")
_REST = re.compile(r"([^{}\[\]]{0,2000}+)[}\]]")
_CDATA = "<![CDATA["


def blocks(text: str, names: frozenset[str]) -> Found:
    """Return the blocks of a text; `names` are the words that mark a fence as untrusted."""
    needles = [needle for needle in _NEEDLES if needle in text]
    if not needles and "<" not in text:
        return NOTHING
    return _Scanner(text, names).scan(needles)


class _Scanner:
    """One pass over a text, from block to block."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text = text
        self.names = names
        self.regions: list[Region] = []
        self.doubted: list[Doubted] = []
        self.problems: dict[str, str] = {}
        self.json = JsonFinder(text)
        self.fenced: dict[str, Fence] = {}
        """The last closed fence by its mark."""
        self.held: dict[str, Fence] = {}
        """The last closed untrusted fence by its mark: its data can write every mark after it."""
        self.tripled: dict[str, int] = {}
        """The end of the last closed triple quotation by its mark."""
        self.elements = _Elements(text) if "<" in text else None
        if self.elements is not None and self.elements.doubted:
            self.problems["unbalanced-tag"] = "a comment closes twice"
            self.doubted += self.elements.doubted

    def scan(self, needles: list[str]) -> Found:
        text = self.text
        takers: dict[str, Callable[[int], int]] = {
            "```": self._fence,
            "~~~": self._fence,
            '"""': self._triple,
            "'''": self._triple,
            "{": self._json,
            "[": self._json,
            "<": self._tag,
        }
        heads = {needle: text.find(needle) for needle in needles}
        if self.elements is not None and self.elements.tags:
            heads["<"] = self.elements.tags[0].start
        marks = 0
        while heads:
            needle = min(heads, key=heads.__getitem__)
            start = heads[needle]
            marks += 1
            if marks > MAX_MARKS:
                self._give_up(start)
                break
            position = takers[needle](start)
            for other, at in list(heads.items()):
                if at < position:
                    following = self._next(other, position)
                    if following < 0:
                        del heads[other]
                    else:
                        heads[other] = following
        return Found(self.regions, self.doubted, list(self.problems.items()))

    def _next(self, needle: str, position: int) -> int:
        if needle == "<" and self.elements is not None:
            return self.elements.next(position)
        return self.text.find(needle, position)

    def _give_up(self, start: int) -> None:
        self.problems["too-many-marks"] = f"more than {MAX_MARKS:,} delimiters: the rest is data"
        self.regions.append(Region(start, len(self.text), Kind.UNTRUSTED))

    def _fence(self, start: int) -> int:
        text, mark = self.text, self.text[start]
        fence = fence_at(text, start, self.names)
        if fence is None:
            while text.startswith(mark, start):
                start += 1
            return start
        before, held = self.fenced.get(mark), self.held.get(mark)
        if fence.closed:
            if held is not None and fence.kind is not Kind.DIRECTIVE:
                self.doubted.append(Doubted(held.end, fence.start, BETWEEN))
            self.fenced[mark] = fence
            if fence.kind is Kind.UNTRUSTED:
                self.held[mark] = fence
        elif held is not None and fence.bare:
            # Its data tried to end it early: this line is its end.
            self.problems["stray-untrusted"] = "a fence closes nothing"
            self._replace(held.start, fence.line_end, Kind.UNTRUSTED)
            self.fenced[mark] = self.held[mark] = held._replace(end=fence.line_end)
            return fence.line_end
        else:
            self.problems["unclosed-fence"] = "a code fence is never closed"
            if before is not None and before.end < fence.start:
                self.doubted.append(Doubted(before.end, fence.start, ODD_FENCES))
        block = fence.kind is not Kind.DIRECTIVE  # which must not end the quotation it stands in
        self.regions.append(Region(fence.start, fence.end, fence.kind, None, block))
        return fence.end

    def _triple(self, start: int) -> int:
        mark = self.text[start : start + 3]
        close = self.text.find(mark, start + 3)
        if close < 0:
            self.problems["unbalanced-quote"] = f"{mark} is never closed"
            if mark in self.tripled:
                self.doubted.append(Doubted(self.tripled[mark], start, ODD_FENCES))
            close = start  # it is spoken of, and quotes nothing but itself
        self.regions.append(Region(start, close + 3, Kind.QUOTE))
        self.tripled[mark] = close + 3
        return close + 3

    def _json(self, start: int) -> int:
        found = self.json.end(start)
        if found is None:
            return start + 1
        end, closed = found
        if not closed:
            self.problems["unclosed-json"] = "an object is never closed: it ends with its paragraph"
        elif text_end := self._stray(start, end):
            self.problems["stray-json"] = "a bracket closes nothing"
            self.doubted.append(Doubted(end, text_end, UNBALANCED_JSON))
        self.regions.append(Region(start, end, Kind.JSON))
        return end

    def _stray(self, start: int, end: int) -> int:
        """Return the end of a bracket too many after JSON, where a mark before it is odd too.

        Data that ends a text and its object early leaves the rest of both behind it.
        """
        text = self.text
        if text[start - 1 : start] in ("{", "["):
            return 0
        found = _REST.match(text, end)
        return found.end() if found and found[1].count('"') % 2 else 0

    def _tag(self, start: int) -> int:
        elements = self.elements
        if elements is None:
            return start + 1
        end, doubt = elements.take(start)
        if doubt is not None:
            self.problems["unbalanced-tag"] = "a tag opens or closes nothing"
            self.doubted.append(Doubted(*doubt, UNBALANCED))
        if end < 0:
            return -end
        self.regions.append(Region(start, end, Kind.XML))
        return end

    def _replace(self, start: int, end: int, kind: Kind) -> None:
        while self.regions and self.regions[-1].start >= start:
            self.regions.pop()
        self.regions.append(Region(start, end, kind, None, block=True))


class _Elements:
    """The tags of a text, and which of them belong together."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.doubted: list[Doubted] = []
        """What follows comments, up to where they seem to close again."""
        used = [tag for tag in tags(text) if not tag.mentioned]
        self.tags = sorted([*used, *self._comments()]) if "<!" in text else used
        self.starts = [tag.start for tag in self.tags]
        self.ends: dict[int, int] = {}
        """Where an element ends, by where it starts."""
        self.last: dict[str, int] = {}
        """The last closing tag of a name."""
        self.seen: dict[str, int] = {}
        """Where the last element of a name ended."""
        opened: dict[str, list[int]] = {}
        for tag in self.tags:
            if tag.closes:
                self.last[tag.name] = tag.end
                if opened.get(tag.name):
                    self.ends[opened[tag.name].pop()] = tag.end
            elif not tag.empty:
                opened.setdefault(tag.name, []).append(tag.start)

    def _comments(self) -> Iterator[Tag]:
        """Yield comments and CDATA sections, as nameless tags that are whole."""
        text = self.text
        for opening, closing in (("<!--", "-->"), (_CDATA, "]]>")):
            start = text.find(opening)
            while start >= 0:
                end = text.find(closing, start + len(opening))
                if end < 0:
                    break
                end += len(closing)
                yield Tag(
                    start, end, "", closes=False, empty=True, attributes=True, mentioned=False
                )
                start = text.find(opening, end)
                again = text.find(closing, end, start if start >= 0 else None)
                if again >= 0:
                    self.doubted.append(Doubted(end, again + len(closing), UNBALANCED))

    def next(self, position: int) -> int:
        """Return where the next tag starts, or -1."""
        at = bisect_left(self.starts, position)
        return self.starts[at] if at < len(self.starts) else -1

    def take(self, start: int) -> tuple[int, tuple[int, int] | None]:
        """Return the end of what begins with a tag, negative where it is no element of its own.

        Beside it, the range that is doubtful because a tag has no partner.
        """
        tag = self.tags[bisect_left(self.starts, start)]
        end = self.ends.get(start)
        if tag.name == "" or end is not None:
            self.seen[tag.name] = end or tag.end
            return end or tag.end, None
        doubt = None
        if tag.closes:
            before = self.seen.get(tag.name)
            doubt = (before, tag.end) if before is not None else None
            self.seen.pop(tag.name, None)
        elif not tag.empty and self.last.get(tag.name, 0) > start:
            doubt = (tag.end, self.last[tag.name])
        return (tag.end if tag.attributes else -tag.end), doubt
