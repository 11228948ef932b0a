"""What a verb shows, as a text or in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from charter.cli.whole_file import write_whole
from charter.errors import StorageError

TEXT_WIDTH = 110
"""Columns of a text that goes into a file."""


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
