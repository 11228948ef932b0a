"""`charter incident postmortem` and `review`: what is learned, and who else read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from charter.cli.incident_state import (
    acting,
    looking,
    regimes_in,
    regimes_option,
    tell,
    writes,
    zone_in,
    zone_option,
)
from charter.cli.incident_trial import proofs_of, runs_option
from charter.cli.screen import plain
from charter.cli.whole_file import write_whole
from charter.govern.incidents import closing
from charter.govern.incidents.clocks import clocks
from charter.govern.incidents.postmortem import Parts, render
from charter.govern.incidents.redaction import parse
from charter.load import read_source


@click.command("postmortem")
@writes
@click.option(
    "--file",
    "written",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Record this text, in Markdown; without it the incident is rendered.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the rendering into a file.",
)
@click.option("--public", is_flag=True, help="Withhold names of people, and who submits reports.")
@click.option(
    "--withhold",
    "redactions",
    multiple=True,
    metavar="WHAT=REASON",
    help="title, summary, people, links, clocks, cause, postmortem, field:NAME, time:NAME or "
    "change:NUMBER; repeatable. The reason is shown in its place.",
)
@zone_option
@regimes_option
@runs_option
def postmortem_command(**given: Any) -> None:
    """Record what was learned (--file), or render the whole incident as Markdown.

    A text that is recorded again has to be reviewed again.
    """
    rendering = given["out"] or given["public"] or given["redactions"]
    if given["written"] is not None and rendering:
        raise click.UsageError("record with --file, or render; one after the other")
    if given["written"] is None:
        _render(given)
        return
    text = read_source(given["written"]).text
    with acting(given) as it:
        made = closing.postmortem(it.incident, at=it.at, by=it.by, text=text)
        it.record(made, "post-mortem recorded: somebody else has to review it")


def _render(given: dict[str, Any]) -> None:
    regimes, redactions = regimes_in(given), [parse(each) for each in given["redactions"]]
    with looking(given) as (found, moment):
        counted = clocks(found, regimes, now=moment)
    proofs = proofs_of(found.regressions, given["evaluations"])
    parts = Parts(found, counted, proofs, moment, zone_in(given))
    text = render(parts, for_public=given["public"], redactions=redactions)
    if given["out"] is None:
        click.echo(plain(text), nl=False)
        return
    write_whole(given["out"], text)
    tell(found, f"rendered into {given['out']}{', for the public' if given['public'] else ''}")


@click.command("review")
@writes
@click.option("--accept", "accepted", is_flag=True, help="It says what happened, and why.")
@click.option("--changes", metavar="NOTE", help="What should be changed.")
def review_command(**given: Any) -> None:
    """Say whether the post-mortem as it stands is accepted. Its author may not."""
    if given["accepted"] == (given["changes"] is not None):
        raise click.UsageError("say --accept, or --changes NOTE")
    with acting(given) as it:
        made = closing.reviewed(
            it.incident,
            at=it.at,
            by=it.by,
            accepted=given["accepted"],
            note=given["changes"] or "",
        )
        it.record(made, f"post-mortem {made.value}: {made.state}")


COMMANDS = (postmortem_command, review_command)
