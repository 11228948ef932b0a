"""`charter incident open` and `list`."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import click

from charter.cli.incident_organisation import organisation_option, standing_in
from charter.cli.incident_record import alert_named, decision_named, decisions_in, section_reviewed
from charter.cli.incident_state import (
    json_option,
    now,
    reads,
    tell,
    zone_in,
    zone_option,
)
from charter.cli.refused import refusing
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import opened_ledger, settings_of
from charter.cli.who import by_option, who
from charter.errors import AlreadyRecorded
from charter.gateway.place import place_of
from charter.govern.incidents import amend
from charter.govern.incidents.book import incidents
from charter.govern.incidents.fold import fold
from charter.govern.incidents.from_alert import (
    all_links,
    incident_of,
    links_of,
    severity_of,
    summary_of,
    timed,
    times_of,
    title_of,
    without_incident,
)
from charter.govern.incidents.incident_json import summary_json
from charter.govern.incidents.linked import check_linked
from charter.govern.incidents.refused import Refused
from charter.govern.incidents.severity import SEVERITIES
from charter.govern.incidents.state import CLOSED, OPEN, RESOLVED
from charter.govern.instants import parse, written
from charter.ledger.ledger import Ledger
from charter.ledger.open import open_ledger
from charter.records.incident import IncidentAmended, IncidentOpened, Link
from charter.records.objective import AlertRaised

_OPENED = "the time at which it was opened: correct it where it was discovered earlier"


@click.command("open")
@click.option("--title", help="What went wrong, in one line, without names.")
@click.option("--summary", default="", help="More of it; quote no conversation.")
@click.option("--severity", type=click.Choice(list(SEVERITIES)), help="How bad.")
@click.option("--drill", is_flag=True, help="An exercise: marked everywhere, in no figure.")
@click.option("--alert", metavar="RUN/NUMBER", help="Take everything from an alert.")
@click.option("--review", metavar="DECISION", help="Link what a reviewed decision was about.")
@click.option("--decision", metavar="ID", help="Link what a decision was about.")
@click.option("--link", "links", multiple=True, metavar="KIND:ID", help="What it is about.")
@click.option(
    "--discovered-at",
    "discovered",
    metavar="TIME",
    help="When it was discovered; now unless said, and `unknown` leaves it open.",
)
@click.option("--id", "run", metavar="ID", help="inc_ and a name of your own; else one is made.")
@organisation_option
@zone_option
@by_option
@reads
def open_command(**given: Any) -> None:
    """Open an incident. The ledger is made where there is none yet.

    From --alert its title, severity and times are taken unless they are said; an alert has one
    incident. From --alert, --review and --decision it is linked to section, policy, model and
    application.
    """
    moment, by, standing = now(), who(given["by"]), standing_in(given)
    for name in ("title", "severity"):
        if given["alert"] is None and given[name] is None:
            raise click.UsageError(f"missing option '--{name}'")
    with open_ledger(place_of(settings_of(given).ledger, given.get("place"))) as ledger:
        alert = None if given["alert"] is None else _alert(given, ledger, moment)
        record = _opened(given, ledger, alert, at=written(moment), by=by)
        with refusing(record.run):
            times = timed(record, _times(given, ledger, alert, moment), now=moment)
            opening: tuple[IncidentOpened | IncidentAmended, ...] = (record, *times)
            try:
                ledger.append(*opening, *standing.said_of(opening, now=moment))
            except AlreadyRecorded as cause:
                raise Refused("there is an incident of this id already") from cause
    tell(fold((record,), now=moment), f"opened by {by}: {record.severity}")


def _alert(given: dict[str, Any], ledger: Ledger, moment: datetime) -> AlertRaised:
    """Return the alert that was named, where no incident is about it."""
    if given["drill"]:
        raise click.UsageError("an alert is no exercise: open a drill without --alert")
    alert = alert_named(ledger, given["alert"])
    with refusing(given["alert"]):
        if not without_incident((alert,), (alert.severity,), incidents(ledger, now=moment)):
            raise Refused("there is an incident of this alert", hint="see charter incident list")
    return alert


def _opened(
    given: dict[str, Any], ledger: Ledger, alert: AlertRaised | None, *, at: str, by: str
) -> IncidentOpened:
    title, summary, severity = given["title"], given["summary"], given["severity"]
    run, links = f"inc_{secrets.token_hex(8)}", tuple[Link, ...]()
    if alert is not None:
        decisions = decisions_in(ledger, alert.links)
        title, summary = title or title_of(alert), summary or summary_of(alert)
        severity = severity or severity_of(alert, decisions)
        run, links = incident_of(alert), all_links(alert, decisions)
    if given["review"] is not None:
        section = section_reviewed(ledger, given["review"])
        decisions = decisions_in(ledger, (given["review"],))
        links += (Link("review", given["review"]), *links_of(decisions, section=section))
    if given["decision"] is not None:
        links += links_of((decision_named(ledger, given["decision"]),))
    named = tuple(amend.parse_link(each) for each in given["links"])
    with refusing(given["run"] or run):
        check_linked(ledger, named)
    links += named
    return amend.opened(
        run=given["run"] or run,
        at=at,
        by=by,
        source="cli",
        title=title,
        summary=summary,
        severity=severity,
        drill=given["drill"],
        links=tuple(dict.fromkeys(links)),
    )


def _times(
    given: dict[str, Any], ledger: Ledger, alert: AlertRaised | None, moment: datetime
) -> list[tuple[str, datetime, str]]:
    """Return what is known of times when it is opened."""
    shown = []
    if alert is not None:
        shown = times_of(alert, decisions_in(ledger, alert.links), now=moment)
    said = given["discovered"]
    if said is None and alert is not None:
        return shown
    shown = [each for each in shown if each[0] != "discovered_at"]
    if said == "unknown":
        return shown
    when = parse(said, zone_in(given)) if said else moment
    return [*shown, ("discovered_at", when, "said when it was opened" if said else _OPENED)]


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
