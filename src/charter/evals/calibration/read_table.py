"""A file of labels -> rows with the lines they stand on: CSV, TSV or JSON Lines.

CSV: UTF-8 (with or without a byte-order mark) or UTF-16 with one; comma, semicolon or tab, as the
header shows; quoted cells may hold line ends. JSON Lines: one object a line; half surrogate pairs
become question marks.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from charter.errors import ConfigError, StorageError
from charter.evals.calibration.labelled import Place
from charter.evals.reply import storable

MAX_BYTES = 256 * 1024 * 1024
MAX_CELL = 4 * 1024 * 1024
"""Characters of one cell or JSON line."""
MAX_ROWS = 500_000
MAX_COLUMNS = 1000
DELIMITERS = (",", ";", "\t")
JSON_SUFFIXES = (".jsonl", ".ndjson")
CSV_SUFFIXES = (".csv", ".tsv")

_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Half of a surrogate pair, as a cut text may end in one; no database takes it."""
_FIELD_LIMIT = threading.Lock()
"""The limit of the csv module is one for the whole process."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `line` is where it begins."""

    line: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as rows. Cells of CSV are text; those of JSON Lines whatever JSON holds."""

    path: str
    columns: tuple[str, ...]
    """In order; of JSON Lines, every key that occurs."""
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """Read a file of rows. Raises ConfigError with the line at fault, and StorageError."""
    suffix = path.suffix.lower()
    if suffix not in (*CSV_SUFFIXES, *JSON_SUFFIXES):
        known = ", ".join((*CSV_SUFFIXES, *JSON_SUFFIXES))
        raise ConfigError(f"{path} is no table of labels", hint=f"its name ends in one of {known}")
    text = _decoded(path, _content(path))
    if not text.strip():
        raise ConfigError(f"{path} is empty", hint="the first line of a CSV names the columns")
    table = _json_lines(path, text) if suffix in JSON_SUFFIXES else _csv(path, text)
    if not table.rows:
        raise ConfigError(f"{path} has no rows", hint="one labelled answer a row")
    return table


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as cause:
        raise ConfigError(f"{path}: no such file", hint="check the path") from cause
    except IsADirectoryError as cause:
        raise ConfigError(f"{path} is a folder", hint="name a file in it") from cause
    except OSError as cause:
        what = f"{path} cannot be read: {cause.strerror or cause}"
        raise StorageError(what, hint="check the path and the permissions") from cause
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{path} is larger than {MAX_BYTES // 2**20} MB", hint="split it")
    return content


def _decoded(path: Path, content: bytes) -> str:
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as cause:
        line = content.count(b"\n", 0, cause.start) + 1
        what = f"not UTF-8: byte 0x{content[cause.start]:02x} at {cause.start}"
        hint = "save the file as UTF-8 (a spreadsheet offers `CSV UTF-8`)"
        raise ConfigError(what, hint=hint, place=Place(str(path), line)) from cause
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise ConfigError(
            "a zero character", hint="this is no text file", place=Place(str(path), line)
        )
    return text


def _csv(path: Path, text: str) -> Table:
    with _FIELD_LIMIT:
        usual = csv.field_size_limit(MAX_CELL)
        try:
            return _from_records(path, text, _delimiter(path, text))
        finally:
            csv.field_size_limit(usual)


def _delimiter(path: Path, text: str) -> str:
    """Return the character that cuts the header into the most columns; a comma in doubt."""
    counts = {}
    for delimiter in DELIMITERS:
        try:
            counts[delimiter] = len(next(csv.reader(_lines(text), delimiter=delimiter), []))
        except csv.Error:
            counts[delimiter] = 0
    if path.suffix.lower() == ".tsv":
        return "\t"
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def _from_records(path: Path, text: str, delimiter: str) -> Table:
    records = _records(path, text, delimiter)
    line, header = next(records, (1, []))
    columns = tuple(name.strip() for name in header)
    if len(columns) > MAX_COLUMNS:
        _fail(path, line, f"{len(columns)} columns", f"at most {MAX_COLUMNS}")
    for name in columns:
        if not name:
            _fail(path, line, "a column without a name", "name every column in the first line")
        if columns.count(name) > 1:
            _fail(path, line, f"two columns named {name!r}", "rename one of them")
    rows = []
    for line, record in records:
        if len(record) != len(columns):
            what = f"{len(record)} cells where the header has {len(columns)}"
            _fail(path, line, what, "quote cells that hold a comma, a quote or a line end")
        rows.append(Row(line, dict(zip(columns, record, strict=True))))
        if len(rows) > MAX_ROWS:
            _fail(path, line, f"more than {MAX_ROWS} rows", "split the file")
    return Table(str(path), columns, tuple(rows))


def _records(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its first line; empty lines are none."""
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as cause:
            _fail(path, begins, f"not CSV: {cause}", "check the quotes of this row")
        if record:
            yield begins, record


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text, cut at line feeds alone: a cell may hold any other line end."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _json_lines(path: Path, text: str) -> Table:
    columns: dict[str, None] = {}
    rows = []
    for line, content in enumerate(_lines(text), 1):
        if not content.strip():
            continue
        if len(content) > MAX_CELL:
            _fail(path, line, f"longer than {MAX_CELL} characters", "one answer a line")
        try:
            value = _loaded(content)
            if _HALF.search(content):
                value = _loaded(storable(json.dumps(value, ensure_ascii=False)))
        except (ValueError, RecursionError) as cause:
            said = getattr(cause, "msg", None) or str(cause) or "too deep"
            _fail(path, line, f"not JSON: {said}", "one object a line")
        if not isinstance(value, dict):
            _fail(path, line, "not a JSON object", 'a line reads {"answer": "...", "label": "..."}')
        columns.update(dict.fromkeys(value))
        rows.append(Row(line, value))
        if len(rows) > MAX_ROWS or len(columns) > MAX_COLUMNS:
            _fail(path, line, "too many rows or keys", f"at most {MAX_ROWS} and {MAX_COLUMNS}")
    return Table(str(path), tuple(columns), tuple(rows))


def _loaded(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constants)


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _fail(path: Path, line: int, what: str, hint: str) -> NoReturn:
    raise ConfigError(what, hint=hint, place=Place(str(path), line))
