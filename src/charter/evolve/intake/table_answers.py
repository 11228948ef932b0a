"""Rows of a table -> the answer of each person to each question, the last where there is a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from charter.evolve.intake.gathering import is_id
from charter.evolve.intake.place import refuse
from charter.evolve.intake.table import Row, Table
from charter.evolve.intake.table_map import TableMap

_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)


class Said(NamedTuple):
    """One answer, as the table has it."""

    person: str
    question: str
    words: str
    time: float
    """Of the clock of the table; 0 where there is none."""


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
    every: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for each in _said(table, named):
        every.setdefault((each.person, each.question), []).append((each.time, each.words))
    said, contested, replaced = {}, [], 0
    for key, answers in every.items():
        latest = max(time for time, _ in answers)
        words = {text for time, text in answers if time == latest}
        replaced += sum(time < latest for time, _ in answers)
        if len(words) > 1:
            contested.append(key)
        else:
            said[key] = next(iter(words))
    return Answers(said, replaced, sorted(contested))


def person_of(table: Table, row: Row, named: TableMap) -> str:
    """Return whose row it is. Raises ConfigError for an id that is none."""
    who = row.cells[named.person].strip()
    if not is_id(who):
        refuse(table.path, row.line, f"{named.person}: {who[:40]!r} is no id", "joined by id only")
    return who


def _said(table: Table, named: TableMap) -> Iterator[Said]:
    missing = frozenset(named.missing)
    for row in table.rows:
        who, time = person_of(table, row, named), _time(table, row, named)
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


def _time(table: Table, row: Row, named: TableMap) -> float:
    if not named.time:
        return 0.0
    text = row.cells[named.time].strip()
    if _WHOLE.fullmatch(text):
        return float(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        hint = "a whole number, or as 2026-01-31T12:00:00Z"
        refuse(table.path, row.line, f"{named.time}: {text[:40]!r} is no time", hint)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
