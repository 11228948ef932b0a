"""How verbs write to the terminal: one console, hostile text made harmless."""

from __future__ import annotations

import codecs
import json
import sys
from contextlib import suppress
from typing import Any

import click
from rich.console import Console
from rich.text import Text

AUTHORITY_STYLE = {
    "root": "bold red",
    "system": "bold magenta",
    "developer": "bold blue",
    "user": "bold cyan",
    "guideline": "bold green",
}


LEAST_COLUMNS = 20
"""A terminal that says it is narrower gets lines of this width: none would be printed at 0."""


class _Console(Console):
    """A console that leaves a reader who went away to the entry point."""

    def on_broken_pipe(self) -> None:
        """Let the error through, where the parent class would end the process."""
        raise BrokenPipeError


def console(*, stderr: bool = False) -> Console:
    """Return a console that keeps to NO_COLOR and to pipes, and guesses nothing in the text."""
    screen = _Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)
    if screen.width < LEAST_COLUMNS:  # noqa: PLR1730 - a width once set ignores the window's
        screen.width = LEAST_COLUMNS
    return screen


def note(text: str) -> None:
    """Say something on stderr that nothing depends on, such as how far a run has come."""
    with suppress(OSError):  # whoever read it went away: no reason to stop
        click.echo(text, err=True)


def plain(text: str) -> str:
    """Return text without characters that could steer a terminal; line ends and tabs stay."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def badge(authority: str | None) -> Text:
    """Return an authority as a coloured word; a dash where there is none."""
    return Text(authority or "-", AUTHORITY_STYLE.get(authority or "", "dim"))


def write_json(value: Any) -> None:
    """Print JSON, indented, with all characters readable where the output can hold them."""
    text = json.dumps(value, indent=2, ensure_ascii=not _is_unicode(sys.stdout))
    click.echo(text.encode("utf-8", "replace").decode())


def _is_unicode(stream: Any) -> bool:
    try:
        return codecs.lookup(stream.encoding).name.startswith("utf")
    except (AttributeError, LookupError, TypeError):
        return False
