"""A sheet that somebody filled in -> labels, checked against the run it was drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from charter.errors import ConfigError
from charter.evals.calibration.draw import CHOSEN, RANDOM, Step, is_beginning, name_of, seed_of
from charter.evals.calibration.labelled import Place
from charter.evals.calibration.read_table import CSV_SUFFIXES, Row, Table, read_table
from charter.evals.calibration.scale import ADHERENCE, REFUSAL, Scale
from charter.evals.calibration.sheet import bared, is_answer
from charter.records.label import LabelRecorded

NEEDED = ("sample", "run", "scenario", "epoch", "label")
MOST_NOTE = 4000
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet says."""

    labels: tuple[LabelRecorded, ...]
    """Not yet in the ledger."""
    known: int
    """Rows that the ledger holds already, word for word."""
    empty: int
    """Rows without a label."""
    drawn: str
    """random or chosen."""


@dataclass(frozen=True, slots=True)
class _Filled:
    row: Row
    step: Step
    label: str | None
    refusal: str | None
    note: str


def read_sheet(  # noqa: PLR0913 - who labelled what, and when
    path: Path,
    *,
    run: str,
    by: str,
    at: str,
    replies: Mapping[Step, str],
    known: Mapping[Step, LabelRecorded],
    partial: bool = False,
) -> Sheet:
    """Read a sheet.

    `replies` are the answers of the run as sheets show them, `known` the labels that the same
    person gave to it before.
    The labelled rows must be the drawn sample, or its beginning; with `partial` any rows will do,
    and count as chosen. Raises ConfigError with file and line.
    """
    table = read_table(path)
    reader = _Reader(table, run, replies)
    rows = reader.read()
    filled = [row for row in rows if row.label is not None]
    if not filled:
        raise ConfigError(f"{path}: no row has a label", hint="fill in the column `label`")
    problem = reader.tampering(rows, filled)
    if problem is not None and not partial:
        raise ConfigError(
            f"{path}: {problem}",
            hint="such labels are no random sample; --partial takes them as chosen ones",
        )
    drawn = RANDOM if problem is None else CHOSEN
    labels = []
    for row in filled:
        reader.must_show_the_answer(row)
        label = LabelRecorded(
            run, *row.step, str(row.label), row.refusal, by, at, drawn, row.note[:MOST_NOTE]
        )
        if not reader.is_known(row, label, known.get(row.step)):
            labels.append(label)
    return Sheet(tuple(labels), len(filled) - len(labels), len(rows) - len(filled), drawn)


def _spoken(label: LabelRecorded) -> str:
    return f"{label.label} ({label.refusal or 'no word of a refusal'})"


class _Reader:
    """Reads the rows of one sheet."""

    def __init__(self, table: Table, run: str, replies: Mapping[Step, str]) -> None:
        self._table, self._run, self._replies = table, run, replies
        self._armoured = Path(table.path).suffix.lower() in CSV_SUFFIXES

    def read(self) -> list[_Filled]:
        """Return every row, labelled or not."""
        for name in NEEDED:
            if name not in self._table.columns:
                raise ConfigError(
                    f"no column {name!r}; there are {', '.join(self._table.columns[:20])}",
                    hint="this is no sheet of `charter label export`",
                    place=Place(self._table.path, 1),
                )
        found = []
        seen: dict[Step, int] = {}
        for row in self._table.rows:
            filled = self._filled(row)
            first = seen.setdefault(filled.step, row.line)
            if first != row.line:
                what = f"{filled.step[0]}, epoch {filled.step[1]}, stands in line {first} as well"
                self.fail(row, what, "one row for each reply")
            found.append(filled)
        return found

    def tampering(self, rows: list[_Filled], filled: list[_Filled]) -> str | None:
        """Say why the labelled rows are not the drawn sample or its beginning; None if they are."""
        names = {self._text(row.row, "sample").strip() for row in rows}
        seed = seed_of(next(iter(names)))
        if len(names) > 1 or seed is None:
            return "the column `sample` was changed"
        steps = [row.step for row in rows]
        if name_of(self._run, seed, steps) not in names:
            return f"its {len(rows)} rows are not the sample that was drawn"
        if not is_beginning(self._run, seed, [row.step for row in filled], steps):
            return (
                f"{len(filled)} of {len(rows)} rows are labelled, and not the first of the drawn "
                "order"
            )
        return None

    def must_show_the_answer(self, filled: _Filled) -> None:
        """Raise ConfigError where somebody labelled another answer than the run has."""
        row, (scenario, epoch) = filled.row, filled.step
        shown = self._text(row, "answer")
        if "answer" in row.cells and not is_answer(shown, self._replies[filled.step]):
            what = f"another answer than that of {scenario[:80]!r}, epoch {epoch}"
            self.fail(row, what, "labels are of the answer that was shown: leave the column be")

    def is_known(
        self, filled: _Filled, label: LabelRecorded, earlier: LabelRecorded | None
    ) -> bool:
        """Whether the same person said the same before. Raises ConfigError for something else."""
        if earlier is None:
            return False
        if (earlier.label, earlier.refusal) != (label.label, label.refusal):
            said = f"labelled this reply {_spoken(earlier)} before, and now {_spoken(label)}"
            hint = "a ledger forgets nothing: import a second opinion under another name"
            self.fail(filled.row, f"{label.by} {said}", hint)
        return True

    def fail(self, row: Row, what: str, hint: str) -> NoReturn:
        """Raise the error that names this file and line."""
        raise ConfigError(what, hint=hint, place=Place(self._table.path, row.line))

    def _filled(self, row: Row) -> _Filled:
        run = self._text(row, "run").strip()
        if run != self._run:
            self.fail(row, f"of run {run!r}, not {self._run}", "name the run the sheet is of")
        epoch = self._text(row, "epoch").strip()
        if not (epoch.isascii() and epoch.isdigit() and len(epoch) < 10):
            self.fail(row, f"epoch {epoch[:40]!r} is no number", "leave the column as it was")
        step = self._text(row, "scenario").strip(), int(epoch)
        if step not in self._replies:
            what = f"the run has no reply to {step[0][:80]!r}, epoch {step[1]}"
            self.fail(row, what, "leave the columns scenario and epoch as they were")
        label = self._label(row, "label", ADHERENCE)
        refusal = self._label(row, "refusal", REFUSAL)
        if label is None and refusal is not None:
            self.fail(row, "a refusal without a label", "say as well whether it adhered")
        return _Filled(row, step, label, refusal, self._text(row, "note").strip())

    def _label(self, row: Row, column: str, scale: Scale) -> str | None:
        written = self._text(row, column).strip()
        if not written:
            return None
        label = scale.read(written)
        if label is None:
            known = ", ".join(word for word, _ in scale.words)
            self.fail(row, f"unknown {column} {written[:60]!r}", f"known: {known}")
        return label

    def _text(self, row: Row, column: str) -> str:
        value: Any = row.cells.get(column)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            self.fail(row, f"{column!r} is no text", "write it in quotes")
        text = "" if value is None else str(value)
        return bared(text) if self._armoured else text
