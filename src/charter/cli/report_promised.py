"""Files of objectives, thresholds and obligations -> sections of a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.cli.govern_look import look_at
from charter.cli.rolled_up import rolled_up
from charter.cli.vault_options import settings_of
from charter.gateway.place import place_of
from charter.govern.objectives.moment import required
from charter.govern.objectives.objectives_file import load_objectives
from charter.govern.objectives.status import as_of, statuses
from charter.govern.obligations.answer import answers
from charter.govern.obligations.facts import gather
from charter.govern.obligations.organisation import load_organisation
from charter.govern.obligations.pack_file import load_packs
from charter.govern.reports.figure import Query, Section
from charter.govern.reports.promised import objectives, obligations, thresholds
from charter.govern.reports.question import Questions
from charter.govern.reports.report import absent
from charter.govern.thresholds.judge import judge, models_of
from charter.govern.thresholds.read_evidence import load_evidence
from charter.govern.thresholds.read_thresholds import load_thresholds

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS = (
    click.option("--objectives", type=_FILE, metavar="FILE", help="Service levels to report on."),
    click.option("--thresholds", type=_FILE, metavar="FILE", help="Thresholds to report on."),
    click.option("--evidence", multiple=True, type=_FILE, metavar="FILE",
                 help="Measurements that thresholds are held against; repeatable."),
    click.option("--model", metavar="NAME", help="The model that thresholds are about."),
    click.option("--organisation", type=_FILE, metavar="FILE",
                 help="What you say of yourselves: obligations are answered by it."),
    click.option("--pack", "named", multiple=True, metavar="ID",
                 help="A pack of obligations; repeatable. All that ship if none."),
    click.option("--spec", metavar="SPEC", help="The spec to look for rules in, for obligations."),
    click.option("--roles", type=_FILE, metavar="FILE", help="The file of roles, for obligations."),
)  # fmt: skip


def promised_options(command: Command) -> Command:
    """Add the options that the functions here read."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


def objectives_of(given: dict[str, Any], ask: Questions) -> Section:
    """Return how service levels stood at the end of the period, or now while it runs."""
    file = given["objectives"]
    if file is None:
        return absent("objectives", "Objectives", "--objectives")
    read = load_objectives(file)
    place = place_of(settings_of(given).ledger, given.get("place"))
    with rolled_up(ask.ledger, place) as rollup:
        at = required(ask.period.until, "--to")
        return objectives(ask, statuses(read, as_of(rollup.measure, at)), str(file))


def thresholds_of(given: dict[str, Any], ask: Questions) -> Section:
    """Return what is ruled out at the end of the period, or now while it runs."""
    file = given["thresholds"]
    if file is None:
        return absent("thresholds", "Thresholds", "--thresholds")
    evidence = [each for one in given["evidence"] for each in load_evidence(one)]
    models = models_of(evidence)
    model = given["model"] or (models[0] if len(models) == 1 else "")
    at = _end(ask)
    found = judge(load_thresholds(file), evidence, at=at, model=model)
    named = " ".join(f"--evidence {each}" for each in given["evidence"])
    text = f"charter thresholds {file} {named} --model '{model}' --at {at:%Y-%m-%dT%H:%M:%SZ}"
    return thresholds(tuple(found), Query("verb", text))


def obligations_of(given: dict[str, Any], ask: Questions) -> Section:
    """Return what there was evidence of at the end of the period, or is now while it runs."""
    if given["organisation"] is None:
        return absent("obligations", "Obligations", "--organisation")
    at = _end(ask)
    facts = gather(ask.ledger, at=at)
    look = look_at(given, load_organisation(given["organisation"]), at, facts)
    found = [
        (each.pack.id, answer)
        for each in answers(load_packs(given["named"]), look)
        for answer in each.answers
    ]
    packs = "".join(f" --pack {each}" for each in given["named"])
    text = f"charter govern obligations --organisation {given['organisation']}{packs}"
    return obligations(found, Query("verb", f"{text} --at {at:%Y-%m-%dT%H:%M:%SZ} --json"))


def _end(ask: Questions) -> datetime:
    return min(datetime.fromisoformat(ask.period.until), datetime.now(UTC))
