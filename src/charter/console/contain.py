"""What is stopped, pinned, lifted and tightened from an incident, and on record in it.

The rules are those of `charter incident contain`; who may is said by the right to stop.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from charter.console.accounts import Account
from charter.console.actions import MOST_NOTE, NotDone
from charter.console.desk import Desk
from charter.console.incidents import find_incident, moment, record, records_of, saying_why
from charter.errors import AlreadyRecorded
from charter.govern.free_text import unkept
from charter.govern.incidents import containment
from charter.govern.incidents.contain_overlay import Ask, tighten_overlay
from charter.govern.incidents.state import Incident
from charter.govern.incidents.tighten import read_boundary
from charter.govern.pins import read_pins
from charter.ledger.ledger import Ledger
from charter.records.record import Record
from charter.records.release import PinLifted, Released
from charter.records.service import PolicyServed, ServiceStarted

REHEARSED = "Rehearsed: in a drill nothing real is touched."
LATER = "the gateway takes it when it reads its files again"


def stop_from(  # noqa: PLR0913 - what is said of it, each by name
    desk: Desk, account: Account, wanted: str, *, reach: str, name: str, reason: str
) -> Incident:
    """Stop an application or a tool, from an incident. Raises NotDone, saying why."""

    def records(incident: Incident) -> list[Record]:
        run, at = f"stp_{secrets.token_hex(16)}", desk.at()
        by, said = account.person, reason
        return [
            *containment.stop(
                incident, at=at, by=by, run=run, reach=reach, name=name.strip(), reason=said
            )
        ]

    return record(desk, wanted, records)


def pin_from(desk: Desk, account: Account, wanted: str, *, policy: str, reason: str) -> Incident:
    """Pin a policy, from an incident. Raises NotDone, saying why."""
    policy = policy.strip()
    if policy.startswith("sha256:") and not _was_served(desk.ledger, policy):
        raise NotDone(
            "no such policy was served or released: to stop everything, order a stop", 422
        )

    def records(incident: Incident) -> list[Record]:
        run, at = f"pin_{secrets.token_hex(16)}", desk.at()
        by, said = account.person, reason
        return [*containment.pin(incident, at=at, by=by, run=run, policy=policy, reason=said)]

    return record(desk, wanted, records)


def lift_pin(desk: Desk, account: Account, pinned: str, *, reason: str) -> None:
    """End a pin, on record in the incident that it was made for. Raises NotDone, saying why."""
    found = next((each for each in read_pins(desk.ledger).all if each.run == pinned), None)
    if found is None:
        raise NotDone("there is no such pin in force", 404)
    if not found.incident or not records_of(desk.ledger, found.incident):
        _lift_alone(desk, account, found.run, reason)
        return

    def records(incident: Incident) -> list[Record]:
        if all(each.run != pinned for each in read_pins(desk.ledger).all):
            raise NotDone("somebody else has lifted this pin meanwhile")
        return [*containment.lift(incident, found, at=desk.at(), by=account.person, reason=reason)]

    record(desk, found.incident, records)


def _lift_alone(desk: Desk, account: Account, pinned: str, reason: str) -> None:
    said = reason.strip()
    if not 0 < len(said) <= MOST_NOTE:
        raise NotDone(f"say why, in 1 to {MOST_NOTE} characters", 422)
    _must_be_kept(said)
    try:
        desk.ledger.append(PinLifted(pinned, desk.at(), account.person, said))
    except AlreadyRecorded as error:
        raise NotDone("somebody else has lifted this pin meanwhile") from error


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary as a form gives it, and why it is wanted."""

    overlay: str
    """Key of the overlay."""
    fields: Mapping[str, str]
    reason: str


def tighten_from(desk: Desk, account: Account, wanted: str, said: Boundary) -> str:
    """Add a boundary to an overlay of what is served, from an incident; return what is told.

    Raises NotDone, saying why.
    """
    govern = desk.govern
    place = next((each for each in govern.overlays() if each.key == said.overlay), None)
    if place is None or govern.write is None:
        raise NotDone("there is no such overlay among those that are served here", 422)
    found = find_incident(desk, wanted)
    with govern.writing, saying_why():
        for text in said.fields.values():
            _must_be_kept(text)
        given = {key: value.strip() for key, value in said.fields.items() if value.strip()}
        ask = Ask(
            file=place.file,
            bases=place.bases,
            wanted=read_boundary(json.dumps(given), "the form"),
            reason=said.reason,
            by=account.person,
            now=moment(desk),
            wholes=place.wholes,
        )
        done = tighten_overlay(desk.ledger, found, ask, govern.write)
    if done.rehearsed:
        return REHEARSED
    why = LATER if govern.reread is None else govern.reread()
    begun = " as it was begun before" if done.went_on else ""
    told = f"The boundary {done.boundary} is in the overlay{begun}"
    if why:
        return f"{told}, but nothing is served by it yet: {why}."
    return f"{told}, and is served from now on. Other replicas take it when they read it again."


def _must_be_kept(text: str) -> None:
    if found := unkept(text):
        raise NotDone(f"{found} is a control character: leave it out", 422)


def _was_served(ledger: Ledger, policy: str) -> bool:
    found = ledger.read_any((ServiceStarted, PolicyServed, Released), newest=True)
    return any(
        record.policy == policy
        for _, record in found
        if isinstance(record, ServiceStarted | PolicyServed | Released)
    )
