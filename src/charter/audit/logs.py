"""Log files -> frames of rows: Parquet, CSV and JSON lines.

Every row of a file is in a frame. One that cannot be read says why in the column UNREAD; a file
that cannot be read at all is an error.
"""

from __future__ import annotations

import csv
import json
import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import polars as pl

from charter.audit.auditor import ROW, TEXTS, UNREAD
from charter.audit.row import Unread
from charter.audit.turns import parse
from charter.errors import ConfigError, ParseError, StorageError

KNOWN: Mapping[str, tuple[str, ...]] = {
    "messages": ("messages", "conversation", "conversations"),
    "request": ("request", "prompt", "question", "input", "user"),
    "answer": ("answer", "response", "completion", "output", "assistant"),
    "system": ("system", "system_prompt"),
}
"""Names that columns usually have, where nobody says which they are."""
CHUNK = 50_000
"""Rows of one frame of a Parquet file."""
ROWS = 10_000
"""Of one frame of another file."""
LOOKED = 1_000
"""Lines of JSON lines that are looked at for the names of columns."""
MAX_LINE = 64 * 1024 * 1024
"""Bytes of one row of JSON lines; a longer one cannot be read."""
MAX_FIELD = 16 * 1024 * 1024
"""Characters of one field of a CSV file."""

Flag: TypeAlias = Callable[[pl.LazyFrame, Sequence[str]], pl.LazyFrame]
_FORMS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}  # fmt: skip # noqa: E501
_WORDS = (pl.String, pl.Binary, pl.Null, pl.Categorical, pl.Enum)


