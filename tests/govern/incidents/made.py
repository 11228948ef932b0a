"""Incidents from a few words."""

from __future__ import annotations

from datetime import UTC, datetime

from charter.govern.incidents.fold import fold
from charter.govern.instants import written
from charter.records.incident import IncidentAmended, IncidentOpened

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OPENED = "2026-11-20T09:00:00.000Z"


def opened(*, drill=False, at=OPENED, links=(), severity="incident", run="inc_one"):
    """Return a record that opens an incident."""
    return IncidentOpened(
        run, at, "ada", "cli", "Code told", "What it was.", severity, drill, tuple(links)
    )


def amended(number, change, *, at=OPENED, by="ada", **more):
    """Return a record of a change."""
    return IncidentAmended("inc_one", number, at, by, change, **more)


def incident(*changes, now=NOW, **more):
    """Fold an incident from changes, each `(change, fields)`, numbered in order."""
    records = [
        amended(number, change, **fields) for number, (change, fields) in enumerate(changes, 1)
    ]
    return fold([opened(**more), *records], now=now)


def time(name, at, evidence="a mail"):
    """Return a change that sets a time."""
    when = at if isinstance(at, str) else written(at)
    return ("time", {"name": name, "value": when, "reason": evidence})


def field(name, value):
    """Return a change that gives a field a value."""
    return ("field", {"name": name, "state": "value", "value": value})


def submitted(report, at):
    """Return a change that records a report."""
    when = at if isinstance(at, str) else written(at)
    return ("submitted", {"name": report, "value": when, "reason": "receipt 1"})


GPAI = (field("jurisdictions", "eu"), field("roles", "gpai_systemic_provider"))
