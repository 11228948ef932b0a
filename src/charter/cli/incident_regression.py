"""`charter incident regression`: the scenario that shows the fault, and that it is gone."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.incident_state import acting, writes
from charter.cli.incident_trial import latest_run, proofs_of, runs_option
from charter.cli.screen import note, plain
from charter.govern.incidents import closing
from charter.govern.incidents.state import Regression

LATEST = "latest"


@click.command("regression")
@writes
@click.option("--scenario", required=True, metavar="ID", help="The scenario that shows the fault.")
@click.option("--before", metavar="RUN", help="The run in which it failed.")
@click.option("--after", metavar="RUN", default="", help="A later run in which it passes.")
@click.option("--withdraw", metavar="REASON", help="It was named by mistake.")
@runs_option
def regression_command(**given: Any) -> None:
    """Name a scenario that failed before, and the later run in which it passes.

    Both are looked up where evaluations are kept, now and again when the incident is closed. The
    run after may be named later; `latest` is the newest.
    """
    if (given["before"] is None) == (given["withdraw"] is None):
        raise click.UsageError("name --before RUN, or --withdraw REASON")
    runs = given["evaluations"]
    with acting(given) as it:
        if given["withdraw"] is not None:
            made = closing.withdrawn(
                it.incident,
                at=it.at,
                by=it.by,
                scenario=given["scenario"],
                reason=given["withdraw"],
            )
            it.record(made, f"{made.name} is withdrawn")
            return
        before, after = (
            latest_run(runs) if name == LATEST else name
            for name in (given["before"], given["after"])
        )
        made = closing.regression(
            it.incident,
            at=it.at,
            by=it.by,
            scenario=given["scenario"],
            before=before,
            after=after,
        )
        it.record(made, f"{made.name} shows it")
        shown = Regression(made.name, before, after, made.number)
        for proof in proofs_of((shown,), runs):
            note(plain(proof.said))


COMMANDS = (regression_command,)
