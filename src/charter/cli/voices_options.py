"""What to read of voices that were gathered elsewhere: options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.evolve.importer import Imported, Wanted, named
from charter.evolve.intake.clause_map import read_clause_map
from charter.records.survey import CHANNELS, OPEN

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS = (
    click.option(
        "--map",
        "mapping",
        type=_FILE,
        metavar="FILE",
        help="What the columns of a table, or the words of a scale, mean.",
    ),
    click.option(
        "--clauses",
        type=_FILE,
        metavar="FILE",
        help="Which clauses each statement is about: YAML, ids of clauses by id of the statement.",
    ),
    click.option(
        "--labels",
        type=_FILE,
        metavar="FILE",
        help="A table of groups that somebody else found, with the id of each person.",
    ),
    click.option(
        "--flip-signs",
        is_flag=True,
        help="Votes have the opposite sign; refused where published counts speak against it.",
    ),
    click.option(
        "--source", default="", metavar="TEXT", help="What it is, from where, and its licence."
    ),
)


def voices_options(command: Command) -> Command:
    """Add the options that `imported` reads, besides the channel."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


channel_option = click.option(
    "--channel",
    type=click.Choice(CHANNELS),
    default=OPEN,
    show_default=True,
    help="Whether people came by themselves, or were drawn and invited.",
)


def imported(format_: str, path: str, given: dict[str, Any], *, channel: str = OPEN) -> Imported:
    """Return what an importer reads. Raises ConfigError, LedgerError, StorageError."""
    clauses: Path | None = given.get("clauses")
    wanted = Wanted(
        path=path,
        channel=channel,
        source=given.get("source") or "",
        mapping=given.get("mapping"),
        clauses={} if clauses is None else read_clause_map(clauses),
        labels=given.get("labels"),
        flip_signs=bool(given.get("flip_signs")),
        master_key=given.get("master_key"),
    )
    return named(format_).read(wanted)
