"""reference/commands.md: the help of every verb, as click prints it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import click

from charter.cli.main import MODULES, VERBS, cli

WIDTH = 88

_LEAD = """\
# Commands

What `charter --help` and `charter VERB --help` print. Exit codes are in [Failures](../failures.md).

`SPEC` is a Markdown file, a folder that holds one, or `starter`, the spec that ships with Charter.
In a folder it is `spec.md`, `model_spec.md` or `overlay.md`, or else the only Markdown file.
"""


def pages() -> dict[str, str]:
    """Return the page."""
    parts = [_LEAD, f"```text\n{_help(cli, 'charter')}\n```\n"]
    for verb in sorted(VERBS):
        command = importlib.import_module(f"charter.cli.{MODULES.get(verb, verb)}").command
        for name, part in _commands(command, f"charter {verb}"):
            parts.append(f"## {name}\n\n```text\n{_help(part, name)}\n```\n")
    return {"reference/commands.md": "\n".join(parts)}


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and, for a group, the commands in it."""
    yield name, command
    if isinstance(command, click.Group):
        for part in sorted(command.commands):
            yield from _commands(command.commands[part], f"{name} {part}")


def _help(command: click.Command, name: str) -> str:
    settings = {"help_option_names": ["-h", "--help"]}
    context = click.Context(
        command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH, **settings
    )
    return command.get_help(context).rstrip()
