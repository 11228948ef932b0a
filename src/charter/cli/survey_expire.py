"""`charter survey expire ID`: erase what a survey promised to keep no longer."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.refused import EXIT_NO
from charter.cli.screen import note, plain
from charter.cli.vault_options import now, opened, vault_options
from charter.cli.who import by_option, who
from charter.evolve.surveys.opening import opening
from charter.evolve.surveys.withdrawal import expire


@click.command("expire")
@click.argument("survey", metavar="ID")
@by_option
@vault_options
def command(**given: Any) -> None:
    """Erase answers older than the survey promised, and what is left of people who withdrew.

    Days count from the last answer of each person. Run it daily; write figures down before.
    """
    by, survey = who(given["by"]), given["survey"]
    with opened(given) as (ledger, vault):
        found = opening(ledger, survey)
        if found is None:
            click.echo(plain(f"{survey[:80]}: not done: there is no such survey"), err=True)
            raise click.exceptions.Exit(EXIT_NO)
        kept = expire(ledger, vault, found, by=by, at=now())
    click.echo(plain(f"{survey}: the answers of {kept.erased} people erased"))
    if kept.held:
        note(f"those of {kept.held} stay for now: a legal hold is on them")
