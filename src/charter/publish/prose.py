"""Markdown of a spec -> HTML that is safe to show, with an anchor around each clause.

The words of a spec are hostile: everything is escaped, raw HTML is shown as text, and links go to
http, https, mailto and sections of the same spec only. Source of the grammar: CommonMark 0.31,
with tables and strikethrough; `[?](#id)` and `[^abcd]` as in the public Model Spec.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pyromark
from markupsafe import Markup

from charter.publish import address
from charter.publish.code import highlighted
from charter.publish.elements import Tags, Words, tags
from charter.publish.islands import STANDS_FOR, Islands, islands
from charter.publish.remarks import Remark
from charter.source import Span
from charter.syntax.visible import reveal, reveal_html

__all__ = ["Anchor", "Words", "plain_words", "rendered", "rendered_clauses", "rendered_inline"]

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
_REFERENCE = re.compile(r"\[\?\]\(#(?P<id>[^)\s]{1,200})\)")
_TAG = re.compile(r"<[^<>]*>")
_OPEN = Markup('<span class="clause {}" id="{}" tabindex="-1">')
"""It can be tapped and clicked on, but is no stop of the Tab key: its links are."""
_COUNT = Markup('<span class="count" role="img" aria-label="{}">{}</span>')
_PIN = Markup('<a class="pin" href="#{}" aria-label="Link to this rule">#</a>')
_SAY = Markup(
    '<a class="say" href="{}" rel="nofollow noopener" aria-label="Comment on this rule: {}"></a>'
)
_END = Markup('{}<span class="tie">{}{}</span></span>')
MAX_DEPTH = 40
"""Elements inside each other; what is nested deeper is shown as plain text."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A range of the text that gets an id of its own, such as a clause."""

    span: Span
    id: str
    kind: str
    """Its class in HTML, such as `must`."""
    remark: Remark | None = None
    """Where it is commented on, and how often it was."""


def rendered(text: str, words: Words, anchors: Sequence[Anchor] = ()) -> Markup:
    """Return Markdown as HTML. Spans of `anchors` count from the start of `text`.

    Each anchor's id is in the result exactly once, whatever became of its range.
    """
    return rendered_clauses(text, words, anchors)[0]


def rendered_clauses(
    text: str, words: Words, anchors: Sequence[Anchor]
) -> tuple[Markup, frozenset[str]]:
    """Return HTML as `rendered` does, and the ids of anchors that have words of their own in it.

    Others are mere points, with nothing to point at: such as those inside of a block of code.
    """
    ordered = sorted(anchors, key=lambda one: (one.span.start, one.span.end))
    writer = _Writer(text, words, ordered, islands(text))
    return Markup("").join(writer.pieces()), frozenset(writer.wrapped)


def rendered_inline(text: str, words: Words) -> Markup:
    """Return one line of Markdown as HTML without a paragraph around it."""
    begin, end = '<p dir="auto">', "</p>"
    made = rendered(" ".join(text.split()), words).strip()
    if made.startswith(begin) and made.endswith(end) and made.count("<p") == 1:
        return made[len(begin) : -len(end)]
    return reveal_html(text)


def plain_words(text: str, words: Words) -> str:
    """Return what a line of Markdown says, without marks: for an attribute."""
    return reveal(" ".join(unescape(_TAG.sub("", rendered_inline(text, words))).split()))


