"""What is done from an incident to stop it, as records that name each other. Pure.

In a drill nothing real is stopped: what would have been done is recorded as rehearsed.
"""

from __future__ import annotations

from charter.errors import ConfigError
from charter.govern.incidents.amend import MOST_REASON, amended
from charter.govern.incidents.state import Incident
from charter.records.incident import IncidentAmended, Link
from charter.records.release import PolicyPinned
from charter.records.stop import StopOrdered

STOP, PIN, OVERLAY = "stop", "pin", "overlay"
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


def overlay(  # noqa: PLR0913 - what is said of it, each by name
    incident: Incident, *, at: str, by: str, digest: str, boundary: str, section: str, reason: str
) -> IncidentAmended:
    """Return that an overlay was tightened; `digest` is that of its new text."""
    said = f"boundary {boundary}: {_reason(reason)}"
    what = REHEARSED if incident.drill else digest
    return _contained(incident, at, by, OVERLAY, what, said, (Link("section", section),))


def _contained(  # noqa: PLR0913, PLR0917 - the fields of a record
    incident: Incident,
    at: str,
    by: str,
    how: str,
    what: str,
    reason: str,
    links: tuple[Link, ...],
) -> IncidentAmended:
    return amended(
        incident, "contained", at=at, by=by, name=how, value=what, reason=reason, links=links
    )


def _reason(text: str) -> str:
    found = text.strip()
    if not 0 < len(found) <= MOST_REASON:
        raise ConfigError("why?", hint=f"a reason of 1 to {MOST_REASON} characters is recorded")
    return found
