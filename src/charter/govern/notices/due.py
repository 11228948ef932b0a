"""Records and warnings -> what somebody has to be told now. Pure but for `read_due`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from charter.govern.counted import counted
from charter.govern.incidents.clocks import OVERDUE, WARN_SHARE, WARNING, Clock
from charter.govern.incidents.from_alert import BREACH
from charter.govern.incidents.state import Incident
from charter.govern.instants import written
from charter.ledger.ledger import Ledger
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.objective import AlertEnded, AlertRaised
from charter.records.record import Record
from charter.records.release import (
    PinLifted,
    PolicyPinned,
    ReleaseAsked,
    Released,
    ReleaseOverridden,
    ReleaseWithdrawn,
)

EVENTS = (
    "alert.raised",
    "alert.ended",
    "incident.opened",
    "incident.closed",
    "clock.warning",
    "clock.overdue",
    "release.asked",
    "release.released",
    "release.overridden",
    "release.withdrawn",
    "pin.set",
    "pin.lifted",
)
KINDS: tuple[type[Record], ...] = (
    AlertRaised,
    AlertEnded,
    IncidentOpened,
    IncidentAmended,
    ReleaseAsked,
    Released,
    ReleaseOverridden,
    ReleaseWithdrawn,
    PolicyPinned,
    PinLifted,
)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that somebody is to be told. It holds nothing of any conversation."""

    event: str
    """One of `EVENTS`."""
    about: str
    """What the notice is recorded under: `run/number` of an alert, id of an incident, a release or
    a pin; of a clock see `clock_due`."""
    at: str
    """When it happened, UTC."""
    severity: str
    """Of the alert or incident; empty for others."""
    title: str
    """One line."""
    facts: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))
    """What else is known, by name."""
    drill: bool = False
    """An exercise: told where a route takes those."""


def due_of(records: Iterable[Record]) -> Iterator[Due]:
    """Yield what records have to say, in their order; of drills it says so."""
    drills: set[str] = set()
    severities: dict[str, str] = {}
    rounds: dict[str, str] = {}
    """What a closing after a reopening is told under: it is another one."""
    for record in records:
        found = _due(record)
        if isinstance(record, IncidentOpened):
            severities.setdefault(record.run, record.severity)
            if record.drill:
                drills.add(record.run)
        elif isinstance(record, IncidentAmended):
            if record.change == "severity":
                severities[record.run] = record.value
            elif record.change == "reopened":
                rounds[record.run] = f"{record.run}/{record.number}"
            if found is not None:
                about = rounds.get(record.run, found.about)
                found = replace(found, about=about, severity=severities.get(record.run, ""))
        if found is not None:
            yield marked(found) if getattr(record, "run", "") in drills else found


def marked(due: Due) -> Due:
    """Return something due of an exercise, marked as one."""
    return replace(due, title=f"DRILL: {due.title}", drill=True)


def clock_due(incident: Incident, clock: Clock) -> Due | None:
    """Return what is due of a clock that warns or is over; None of others.

    It is recorded under incident, regime, stage and the time it runs out: where what is known of
    the incident moves that time, it is told again.
    """
    event = _CLOCKS.get(clock.state)
    if event is None or clock.due_at is None or clock.starts_at is None:
        return None
    due = written(clock.due_at)
    since = clock.due_at
    if event == "clock.warning":
        since -= (clock.due_at - clock.starts_at) / WARN_SHARE
    said = "is overdue since" if event == "clock.overdue" else "is due"
    sure = ", if it applies" if clock.undecided else ""
    found = Due(
        event,
        f"{incident.id}/{clock.regime}/{clock.stage}/{due}",
        written(since),
        incident.severity,
        f"{clock.regime} {clock.stage} {said} {due}{sure}: {incident.title}",
        {
            "incident": incident.id,
            "to": clock.to,
            "report": clock.title,
            "due": due,
            "undecided": ", ".join(clock.undecided),
        },
    )
    return marked(found) if incident.drill else found


_CLOCKS = MappingProxyType({WARNING: "clock.warning", OVERDUE: "clock.overdue"})


