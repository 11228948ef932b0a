"""Rows of a table -> the answer of each person to each question, the last where there is a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from charter.evolve.intake.gathering import is_id
from charter.evolve.intake.place import refuse
from charter.evolve.intake.table import Row, Table
from charter.evolve.intake.table_map import TableMap

_WHOLE = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Said(NamedTuple):
    """One answer, as the table has it."""

    person: str
    question: str
    words: str
    time: int
    """Of the clock of the table, exact; 0 where there is none."""


class Answers(NamedTuple):
    """What a table says."""

    said: dict[tuple[str, str], str]
    """The words by person and question."""
    replaced: int
    """Answers that a later one of the same person took the place of."""
    contested: list[tuple[str, str]]
    """Different answers with nothing to tell which is the last: left out."""


def answers_of(table: Table, named: TableMap) -> Answers:
    """Return the answers of a table. Raises ConfigError for a person or a time that is none."""
    said: dict[tuple[str, str], str] = {}
    latest: dict[tuple[str, str], tuple[int, int]] = {}
    """The latest time, and how many answers bear it."""
    contested: set[tuple[str, str]] = set()
    replaced = 0
    texts: dict[str, str] = {}
    """One text for equal ones: there may be millions of rows."""
    for each in _said(table, named):
        who, question, words = (texts.setdefault(e, e) for e in each[:3])
        key = who, question
        time, count = latest.get(key, (each.time, 0))
        if each.time > time:
            replaced += count
            contested.discard(key)
            said[key], latest[key] = words, (each.time, 1)
        elif each.time < time:
            replaced += 1
        else:
            latest[key] = time, count + 1
            if said.setdefault(key, words) != words:
                contested.add(key)
    for key in contested:
        del said[key]
    return Answers(said, replaced, sorted(contested))


def person_of(table: Table, row: Row, named: TableMap) -> str:
    """Return whose row it is. Raises ConfigError for an id that is none."""
    who = row.cells[named.person].strip()
    if not is_id(who):
        refuse(table.path, row.line, f"{named.person}: {who[:40]!r} is no id", "joined by id only")
    return who


def _said(table: Table, named: TableMap) -> Iterator[Said]:
    missing, clock = frozenset(named.missing), _Clock(table, named)
    for row in table.rows():
        who, time = person_of(table, row, named), clock.read(row)
        if named.shape == "long":
            cells = [(row.cells[named.item].strip(), row.cells[named.value])]
        else:
            cells = [(column, row.cells[column]) for column in named.questions]
        for question, cell in cells:
            words = cell.strip()
            if words in missing:
                continue
            if not is_id(question):
                what = f"{named.item}: {question[:40]!r} names no question"
                refuse(table.path, row.line, what, "a short, printable text")
            yield Said(who, question, words, time)


class _Clock:
    """Reads times of one column, all of one kind: between two kinds there is no order."""

    def __init__(self, table: Table, named: TableMap) -> None:
        self._path, self._column = table.path, named.time
        self._kinds: set[int] = set()

    def read(self, row: Row) -> int:
        """Return the time of a row. Raises ConfigError for what is none, or of another kind."""
        if not self._column:
            return 0
        text = row.cells[self._column].strip()
        kind, time = _time(text)
        if kind is None:
            hint = "a whole number, or as 2026-01-31T12:00:00Z"
            refuse(self._path, row.line, f"{self._column}: {text[:40]!r} is no time", hint)
        self._kinds.add(kind)
        if len(self._kinds) > 1:
            what = f"{self._column}: {text[:40]!r} is written in another way than times before it"
            hint = "all of them as whole numbers, all with a zone, or all without"
            refuse(self._path, row.line, what, hint)
        return time


def _time(text: str) -> tuple[int | None, int]:
    """Return of which kind a time is, and when: as it is, or in microseconds since 1970."""
    if _WHOLE.fullmatch(text):
        return 0, int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None, 0
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return (1 if found.tzinfo else 2), (aware - _EPOCH) // _MICROSECOND
