"""What is done from an incident to stop it, as records that name each other. Pure.

In a drill nothing real is stopped: what would have been done is recorded as rehearsed.
"""

from __future__ import annotations

from charter.errors import ConfigError
from charter.govern.incidents.amend import MOST_REASON, amended
from charter.govern.incidents.state import CLOSED, Event, Incident
from charter.records.incident import IncidentAmended, Link
from charter.records.release import PinLifted, PolicyPinned
from charter.records.stop import StopOrdered

STOP, PIN, OVERLAY, LIFT = "stop", "pin", "overlay", "lift"
BEGUN, GIVEN_UP = "overlay-begun", "overlay-given-up"
"""Names of the notes before an overlay is written, and after it could not be."""
REHEARSED = "rehearsed"
REACHES = ("app", "tool")
MOST_NAME = 300


def stop(  # noqa: PLR0913 - what is said of it, each by name
    incident: Incident, *, at: str, by: str, run: str, reach: str, name: str, reason: str
) -> tuple[StopOrdered | IncidentAmended, ...]:
    """Return the stop of an application or tool and the incident's record of it.

    `run` is the id of the stop. To be appended together. Raises ConfigError and Refused.
    """
    if reach not in REACHES or not 0 < len(name) <= MOST_NAME:
        raise ConfigError("stop what?", hint="an application or a tool, by its name")
    said = _reason(reason)
    links = (Link("application", name),) if reach == "app" else ()
    if incident.drill:
        return (_contained(incident, at, by, STOP, REHEARSED, f"{reach} {name}: {said}", links),)
    amendment = _contained(incident, at, by, STOP, run, f"{reach} {name}: {said}", links)
    return (StopOrdered(run, at, reach, name, by, f"{incident.id}: {said}"), amendment)


def pin(  # noqa: PLR0913 - what is said of it, each by name
    incident: Incident, *, at: str, by: str, run: str, policy: str, reason: str
) -> tuple[PolicyPinned | IncidentAmended, ...]:
    """Return the pin of a policy, by its digest, and the incident's record of it."""
    said = _reason(reason)
    if not policy.startswith("sha256:") or len(policy) != 71:
        raise ConfigError(
            f"not the digest of a policy: {policy[:80]!r}", hint="sha256: and 64 digits"
        )
    links = (Link("policy", policy),)
    if incident.drill:
        return (_contained(incident, at, by, PIN, REHEARSED, said, links),)
    amendment = _contained(incident, at, by, PIN, run, said, links)
    return (PolicyPinned(run, at, by, policy, said, incident.id), amendment)


def lift(
    incident: Incident, pinned: PolicyPinned, *, at: str, by: str, reason: str
) -> tuple[PinLifted | IncidentAmended, ...]:
    """Return the end of a pin that was made for an incident, and the incident's record of it.

    That of an incident which is closed is a note: a pin may outlast it.
    """
    said = _reason(reason)
    links = (Link("policy", pinned.policy),)
    change = "note" if incident.status == CLOSED else "contained"
    amendment = amended(
        incident, change, at=at, by=by, name=LIFT, value=pinned.run, reason=said, links=links
    )
    return (PinLifted(pinned.run, at, by, said), amendment)


def overlay(  # noqa: PLR0913 - what is said of it, each by name
    incident: Incident, *, at: str, by: str, digest: str, boundary: str, section: str, reason: str
) -> IncidentAmended:
    """Return that an overlay was tightened; `digest` is that of its new text."""
    said = f"boundary {boundary}: {_reason(reason)}"
    what = REHEARSED if incident.drill else digest
    links = (Link("section", section),)
    return _contained(incident, at, by, OVERLAY, what, said, links, state=boundary)


def overlay_begun(  # noqa: PLR0913 - the same
    incident: Incident, *, at: str, by: str, digest: str, boundary: str, name: str, reason: str
) -> IncidentAmended:
    """Return that a boundary is about to be written into an overlay of some name.

    Recorded first: what is done to the file is then never without a record, and where it breaks
    off in between, `unfinished` says so.
    """
    said = f"about to add boundary {boundary} to {name}: {_reason(reason)}"
    return amended(
        incident, "note", at=at, by=by, name=BEGUN, state=boundary, value=digest, reason=said
    )


def overlay_given_up(
    incident: Incident, *, at: str, by: str, boundary: str, why: str
) -> IncidentAmended:
    """Return that a boundary could not be written, and stands nowhere."""
    said = f"boundary {boundary} was not added: {why}"[:MOST_REASON]
    return amended(incident, "note", at=at, by=by, name=GIVEN_UP, state=boundary, reason=said)


def unfinished(incident: Incident) -> tuple[Event, ...]:
    """Return what was begun on overlays and is not known to be done: `state` is the boundary."""
    open_: dict[str, Event] = {}
    for event in incident.timeline:
        if event.name == BEGUN:
            open_[event.state] = event
        elif event.name in (OVERLAY, GIVEN_UP):
            open_.pop(event.state, None)
    return tuple(open_.values())


def _contained(  # noqa: PLR0913, PLR0917 - the fields of a record
    incident: Incident,
    at: str,
    by: str,
    how: str,
    what: str,
    reason: str,
    links: tuple[Link, ...],
    state: str = "",
) -> IncidentAmended:
    said = {"name": how, "state": state, "value": what, "reason": reason}
    return amended(incident, "contained", at=at, by=by, **said, links=links)


def _reason(text: str) -> str:
    found = text.strip()
    if not 0 < len(found) <= MOST_REASON:
        raise ConfigError("why?", hint=f"a reason of 1 to {MOST_REASON} characters is recorded")
    return found
