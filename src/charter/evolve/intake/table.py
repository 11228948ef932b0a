"""A table as text -> its rows by the names of its columns, so that no order of columns counts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from charter.evolve.intake.bounded import read_bounded
from charter.evolve.intake.place import refuse

MOST_ROWS = 5_000_000
MOST_COLUMNS = 20_000
DELIMITERS = (",", ";", "\t")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    line: int
    """Where it ends, from 1."""
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns. Only the text is kept: rows, millions maybe, are read in turn."""

    path: str
    columns: tuple[str, ...]
    text: str
    delimiter: str

    def rows(self) -> Iterator[Row]:
        """Yield the rows. Raises ConfigError, with file and line, for what is none."""
        lines = _lines(self.text, self.path, self.delimiter)
        next(lines)
        for number, (line, cells) in enumerate(lines):
            if len(cells) != len(self.columns):
                what = f"{len(cells)} cells in a row, under {len(self.columns)} columns"
                refuse(self.path, line, what, "check the delimiter and the quotation marks")
            if number == MOST_ROWS:
                refuse(self.path, line, f"more than {MOST_ROWS:,} rows", "divide it")
            yield Row(line, dict(zip(self.columns, cells, strict=True)))

    def needs(self, *columns: str) -> None:
        """Raise ConfigError where a column is not there."""
        for column in columns:
            if column not in self.columns:
                has = ", ".join(f"{each:.40}" for each in self.columns[:12])
                refuse(self.path, 1, f"there is no column {column[:80]!r}", f"it has: {has}")


def read_table(path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> Table:
    """Return a file with a header (RFC 4180). Empty lines are no rows.

    Raises ConfigError, with file and line, for a header with a name twice or none; its rows do for
    one with more or fewer cells, too many of them, or quotation marks that do not match.
    """
    text = read_bounded(path, encoding=encoding)
    lines = _lines(text, str(path), delimiter)
    header = next(lines, None)
    if header is None:
        refuse(str(path), 1, "it is empty", "the first line names the columns")
    return Table(str(path), _columns(header[1], str(path)), text, delimiter)


def read_pairs(path: Path) -> dict[str, str]:
    """Return a table without a header whose rows are a name and a value.

    Raises ConfigError for a name twice, or a row of another form.
    """
    found: dict[str, str] = {}
    for line, cells in _lines(read_bounded(path), str(path), ","):
        if len(cells) != 2 or not cells[0] or cells[0] in found:
            refuse(str(path), line, "a row is a name and a value, each name once", "check the file")
        found[cells[0]] = cells[1]
    return found


def _lines(text: str, path: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    lines = (found[0] for found in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as cause:
            refuse(path, reader.line_num, f"no table: {cause}", "check the quotation marks")
        if cells is None:
            return
        if cells:
            yield reader.line_num, cells


def _columns(cells: Sequence[str], path: str) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in cells)
    if len(columns) > MOST_COLUMNS:
        refuse(path, 1, f"more than {MOST_COLUMNS:,} columns", "divide it")
    if len(set(columns)) < len(columns):
        twice = next(each for at, each in enumerate(columns) if each in columns[:at])
        refuse(path, 1, f"two columns are named {twice[:80]!r}", "name each once")
    return columns
