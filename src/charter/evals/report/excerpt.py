"""A text and the evidence in it -> the pieces that a page shows, long texts cut."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from charter.records.score import CheckRun
from charter.source import Span

LIMIT = 6000
"""Characters of one text in a page: about two screens. The JSON document holds all of it."""
AROUND = 200
"""Characters kept on each side of evidence that lies beyond the limit."""
WINDOWS = 8
"""Pieces of evidence shown beyond the limit."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with one treatment."""

    text: str
    checks: tuple[int, ...] = ()
    """Numbers, from 1, of the checks whose evidence it is."""
    omitted: int = 0
    """Characters left out in this place; `text` is empty then."""


def evidence(checks: Sequence[CheckRun], length: int) -> list[tuple[int, Span]]:
    """Return (check number, characters) of the failed checks, or of all where none failed.

    Spans that do not lie in the text, which only a foreign ledger can hold, are dropped.
    """
    numbered = list(enumerate(checks, start=1))
    failed = [(number, check) for number, check in numbered if not check.passed]
    return [
        (number, Span(check.start, check.end))
        for number, check in failed or numbered
        if check.start is not None and check.end is not None
        if 0 <= check.start < check.end <= length
    ]


def excerpt(
    text: str, marks: Sequence[tuple[int, Span]] = (), *, limit: int = LIMIT
) -> tuple[Piece, ...]:
    """Cut a text into pieces: marked, unmarked, and left out beyond the limit."""
    kept = _kept(len(text), [span for _, span in marks], limit)
    edges = {0, len(text)}
    for span in (*kept, *(span for _, span in marks)):
        edges |= {span.start, span.end}
    pieces: list[Piece] = []
    ordered = sorted(edges)
    for start, end in itertools.pairwise(ordered):
        if not _covers(kept, start, end):
            pieces.append(Piece("", omitted=end - start))
            continue
        numbers = tuple(n for n, span in marks if span.start <= start and end <= span.end)
        pieces.append(Piece(text[start:end], numbers))
    return tuple(_joined(pieces))


def _kept(length: int, spans: Iterable[Span], limit: int) -> list[Span]:
    if length <= limit * 1.1:  # cutting the last few words would save nothing
        return [Span(0, length)]
    beyond = [span for span in spans if span.end > limit][:WINDOWS]
    windows = [
        Span(max(0, span.start - AROUND), min(length, span.start + 3 * AROUND, span.end + AROUND))
        for span in beyond
    ]
    return [Span(0, limit), *windows]


def _covers(kept: Iterable[Span], start: int, end: int) -> bool:
    return any(span.start <= start and end <= span.end for span in kept)


def _joined(pieces: Iterable[Piece]) -> Iterable[Piece]:
    """Join neighbours of one treatment."""
    last: Piece | None = None
    for piece in pieces:
        if last is None:
            last = piece
        elif bool(last.omitted) == bool(piece.omitted) and last.checks == piece.checks:
            last = Piece(last.text + piece.text, last.checks, last.omitted + piece.omitted)
        else:
            yield last
            last = piece
    if last is not None:
        yield last
