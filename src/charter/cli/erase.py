"""`charter erase`: make what is kept about one person unreadable, and record it."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.free_text import FREE_TEXT
from charter.cli.screen import note, plain
from charter.cli.vault_options import now, opened, subject_of, vault_options
from charter.ledger.erasure import erase, standing
from charter.records.erasure import HoldPlaced

EXIT_HELD = 1


@click.command("erase")
@click.option("--subject", required=True, metavar="APPLICATION/USER", help="Whose, or sub_….")
@click.option("--reason", type=FREE_TEXT, required=True, help="Why; it stays in the ledger.")
@click.option("--basis", required=True, help="On which legal basis; it stays in the ledger.")
@click.option("--by", required=True, help="Who does it; it stays in the ledger.")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and do nothing.")
@vault_options
def command(**given: Any) -> None:
    """Make all that is kept about one person unreadable, for good.

    The key of everything encrypted about the person is destroyed, with the payloads and their
    salts. Records and their proofs stay: they hold commitments that nobody can open any more.
    Exits with 1 where a legal hold forbids it.
    """
    with opened(given) as (ledger, vault):
        subject = subject_of(vault, given["subject"])
        if given["dry_run"]:
            count = len(ledger.store.payload_ids(subject))
            holds = len(standing(ledger, subject))
            click.echo(f"{subject}: {_counted(count)} would be erased; legal holds: {holds}")
            return
        terms = {name: given[name] for name in ("by", "reason", "basis")}
        done = erase(ledger, vault, subject, **terms, at=now())
    if isinstance(done, HoldPlaced):
        click.echo(
            plain(f"{subject}: not erased: legal hold {done.number} by {done.by}: {done.reason}"),
            err=True,
        )
        raise click.exceptions.Exit(EXIT_HELD)
    click.echo(f"{subject}: erased, {_counted(done.payloads)} (erasure {done.number})")
    if not done.payloads:
        note("nothing was kept: is it the application and the user as requests name them?")


def _counted(payloads: int) -> str:
    return f"{payloads} payload{'' if payloads == 1 else 's'}"
