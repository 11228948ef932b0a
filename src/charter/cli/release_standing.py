"""What may speak against a release at any time: thresholds, objectives and open breaches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.cli.release_ledger import ledger_of
from charter.cli.rolled_up import rolled_up
from charter.govern.instants import required
from charter.govern.objectives.breach import breaches
from charter.govern.objectives.objectives_file import load_objectives
from charter.govern.objectives.recorded import alert_lines, standing
from charter.govern.objectives.status import as_of, statuses
from charter.govern.releases.gate import BREACHED, ObjectiveState
from charter.ledger.ledger import Ledger
from charter.load import read_source

Command = TypeVar("Command", bound=Callable[..., Any])


def standing_options(command: Command) -> Command:
    """Add the options of what is looked at when a release is asked for, and when it is made."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


_OPTIONS = (
    click.option(
        "--thresholds",
        "thresholds_file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Thresholds that must not be crossed.",
    ),
    click.option(
        "--evidence",
        "evidence_files",
        multiple=True,
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Measurements that thresholds are held against; repeatable.",
    ),
    click.option("--model", metavar="NAME", help="The model that thresholds are asked about."),
    click.option(
        "--objectives",
        "objectives_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Objectives whose error budgets must not be spent.",
    ),
)


def files_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the digests of the files of thresholds and objectives that are named, and the model.

    Whoever publishes names the same: another file of the same ids would ask for something else.
    """
    files = {what: given[f"{what}_file"] for what in ("thresholds", "objectives")}
    found = {what: read_source(file).digest for what, file in files.items() if file is not None}
    return found | ({"model": given["model"]} if given["model"] else {})


def objectives_of(
    given: Mapping[str, Any], ledger: Ledger, root: Collection[str], at: str
) -> tuple[ObjectiveState, ...]:
    """Return the state of each objective of a file, and every confirmed breach that is open.

    `root` are the ids of the sections of root authority. A breach counts until somebody ends its
    alert.
    """
    return (*_breaches(ledger, root), *_budgets(given, ledger, at))


def _breaches(ledger: Ledger, root: Collection[str]) -> Iterator[ObjectiveState]:
    lines = alert_lines(ledger)
    over = {
        (alert.objective, link)
        for run, every in lines.raised.items()
        for alert in every
        if (run, alert.number) in lines.ended
        for link in alert.links
    }
    found = {(f"root:{each.section}", each.decision): each.at for each in breaches(ledger, root)}
    found |= {
        (alert.objective, link): alert.at for alert in standing(lines) for link in alert.links
    }
    for (name, decision), since in sorted(found.items()):
        if (name, decision) not in over:
            what = f"a confirmed breach by {decision}, since {since}, is not dealt with"
            yield ObjectiveState(f"{name}/{decision}", BREACHED, what)


def _budgets(given: Mapping[str, Any], ledger: Ledger, at: str) -> Iterator[ObjectiveState]:
    if given["objectives_file"] is None:
        return
    objectives = load_objectives(given["objectives_file"])
    with rolled_up(ledger, ledger_of(dict(given))) as rollup:
        found = statuses(objectives, as_of(rollup.measure, required(at, "now")))
    for each in found:
        known = each.budget.left is not None
        what = f"its error budget: {each.budget.said}" if known else "too little is known"
        yield ObjectiveState(each.objective.id, each.budget.state, what)
