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
from charter.spec.strength import MAY, SHOULD, WEAK_IMPERATIVES, hints_of, lowered, strength_of

MARKER = re.compile(r"\[\^([^\[\]\s]{1,64})\]")
"""Any footnote-like key; the dialect's own have exactly four characters of a-z and 0-9.

No key holds a bracket: a text of nothing but `[^` is read once, and not again from each of them.
"""
MARKER_NAME = re.compile(r"[a-z0-9]{4}")

_CLOSING = r"[\"'\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK})\]*_]{0,4}"
_OPENING = r"[\"'\N{LEFT DOUBLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}(\[*_`]{0,4}"
_MARKED = r"\[\^[^\[\]\s]{1,64}\]"
_END = re.compile(rf"([.!?]{_CLOSING}(?:{_MARKED})*+{_CLOSING}(?=\s))|{_MARKED}")
"""The end of a sentence; or a marker, since no sentence ends within one."""
_ABBREVIATIONS = frozenset({"e.g", "i.e", "cf", "vs", "approx", "dr", "mr", "mrs", "ms", "prof"})
_NUMBERED = frozenset({"no", "fig", "sec", "vol", "art", "par"})
"""Abbreviations when a number follows, else words."""
_NEXT = re.compile(rf"\s+()(?:\[\?\]|{_OPENING}([^\W_a-z]))")
_WORD = re.compile(r"\w")
_EXPLAINING = ("for example", "for instance", "e.g.", "this ", "these ", "such ", "that ", "note ")
_STRAIGHT = str.maketrans(
    {
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    }
)
_PUNCTUATION = " ,;:\n\t\r"
_MARKERS_AT_ONE_PLACE = 16
_SHORTEST_CLAUSE = 5


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
        if end[1] is None:
            continue
        following = _NEXT.match(text, end.end(), min(span.end, end.end() + 200))
        if following is None:
            continue
        if text[end.start()] == "." and _abbreviates(
            text[max(start, end.start() - 10) : end.start()], following[2]
        ):
            continue
        yield Span(start, end.end())
        start = following.start(1)
    if start < span.end:
        yield Span(start, span.end)


def _abbreviates(before: str, following: str | None) -> bool:
    """Whether the dot after `before` belongs to its last word and ends no sentence."""
    word = before.rpartition(" ")[2].lstrip("([\"'*_").lower()
    if word in _ABBREVIATIONS or (word[-1:].isalpha() and word[-2:-1] in ("", ".")):
        return True  # an initial, or the end of U.S.
    return word in _NUMBERED and following is not None and following.isdigit()


def split(text: str, span: Span, inherited: Strength | None = None) -> Iterator[Piece]:
    """Yield the clauses of one paragraph or list item.

    `inherited` is the strength of the lead that a list item stands under. It passes to the
    item's first sentence, and to later ones unless they only explain.
    """
    whole = span.of(text)
    hints = hints_of(lowered(whole))
    if inherited is not None:  # an item that is an imperative is as strong as its lead
        hints = [hint for hint in hints if hint not in WEAK_IMPERATIVES]
    marked = "[^" in whole
    if not hints and not marked and inherited is None:
        return
    for sentence in sentences(text, span):
        raw = text[sentence.start : sentence.end]
        lead = inherited
        if lead is not None and sentence.start > span.start and raw.lower().startswith(_EXPLAINING):
            lead = None
        if marked and "[^" in raw:
            yield from _split_at_markers(text, sentence, lead, hints)
            continue
        strength = strength_of(raw, hints)
        if lead is not None:
            strength = stronger(strength, lead) if _WORD.search(raw) else None
        if strength is not None:
            yield Piece(collapse(raw), sentence, strength, None)


def lead_strength(text: str) -> Strength | None:
    """Return what a list after `text` inherits: the strength of its last sentence before `:`."""
    if not text.endswith(":"):
        return None
    *_, last = sentences(text, Span(0, len(text)))
    return strength_of(last.of(text))


def stronger(own: Strength | None, lead: Strength | None) -> Strength | None:
    """Combine a list item's own strength with its lead's: a bare `may` does not weaken a duty."""
    if own is None or (own is MAY and lead is not None):
        return lead
    return own


def _split_at_markers(
    text: str, sentence: Span, lead: Strength | None, hints: list[str]
) -> Iterator[Piece]:
    """Cut a sentence after each marker: a marker ends the clause it labels.

    Markers with no word between them label the same clause; a part without a strength of its
    own has that of the sentence.
    """
    first = MARKER.search(text, sentence.start, sentence.end)
    if first and sentence.end - first.end() < _SHORTEST_CLAUSE:  # one, right at the end
        words = collapse(sentence.of(text))
        if _WORD.search(words):
            whole = strength_of(sentence.of(text), hints) or lead or SHOULD
            yield Piece(words, sentence, whole, first[1])
        return
    parts = list(_labelled_parts(text, sentence, hints))
    own = [strength_of(text[start:end], hints) for start, end, _ in parts]
    shared = lead
    if len(parts) > 1 and None in own:
        shared = stronger(strength_of(collapse(sentence.of(text)), hints), lead)
    for (start, end, names), strength in zip(parts, own, strict=True):
        begin = start
        if text[start] in _PUNCTUATION:
            begin = end - len(text[start:end].lstrip(_PUNCTUATION))
        words, span = collapse(text[begin:end]), Span(begin, end)
        for name in names or (None,):
            yield Piece(words, span, strength or shared or SHOULD, name)


def _labelled_parts(
    text: str, sentence: Span, hints: list[str]
) -> Iterator[tuple[int, int, list[str]]]:
    """Yield start, end and markers of the parts; the last may have none, if it instructs."""
    start = last = sentence.start
    names: list[str] = []
    worded = False
    for marker in MARKER.finditer(text, sentence.start, sentence.end):
        if _WORD.search(text, last, marker.start()):
            if names and worded:
                yield start, last, names
                start, names = last, []
            worded = True
        if len(names) < _MARKERS_AT_ONE_PLACE:
            names.append(marker[1])
        last = marker.end()
    rest = text[last : sentence.end]
    if worded and (len(rest) < _SHORTEST_CLAUSE or strength_of(rest, hints) is None):
        yield start, sentence.end, names  # what is left belongs to the last marker
    elif worded:
        yield start, last, names
        yield last, sentence.end, []
    elif _WORD.search(rest):
        yield start, sentence.end, names


def collapse(raw: str) -> str:
    """Return the clause's text: markers out, white space to single blanks."""
    if "[^" in raw:
        raw = MARKER.sub("", raw.replace(" [^", "[^"))
    if raw.isprintable() and "  " not in raw:  # no other white space than single blanks
        return raw.strip(" ")
    return " ".join(raw.split())


def derived_id(text: str) -> str:
    """Return ten characters that name a clause by its words alone.

    Case, white space and typographic quotes do not count, so that a reformatted clause keeps
    its id; any other change of words gives a new one, and `diff` aligns the two.
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = plain.translate(_STRAIGHT)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:10]