@dataclass(frozen=True, slots=True)
class Logs:
    """One file, and which of its columns hold what."""

    path: Path
    form: str
    columns: Mapping[str, str]
    """Field of `Row` -> column of the file."""

    @property
    def names(self) -> tuple[str, ...]:
        """The fields of `Row` that the file has."""
        return tuple(name for name in TEXTS if name in self.columns)

    def count(self) -> int:
        """Return the number of rows. Raises ParseError and StorageError."""
        if self.form == "parquet":
            with _reading(self.path):
                return int(pl.scan_parquet(self.path).select(pl.len()).collect().item())
        return sum(frame.height for frame in self.frames())

    def frames(
        self, flag: Flag | None = None, start: int = 0, stop: int | None = None
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows from `start` to `stop`, in order, each frame with ROW.

        `flag` adds columns to rows of texts. Raises ParseError and StorageError.
        """
        if self.form == "parquet":
            yield from self._parquet(flag, start, stop)
            return
        rows = self._csv() if self.form == "csv" else self._lines()
        for at, part in _chunks(rows):
            low, high = max(start - at, 0), len(part) if stop is None else stop - at
            if high <= 0:
                return
            if low < len(part):
                frame = _frame(part[low:high], self.names, at + low)
                yield frame

    def _parquet(self, flag: Flag | None, start: int, stop: int | None) -> Iterator[pl.DataFrame]:
        with _reading(self.path):
            rows = pl.scan_parquet(self.path)
            schema = rows.collect_schema()
            rows = rows.select(
                **{name: self._column(name, schema[self.columns[name]]) for name in self.names}
            )
            rows = rows.slice(start, None if stop is None else stop - start)
            rows = rows.with_row_index(ROW, offset=start)
            raw = any(schema[self.columns[name]] == pl.Binary for name in self.names)
            if flag is not None and not raw:
                rows = flag(rows, self.names)
            for frame in rows.collect_batches(chunk_size=CHUNK, maintain_order=True):
                yield self._written(frame)

    def _column(self, name: str, kind: pl.DataType) -> pl.Expr:
        column = pl.col(self.columns[name])
        if kind in {pl.String, pl.Binary} or (name == "messages" and kind.is_nested()):
            return column
        if isinstance(kind, _WORDS):
            return column.cast(pl.String)
        raise ConfigError(
            f"{self.path}: column {self.columns[name]!r} holds {kind}, not text",
            hint="name another with --column",
        )

    def _written(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Write messages that are lists as JSON, and bytes as text."""
        for name in self.names:
            kind = frame[name].dtype
            if kind == pl.Binary:
                texts = [_decoded(value) for value in frame[name].to_list()]
                wrong = pl.Series([isinstance(text, Unread) for text in texts], dtype=pl.Boolean)
                said = [None if isinstance(text, Unread) else text for text in texts]
                before = pl.col(UNREAD) if UNREAD in frame.columns else pl.lit(None, pl.String)
                frame = frame.with_columns(
                    pl.Series(name, said, pl.String),
                    pl.when(wrong).then(pl.lit("not_text")).otherwise(before).alias(UNREAD),
                )
            elif kind != pl.String:
                texts = [None if value is None else _json(value) for value in frame[name].to_list()]
                frame = frame.with_columns(pl.Series(name, texts, pl.String))
        return frame

    def _csv(self) -> Iterator[tuple[Any, ...] | Unread]:
        csv.field_size_limit(MAX_FIELD)
        with _reading(self.path):
            file = self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
        with file, _reading(self.path):
            reader = csv.reader(file)
            header = _header(reader, self.path)
            at = [header.index(self.columns[name]) for name in self.names]
            while True:
                try:
                    fields = next(reader, None)
                except csv.Error:
                    yield Unread("ragged")
                    continue
                if fields is None:
                    return
                if not fields:
                    continue
                if len(fields) != len(header):
                    yield Unread("ragged")
                    continue
                yield _texts([fields[place] or None for place in at], self.names)

    def _lines(self) -> Iterator[tuple[Any, ...] | Unread]:
        with _reading(self.path):
            file = self.path.open("rb")
        with file, _reading(self.path):
            _skip_mark(file)
            while line := file.readline(MAX_LINE + 1):
                if len(line) > MAX_LINE:
                    while line and not line.endswith(b"\n"):
                        line = file.readline(MAX_LINE)
                    yield Unread("too_long")
                elif not line.isspace():
                    yield self._line(line)

    def _line(self, line: bytes) -> tuple[Any, ...] | Unread:
        try:
            fields = parse(line.decode())
        except UnicodeDecodeError:
            return Unread("not_text")
        except (ValueError, RecursionError):
            return Unread("not_json")
        if not isinstance(fields, dict):
            return Unread("ragged")
        values = [fields.get(self.columns[name]) for name in self.names]
        return _texts(values, self.names)


def open_logs(path: Path, columns: Mapping[str, str]) -> Logs:
    """Find a file and its columns; `columns` says what some of them hold.

    Raises ConfigError, ParseError and StorageError.
    """
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        known = ", ".join(dict.fromkeys(_FORMS))
        raise ConfigError(f"{path}: not a kind of log that is known", hint=f"one of {known}")
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "no such file"
        raise ParseError(f"{path}: {what}", hint="name one file")
    there = _columns(path, form)
    for field, name in columns.items():
        if name not in there:
            listed = ", ".join(sorted(there))[:300]
            raise ConfigError(f"{path} has no column {name!r} for {field}", hint=f"it has {listed}")
    found = dict(columns)
    taken = set(columns.values())
    for field, names in KNOWN.items():
        guessed = next((name for name in names if name in there and name not in taken), None)
        if field not in found and guessed is not None and not (columns and field == "messages"):
            found[field] = guessed
            taken.add(guessed)
    if "messages" in found:
        found.pop("request", None)
    if not found:
        listed = ", ".join(sorted(there))[:300]
        hint = f"name one, e.g. --column request=NAME; it has {listed}"
        raise ConfigError(f"{path}: no column that holds a conversation", hint=hint)
    return Logs(path, form, found)


def _columns(path: Path, form: str) -> list[str]:
    with _reading(path):
        if form == "parquet":
            return list(pl.scan_parquet(path).collect_schema().names())
        if form == "csv":
            with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
                return _header(csv.reader(file), path)
        with path.open("rb") as file:
            seen: dict[str, None] = {}
            _skip_mark(file)
            for _ in range(LOOKED):
                line = file.readline(MAX_LINE)
                if not line:
                    break
                try:
                    found = parse(line.decode())
                except (ValueError, RecursionError):
                    continue
                seen.update(dict.fromkeys(found) if isinstance(found, dict) else {})
            if not seen:
                raise ParseError(
                    f"{path}: its first {LOOKED:,} lines hold no JSON object",
                    hint="a log has one in each line, in UTF-8",
                )
            return list(seen)


def _skip_mark(file: BinaryIO) -> None:
    """Pass over the byte order mark that some programs begin a file with."""
    if file.read(len(BOM_UTF8)) != BOM_UTF8:
        file.seek(0)


def _header(reader: Any, path: Path) -> list[str]:
    try:
        header = next(reader, None)
    except csv.Error as cause:
        raise ParseError(f"{path}: {cause}", hint="check the first line") from cause
    if not header:
        raise ParseError(f"{path} is empty", hint="a CSV file begins with the names of its columns")
    return [str(name) for name in header]


def _texts(values: Sequence[Any], names: Sequence[str]) -> tuple[Any, ...] | Unread:
    """Return values as texts; messages may be JSON already read."""
    found: list[str | None] = []
    for name, value in zip(names, values, strict=True):
        if name == "messages" and isinstance(value, list | dict):
            found.append(json.dumps(value))
            continue
        if not isinstance(value, str | None):
            return Unread("not_text")
        if value is not None and not value.isascii() and not _is_unicode(value):
            return Unread("not_text")
        found.append(value)
    return tuple(found)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _chunks(
    rows: Iterator[tuple[Any, ...] | Unread],
) -> Iterator[tuple[int, list[tuple[Any, ...] | Unread]]]:
    at, part = 0, []
    for row in rows:
        part.append(row)
        if len(part) == ROWS:
            yield at, part
            at, part = at + len(part), []
    if part:
        yield at, part


def _frame(
    rows: Sequence[tuple[Any, ...] | Unread], names: Sequence[str], start: int
) -> pl.DataFrame:
    why = [row.why if isinstance(row, Unread) else None for row in rows]
    nothing = (None,) * len(names)
    texts = [nothing if isinstance(row, Unread) else row for row in rows]
    columns = zip(*texts, strict=True)
    made = {
        name: pl.Series(name, column, pl.String)
        for name, column in zip(names, columns, strict=True)
    }
    return (
        pl.DataFrame(made)
        .with_columns(pl.Series(UNREAD, why, pl.String))
        .with_row_index(ROW, start)
    )


def _decoded(value: bytes | None) -> str | Unread | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return Unread("not_text")


def _json(value: Any) -> str:
    """Write messages of a column, without the members that only other messages have."""
    return json.dumps(_some(value), ensure_ascii=False, default=str)


def _some(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _some(inner) for key, inner in value.items() if inner is not None}
    return [_some(inner) for inner in value] if isinstance(value, list) else value


class _reading:  # noqa: N801 - used as a word in `with`
    """Turns what goes wrong with a file into one clear line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, pl.exceptions.PolarsError | pl.exceptions.PanicException):
            first = (str(error).splitlines() or [""])[0]
            said = f"{self.path} cannot be read: {first[:200]}"
            raise ParseError(said, hint="check the file") from error
        if isinstance(error, OSError):
            hint = "check that it may be read"
            raise StorageError(f"{self.path}: {error.strerror or error}", hint=hint) from error


csv.field_size_limit(min(MAX_FIELD, sys.maxsize))
