"""`charter incident resolve`, `close` and `reopen`."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.incident_state import (
    acting,
    reason_option,
    regimes_in,
    regimes_option,
    writes,
    zone_in,
    zone_option,
)
from charter.cli.incident_trial import proofs_of, runs_option
from charter.cli.screen import note, plain
from charter.govern.incidents import amend, closing
from charter.govern.incidents.clocks import clocks
from charter.govern.instants import parse, shown


@click.command("resolve")
@writes
@click.option("--at", "when", metavar="TIME", help="When it was over; now unless said.")
@reason_option
@zone_option
def resolve_command(**given: Any) -> None:
    """Say that it is over: final reports fall due from here."""
    zone = zone_in(given)
    with acting(given) as it:
        when = parse(given["when"], zone) if given["when"] else it.now
        made = amend.resolved(
            it.incident, at=it.at, by=it.by, when=when, reason=given["reason"], now=it.now
        )
        it.record(made, f"resolved {shown(when, zone)}")


@click.command("close")
@writes
@click.option("--check", is_flag=True, help="Say only what is missing; 1 if anything is.")
@regimes_option
@runs_option
def close_command(**given: Any) -> None:
    """Close an incident that is resolved, explained, proven fixed, and learned from.

    It needs a root cause, a scenario that failed before and passes now, and a post-mortem that
    somebody other than its author accepted. Reports still owed are shown, and stay owed.
    """
    regimes = regimes_in(given)
    with acting(given) as it:
        proofs = proofs_of(it.incident.regressions, given["evaluations"])
        counted = clocks(it.incident, regimes, now=it.now)
        found = closing.closing(it.incident, proofs, counted)
        for proof in proofs:
            if not proof.objection:
                click.echo(plain(proof.said))
        for warning in found.warnings:
            note(plain(f"still: {warning}"))
        if given["check"]:
            for missing in found.missing:
                click.echo(plain(f"missing: {missing}"))
            raise click.exceptions.Exit(int(bool(found.missing)))
        made = closing.close(it.incident, found, at=it.at, by=it.by)
        it.record(made, f"closed by {it.by}")


@click.command("reopen")
@writes
@reason_option
def reopen_command(**given: Any) -> None:
    """Open an incident again that was resolved or closed."""
    with acting(given) as it:
        made = amend.reopened(it.incident, at=it.at, by=it.by, reason=given["reason"])
        it.record(made, f"reopened by {it.by}")


COMMANDS = (resolve_command, close_command, reopen_command)
