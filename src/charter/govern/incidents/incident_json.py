"""An incident, its clocks and what keeps it from closing, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from charter.govern.incidents.clocks import Clock
from charter.govern.incidents.state import Incident
from charter.govern.instants import written

FORMAT = "charter-incident/1"


def summary_json(incident: Incident) -> dict[str, Any]:
    """Return an incident in a line."""
    return {
        "id": incident.id,
        "title": incident.title,
        "severity": incident.severity,
        "status": incident.status,
        "drill": incident.drill,
        "opened_at": incident.opened_at,
        "opened_by": incident.opened_by,
        "oddities": len(incident.oddities),
    }


def incident_json(incident: Incident) -> dict[str, Any]:
    """Return everything that is known of an incident."""
    postmortem = incident.postmortem
    return {
        "format": FORMAT,
        **summary_json(incident),
        "summary": incident.summary,
        "source": incident.source,
        "number": incident.number,
        "times": {
            name: {**asdict(moment), "at": written(moment.at)}
            for name, moment in incident.times.items()
        },
        "fields": {name: asdict(field) for name, field in incident.fields.items()},
        "links": [asdict(link) for link in incident.links],
        "submissions": [{**asdict(each), "at": written(each.at)} for each in incident.submissions],
        "containment": [asdict(each) for each in incident.containment],
        "cause": incident.cause,
        "regressions": [asdict(each) for each in incident.regressions],
        "postmortem": None if postmortem is None else asdict(postmortem),
        "reviews": [asdict(each) for each in incident.reviews],
        "reviewers": list(incident.reviewers),
        "oddities": list(incident.oddities),
        "timeline": [asdict(event) for event in incident.timeline],
    }


def clock_json(clock: Clock) -> dict[str, Any]:
    """Return a clock; `left` is in seconds, negative when overdue."""
    moments = {"starts_at": clock.starts_at, "due_at": clock.due_at, "met_at": clock.met_at}
    return {
        "regime": clock.regime,
        "stage": clock.stage,
        "title": clock.title,
        "to": clock.to,
        "state": clock.state,
        "why": clock.why,
        "evidence": clock.evidence,
        "record": clock.record,
        **{name: None if at is None else written(at) for name, at in moments.items()},
        "left": None if clock.left is None else int(clock.left.total_seconds()),
        "undecided": list(clock.undecided),
        "drill": clock.drill,
    }
