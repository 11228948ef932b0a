"""`charter survey results`: what people said, every figure with its interval."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from charter.cli.figures_options import figures_options, hand_out
from charter.cli.screen import note, plain
from charter.cli.survey_voices import heard
from charter.cli.vault_options import vault_options
from charter.cli.voices_options import voices_options
from charter.records.survey import CHANNELS

EXIT_EXPOSED = 1


@click.command("results")
@click.argument("survey", metavar="[SURVEY]", required=False)
@click.option(
    "--import",
    "elsewhere",
    metavar="FORMAT:PATH",
    help="Voices that were gathered elsewhere, as `charter survey import` reads them.",
)
@click.option(
    "--channel",
    type=click.Choice(CHANNELS),
    help="Only people who came by themselves, or who were drawn. With --import: which they are.",
)
@click.option(
    "--rules",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --import: smallest, floor, alpha, trim and margins; a survey has its own.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option(
    "--since",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Results that were shown before: refuse where a few people could be told apart by both.",
)
@figures_options
@voices_options
@vault_options
def command(**given: Any) -> None:
    """Show what people said in a survey: rates, groups, floors, division, who was not heard.

    Figures of people who came by themselves and of those who were drawn are never mixed. Nothing
    is shown about fewer people than the survey's rules say, nor can be worked out. The same voices
    and seed give the same figures. Ends with 1 where --since finds that a few could be told apart.
    """
    from charter.cli.survey_results_screen import screen  # noqa: PLC0415 - slow to import
    from charter.evolve.results.bases import exposures  # noqa: PLC0415 - the same
    from charter.evolve.results.export import read_results, results_json  # noqa: PLC0415
    from charter.evolve.results.results_of import results_of  # noqa: PLC0415

    given["master_key"] = given["master"] if given["elsewhere"] else None
    before = None if given["since"] is None else read_results(given["since"])
    found = heard(given["survey"], given["elsewhere"], given)
    channels = (given["channel"],) if given["channel"] else CHANNELS
    results = results_of(found.voices, found.reading, seed=given["seed"], channels=channels)
    exposed = exposures(results, before=before)
    if exposed:
        for each in exposed[:20]:
            what = f"{each.variable}: {each.people} could be told apart: {each.how}"
            click.echo(plain(what), err=True)
        note("nothing is shown: wait until more people have come")
        raise click.exceptions.Exit(EXIT_EXPOSED)
    hand_out(results_json(results), "results", given, screen=lambda: screen(results))
