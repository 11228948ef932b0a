"""Markers and formulas in a text: kept out of sight while its Markdown is read, drawn after."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup

from charter.publish.maths import FORMULA, mathml
from charter.spec.split import MARKER
from charter.syntax.visible import reveal_html

STANDS_FOR = "\N{TWO DOTS OVER ONE DOT PUNCTUATION}"
"""Stands for each character of an island: punctuation, as its first and last character are."""


class Islands(NamedTuple):
    """What was found in a text, in order, and the text without it."""

    masked: str
    """As long as the text."""
    starts: list[int]
    ends: list[int]
    shown: list[Markup]
    """What is written in place of each."""

    def written(self, text: str, start: int, end: int) -> Iterator[Markup]:
        """Yield a range of the text as HTML, with what stands for its islands."""
        at = bisect_right(self.starts, start - 1)
        place = start
        if at and self.ends[at - 1] > start:  # a range may begin in the middle of one
            place = self.ends[at - 1]
        while at < len(self.starts) and self.starts[at] < end:
            yield _shown(text[place : self.starts[at]])
            yield self.shown[at]
            place = self.ends[at]
            at += 1
        if place < end:
            yield _shown(text[place:end])


def _shown(text: str) -> Markup:
    """Return words as HTML; three hyphens are a dash, as in the public Model Spec."""
    return reveal_html(text.replace("---", "\N{EM DASH}") if "---" in text else text)


def islands(text: str) -> Islands:
    """Find formulas that can be drawn, and authors' markers, which readers need not see."""
    found = []
    if "\\" in text:
        for each in FORMULA.finditer(text):
            block = each["display"] is not None
            made = mathml(each["display"] if block else each["inline"], block=block)
            if made is not None:
                found.append((each.start(), each.end(), made))
    if "[^" in text:
        found += [(each.start(), each.end(), Markup("")) for each in MARKER.finditer(text)]
        found.sort(key=lambda one: one[:2])
    parts: list[str] = []
    result = Islands("", [], [], [])
    place = 0
    for start, end, made in found:
        if start < place:  # inside another
            continue
        parts += [text[place:start], STANDS_FOR * (end - start)]
        result.starts.append(start)
        result.ends.append(end)
        result.shown.append(made)
        place = end
    return result._replace(masked="".join([*parts, text[place:]]))
