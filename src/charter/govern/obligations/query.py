"""What an evidence query is: what can be looked at, and what it answers.

A query is a module of `queries/`, or an object behind the entry point `charter.queries`, with
`TITLE` (what it looks for), `ARGUMENTS` (name -> type: int, str or list; all are needed) and
`answer(look, arguments) -> Evidence`. It has no clock and opens no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Protocol, cast

from charter.govern.obligations.facts import Facts, Held
from charter.govern.obligations.organisation import Organisation
from charter.govern.obligations.pack import Asked
from charter.records.record import Record
from charter.registry import discover
from charter.spec.spec import Spec

FOLDER = "charter.govern.obligations.queries"
GROUP = "charter.queries"
MOST_NUMBER = 100_000
"""Of days or hours: nothing is asked for longer."""
MOST_LINKS = 5
"""Records that one answer points to: the newest."""


class Found(StrEnum):
    """How much of what was asked for is there."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RecordLink:
    """Where something can be looked up: a record of the ledger, a rule, or a file."""

    kind: str
    """Kind of record, or section, clause, document, settings, roles or spec."""
    id: str
    """`run` of a record; an id, a digest or a path of what is none."""
    index: int = 0
    """In the ledger, from 1; 0 for what is no record."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a query found."""

    found: Found
    what: str
    """In words, with counts; never a judgement of the law."""
    records: tuple[RecordLink, ...] = ()
    measured: Mapping[str, str] = field(default_factory=dict)
    """Numbers as text, by name."""
    newest: datetime | None = None
    """Time of the newest thing it rests on."""
    deleted: bool = False
    """Whether something that was there is not there any more."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What obligations ask of the gateway's settings."""

    digest: str
    """Hex; empty without a file."""
    payload_days: int
    payloads: str
    """Which are kept: none, restricted or all, as the settings name it."""
    review_share: int
    """Of a thousand allowed exchanges, how many are kept for review."""
    checkpoint_seconds: float
    console: bool
    """Whether people have pages to review, approve and stop on."""
    comments: bool
    """Whether the public can comment."""
    checks: tuple[str, ...]
    approval_seconds: int


@dataclass(frozen=True, slots=True)
class FileSeen:
    """What became of a file that the organisation points to."""

    found: bool
    sha256: str = ""
    """Hex, of what is there now."""


@dataclass(frozen=True, slots=True)
class RolesSeen:
    """What a file of roles says."""

    digest: str
    held: Mapping[str, int]
    """People who hold each role now."""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that a query may look at. None: it was not given."""

    at: datetime
    facts: Facts | None = None
    spec: Spec | None = None
    configuration: Configuration | None = None
    organisation: Organisation = field(default_factory=Organisation)
    files: Mapping[str, FileSeen] = field(default_factory=dict)
    """By the id of the document."""
    roles: RolesSeen | None = None

    def since(self, days: int) -> datetime:
        """Return the moment so many days before."""
        return self.at - timedelta(days=days)


class Query(Protocol):
    """What is registered."""

    TITLE: str
    ARGUMENTS: Mapping[str, type]

    def answer(self, look: Look, arguments: Mapping[str, object]) -> Evidence:
        """Say what there is."""
        ...


@cache
def queries() -> Mapping[str, Query]:
    """Return every query by id. Raises PluginError."""
    return cast("Mapping[str, Query]", discover(FOLDER, GROUP))


def check_asked(asked: Asked) -> str | None:
    """Say what is wrong with a piece of evidence asked for; None where nothing is."""
    query = queries().get(asked.query)
    if query is None:
        return f"there is no query {asked.query}"
    for name, kind in query.ARGUMENTS.items():
        value = asked.arguments.get(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            return f"query {asked.query} needs `{name}`, of type {kind.__name__}"
        if isinstance(value, int) and not 0 <= value <= MOST_NUMBER:
            return f"query {asked.query}: `{name}` is a number from 0 to {MOST_NUMBER}"
    for name in asked.arguments:
        if name not in query.ARGUMENTS:
            return f"query {asked.query} knows no argument {name!r}"
    return None


def number(arguments: Mapping[str, object], name: str) -> int:
    """Return an argument that is a whole number, as `check_asked` saw to it."""
    return cast("int", arguments[name])


def text(arguments: Mapping[str, object], name: str) -> str:
    """Return an argument that is a text."""
    return cast("str", arguments[name])


def texts(arguments: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return an argument that is a list of texts."""
    return tuple(cast("list[str]", arguments[name]))


def nothing(what: str) -> Evidence:
    """Return that nothing was found, and why."""
    return Evidence(Found.NONE, what)


NO_LEDGER = nothing("no ledger was looked at")


def links(held: Iterable[tuple[Held, Record] | Held]) -> tuple[RecordLink, ...]:
    """Return where the newest of some records are."""
    plain = [each if isinstance(each, Held) else each[0] for each in held]
    newest = sorted(plain, key=lambda each: each.index)[-MOST_LINKS:]
    return tuple(
        RecordLink(type(each.record).__name__, each.record.run, each.index) for each in newest
    )


def newest(held: Iterable[tuple[Held, Record]]) -> datetime | None:
    """Return the time of the newest of some records."""
    return max((each.moment for each, _ in held), default=None)
