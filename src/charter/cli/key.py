"""`charter key`: the keys of callers, and the key that signs a ledger."""

from __future__ import annotations

import json
from pathlib import Path

import click

from charter.cli.screen import plain
from charter.gateway.callers import digest_of_key, new_key
from charter.gateway.open import replica
from charter.ledger.signing import LogKey


@click.group("key")
def command() -> None:
    """Make keys for callers of `charter serve`, and for a ledger."""


@command.command("new")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def new(*, as_json: bool) -> None:
    """Print a new key, once, and what the settings hold of it.

    The key itself is kept nowhere: give it to the caller, and write the line that begins with
    sha256: under `keys` of its table in gateway.toml.
    """
    key = new_key()
    digest = digest_of_key(key)
    if as_json:
        click.echo(json.dumps({"key": key, "digest": digest}))
        return
    click.echo(f"key:    {key}")
    click.echo(f"digest: {digest}")


@command.command("log")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="The origin of the log, such as example.com/log.")
def log(file: Path, name: str | None) -> None:
    """Make another key for a ledger, in a new FILE, and print what others verify it with.

    A gateway and `charter release` make the first one themselves. What an earlier key signed stays
    signed by that one: say both to whoever verifies.
    """
    click.echo(plain(LogKey.create(file, name or f"{replica()}/charter").vkey))
