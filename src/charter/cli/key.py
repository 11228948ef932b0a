"""`charter key`: the keys with which callers reach a gateway."""

from __future__ import annotations

import json

import click

from charter.gateway.callers import digest_of_key, new_key


@click.group("key")
def command() -> None:
    """Make keys for callers of `charter serve`."""


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
