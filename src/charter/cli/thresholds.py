"""`charter thresholds FILE --evidence E.json`: what is ruled out, and what counts as crossed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from charter.cli.ledger_file import ledger_option
from charter.cli.screen import note, plain, write_json
from charter.cli.thresholds_json import as_json
from charter.errors import ConfigError
from charter.govern.roles import APPROVER, load_roles
from charter.govern.thresholds.exact import moment
from charter.govern.thresholds.judge import judge, models_of
from charter.govern.thresholds.read_evidence import load_evidence
from charter.govern.thresholds.read_thresholds import load_thresholds
from charter.govern.thresholds.threshold import Evidence, State, ThresholdState

EXIT_CROSSED = 1
MOST_FILES = 100


@click.command("thresholds")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--evidence",
    "files",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Measurements with their intervals, as charter-indicators/1; again for more.",
)
@click.option(
    "--run",
    "runs",
    multiple=True,
    metavar="RUN",
    help="Take the shares of violations of this evaluation as evidence too; again for more.",
)
@click.option("--model", help="The model asked about; where it is left out, that of the evidence.")
@click.option("--at", metavar="TIME", help="Judge as of this day or time, else of now.")
@click.option(
    "--for",
    "gated",
    type=click.Choice(["release", "gateway"]),
    help="Only those that gate releases, or what a gateway serves.",
)
@click.option(
    "--roles",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Who has which role: an approver who has not, at that time, counts as none.",
)
@click.option("--json", "as_json_", is_flag=True, help="Print JSON.")
@ledger_option
def command(**given: Any) -> None:
    """Say which thresholds of FILE are passed by a model, and which count as crossed.

    One is passed only where the upper confidence bound of fresh evidence about this very model lies
    below threshold minus margin. Evidence that is missing, too old, of another model or not the one
    agreed on counts as crossed.

    Exit codes: 0 all passed, 1 one is crossed; 2 and 3 where there is no answer.
    """
    thresholds = load_thresholds(given["file"])
    at = datetime.now(UTC) if given["at"] is None else _at(given["at"])
    evidence = _evidence(given)
    model = given["model"] or only_model(evidence)
    approvers = approvers_of(given["roles"], at)
    every = judge(thresholds, evidence, at=at, model=model, approvers=approvers)
    gated = given["gated"]
    states = [state for state in every if gated is None or getattr(state.threshold, gated)]
    if given["as_json_"]:
        write_json(as_json(thresholds, states, at=at, model=model))
    else:
        _print(states)
    if not states:
        note(plain(f"{given['file']}: no threshold applies to {model or 'an unnamed model'}"))
    if not every:
        note("is the model misspelled? nothing is ruled out for it, which counts as crossed")
    if not every or any(state.crossed for state in states):
        raise click.exceptions.Exit(EXIT_CROSSED)


def _at(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError as cause:
        raise ConfigError(f"--at {text!r:.60}: {cause}", hint="e.g. --at 2027-01-31") from cause


def approvers_of(roles: Path | None, at: datetime) -> frozenset[str] | None:
    """Return who may approve at a time, by id and by name; None where nobody says."""
    if roles is None:
        return None
    read = load_roles(roles)
    found = read.anywhere(APPROVER, at=at.isoformat())
    return found | {read.people[person].name for person in found}


def _evidence(given: dict[str, Any]) -> list[Evidence]:
    """Return all that was named. Raises ConfigError, LedgerError."""
    if len(given["files"]) > MOST_FILES or len(given["runs"]) > MOST_FILES:
        raise ConfigError(
            f"more than {MOST_FILES} pieces of evidence", hint="put them into fewer files"
        )
    found = [each for file in given["files"] for each in load_evidence(file)]
    if given["runs"]:
        # slow to import, and for those only who name a run
        from charter.cli.thresholds_run import evidence_of_run  # noqa: PLC0415

        for run in given["runs"]:
            found += evidence_of_run(run, given["ledger"])
    return found


def only_model(evidence: Sequence[Evidence]) -> str:
    """Return the model that all evidence is about; empty without any. Raises ConfigError."""
    models = models_of(evidence)
    if len(models) > 1:
        listed = ", ".join(models[:5]) + (", …" if len(models) > 5 else "")
        raise ConfigError(
            f"the evidence is about {len(models)} models: {listed}", hint="name one with --model"
        )
    return models[0] if models else ""


def _print(states: Sequence[ThresholdState]) -> None:
    for state in states:
        each = state.threshold
        click.echo(plain(f"{state.state.upper():7}  {state.id}  {state.title} ({each.level})"))
        click.echo(plain(f"         {state.why}; owner {each.owner}, approver {each.approver}"))
        for found in state.indicators:
            mark = "crossed" if found.state is State.CROSSED else "passed "
            click.echo(plain(f"         {mark}  {found.indicator.id}: {found.said}"))
