"""`charter hold place|lift|list`: legal holds, which forbid erasure and expiry."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.free_text import FREE_TEXT
from charter.cli.screen import plain
from charter.cli.vault_options import now, opened, subject_of, vault_options
from charter.ledger.erasure import lift, place, standing

_SUBJECT = click.option(
    "--subject", required=True, metavar="APPLICATION/USER", help="Whose, or sub_…."
)
_REASON = click.option(
    "--reason", type=FREE_TEXT, required=True, help="Why; it stays in the ledger."
)
_BY = click.option("--by", required=True, help="Who does it; it stays in the ledger.")


@click.group("hold")
def command() -> None:
    """Place and lift legal holds: nothing of a person is erased or expires under one."""


@command.command("place")
@_SUBJECT
@_REASON
@_BY
@vault_options
def place_command(**given: Any) -> None:
    """Place a legal hold on what is kept about a person."""
    with opened(given) as (ledger, vault):
        subject = subject_of(vault, given["subject"])
        done = place(ledger, subject, by=given["by"], reason=given["reason"], at=now())
    click.echo(f"{subject}: hold {done.number} placed")


@command.command("lift")
@_SUBJECT
@_REASON
@_BY
@click.option("--number", type=click.IntRange(1), help="Which, where there are several.")
@vault_options
def lift_command(**given: Any) -> None:
    """Lift a legal hold."""
    with opened(given) as (ledger, vault):
        subject = subject_of(vault, given["subject"])
        terms = {name: given[name] for name in ("by", "reason")}
        done = lift(ledger, subject, given["number"], **terms, at=now())
    click.echo(f"{subject}: hold {done.number} lifted")


@command.command("list")
@vault_options
def list_command(**given: Any) -> None:
    """List the legal holds that stand."""
    with opened(given) as (ledger, _):
        holds = standing(ledger)
    for hold in holds:
        click.echo(plain(f"{hold.run}  {hold.number}  {hold.at}  {hold.by}: {hold.reason}"))
    if not holds:
        click.echo("no legal hold stands", err=True)
