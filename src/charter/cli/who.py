"""Who acts on the command line: a name that goes into the record."""

from __future__ import annotations

import getpass

import click

from charter.errors import ConfigError

MOST_NAME = 200

by_option = click.option(
    "--by", metavar="NAME", help="Who does it, as the record has it; else the user's own name."
)


def who(named: str | None) -> str:
    """Return the name of who acts. Raises ConfigError where there is none, or no usable one."""
    name = named
    if name is None:
        try:
            name = getpass.getuser()
        except (KeyError, OSError, ImportError):
            name = ""
    name = name.strip()
    if not 0 < len(name) <= MOST_NAME or not name.isprintable():
        raise ConfigError("it is not known who does this", hint="say so with --by NAME")
    return name
