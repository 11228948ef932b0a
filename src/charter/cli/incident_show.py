"""`charter incident show` and `clocks`: an incident as it stands, and what is owed by when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any

import click

from charter.cli.incident_state import (
    id_argument,
    json_option,
    looking,
    now,
    reads,
    regimes_in,
    regimes_option,
    zone_in,
    zone_option,
)
from charter.cli.refused import EXIT_NO
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import opened_ledger
from charter.govern.incidents.book import incidents
from charter.govern.incidents.clocks import (
    NOT_APPLICABLE,
    OVERDUE,
    RUNNING,
    WARNING,
    Clock,
    clocks,
    keep_until,
)
from charter.govern.incidents.duration import spoken
from charter.govern.incidents.incident_json import clock_json, incident_json
from charter.govern.incidents.regime import READ, Regime
from charter.govern.incidents.state import CLOSED, TIMES, Incident
from charter.govern.instants import shown, written

_MARKS = {OVERDUE: "!! ", WARNING: "!  "}


@click.command("show")
@id_argument
@click.option("--all", "everything", is_flag=True, help="Clocks that do not apply too.")
@zone_option
@regimes_option
@json_option
@reads
def show_command(**given: Any) -> None:
    """Show an incident: its clocks with the time that is left, what is known, what was done."""
    regimes, zone = regimes_in(given), zone_in(given)
    with looking(given) as (found, moment):
        counted = clocks(found, regimes, now=moment)
    if given["as_json"]:
        kept = {each.id: keep_until(found, each) for each in regimes}
        write_json(
            {
                **incident_json(found),
                "as_of": written(moment),
                "clocks": [clock_json(each) for each in counted],
                "keep_until": {name: written(at) for name, at in kept.items() if at is not None},
            }
        )
        return
    for line in (*_head(found), *_clock_lines(counted, zone, everything=given["everything"])):
        click.echo(_inset(line))
    for line in (*_known(found, zone), *_timeline(found)):
        click.echo(_inset(line))
    for line in _caveats(regimes, counted, moment):
        note(plain(line))


@click.command("clocks")
@click.option("--drills", is_flag=True, help="Those of exercises too.")
@click.option("--all", "everything", is_flag=True, help="Those that do not run too.")
@zone_option
@regimes_option
@json_option
@reads
def clocks_command(**given: Any) -> None:
    """Show the running clocks of all incidents, the next due first; exit 1 if one is overdue."""
    regimes, zone, moment = regimes_in(given), zone_in(given), now()
    with opened_ledger(given) as ledger:
        found = incidents(ledger, now=moment)
    running = [
        (each, clock)
        for each in found
        if given["drills"] or not each.drill
        for clock in clocks(each, regimes, now=moment)
        if given["everything"] or clock.state in RUNNING
    ]
    running.sort(key=lambda pair: (pair[1].due_at or moment, pair[0].id))
    if given["as_json"]:
        rows = [{"incident": each.id, **clock_json(clock)} for each, clock in running]
        write_json({"as_of": written(moment), "clocks": rows})
    else:
        for each, clock in running:
            click.echo(plain(f"{each.id}  {_line(clock, zone)}"))
        if not any(clock.state in RUNNING for _, clock in running):
            click.echo("no clock is running")
    if any(clock.state == OVERDUE and not each.drill for each, clock in running):
        raise click.exceptions.Exit(EXIT_NO)


def _inset(text: str) -> str:
    """Return a text whose further lines cannot be taken for lines of Charter's."""
    return plain(text).replace("\n", "\n     | ")


def _head(found: Incident) -> Iterator[str]:
    if found.drill:
        yield "DRILL: an exercise, in no figure"
    yield f"{found.id}  {found.status}  {found.severity}"
    yield found.title
    if found.summary:
        yield found.summary
    for odd in found.oddities:
        yield f"odd: {odd}"


def _clock_lines(
    counted: Iterable[Clock], zone: tzinfo | None, *, everything: bool
) -> Iterator[str]:
    for clock in counted:
        if everything or clock.state != NOT_APPLICABLE:
            yield _line(clock, zone)
            for name in ("undecided",) if clock.undecided else ():
                yield f"     counted as if it applies; {name}: {', '.join(clock.undecided)}"


def _line(clock: Clock, zone: tzinfo | None) -> str:
    mark = _MARKS.get(clock.state, "   ")
    drill = "DRILL " if clock.drill else ""
    line = f"{mark}{drill}{clock.regime} {clock.stage}: {clock.state}"
    if clock.due_at is not None:
        line += f", due {shown(clock.due_at, zone)}"
    if clock.left is not None:
        over = clock.left.total_seconds() < 0
        line += f", {spoken(-clock.left)} over" if over else f", {spoken(clock.left)} left"
    if clock.met_at is not None:
        line += f", submitted {shown(clock.met_at, zone)}"
    return f"{line} ({clock.why})"


def _known(found: Incident, zone: tzinfo | None) -> Iterator[str]:
    for name in TIMES:
        if name in found.times:
            moment = found.times[name]
            yield f"{name}: {shown(moment.at, zone)} ({moment.evidence}; record {moment.number})"
    for name, field in sorted(found.fields.items()):
        said = field.value or field.state
        reason = f"; {field.reason}" if field.reason else ""
        yield f"{name}: {said} (record {field.number}{reason})"
    for link in found.links:
        yield f"{link.kind}: {link.id}"


def _timeline(found: Incident) -> Iterator[str]:
    for event in found.timeline:
        words = (event.change, event.name, event.state, event.value if event.number else "")
        said = " ".join(word for word in words if word)
        if event.change == "postmortem":
            said = "postmortem"
        reason = f": {event.reason}" if event.reason and event.number else ""
        yield f"{event.number}. {event.at} {event.by}: {said}{reason}"
    if found.status == CLOSED:
        yield "It is closed."


def _caveats(
    regimes: Iterable[Regime], counted: Iterable[Clock], moment: datetime
) -> Iterator[str]:
    """Yield what the reader has to know of regimes that count here."""
    counting = {clock.regime for clock in counted if clock.state != NOT_APPLICABLE}
    here = [each for each in regimes if each.id in counting]
    unread = [f"{each.id} ({each.verified})" for each in here if each.verified != READ]
    if unread:
        yield f"law not read at first hand: {', '.join(unread)}"
    for each in here:
        if each.is_stale(moment):
            yield f"{each.id}: the law was last checked {each.law_checked_on:%Y-%m-%d}: look again"
    yield "not legal advice; a day counts as 24 hours, and laws may give more time"


COMMANDS = (show_command, clocks_command)
