"""`charter survey open FILE`: take answers from now on."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.refused import refusing
from charter.cli.screen import plain
from charter.cli.survey_file import file_argument, good_survey, spec_option
from charter.cli.vault_options import config_option, ledger_place, now, settings_of
from charter.cli.who import by_option, who
from charter.evolve.surveys.opening import open_survey
from charter.gateway.place import place_of
from charter.ledger.open import open_ledger


@click.command("open")
@file_argument
@spec_option
@by_option
@ledger_place
@config_option
def command(**given: Any) -> None:
    """Open a survey: its words are recorded, and people can answer in exactly these.

    The ledger is made where there is none yet. After it was closed, a survey may be opened again
    in the same words; other words take another id. Exits with 1 where something is to be mended.
    """
    survey = good_survey(given["file"], given["spec"]).survey
    by, place = who(given["by"]), place_of(settings_of(given).ledger, given.get("place"))
    with refusing(survey.id), open_ledger(place) as ledger:
        found = open_survey(ledger, survey, by=by, at=now())
    times = "" if found.record.number == 1 else f" for time {found.record.number}"
    click.echo(plain(f"{survey.id}: opened{times} by {by}; {found.digest}"))
