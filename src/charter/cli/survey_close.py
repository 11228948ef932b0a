"""`charter survey close ID`: take no more answers."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.reason import reason_of
from charter.cli.refused import refusing
from charter.cli.screen import note, plain
from charter.cli.vault_options import now, opened, opened_ledger, vault_options
from charter.cli.who import by_option, who
from charter.errors import ConfigError, StorageError
from charter.evolve.surveys.conduct import note_conduct
from charter.evolve.surveys.opening import Opening, close_survey, opening


@click.command("close")
@click.argument("survey", metavar="ID")
@click.option("--reason", required=True, help="Why; it stays in the ledger.")
@by_option
@vault_options
def command(**given: Any) -> None:
    """Close a survey, and note how people took part.

    Noted are signs of answers without thought, such as the same vote all along. A note removes
    nobody from any figure. People can still see and withdraw what they said.
    """
    by, reason, survey = who(given["by"]), reason_of(given), given["survey"]
    with refusing(survey), opened_ledger(given) as ledger:
        close_survey(ledger, survey, by=by, reason=reason, at=now())
        found = opening(ledger, survey)
    click.echo(plain(f"{survey}: closed by {by}"))
    if found is not None:
        _note(given, found)


def _note(given: dict[str, Any], found: Opening) -> None:
    """Note how people took part; that it cannot be told undoes no closing."""
    try:
        with opened(given) as (ledger, vault):
            noted = note_conduct(ledger, vault, found, at=now())
    except (ConfigError, StorageError) as error:
        note(plain(f"how people took part was not looked at: {error}"))
        return
    click.echo(f"{noted} new {'note' if noted == 1 else 'notes'} of how people took part")
