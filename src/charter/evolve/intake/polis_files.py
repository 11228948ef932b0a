"""The files of a Polis export -> their rows, typed.

Source of the format: the data exports that Polis offers, and compdemocracy/openData.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from charter.errors import ConfigError
from charter.evolve.intake.gathering import clean
from charter.evolve.intake.place import refuse
from charter.evolve.intake.table import Row, Table, read_pairs, read_table

HINT = "a folder with votes.csv or participants-votes.csv, and comments.csv, as Polis exports them"
_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_ID = re.compile(r"0|[1-9][0-9]{0,11}", re.ASCII)
_VOTES = {"1": 1, "0": 0, "-1": -1}


class Comment(NamedTuple):
    """A statement, as exported."""

    id: str
    author: str
    text: str
    agrees: int
    disagrees: int
    moderated: int
    """1 accepted, 0 nobody looked at it, -1 taken out."""


class Event(NamedTuple):
    """A vote that was cast; a later one of the same person on the same statement replaces it."""

    voter: str
    comment: str
    time: int
    """Milliseconds since 1970."""
    value: int


class Participant(NamedTuple):
    """A row of participants-votes.csv."""

    id: str
    group: str
    """Empty where Polis put them into none."""
    votes: Mapping[str, int]
    said: tuple[int, int, int]
    """n-votes, n-agree and n-disagree."""


class Export(NamedTuple):
    """All that was there."""

    folder: Path
    comments: Mapping[str, Comment]
    events: tuple[Event, ...] | None
    participants: Mapping[str, Participant] | None
    summary: Mapping[str, str]


def read_export(folder: Path) -> Export:
    """Return what a folder holds. Raises ConfigError that names file and line."""
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder", hint=HINT)
    comments, votes = folder / "comments.csv", folder / "votes.csv"
    wide = next(
        (
            folder / name
            for name in ("participants-votes.csv", "participant-votes.csv")
            if (folder / name).is_file()
        ),
        None,
    )
    summary = folder / "summary.csv"
    if not comments.is_file() or not (votes.is_file() or wide):
        raise ConfigError(f"{folder} is no export of Polis", hint=HINT)
    return Export(
        folder,
        _comments(read_table(comments)),
        _events(read_table(votes)) if votes.is_file() else None,
        _participants(read_table(wide)) if wide else None,
        read_pairs(summary) if summary.is_file() else {},
    )


def _comments(table: Table) -> dict[str, Comment]:
    table.needs("comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body")
    found: dict[str, Comment] = {}
    for row in table.rows():
        each = Comment(
            _id(table, row, "comment-id"),
            row.cells["author-id"],
            clean(row.cells["comment-body"]),
            _whole(table, row, "agrees"),
            _whole(table, row, "disagrees"),
            _whole(table, row, "moderated"),
        )
        if each.id in found:
            refuse(table.path, row.line, f"comment {each.id} is there twice", "keep one")
        if each.moderated not in (1, 0, -1):
            refuse(table.path, row.line, "moderated is 1, 0 or -1", "check the column")
        found[each.id] = each
    return found


def _events(table: Table) -> tuple[Event, ...]:
    table.needs("timestamp", "comment-id", "voter-id", "vote")
    ids: dict[str, str] = {}
    """One text for each id, not one for each row: there may be millions of rows."""

    def known(found: str) -> str:
        return ids.setdefault(found, found)

    return tuple(
        Event(
            known(_id(table, row, "voter-id")),
            known(_id(table, row, "comment-id")),
            _whole(table, row, "timestamp"),
            _vote(table, row, "vote"),
        )
        for row in table.rows()
    )


def _participants(table: Table) -> dict[str, Participant]:
    table.needs("participant", "n-votes", "n-agree", "n-disagree")
    columns = [each for each in table.columns if _ID.fullmatch(each)]
    found: dict[str, Participant] = {}
    for row in table.rows():
        who = _id(table, row, "participant")
        if who in found:
            refuse(table.path, row.line, f"participant {who} is there twice", "keep one")
        votes = {each: _vote(table, row, each) for each in columns if row.cells[each] != ""}
        said = tuple(_whole(table, row, each) for each in ("n-votes", "n-agree", "n-disagree"))
        group = row.cells.get("group-id", "").strip()[:200]
        found[who] = Participant(who, group, votes, (said[0], said[1], said[2]))
    return found


def _id(table: Table, row: Row, column: str) -> str:
    text = row.cells[column].strip()
    if not _ID.fullmatch(text):
        refuse(table.path, row.line, f"{column}: {text[:40]!r} is no id of Polis", "a number")
    return text


def _whole(table: Table, row: Row, column: str) -> int:
    text = row.cells[column].strip()
    if not _WHOLE.fullmatch(text):
        refuse(table.path, row.line, f"{column}: {text[:40]!r} is no whole number", "check it")
    return int(text)


def _vote(table: Table, row: Row, column: str) -> int:
    text = row.cells[column].strip()
    if text not in _VOTES:
        refuse(table.path, row.line, f"{column}: {text[:40]!r} is no vote", "1, 0 or -1")
    return _VOTES[text]
