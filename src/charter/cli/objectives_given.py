"""What the verbs of `charter objectives` have in common: options, counts, breaches, exits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from charter.cli.rolled_up import rolled_up
from charter.cli.vault_options import opened_ledger, settings_of
from charter.gateway.place import place_of
from charter.govern.instants import written_ms
from charter.govern.objectives.breach import Breach, breaches
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.status import Status
from charter.ledger.ledger import Ledger
from charter.load import load

EXIT_FIRES = 1

file_argument = click.argument(
    "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE"
)
spec_option = click.option(
    "--spec", metavar="SPEC", help="The spec: whose root sections have no budget, but breaches."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextmanager
def counted(given: dict[str, Any]) -> Iterator[tuple[Ledger, Rollup]]:
    """Open the ledger with its counts, brought up to date."""
    place = place_of(settings_of(given).ledger, given.get("place"))
    with opened_ledger(given) as ledger, rolled_up(ledger, place) as rollup:
        yield ledger, rollup


def breaches_in(given: dict[str, Any], ledger: Ledger, at: int) -> tuple[Breach, ...]:
    """Return confirmed breaches of root sections; none without a spec, which says what is root."""
    if given["spec"] is None:
        return ()
    spec = load(given["spec"])
    root = {each.id for each in spec.sections if each.authority == "root"}
    moment = written_ms(at)
    return tuple(each for each in breaches(ledger, root) if each.at <= moment)


def end_with(found: tuple[Status, ...], broken: object) -> None:
    """Exit 1 where something fires."""
    if broken or any(each.alerts.severity for each in found):
        raise click.exceptions.Exit(EXIT_FIRES)
