"""Files of objectives, thresholds and obligations -> sections of a report."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.cli.govern_look import look_at
from charter.cli.govern_runs import with_runs
from charter.cli.rolled_up import rolled_up
from charter.cli.thresholds import approvers_of, only_model
from charter.cli.vault_options import settings_of
from charter.gateway.place import place_of
from charter.govern.instants import required
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
from charter.govern.thresholds.judge import judge
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
    click.option("--roles", type=_FILE, metavar="FILE",
                 help="The file of roles: for obligations, and for who approves thresholds."),
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
    with rolled_up(ask.ledger, place, to=ask.size) as rollup:
        at = f"{_end(ask):%Y-%m-%dT%H:%M:%SZ}"
        found = statuses(read, as_of(rollup.measure, required(at, "--to")))
        return objectives(ask, found, shlex.quote(str(file)), at=at)


def thresholds_of(given: dict[str, Any], ask: Questions) -> Section:
    """Return what is ruled out at the end of the period, or now while it runs."""
    file = given["thresholds"]
    if file is None:
        return absent("thresholds", "Thresholds", "--thresholds")
    evidence = [each for one in given["evidence"] for each in load_evidence(one)]
    model, at = given["model"] or only_model(evidence), _end(ask)
    approvers = approvers_of(given["roles"], at)
    found = judge(load_thresholds(file), evidence, at=at, model=model, approvers=approvers)
    words = ["charter", "thresholds", str(file), *_named(given, "evidence", "roles")]
    words += ["--model", model, "--at", f"{at:%Y-%m-%dT%H:%M:%SZ}"]
    return thresholds(tuple(found), Query("verb", shlex.join(words)))


def obligations_of(given: dict[str, Any], ask: Questions) -> Section:
    """Return what there was evidence of at the end of the period, or is now while it runs."""
    if given["organisation"] is None:
        return absent("obligations", "Obligations", "--organisation")
    at = _end(ask)
    facts = with_runs(gather(ask.ledger, at=at, size=ask.size), given["places"], at)
    look = look_at(given, load_organisation(given["organisation"]), at, facts)
    found = [
        (each.pack.id, answer)
        for each in answers(load_packs(given["named"]), look)
        for answer in each.answers
    ]
    words = ["charter", "govern", "obligations", *_named(given, "organisation", "spec", "roles")]
    words += [*_named(given, "settings_file"), *(f"--pack={each}" for each in given["named"])]
    words += [*(f"--runs={each}" for each in given["places"])]
    words += ["--at", f"{at:%Y-%m-%dT%H:%M:%SZ}", "--json"]
    return obligations(found, Query("verb", shlex.join(words)))


def _named(given: dict[str, Any], *names: str) -> Iterator[str]:
    """Yield the options of these names that were given, as they are written."""
    for name in names:
        found = given[name] or ()
        for each in found if isinstance(found, tuple) else (found,):
            yield from (f"--{name.removesuffix('_file')}", str(each))


def _end(ask: Questions) -> datetime:
    return min(datetime.fromisoformat(ask.period.until), datetime.now(UTC))
