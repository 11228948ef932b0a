"""Where things are in a text, and what was found there.

All offsets are characters (Python string indices), half-open, from the start of the text.
Lines and columns count from 1, as editors and SARIF do.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_LINE_FEED = re.compile("\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A range of characters of one text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters of `text` in this range."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Location:
    """A span with the path, lines and columns a person needs to find it."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    span: Span

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the name it is known by; the only place where offsets become lines."""

    path: str
    """Shown to people: a file path, or a name in angle brackets."""
    text: str

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the UTF-8 text: what `sha256sum` prints for the file."""
        return digest_of(self.text)

    def locate(self, span: Span) -> Location:
        """Return the lines and columns of `span`."""
        line, column = self._line_column(span.start)
        end_line, end_column = self._line_column(max(span.start, span.end))
        return Location(self.path, line, column, end_line, end_column, span)

    def line_text(self, line: int) -> str:
        """Return the text of a line (from 1) without its line end; empty past the last."""
        starts = _line_starts(self.text)
        if not 0 < line <= len(starts):
            return ""
        end = self.text.find("\n", starts[line - 1])
        return self.text[starts[line - 1] : end if end >= 0 else None].rstrip("\r")

    def _line_column(self, offset: int) -> tuple[int, int]:
        starts = _line_starts(self.text)
        line = bisect_right(starts, max(offset, 0))
        return line, offset - starts[line - 1] + 1


@lru_cache(maxsize=4)
def _line_starts(text: str) -> list[int]:
    """Return where each line begins; kept for the last few texts, for many findings in one."""
    return [0, *(end.end() for end in _LINE_FEED.finditer(text))]


def digest_of(text: str) -> str:
    """Return `sha256:` and the hex SHA-256 of `text` as UTF-8; lone surrogates are kept apart."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class ClauseId:
    """The address of a clause: `section/clause`, where clause is a marker or a derived id."""

    section: str
    clause: str

    def __str__(self) -> str:
        return f"{self.section}/{self.clause}"

    @classmethod
    def parse(cls, text: str) -> ClauseId:
        """Read `section/clause`. Raises ValueError when there is not exactly one slash."""
        section, slash, clause = text.partition("/")
        if not (section and slash and clause) or "/" in clause:
            raise ValueError(f"not a clause id: {text!r}")
        return cls(section, clause)


@dataclass(frozen=True, slots=True)
class Citation:
    """What a verdict rests on: a spec by digest, a section or clause in it, and its words then."""

    spec_digest: str
    id: str
    """A section id or `section/clause`."""
    text: str


class Severity(StrEnum):
    """How much a finding matters; `error` means the spec is wrong, not merely unusual."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a spec: which rule, where, what, and what to do about it."""

    rule: str
    severity: Severity
    message: str
    location: Location
    hint: str | None = None
    section: str | None = None
    """Id of the section it lies in, if any."""
