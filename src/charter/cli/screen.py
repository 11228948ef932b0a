"""How verbs write to the terminal: one console, hostile text made harmless."""

from __future__ import annotations

import json
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


def console(*, stderr: bool = False) -> Console:
    """Return a console that keeps to NO_COLOR and to pipes, and guesses nothing in the text."""
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


def plain(text: str) -> str:
    """Return text without characters that could steer a terminal; line ends and tabs stay."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def badge(authority: str | None) -> Text:
    """Return an authority as a coloured word; a dash where there is none."""
    return Text(authority or "-", AUTHORITY_STYLE.get(authority or "", "dim"))


def write_json(value: Any) -> None:
    """Print JSON, indented, with all characters readable."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "replace").decode())
