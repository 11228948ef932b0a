"""An incident opened by hand, with what decides at once which clocks may run."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from charter.console.accounts import Account
from charter.console.desk import Desk
from charter.console.govern import known_fields
from charter.console.incidents import append, find_incident, moment, records_of, saying_why
from charter.govern.incidents import amend
from charter.govern.incidents.fold import fold
from charter.govern.incidents.from_alert import timed
from charter.govern.incidents.linked import check_linked
from charter.govern.incidents.state import UNKNOWN, VALUE, Incident
from charter.govern.instants import parse
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.record import Record

ASKED_AT_ONCE = ("jurisdictions", "roles")
"""Fields that are asked for when an incident is opened: by these, regimes apply or do not."""
OPENED = "the time at which it was opened: correct it where it was discovered earlier"


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody says of an incident when it is opened."""

    title: str
    summary: str
    severity: str
    drill: bool
    links: Sequence[str] = ()
    """Each as `kind:id`."""
    discovered: str = ""
    """When; without an offset it is UTC. Empty: now. `unknown` leaves it open."""
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Choices of fields, such as the places whose law may apply; what is empty stays open."""
    once: str = ""
    """Names the form it was written in: sent twice, it opens one incident."""


def open_incident(desk: Desk, account: Account, said: Opening, *, source: str) -> Incident:
    """Open an incident. Raises NotDone, saying why."""
    once = said.once
    named = desk.sessions.masked(f"incident\n{account.name}\n{once}")[:16] if once else ""
    run = f"inc_{named or secrets.token_hex(8)}"
    if once and records_of(desk.ledger, run):
        return find_incident(desk, run)
    with saying_why():
        links = tuple(dict.fromkeys(amend.parse_link(each) for each in said.links))
        check_linked(desk.ledger, links)
        opened = amend.opened(
            run=run,
            at=desk.at(),
            by=account.person,
            source=source,
            title=said.title,
            summary=said.summary,
            severity=said.severity,
            drill=said.drill,
            links=links,
        )
        records: list[Record] = [opened, *_said_at_once(opened, said, moment(desk))]
    append(desk, records)
    return find_incident(desk, run)


def _said_at_once(opened: IncidentOpened, said: Opening, now: datetime) -> list[IncidentAmended]:
    """Return what is known of it from the first moment: when it was discovered, and fields."""
    made: list[IncidentAmended] = []
    when = said.discovered.strip()
    if when != UNKNOWN:
        shown = "said when it was opened" if when else OPENED
        moment_of = parse(when, UTC) if when else now
        made += timed(opened, [("discovered_at", moment_of, shown)], now=now)
    for name, chosen in said.fields.items():
        if chosen:
            made.append(
                amend.field(
                    fold((opened, *made), now=now),
                    at=opened.at,
                    by=opened.by,
                    name=name,
                    state=VALUE,
                    value=", ".join(chosen),
                    reason="",
                    known=known_fields(),
                )
            )
    return made
