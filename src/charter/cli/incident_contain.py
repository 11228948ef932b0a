"""`charter incident contain`: stop, pin or tighten from an incident, and have it on record."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import click

from charter.cli.incident_state import EXIT_NO, Acting, acting, reason_option, tell, writes
from charter.cli.input_file import place as place_named
from charter.cli.screen import note, plain
from charter.cli.whole_file import write_whole
from charter.errors import CharterError
from charter.govern.incidents import containment
from charter.govern.incidents.book import append, append_anyway
from charter.govern.incidents.containment import REHEARSED
from charter.govern.incidents.state import Incident
from charter.load import load, load_effective, read_source
from charter.records.record import Record
from charter.records.service import PolicyServed
from charter.records.stop import StopOrdered

MOST_SERVED = 1000
"""Records, the newest, among which a policy is looked for that is to be pinned."""


@click.command("contain")
@writes
@click.option("--stop-app", metavar="APPLICATION", help="Stop an application.")
@click.option("--stop-tool", metavar="TOOL", help="Stop a tool, whoever calls it.")
@click.option("--pin", metavar="DIGEST", help="Serve no policy but this one.")
@click.option(
    "--overlay",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Add --boundary to this overlay; it has to tighten, and change nothing else.",
)
@click.option(
    "--boundary",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --overlay: YAML of id, section, on, when, effect, say.",
)
@click.option(
    "--base",
    "bases",
    multiple=True,
    metavar="SPEC",
    help="With --overlay: what it stands on, from the base up.",
)
@reason_option
def contain_command(**given: Any) -> None:
    """Stop an application or a tool, pin a policy, or tighten an overlay, from an incident.

    The act and its record are kept together or not at all. In a drill nothing real is stopped:
    the record says that it was rehearsed.
    """
    chosen = [name for name in ("stop_app", "stop_tool", "pin", "overlay") if given[name]]
    if len(chosen) != 1:
        raise click.UsageError("name one of --stop-app, --stop-tool, --pin and --overlay")
    if (chosen[0] == "overlay") != bool(given["boundary"] and given["bases"]):
        raise click.UsageError("--overlay takes --boundary FILE and --base SPEC, and only it does")
    with acting(given) as it:
        if chosen[0] == "overlay":
            _tighten(it, given)
        else:
            _act(it, chosen[0], given[chosen[0]].strip(), given["reason"])


def _act(it: Acting, what: str, name: str, reason: str) -> None:
    run = f"{'pin' if what == 'pin' else 'stp'}_{secrets.token_hex(16)}"

    def make(found: Incident) -> tuple[Record, ...]:
        if what == "pin":
            return containment.pin(found, at=it.at, by=it.by, run=run, policy=name, reason=reason)
        reach = what.removeprefix("stop_")
        return containment.stop(
            found, at=it.at, by=it.by, run=run, reach=reach, name=name, reason=reason
        )

    records = append_anyway(it.ledger, it.incident, make, now=it.now)
    if it.incident.drill:
        tell(it.incident, f"rehearsed: {what.replace('_', ' ')} {name}; nothing was stopped")
        return
    stopped = isinstance(records[0], StopOrdered)
    said = f"{name} stopped" if stopped else f"nothing but {name} is served from now on"
    tell(it.incident, f"{said}: {run}")
    if what == "pin" and not _was_served(it, name):
        note("no gateway with this ledger has served it yet: is the digest right?")


def _was_served(it: Acting, policy: str) -> bool:
    newest = it.ledger.read(PolicyServed, newest=True, limit=MOST_SERVED)
    return any(record.policy == policy for record in newest)


def _tighten(it: Acting, given: dict[str, Any]) -> None:
    from charter.govern.incidents.tighten import (  # noqa: PLC0415 - what compiles conditions is slow to import
        read_boundary,
        tighten,
    )

    file: Path = given["overlay"]
    source = given["boundary"]
    wanted = read_boundary(read_source(source).text, place_named(str(source)))
    base, *between = given["bases"]
    overlay = load(file)
    found = tighten(load_effective(base, between), overlay, wanted)
    made = containment.overlay(
        it.incident,
        at=it.at,
        by=it.by,
        digest=found.digest,
        boundary=found.boundary,
        section=found.section,
        reason=given["reason"],
    )
    if made.value == REHEARSED:
        append(it.ledger, (made,))
        tell(it.incident, f"rehearsed: {file} was not changed")
        return
    was = overlay.source.text
    write_whole(file, found.text, was=was)
    try:
        append(it.ledger, (made,))
    except CharterError:
        _undo(file, found.text, was)
        raise
    tell(it.incident, f"{made.number}. boundary {found.boundary} added to {file}: {found.digest}")
    note("a gateway takes it with its next reload; overlays that stand on this one name its digest")


def _undo(file: Path, text: str, was: str) -> None:
    """Put a file back as it was: what is not on record was not done."""
    try:
        write_whole(file, was, was=text)
    except CharterError as error:
        said = f"{file} holds a boundary that is on no record: {error}"
        click.echo(plain(said), err=True)
        raise click.exceptions.Exit(EXIT_NO) from error


COMMANDS = (contain_command,)
