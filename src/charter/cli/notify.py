"""`charter notify`: tell people and servers what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from charter.cli.incident_state import regimes_in, regimes_option
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import ledger_place, now, opened_ledger
from charter.govern.counted import counted
from charter.govern.incidents.book import incidents
from charter.govern.incidents.clocks import clocks
from charter.govern.incidents.regime import Regime
from charter.govern.notices.deliver import (
    FAILED,
    MOST_FAILED,
    Wanted,
    given_up,
    post_from_here,
    wanted_of,
)
from charter.govern.notices.due import Due, clock_due, read_due, recent
from charter.govern.notices.message import message_of
from charter.govern.notices.settings import Settings, load_settings
from charter.ledger.ledger import Ledger
from charter.records.objective import NoticeSent

EXIT_FAILED = 1


@click.command("notify")
@click.option(
    "--settings",
    "notices",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Who is told what: targets and routes.",
)
@regimes_option
@click.option("--dry-run", is_flag=True, help="Show what would be sent, and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@ledger_place
def command(**given: Any) -> None:
    """Send what is due: alerts, incidents and their clocks, releases and pins not told of yet.

    Run it every minute, from as many machines as you like. Each target is told once; what failed is
    tried again the next time. Ends with 1 where something could not be sent.
    """
    settings = load_settings(given["notices"])
    with opened_ledger(given) as ledger:
        at = now()
        every = wanted_now(ledger, settings, clocks_due(ledger, regimes_in(given), at), at)
        if given["dry_run"]:
            _show_wanted(every, as_json=given["as_json"])
            return
        post = post_from_here(ledger, settings, now)
        sent = []
        for wanted in every:
            found = post.deliver(wanted)
            sent.append(found)
            if not given["as_json"]:
                why = f": {found.detail}" if found.detail else ""
                click.echo(plain(f"{found.outcome}  {_named(wanted)}{why}"))
    if given["as_json"]:
        rows = [{**_row(e.wanted), "outcome": e.outcome, "detail": e.detail} for e in sent]
        write_json({"notices": rows})
    elif not sent:
        note("nothing is due")
    if any(each.outcome == FAILED for each in sent):
        raise click.exceptions.Exit(EXIT_FAILED)


def wanted_now(
    ledger: Ledger, settings: Settings, others: Sequence[Due], at: str
) -> tuple[Wanted, ...]:
    """Return what has to be sent: what happened of late, and `others`, which hold now."""
    every = (*recent(read_due(ledger), at, settings.hours), *others)
    known = tuple(ledger.read(NoticeSent))
    found = tuple(wanted_of(every, settings, known, at))
    waiting = sum(1 for _ in wanted_of(every, settings, known)) - len(found)
    if waiting:
        note(f"{counted(waiting, 'notice')} failed before: later runs try again")
    if lost := given_up(every, settings, known):
        first = f"{lost[0].due.event} {lost[0].due.about} to {lost[0].target.name}"
        note(
            plain(f"given up after {MOST_FAILED} attempts: {counted(len(lost), 'notice')}: {first}")
        )
    return found


def clocks_due(ledger: Ledger, regimes: Sequence[Regime], at: str) -> tuple[Due, ...]:
    """Return the clocks that warn or are over, however long: of closed incidents too."""
    moment = datetime.fromisoformat(at)
    found = (
        clock_due(each, clock)
        for each in incidents(ledger, now=moment)
        for clock in clocks(each, regimes, now=moment)
    )
    return tuple(due for due in found if due is not None)


def _show_wanted(every: Sequence[Wanted], *, as_json: bool) -> None:
    if as_json:
        write_json({"notices": [_row(each) for each in every]})
        return
    for each in every:
        click.echo(plain(f"due  {_named(each)}"))
    if not every:
        note("nothing is due")


def _named(each: Wanted) -> str:
    return f"{each.due.event}  {each.due.about}  to {each.target.name}  {each.due.title}"


def _row(each: Wanted) -> dict[str, Any]:
    message = message_of(each.due, each.target.name)
    return {
        "id": message.id,
        "event": each.due.event,
        "about": each.due.about,
        "severity": each.due.severity,
        "target": each.target.name,
        "subject": message.subject,
    }
