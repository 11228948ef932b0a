"""`charter incident open` and `list`."""

from __future__ import annotations

import secrets
from typing import Any

import click

from charter.cli.incident_state import (
    json_option,
    now,
    reads,
    refusing,
    tell,
    zone_in,
    zone_option,
)
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import opened_ledger, settings_of
from charter.cli.who import by_option, who
from charter.errors import LedgerError, LedgerUnavailable
from charter.gateway.place import place_of
from charter.govern.incidents import amend
from charter.govern.incidents.book import incidents
from charter.govern.incidents.fold import fold
from charter.govern.incidents.incident_json import summary_json
from charter.govern.incidents.instants import parse, written
from charter.govern.incidents.refused import Refused
from charter.govern.incidents.severity import SEVERITIES
from charter.govern.incidents.state import CLOSED, OPEN, RESOLVED
from charter.ledger.open import open_ledger
from charter.records.incident import IncidentAmended

_OPENED = "the time at which it was opened: correct it where it was discovered earlier"


@click.command("open")
@click.option("--title", required=True, help="What went wrong, in one line, without names.")
@click.option("--summary", default="", help="More of it; quote no conversation.")
@click.option("--severity", type=click.Choice(list(SEVERITIES)), required=True, help="How bad.")
@click.option("--drill", is_flag=True, help="An exercise: marked everywhere, in no figure.")
@click.option("--link", "links", multiple=True, metavar="KIND:ID", help="What it is about.")
@click.option(
    "--discovered-at",
    "discovered",
    metavar="TIME",
    help="When it was discovered; now unless said, and `unknown` leaves it open.",
)
@click.option("--id", "run", metavar="ID", help="inc_ and a name of your own; else one is made.")
@zone_option
@by_option
@reads
def open_command(**given: Any) -> None:
    """Open an incident. The ledger is made where there is none yet."""
    moment, by = now(), who(given["by"])
    record = amend.opened(
        run=given["run"] or f"inc_{secrets.token_hex(8)}",
        at=written(moment),
        by=by,
        source="cli",
        title=given["title"],
        summary=given["summary"],
        severity=given["severity"],
        drill=given["drill"],
        links=tuple(amend.parse_link(each) for each in given["links"]),
    )
    found = fold((record,), now=moment)
    with refusing(record.run):
        more: tuple[IncidentAmended, ...] = ()
        if given["discovered"] != "unknown":
            said = given["discovered"]
            when = parse(said, zone_in(given)) if said else moment
            evidence = "said when it was opened" if said else _OPENED
            more = (
                amend.time(
                    found,
                    at=written(moment),
                    by=by,
                    name="discovered_at",
                    when=when,
                    evidence=evidence,
                    now=moment,
                ),
            )
        with open_ledger(place_of(settings_of(given).ledger, given.get("place"))) as ledger:
            try:
                ledger.append(record, *more)
            except LedgerUnavailable:
                raise
            except LedgerError as cause:
                raise Refused("there is an incident of this id already") from cause
    tell(found, f"opened by {by}: {record.severity}")


@click.command("list")
@click.option(
    "--status", type=click.Choice([OPEN, RESOLVED, CLOSED]), help="Only those in this state."
)
@click.option("--drills", is_flag=True, help="Exercises too; they are in no count.")
@json_option
@reads
def list_command(**given: Any) -> None:
    """List incidents, newest first, and count them. Drills are left out unless asked for."""
    with opened_ledger(given) as ledger:
        found = incidents(ledger, now=now())
    real = [each for each in found if not each.drill]
    shown = [each for each in reversed(found) if given["drills"] or not each.drill]
    shown = [each for each in shown if given["status"] in (None, each.status)]
    counts = {
        status: sum(each.status == status for each in real) for status in (OPEN, RESOLVED, CLOSED)
    }
    if given["as_json"]:
        write_json({"counts": counts, "incidents": [summary_json(each) for each in shown]})
        return
    for each in shown:
        drill = "DRILL  " if each.drill else ""
        odd = f"  ({len(each.oddities)} odd)" if each.oddities else ""
        line = f"{each.id}  {each.opened_at}  {each.status}  {each.severity}  {each.title}{odd}"
        click.echo(plain(drill + line))
    note(", ".join(f"{count} {status}" for status, count in counts.items()))


COMMANDS = (open_command, list_command)
