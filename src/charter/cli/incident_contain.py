"""`charter incident contain`: stop, pin or tighten from an incident, and have it on record."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import click

from charter.cli.incident_state import Acting, acting, reason_option, tell, writes
from charter.cli.input_file import place as place_named
from charter.cli.screen import note
from charter.cli.vault_options import settings_of
from charter.cli.whole_file import write_whole
from charter.govern.incidents import containment
from charter.govern.incidents.book import append_anyway
from charter.govern.incidents.refused import Refused
from charter.govern.incidents.state import Incident
from charter.govern.pins import read_pins
from charter.load import read_source
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
@click.option("--lift", metavar="PIN-ID", help="End a pin that was made for this incident.")
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

    The act and its record are kept together or not at all. An overlay is on record before it is
    written, and again when that is done: where it breaks off in between, the incident says so, and
    the same command goes on. In a drill nothing real is stopped: the record says that it was
    rehearsed.
    """
    ways = ("stop_app", "stop_tool", "pin", "lift", "overlay")
    chosen = [name for name in ways if given[name]]
    if len(chosen) != 1:
        raise click.UsageError("name one of --stop-app, --stop-tool, --pin, --lift and --overlay")
    if (chosen[0] == "overlay") != bool(given["boundary"] and given["bases"]):
        raise click.UsageError("--overlay takes --boundary FILE and --base SPEC, and only it does")
    with acting(given) as it:
        if chosen[0] == "overlay":
            _tighten(it, given)
        elif chosen[0] == "lift":
            _lift(it, given["lift"].strip(), given["reason"])
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


def _lift(it: Acting, wanted: str, reason: str) -> None:
    pins = {each.run: each for each in read_pins(it.ledger).all}
    pinned = pins.get(wanted)
    if pinned is None or pinned.incident != it.incident.id:
        raise Refused(
            f"no pin {wanted[:80]!r} of this incident is in force", hint="see charter pin --list"
        )

    def make(found: Incident) -> tuple[Record, ...]:
        return containment.lift(found, pinned, at=it.at, by=it.by, reason=reason)

    append_anyway(it.ledger, it.incident, make, now=it.now)
    tell(it.incident, f"{pinned.run} lifted: {pinned.policy} is pinned no more")


def _tighten(it: Acting, given: dict[str, Any]) -> None:
    from charter.govern.incidents.contain_overlay import (  # noqa: PLC0415 - what compiles conditions is slow to import
        Ask,
        tighten_overlay,
    )
    from charter.govern.incidents.tighten import read_boundary  # noqa: PLC0415 - the same

    file: Path = given["overlay"]
    source = given["boundary"]
    wanted = read_boundary(read_source(source).text, place_named(str(source)))
    ask = Ask(file, given["bases"], wanted, given["reason"], it.by, it.now)
    done = tighten_overlay(it.ledger, it.incident, ask, write_whole)
    if done.rehearsed:
        tell(it.incident, f"rehearsed: {file} was not changed")
        return
    before = ", as it was begun before" if done.went_on else ""
    tell(it.incident, f"boundary {done.boundary} added to {file}{before}: {done.digest}")
    note("a gateway takes it with its next reload; overlays that stand on this one name its digest")
    if settings_of(given).govern.released_only:
        note(
            "the gateway of these settings serves released policies only: until `charter release`"
            " has made this official, it goes on with what it serves (--stop-app stops that)"
        )


COMMANDS = (contain_command,)
