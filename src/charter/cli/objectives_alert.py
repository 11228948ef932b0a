"""`charter objectives alert`, `alerts` and `end`: what fires, and the incidents that it opens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NoReturn, TypeAlias

import click

from charter.cli.free_text import FREE_TEXT
from charter.cli.incident_organisation import Standing, organisation_option, standing_in
from charter.cli.incident_record import decisions_in
from charter.cli.objectives_given import (
    EXIT_FIRES,
    breaches_in,
    counted,
    end_with,
    file_argument,
    json_option,
    spec_option,
)
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger
from charter.cli.who import by_option, who
from charter.errors import AlreadyRecorded, LedgerError
from charter.govern.incidents.book import incidents
from charter.govern.incidents.from_alert import opened_by, without_incident
from charter.govern.instants import required
from charter.govern.objectives.breach import SEVERITY, Breach, raised
from charter.govern.objectives.objective import SEVERITIES, Objectives, spoken
from charter.govern.objectives.objectives_file import load_objectives
from charter.govern.objectives.recorded import alert_lines, changes, standing
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.status import Status, as_of, statuses
from charter.ledger.ledger import Ledger
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.objective import AlertEnded, AlertRaised

TRIES = 5
"""How often another process may be quicker before this one gives up."""
MOST_REASON = 2000

Made: TypeAlias = AlertRaised | AlertEnded | IncidentOpened | IncidentAmended


@click.command("alert")
@file_argument
@spec_option
@click.option(
    "--open-incidents",
    "severities",
    multiple=True,
    type=click.Choice(SEVERITIES),
    help="Alerts of this severity open incidents too; breaches of root sections always do.",
)
@organisation_option
@json_option
@ledger_place
@config_option
def alert_command(**given: Any) -> None:
    """Record what begins to fire, and what does so no more; exit 1 where something fires.

    A confirmed breach of a root section opens an incident. Run it every minute or so. It may run in
    several places: an alert, and its incident, is recorded once.
    """
    objectives, every = load_objectives(given["file"]), standing_in(given)
    with counted(given) as (ledger, rollup):
        for _ in range(TRIES):
            rollup.update(ledger)
            found, made = _due(given, objectives, ledger, rollup, every)
            try:
                if made:
                    ledger.append(*made)
                break
            except AlreadyRecorded:  # by another process: look again
                continue
        else:
            raise LedgerError(
                "others record alerts at the same time", hint="run this in one place, or later"
            )
        lines = alert_lines(ledger)
    told = [each for each in made if not isinstance(each, IncidentAmended)]
    if given["as_json"]:
        write_json({"recorded": [record_json(each) for each in told]})
    else:
        for each in told:
            click.echo(plain(record_text(each)))
        if not told:
            click.echo("nothing changed")
    if given["spec"] is None:
        note("breaches of root sections are not looked for: name the spec with --spec")
    end_with(found, standing(lines))


def _due(
    given: dict[str, Any],
    objectives: Objectives,
    ledger: Ledger,
    rollup: Rollup,
    known: Standing,
) -> tuple[tuple[Status, ...], list[Made]]:
    """Return how objectives stand, and what is to be recorded of it."""
    moment = now()
    at = required(moment, "now")
    found = statuses(objectives, as_of(rollup.measure, at))
    broken = breaches_in(given, ledger, at)
    lines = alert_lines(ledger)
    existing = (alert for every in lines.raised.values() for alert in every)
    alerts = (
        *changes(found, lines, at=moment, definition=objectives.digest),
        *raised(broken, existing, at=moment, definition=objectives.digest),
    )
    over = {(e.run, e.number) for e in alerts if isinstance(e, AlertEnded)}
    open_ = [e for e in lines.every_open if (e.run, e.number) not in over]
    open_ += [each for each in alerts if isinstance(each, AlertRaised)]
    severities = {SEVERITY, *given["severities"]}
    return found, [*alerts, *_incidents(ledger, open_, severities, broken, moment, known)]


def _incidents(  # noqa: PLR0913, PLR0917 - what is known of alerts and their incidents
    ledger: Ledger,
    alerts: list[AlertRaised],
    severities: Collection[str],
    broken: tuple[Breach, ...],
    moment: str,
    said: Standing,
) -> list[Made]:
    """Return the records that open an incident for each alert that has none."""
    instant = datetime.fromisoformat(moment)
    wanted = [each for each in alerts if each.severity in severities]
    if not wanted:
        return []
    since = {(f"root:{each.section}", each.decision): each.at for each in broken}
    made: list[Made] = []
    for alert in without_incident(wanted, severities, incidents(ledger, now=instant)):
        known = [since[key] for link in alert.links if (key := (alert.objective, link)) in since]
        decisions = decisions_in(ledger, alert.links)
        opening = opened_by(alert, decisions, now=instant, found_at=min(known, default=""))
        made += (*opening, *said.said_of(opening, now=instant))
    return made


@click.command("end")
@click.argument("alert", metavar="RUN/NUMBER")
@click.option(
    "--reason", type=FREE_TEXT, required=True, help="What was done; it stays in the ledger."
)
@by_option
@ledger_place
@config_option
def end_command(**given: Any) -> None:
    """End an alert by hand, such as `root:protect_privacy/breach/1` once it is dealt with."""
    run, _, number = given["alert"].rpartition("/")
    reason = given["reason"].strip()
    if not 0 < len(reason) <= MOST_REASON:
        raise click.UsageError("say what was done with --reason: it is part of the record")
    person = who(given["by"])
    with opened_ledger(given) as ledger:
        number_ = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        lines = alert_lines(ledger)
        if lines.find(run, number_) is None:
            _refuse(given["alert"], "there is no such alert: see `charter objectives alerts`")
        if (run, number_) in lines.ended:
            _refuse(given["alert"], "it was ended already")
        try:
            ledger.append(AlertEnded(run, number_, now(), person, reason))
        except AlreadyRecorded:
            _refuse(given["alert"], "somebody else ended it meanwhile: look again")
    click.echo(plain(f"{run}/{number_}: ended by {person}"))


@click.command("alerts")
@json_option
@ledger_place
@config_option
def alerts_command(**given: Any) -> None:
    """List the alerts that nobody has ended; exit 1 where there are any."""
    with opened_ledger(given) as ledger:
        found = alert_lines(ledger).every_open
    if given["as_json"]:
        write_json({"alerts": [record_json(each) for each in found]})
    else:
        for each in found:
            click.echo(plain(record_text(each)))
        if not found:
            click.echo("no alert is open")
    if found:
        raise click.exceptions.Exit(EXIT_FIRES)


def _refuse(wanted: str, why: str) -> NoReturn:
    click.echo(plain(f"{wanted[:80]}: not done: {why}"), err=True)
    raise click.exceptions.Exit(EXIT_FIRES)


def record_json(record: AlertRaised | AlertEnded | IncidentOpened) -> dict[str, Any]:
    """Return a record as `--json` shows it."""
    if isinstance(record, IncidentOpened):
        return {
            "event": "opened", "incident": record.run, "at": record.at,
            "severity": record.severity, "title": record.title,
        }  # fmt: skip
    if isinstance(record, AlertEnded):
        return {
            "event": "ended", "alert": f"{record.run}/{record.number}", "at": record.at,
            "by": record.by, "reason": record.reason,
        }  # fmt: skip
    return {
        "event": "raised", "alert": f"{record.run}/{record.number}", "at": record.at,
        "objective": record.objective, "severity": record.severity,
        "long_minutes": record.long_minutes, "bad": record.bad, "total": record.total,
        "burn": record.burn, "short_burn": record.short_burn, "links": list(record.links),
    }  # fmt: skip


def record_text(record: AlertRaised | AlertEnded | IncidentOpened) -> str:
    """Return a record as a line."""
    if isinstance(record, IncidentOpened):
        return f"opened  {record.run}  {record.at}  {record.severity}: {record.title}"
    name = f"{record.run}/{record.number}"
    if isinstance(record, AlertEnded):
        return f"ended   {name}  {record.at}  {record.reason}"
    if not record.burn:
        return f"raised  {name}  {record.at}  breach: {', '.join(record.links)}"
    return (
        f"raised  {name}  {record.at}  burns {record.burn} in {spoken(record.long_minutes)}"
        f" ({record.bad} of {record.total} bad), {record.short_burn} of late"
    )


COMMANDS = (alert_command, end_command, alerts_command)
