"""What people say of an incident: notes, times, fields, links, severity, reports, the cause."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.incident_state import (
    acting,
    reads,
    reason_option,
    regimes_in,
    regimes_option,
    writes,
    zone_in,
    zone_option,
)
from charter.cli.screen import plain
from charter.cli.who import by_option
from charter.errors import ConfigError
from charter.govern.incidents import amend
from charter.govern.incidents.condition import NO, YES
from charter.govern.incidents.linked import check_linked
from charter.govern.incidents.regime import Question, Regime
from charter.govern.incidents.severity import SEVERITIES
from charter.govern.incidents.state import TIMES, UNKNOWN, VALUE, WITHHELD
from charter.govern.incidents.vocabulary import vocabulary
from charter.govern.instants import parse, shown

_SETTABLE = [name for name in TIMES if name != "resolved_at"]


@click.command("note")
@writes
@click.argument("text")
def note_command(**given: Any) -> None:
    """Add a note to the timeline. Quote no conversation: what is written here stays."""
    with acting(given) as it:
        it.record(amend.note(it.incident, at=it.at, by=it.by, text=given["text"]), "noted")


@click.command("time")
@writes
@click.argument("name", type=click.Choice(_SETTABLE))
@click.argument("when", metavar="TIME")
@click.option("--evidence", required=True, help="What shows it: it stays with the time.")
@zone_option
def time_command(**given: Any) -> None:
    """Record a time, such as when the organisation became aware, with its evidence."""
    when = parse(given["when"], zone_in(given))
    with acting(given) as it:
        made = amend.time(
            it.incident,
            at=it.at,
            by=it.by,
            name=given["name"],
            when=when,
            evidence=given["evidence"],
            now=it.now,
        )
        it.record(made, f"{given['name']} is {shown(when)}")


@click.command("field")
@click.argument("words", nargs=-1, metavar="ID NAME [VALUE]")
@click.option("--unknown", is_flag=True, help="Nobody knows it yet.")
@click.option("--withheld", metavar="REASON", help="It is known and not said; the reason stands.")
@click.option("--reason", default="", help="What a value rests on, or why it is unknown.")
@click.option("--list", "listed", is_flag=True, help="List all fields, and what they ask.")
@regimes_option
@by_option
@reads
def field_command(**given: Any) -> None:
    """Record what is known of a field: a value, that it is unknown, or that it is withheld."""
    known = vocabulary(regimes_in(given))
    if given["listed"]:
        for name, what in sorted(known.items()):
            click.echo(plain(f"{name}: {_asked(what)}"))
        return
    _field(given, given["words"], known)


def _field(given: dict[str, Any], words: tuple[str, ...], known: dict[str, Question | str]) -> None:
    states = [given["unknown"], given["withheld"] is not None]
    wanted = 2 if any(states) else 3
    if len(words) != wanted or all(states):
        raise click.UsageError("ID NAME VALUE, or ID NAME with --unknown or --withheld REASON")
    state = UNKNOWN if given["unknown"] else WITHHELD if any(states) else VALUE
    with acting({**given, "incident": words[0]}) as it:
        made = amend.field(
            it.incident,
            at=it.at,
            by=it.by,
            name=words[1],
            state=state,
            value=words[2] if state == VALUE else "",
            reason=given["withheld"] or given["reason"],
            known=known,
        )
        it.record(made, f"{made.name} is {made.value or made.state}")


def _asked(what: Question | str) -> str:
    if isinstance(what, str):
        return f"{what} (text)"
    return f"{what.ask} ({', '.join(what.choices or (YES, NO))})"


@click.command("link")
@writes
@click.argument("links", nargs=-1, required=True, metavar="KIND:ID…")
@click.option("--reason", default="", help="What it has to do with it.")
def link_command(**given: Any) -> None:
    """Link decisions, clauses, policies, models, applications: whatever it has to do with.

    A decision, exchange, policy, alert, review or release has to be in the ledger.
    """
    links = tuple(amend.parse_link(each) for each in given["links"])
    with acting(given) as it:
        check_linked(it.ledger, links)
        made = amend.link(it.incident, at=it.at, by=it.by, links=links, reason=given["reason"])
        it.record(made, f"linked {', '.join(given['links'])}")


@click.command("severity")
@writes
@click.argument("severity", type=click.Choice(list(SEVERITIES)))
@reason_option
def severity_command(**given: Any) -> None:
    """Say anew how bad it is. No deadline depends on it."""
    with acting(given) as it:
        value, reason = given["severity"], given["reason"]
        made = amend.severity(it.incident, at=it.at, by=it.by, value=value, reason=reason)
        it.record(made, f"severity {value}")


@click.command("submit")
@writes
@click.argument("report", metavar="REGIME/STAGE")
@click.option("--at", "when", metavar="TIME", help="When it was handed in; now unless said.")
@click.option("--evidence", required=True, help="What shows it, such as a reference number.")
@zone_option
@regimes_option
def submit_command(**given: Any) -> None:
    """Record that a report was handed in. Nothing is sent: people do that."""
    regimes = {each.id: each for each in regimes_in(given)}
    regime, stage = _report(given["report"], regimes)
    zone = zone_in(given)
    with acting(given) as it:
        when = parse(given["when"], zone) if given["when"] else it.now
        made = amend.submitted(
            it.incident,
            at=it.at,
            by=it.by,
            regime=regime,
            stage=stage,
            when=when,
            evidence=given["evidence"],
            now=it.now,
        )
        it.record(made, f"{made.name} was submitted {shown(when, zone)}")


def _report(text: str, regimes: dict[str, Regime]) -> tuple[Regime, str]:
    name, _, stage = text.partition("/")
    if name not in regimes:
        named = ", ".join(regimes)
        raise ConfigError(f"no regime {name[:60]!r}", hint=f"REGIME/STAGE, of {named}")
    return regimes[name], stage


@click.command("cause")
@writes
@click.argument("text")
def cause_command(**given: Any) -> None:
    """Record the root cause; said again, it takes the place of what was said before."""
    with acting(given) as it:
        made = amend.cause(it.incident, at=it.at, by=it.by, text=given["text"])
        it.record(made, "root cause recorded")


COMMANDS = (
    note_command,
    time_command,
    field_command,
    link_command,
    severity_command,
    submit_command,
    cause_command,
)
