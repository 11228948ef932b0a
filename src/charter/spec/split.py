"""Prose -> clauses: sentences that instruct, cut where the author put markers.

A clause is a sentence with a modal word (must, should, may and their kin), an imperative
(`Do not …`), a sentence with an author's marker, or a list item under an instructing lead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from charter.source import Span
from charter.spec.spec import Strength
from charter.spec.strength import silent, strength_of

MARKER = re.compile(r"\[\^([^\]\s]{1,64})\]")
"""Any footnote-like key; the dialect's own have exactly four characters of a-z and 0-9."""
MARKER_NAME = re.compile(r"[a-z0-9]{4}")

_SPACED_MARKER = re.compile(r" ?\[\^[^\]\s]{1,64}\](?=[,.;:!?)])|\[\^[^\]\s]{1,64}\]")
_END = re.compile(r"[.!?][\"'”’)\]*_]{0,4}(?:\[\^[^\]\s]{1,64}\])*[\"'”’)\]*_]{0,4}(?=\s)")
_NO_END = re.compile(r"(?:\b(?:e\.g|i\.e|cf|vs|approx|dr|mr|mrs|ms|st|prof)|\b[a-z])\.$", re.I)  # noqa: FURB167 - the long name does not fit
_NUMBERED = re.compile(r"\b(?:no|fig|sec|vol|art|par)\.$", re.I)  # noqa: FURB167 - the same
_NEXT = re.compile(r"\s+(?:\[\?\]|[\"'“‘(\[*_`]{0,4}([^\W_a-z]))")
_WORD = re.compile(r"\w")
_EXPLAINING = ("for example", "for instance", "e.g.", "this ", "these ", "such ", "that ", "note ")
_PUNCTUATION = " ,;:\n\t\r"
_MARKERS_AT_ONE_PLACE = 16


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause before it has an id."""

    text: str
    span: Span
    strength: Strength
    marker: str | None


def sentences(text: str, span: Span) -> Iterator[Span]:
    """Yield the sentences of `text[span]`, white space between them left out."""
    start = span.start
    for end in _END.finditer(text, span.start, span.end):
        following = _NEXT.match(text, end.end(), min(span.end, end.end() + 200))
        if following is None:
            continue
        before, dot = max(start, end.start() - 8), end.start() + 1
        if _NO_END.search(text, before, dot):
            continue
        if (following[1] or "").isdigit() and _NUMBERED.search(text, before, dot):
            continue
        yield Span(start, end.end())
        start = end.end()
        while start < span.end and text[start].isspace():
            start += 1
    if start < span.end:
        yield Span(start, span.end)


def split(text: str, span: Span, inherited: Strength | None = None) -> Iterator[Piece]:
    """Yield the clauses of one paragraph or list item.

    `inherited` is the strength of the lead that a list item stands under. It passes to the
    item's first sentence, and to later ones unless they only explain.
    """
    whole = span.of(text)
    if inherited is None and "[^" not in whole and silent(whole.lower().replace("’", "'")):
        return
    for sentence in sentences(text, span):
        raw = sentence.of(text)
        if sentence.start > span.start and raw.lower().startswith(_EXPLAINING):
            lead = None
        else:
            lead = inherited
        if "[^" in raw:
            yield from _split_at_markers(text, sentence, lead)
            continue
        strength = stronger(strength_of(raw), lead)
        if strength is not None and _WORD.search(raw):
            yield Piece(collapse(raw), sentence, strength, None)


def lead_strength(text: str) -> Strength | None:
    """Return what a list after `text` inherits: the strength of its last sentence before `:`."""
    if not text.endswith(":"):
        return None
    *_, last = sentences(text, Span(0, len(text)))
    return strength_of(last.of(text))


def stronger(own: Strength | None, lead: Strength | None) -> Strength | None:
    """Combine a list item's own strength with its lead's: a bare `may` does not weaken a duty."""
    if own is None or (own is Strength.MAY and lead is not None):
        return lead
    return own


def _split_at_markers(text: str, sentence: Span, lead: Strength | None) -> Iterator[Piece]:
    """Cut a sentence after each marker: a marker ends the clause it labels.

    Markers with no word between them label the same clause.
    """
    whole = stronger(strength_of(collapse(sentence.of(text))), lead) or Strength.SHOULD
    start, label_end = sentence.start, sentence.start
    names: list[str] = []
    for marker in MARKER.finditer(text, sentence.start, sentence.end):
        if names and _WORD.search(text, label_end, marker.start()):
            if _WORD.search(MARKER.sub("", text[start:label_end])):
                yield from _labelled(text, Span(start, label_end), whole, names)
                start, names = label_end, []
        if len(names) < _MARKERS_AT_ONE_PLACE:
            names.append(marker[1])
        label_end = marker.end()
    rest = text[label_end : sentence.end]
    strength = strength_of(rest)
    if strength is None or not _WORD.search(MARKER.sub("", text[start:label_end])):
        label_end = sentence.end  # what is left belongs to the last clause
    if _WORD.search(MARKER.sub("", text[start:label_end])):
        yield from _labelled(text, Span(start, label_end), whole, names)
    if strength is not None and label_end < sentence.end:
        begin = label_end + len(rest) - len(rest.lstrip(_PUNCTUATION))
        yield Piece(collapse(text[begin : sentence.end]), Span(begin, sentence.end), strength, None)


def _labelled(text: str, span: Span, whole: Strength, names: list[str]) -> Iterator[Piece]:
    raw = span.of(text)
    start = span.end - len(raw.lstrip(_PUNCTUATION))
    strength = strength_of(raw) or whole
    words = collapse(text[start : span.end])
    for name in names:
        yield Piece(words, Span(start, span.end), strength, name)


def collapse(raw: str) -> str:
    """Return the clause's text: markers out, white space to single blanks."""
    if "[^" in raw:
        raw = _SPACED_MARKER.sub("", raw)
    return " ".join(raw.split())


def derived_id(text: str) -> str:
    """Return ten characters that name a clause by its words alone.

    Case, white space and typographic quotes do not count, so that a reformatted clause keeps
    its id; any other change of words gives a new one, and `diff` aligns the two.
    """
    plain = text.casefold().replace("’", "'").replace("“", '"').replace("”", '"')
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:10]
