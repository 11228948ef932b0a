"""Where figures go: to a file, as JSON, or to the screen. Options that several verbs share."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.cli.screen import note, plain, write_json
from charter.cli.whole_file import write_whole

Command = TypeVar("Command", bound=Callable[..., Any])

_OUT = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write JSON there.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def figures_options(command: Command) -> Command:
    """Add the options that `hand_out` reads."""
    return _OUT(_JSON(command))


def hand_out(
    values: Mapping[str, Any], what: str, given: Mapping[str, Any], *, screen: Callable[[], str]
) -> None:
    """Write figures to the file that was named, as JSON where that is wanted, else to the screen.

    `screen` makes the text, only where it is shown. Raises StorageError.
    """
    if given["out"] is not None:
        write_whole(given["out"], json.dumps(values, indent=1, ensure_ascii=False) + "\n")
        note(plain(f"{given['out']}: {what}"))
    if given["as_json"]:
        write_json(dict(values))
    elif given["out"] is None:
        click.echo(plain(screen()))