@dataclass(slots=True)
class _Writer:
    text: str
    words: Words
    anchors: Sequence[Anchor]
    islands: Islands
    open: list[Tags] = field(default_factory=list)
    """What is open, innermost last."""
    inline: int = 0
    """How many of those are inside a line."""
    next: int = 0
    """The anchor that begins next."""
    inside: Anchor | None = None
    wrapped: list[str] = field(default_factory=list)
    """Ids of anchors that have words of their own."""
    header: bool = False
    code: list[str] | None = None
    """Lines of a block of code, while one is read."""
    language: str = ""

    def pieces(self) -> Iterator[Markup]:
        """Yield the HTML, piece by piece."""
        for event, start, end in _events(self.islands.masked):
            if type(event) is str:
                yield from self.mark(event, start)
                continue
            ((kind, detail),) = event.items()
            if kind == "Start":
                yield from self.begin(detail, start)
            elif kind == "End":
                yield from self.end(end)
            elif self.code is not None:
                self.code.append(self.original(start, end, str(detail)))
            elif kind == "Code":
                yield from self.boundaries(start)
                inner = self.original(start, end, str(detail))
                yield Markup("<code>{}</code>").format(reveal_html(inner))
            elif type(detail) is str:
                yield from self.said(start, end, detail)
        yield from self.passed(len(self.text) + 1)

    def original(self, start: int, end: int, read: str) -> str:
        """Return the text of code: as read, unless something in it was out of sight."""
        if STANDS_FOR not in read:
            return read
        whole = self.text[start:end]
        return whole.strip("`").strip() if self.code is None else whole

    # Elements

    def begin(self, detail: Any, start: int) -> Iterator[Markup]:
        """Open an element."""
        kind, more = (detail, None) if type(detail) is str else next(iter(detail.items()))
        if kind == "CodeBlock":
            self.code, self.language = [], _language(more)
        if kind in ("TableHead", "TableRow"):
            self.header = kind == "TableHead"
        made = tags(kind, more, self.words, header=self.header)
        if made.inline:
            yield from self.boundaries(start)
        elif self.inside is not None:  # a clause does not go on in a block inside of its own
            yield self.close()
        if len(self.open) >= MAX_DEPTH:
            made = Tags("", "", made.inline)
        self.open.append(made)
        self.inline += made.inline
        yield Markup(made.begin)  # noqa: S704 - tags of our own, with escaped values

    def end(self, end: int) -> Iterator[Markup]:
        """Close the innermost element."""
        closing = self.open.pop()
        if self.code is not None:
            yield highlighted("".join(self.code), self.language)
            self.code = None
        if closing.inline:
            self.inline -= 1
        else:  # nor in the next block
            if self.inside is not None:
                yield self.close()
            if closing.begin:
                yield from self.passed(end)
        yield Markup(closing.end)  # noqa: S704 - one of our own tags

    def mark(self, event: str, start: int) -> Iterator[Markup]:
        """Write what holds nothing."""
        yield from self.boundaries(start)
        if event == "HardBreak":
            yield Markup("<br>\n")
        elif event == "Rule":
            yield Markup("<hr>\n")
        else:
            yield Markup("\n")

    # Words, and the anchors among them

    def said(self, start: int, end: int, read: str) -> Iterator[Markup]:
        """Write words, cut where anchors begin and end."""
        if read == "?":
            found = _REFERENCE.match(self.text, max(0, start - 1))
            title = None if found is None else self.words.title(found["id"])
            if title is not None:
                yield from self.boundaries(start)
                yield reveal_html(title)
                return
        if end - start != len(read):  # an entity or an escape: it cannot be cut
            yield from self.boundaries(start)
            yield reveal_html(read)
            return
        place = start
        for cut in self.cuts(start, end) if self.near(end) else ():
            yield from self.islands.written(self.text, place, cut)
            yield from self.boundaries(cut)
            place = cut
        yield from self.islands.written(self.text, place, end)

    def near(self, place: int) -> bool:
        """Whether an anchor begins or ends up to a place."""
        if self.inside is not None and self.inside.span.end <= place:
            return True
        return self.next < len(self.anchors) and self.anchors[self.next].span.start <= place

    def cuts(self, start: int, end: int) -> list[int]:
        """Return where anchors begin or end in a range."""
        found = {start}
        if self.inside is not None:
            found.add(self.inside.span.end)
        for at in range(self.next, len(self.anchors)):
            span = self.anchors[at].span
            if span.start > end:
                break
            found |= {span.start, span.end}
        return sorted(place for place in found if start <= place < end)

    def boundaries(self, place: int) -> Iterator[Markup]:
        """Write the beginnings and ends of anchors up to a place."""
        while True:
            if self.inside is not None and self.inside.span.end <= place and not self.inline:
                yield self.close()
            if self.next >= len(self.anchors) or self.anchors[self.next].span.start > place:
                return
            anchor = self.anchors[self.next]
            if self.inside is not None and anchor.span.start >= self.inside.span.end:
                return  # it waits for the emphasis to end in which the other one does
            self.next += 1
            if self.inside or self.inline or not self.open or anchor.span.end <= place:
                yield _point(anchor)
            else:
                id_ = address.anchor(anchor.id)
                yield _OPEN.format(anchor.kind, id_)
                self.inside = anchor
                self.wrapped.append(anchor.id)

    def passed(self, place: int) -> Iterator[Markup]:
        """Write a mere point for each anchor before a place that found no words of its own."""
        while self.next < len(self.anchors) and self.anchors[self.next].span.start < place:
            yield _point(self.anchors[self.next])
            self.next += 1

    def close(self) -> Markup:
        """End the anchor that is open: how often it was commented on, and its links."""
        anchor, self.inside = self.inside, None
        if anchor is None:
            return Markup("")
        pin = _PIN.format(address.fragment_of(anchor.id))
        count = say = Markup("")
        if (remark := anchor.remark) is not None:
            if remark.tally.total:
                count = _COUNT.format(remark.tally.said, remark.tally.total)
            if remark.address:
                say = _SAY.format(remark.address, remark.label)
        return _END.format(count, pin, say)


def _point(anchor: Anchor) -> Markup:
    return Markup('<span class="point" id="{}"></span>').format(address.anchor(anchor.id))


def _language(kind: Any) -> str:
    """Return the language that a fence names."""
    said = kind.get("Fenced", "") if type(kind) is dict else ""
    return str(said).partition(" ")[0]


def _events(text: str) -> Iterator[tuple[Any, int, int]]:
    """Yield what the parser found, and where; words that stand one after another are one event.

    Each sign that might have begun something is an event of its own, and a line may have a million.
    """
    places = _places(text)
    begin, last = -1, -1
    parts: list[str] = []
    events: Iterator[tuple[Any, Any]] = pyromark.events_with_range(text, options=_OPTIONS)
    for event, where in events:
        start, end = places(where["start"]), places(where["end"])
        read = None if type(event) is str else event.get("Text")
        plain = read is not None and read != "?" and len(read) == end - start
        if parts and not (plain and start == last):
            yield {"Text": "".join(parts)}, begin, last
            parts = []
        if read is None or not plain:
            yield event, start, end
            continue
        if not parts:
            begin = start
        parts.append(read)
        last = end
    if parts:
        yield {"Text": "".join(parts)}, begin, last


def _places(text: str) -> Callable[[int], int]:
    """Return what makes characters of the parser's bytes of UTF-8."""
    if text.isascii():
        return lambda place: place
    starts: list[int] = []
    place = 0
    for character in text:
        starts.append(place)
        code = ord(character)
        place += 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
    starts.append(place)
    return lambda at: bisect_right(starts, at) - 1
