"""Offsets -> lines and columns for many findings of one text, in logarithmic time each."""

from __future__ import annotations

import re
from bisect import bisect_right

from charter.source import Location, Source, Span

_LINE_END = re.compile("\n")


class Places:
    """The lines of one source; agrees with `Source.locate`, which reads the text anew each time."""

    __slots__ = ("_source", "_starts")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(source.text))]

    def locate(self, span: Span) -> Location:
        """Return the lines and columns of a range, white space at its end left out."""
        text = self._source.text
        start = min(max(span.start, 0), len(text))
        end = min(max(span.end, start), len(text))
        while end > start and text[end - 1].isspace():
            end -= 1
        line, column = self._line_column(start)
        end_line, end_column = self._line_column(end)
        return Location(self._source.path, line, column, end_line, end_column, Span(start, end))

    def line(self, number: int) -> Span:
        """Return the range of a line (from 1) without its line end; empty past the last."""
        text = self._source.text
        if not 0 < number <= len(self._starts):
            return Span(len(text), len(text))
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(text)
        while end > start and text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def text(self, start: int, end: int) -> str:
        """Return some characters of the text, so that no one copies a line of megabytes."""
        return self._source.text[start:end]

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
