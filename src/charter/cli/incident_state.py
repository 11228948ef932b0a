"""What the verbs of `charter incident` have in common: options, the state they act on, refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.cli.free_text import FREE_TEXT
from charter.cli.refused import refusing
from charter.cli.screen import plain
from charter.cli.vault_options import config_option, ledger_place, opened_ledger
from charter.cli.who import by_option, who
from charter.govern.incidents.book import append, incident
from charter.govern.incidents.regime import Regime
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.incidents.state import Incident
from charter.govern.instants import written, zone_of
from charter.ledger.ledger import Ledger
from charter.records.incident import IncidentAmended

Command = TypeVar("Command", bound=Callable[..., Any])

id_argument = click.argument("incident", metavar="ID")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
zone_option = click.option(
    "--zone", metavar="ZONE", help="Time zone of times without an offset, and of those shown."
)
regimes_option = click.option(
    "--regimes",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Further regimes of your own, one YAML file each.",
)
reason_option = click.option(
    "--reason", type=FREE_TEXT, required=True, help="Why; it stays in the ledger."
)


def reads(command: Command) -> Command:
    """Add the options of a verb that reads an incident."""
    return ledger_place(config_option(command))


def writes(command: Command) -> Command:
    """Add the options of a verb that records something about an incident."""
    return id_argument(by_option(reads(command)))


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody about to say something of an incident."""

    ledger: Ledger
    incident: Incident
    by: str
    now: datetime

    @property
    def at(self) -> str:
        """The present time as records have it."""
        return written(self.now)

    def record(self, made: IncidentAmended, said: str) -> None:
        """Append a record, and say what was done."""
        append(self.ledger, (made,))
        tell(self.incident, f"{made.number}. {said}")


@contextmanager
def acting(given: dict[str, Any]) -> Iterator[Acting]:
    """Open the ledger, and find the incident as it stands."""
    by, moment = who(given["by"]), now()
    with refusing(given["incident"]), opened_ledger(given) as ledger:
        yield Acting(ledger, incident(ledger, given["incident"], now=moment), by, moment)


@contextmanager
def looking(given: dict[str, Any]) -> Iterator[tuple[Incident, datetime]]:
    """Open the ledger, and yield the incident as it stands, with the present time."""
    moment = now()
    with refusing(given["incident"]), opened_ledger(given) as ledger:
        found = incident(ledger, given["incident"], now=moment)
    yield found, moment


def tell(found: Incident, said: str) -> None:
    """Print one line about an incident; of a drill, it says so."""
    drill = "DRILL " if found.drill else ""
    click.echo(plain(f"{drill}{found.id}: {said}"))


def now() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


def zone_in(given: dict[str, Any]) -> tzinfo | None:
    """Return the time zone that was named. Raises ConfigError."""
    return zone_of(given["zone"]) if given.get("zone") else None


def regimes_in(given: dict[str, Any]) -> tuple[Regime, ...]:
    """Return the regimes that count. Raises ConfigError."""
    return load_regimes(given.get("regimes"))