def recent(every: Iterable[Due], now: str, hours: int) -> Iterator[Due]:
    """Yield what happened in the last hours: a first run does not tell a whole history."""
    since = datetime.fromisoformat(now) - timedelta(hours=hours)
    for each in every:
        try:
            if datetime.fromisoformat(each.at) >= since:
                yield each
        except (TypeError, ValueError):  # no time, or one without a zone: rather tell than not
            yield each


def read_due(ledger: Ledger) -> tuple[Due, ...]:
    """Return all that a ledger has to tell. Raises LedgerError."""
    return tuple(due_of(record for _, record in ledger.read_any(KINDS)))


def _due(record: Record) -> Due | None:
    if isinstance(record, AlertRaised):
        return _alert(record)
    if isinstance(record, AlertEnded):
        severity = record.run.rpartition("/")[2]
        title = f"{record.run} has ended"
        facts = {"by": record.by, "reason": record.reason}
        return Due(
            "alert.ended", f"{record.run}/{record.number}", record.at, severity, title, facts
        )
    if isinstance(record, IncidentOpened):
        facts = {"source": record.source, "by": record.by}
        title = f"Incident: {record.title}"
        return Due("incident.opened", record.run, record.at, record.severity, title, facts)
    if isinstance(record, IncidentAmended):
        if record.change != "closed":
            return None
        return Due(
            "incident.closed", record.run, record.at, "", "Incident closed", {"by": record.by}
        )
    return _release(record)


def _alert(record: AlertRaised) -> Due:
    are = "is" if record.bad == 1 else "are"
    title = f"{record.objective}: {record.bad:,} of {counted(record.total, 'event')} {are} bad"
    if record.severity == BREACH:
        section = record.objective.removeprefix("root:")
        people = counted(record.total, "person", "people")
        title = f"Root section {section} was broken: {record.bad} of {people} found so"
    elif record.burn:
        title += f", {record.burn} times as quickly as the budget allows"
    facts: dict[str, str | int] = {
        "objective": record.objective,
        "bad": record.bad,
        "total": record.total,
        "long_minutes": record.long_minutes,
        "burn": record.burn,
        "short_burn": record.short_burn,
        "definition": record.definition,
        "decision": ", ".join(record.links),
    }
    about = f"{record.run}/{record.number}"
    return Due("alert.raised", about, record.at, record.severity, title, facts)


def _release(record: Record) -> Due | None:
    if isinstance(record, ReleaseAsked):
        title = f"{record.spec_name} {record.spec_version or record.policy[:19]} is to be released"
        asked: dict[str, str | int] = {
            "by": record.by,
            "needed": record.needed,
            "roles": ", ".join(record.roles),
            "refusals": "; ".join(f"{each.kind} {each.name}" for each in record.refusals),
        }
        return Due("release.asked", record.run, record.at, record.level, title, asked)
    if isinstance(record, PolicyPinned):
        pinned = {"by": record.by, "reason": record.reason, "incident": record.incident}
        title = f"Nothing but {record.policy[:19]} is served"
        return Due("pin.set", record.run, record.at, "", title, pinned)
    if isinstance(record, PinLifted):
        lifted = {"by": record.by, "reason": record.reason}
        return Due("pin.lifted", record.run, record.at, "", "A pin of a policy is lifted", lifted)
    if isinstance(record, Released):
        version = record.spec_version or record.policy[:19]
        title = f"{record.run} {version} is released"
        facts: dict[str, str | int] = {"by": record.by, "policy": record.policy}
        if record.overridden:
            title += ", against refusals that were overridden"
        return Due("release.released", record.release, record.at, "", title, facts)
    if isinstance(record, ReleaseOverridden):
        title = f"Refusals of a release were overridden by {record.role}"
        facts = {"by": record.by, "reason": record.reason, "refusals": "; ".join(record.refusals)}
        return Due("release.overridden", record.run, record.at, "", title, facts)
    if isinstance(record, ReleaseWithdrawn):
        facts = {"by": record.by, "reason": record.reason}
        return Due("release.withdrawn", record.run, record.at, "", "A release was withdrawn", facts)
    return None
