"""What a verb shows: on the terminal, as a document on standard output, or in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from charter.cli.screen import console
from charter.cli.whole_file import write_whole
from charter.errors import StorageError

Command = TypeVar("Command", bound=Callable[..., Any])

TEXT_WIDTH = 110
"""Columns of a text that goes into a file."""


def document_options(command: Command) -> Command:
    """Add `--format`, as `form`, with `--json` for one of it, and `--out`."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


_OPTIONS = (
    click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "html"]),
        default="text",
        show_default=True,
    ),
    click.option("--json", "form", flag_value="json", help="The same as --format json."),
    click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead."),
)


def deliver(text: str | None, out: Path | None, show: Callable[[Console], None]) -> None:
    """Put a document where it is wanted; None is `show` on the terminal. Raises StorageError."""
    if text is None:
        show(console())
    elif out is None:
        click.echo(text)
    else:
        write_document(out, text)


def recorded(show: Callable[[Console], None]) -> str:
    """Return as plain text what would be printed on a terminal."""
    recorder = Console(width=TEXT_WIDTH, color_system=None, markup=False, highlight=False)
    with recorder.capture() as captured:
        show(recorder)
    return captured.get()


def write_document(path: Path, text: str) -> None:
    """Write the whole file, ending in a line break, and say so.

    Raises StorageError, also where its folder does not exist: a name mistyped makes none.
    """
    if not path.parent.is_dir():
        raise StorageError(
            f"{path}: there is no folder {path.parent}", hint="name a file in an existing folder"
        )
    write_whole(path, text if text.endswith("\n") else f"{text}\n")
    click.echo(f"written: {path}", err=True)
