"""What people say of an incident -> the next record, or why it cannot be.

All pure: `at` is the present time as records have it, and the number of the record is that of the
state it was made from and 1. Of two people who act on one state, the ledger refuses the later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from charter.errors import ConfigError
from charter.govern.free_text import unkept
from charter.govern.incidents.refused import Refused
from charter.govern.incidents.regime import Question, Regime
from charter.govern.incidents.severity import SEVERITIES, rank
from charter.govern.incidents.state import (
    AFTER_CLOSE,
    CLOSED,
    LINK_KINDS,
    OPEN,
    RESOLVED,
    SOURCES,
    STATES,
    TIMES,
    VALUE,
    Incident,
)
from charter.govern.incidents.vocabulary import check_name, check_value
from charter.govern.instants import instant, shown, written
from charter.records.incident import IncidentAmended, IncidentOpened, Link

INCIDENT = re.compile(r"inc_[a-z0-9][a-z0-9-]{2,63}", re.ASCII)
MOST_TITLE = 200
MOST_SUMMARY = 4000
MOST_REASON = 4000
MOST_TEXT = 200_000
"""Characters of a post-mortem."""
MOST_CAUSE = 20_000
MOST_LINKS = 100
MOST_LINK = 300


def opened(  # noqa: PLR0913 - what is said of it, each by name
    *,
    run: str,
    at: str,
    by: str,
    source: str,
    title: str,
    summary: str,
    severity: str,
    drill: bool,
    links: tuple[Link, ...],
) -> IncidentOpened:
    """Return the record that opens an incident. Raises ConfigError."""
    if not INCIDENT.fullmatch(run):
        raise ConfigError(
            f"{run[:80]!r} is no id of an incident",
            hint="inc_ and 3 to 64 small letters, digits and dashes, the first no dash",
        )
    if source not in SOURCES:
        raise ConfigError(f"source {source[:40]!r}", hint=f"one of {', '.join(SOURCES)}")
    _check_severity(severity)
    if not title.strip().isprintable():
        raise ConfigError(
            "a title is one line, without control or direction characters",
            hint="put the rest into the summary",
        )
    title = _text(title, "a title", MOST_TITLE)
    summary = _text(summary, "a summary", MOST_SUMMARY, needed=False)
    _check_links(links)
    return IncidentOpened(run, at, by, source, title, summary, severity, drill, links)


def note(incident: Incident, *, at: str, by: str, text: str) -> IncidentAmended:
    """Return a note. Raises Refused and ConfigError, as all of these do."""
    said = _text(text, "a note", MOST_REASON)
    return amended(incident, "note", at=at, by=by, value=said)


def time(  # noqa: PLR0913 - what is said of it, each by name
    incident: Incident, *, at: str, by: str, name: str, when: datetime, evidence: str, now: datetime
) -> IncidentAmended:
    """Return a time with its evidence; a later one takes the place of an earlier."""
    if name == "resolved_at":
        raise ConfigError("resolved_at is no time of its own", hint="charter incident resolve")
    if name not in TIMES:
        named = ", ".join(each for each in TIMES if each != "resolved_at")
        raise ConfigError(f"no time {name[:60]!r}", hint=f"one of {named}")
    check_time(incident, name, when, now=now)
    evidence = _text(evidence, "evidence for a time", MOST_REASON)
    return amended(incident, "time", at=at, by=by, name=name, value=written(when), reason=evidence)


def check_time(incident: Incident, name: str, when: datetime, *, now: datetime) -> None:
    """Refuse a time in the future, and one that comes before the incident did."""
    if when > now:
        raise Refused(f"{name}: {shown(when)} lies in the future", hint=f"it is {shown(now)}")
    times = incident.times
    began = times.get("occurred_from")
    if name == "occurred_from":
        early = [(each, found) for each, found in times.items() if each != name and found.at < when]
        if early:
            which, found = early[0]
            raise Refused(
                f"occurred_from: {shown(when)} is later than {which}, {shown(found.at)}",
                hint="correct the one that is wrong first",
            )
    elif began is not None and when < began.at:
        raise Refused(
            f"{name}: {shown(when)} is before it began, {shown(began.at)}",
            hint="correct occurred_from first if that is wrong",
        )


def field(  # noqa: PLR0913 - what is said of it, each by name
    incident: Incident,
    *,
    at: str,
    by: str,
    name: str,
    state: str,
    value: str,
    reason: str,
    known: Mapping[str, Question | str],
) -> IncidentAmended:
    """Return what is known of a field: a value, that it is unknown, or that it is withheld."""
    if state not in STATES:
        raise ConfigError(f"state {state[:40]!r}", hint=f"one of {', '.join(STATES)}")
    check_name(name, known)
    found = check_value(name, value, known) if state == VALUE else ""
    if state == "withheld" and not reason.strip():
        raise ConfigError(f"{name}: why is it withheld?", hint="a reason stands in its place")
    said = _text(reason, "a reason", MOST_REASON, needed=False)
    return amended(
        incident, "field", at=at, by=by, name=name, state=state, value=found, reason=said
    )


def link(
    incident: Incident, *, at: str, by: str, links: tuple[Link, ...], reason: str = ""
) -> IncidentAmended:
    """Return links to what it has to do with."""
    _check_links(links)
    if not links:
        raise ConfigError("a link to what?", hint="name it as KIND:ID")
    said = _text(reason, "a reason", MOST_REASON, needed=False)
    return amended(incident, "link", at=at, by=by, reason=said, links=links)


def severity(incident: Incident, *, at: str, by: str, value: str, reason: str) -> IncidentAmended:
    """Return how bad it is, said anew."""
    _check_severity(value)
    if value == incident.severity:
        raise Refused(f"it is {value} already")
    said = _text(reason, "a reason", MOST_REASON)
    return amended(incident, "severity", at=at, by=by, value=value, reason=said)


def submitted(  # noqa: PLR0913 - what is said of it, each by name
    incident: Incident,
    *,
    at: str,
    by: str,
    regime: Regime,
    stage: str,
    when: datetime,
    evidence: str,
    now: datetime,
) -> IncidentAmended:
    """Return that a report was handed in, when, and what shows it."""
    found = regime.stage(stage)
    if found is None:
        named = ", ".join(each.name for each in regime.stages)
        raise ConfigError(f"{regime.id} has no stage {stage[:60]!r}", hint=f"one of {named}")
    if incident.drill:
        evidence = f"drill: {evidence}"
    if when > now:
        raise Refused(f"{shown(when)} lies in the future", hint=f"it is {shown(now)}")
    began = incident.times.get("occurred_from")
    if began is not None and when < began.at:
        raise Refused(f"{shown(when)} is before it began, {shown(began.at)}")
    if not found.repeats and any(
        (each.regime, each.stage, each.at) == (regime.id, stage, when)
        for each in incident.submissions
    ):
        raise Refused(f"{regime.id} {stage} of {shown(when)} is recorded already")
    said = _text(evidence, "evidence, such as a reference number,", MOST_REASON)
    name = f"{regime.id}/{stage}"
    return amended(incident, "submitted", at=at, by=by, name=name, value=written(when), reason=said)


def cause(incident: Incident, *, at: str, by: str, text: str) -> IncidentAmended:
    """Return the root cause; a later one takes the place of an earlier."""
    said = _text(text, "a root cause", MOST_CAUSE)
    return amended(incident, "cause", at=at, by=by, value=said)


def resolved(  # noqa: PLR0913 - what is said of it, each by name
    incident: Incident, *, at: str, by: str, when: datetime, reason: str, now: datetime
) -> IncidentAmended:
    """Return that it is over: harm has stopped, and what has to be learned can be learned."""
    if incident.status != OPEN:
        raise Refused(f"it is {incident.status} already")
    check_time(incident, "resolved_at", when, now=now)
    said = _text(reason, "how it was resolved", MOST_REASON)
    return amended(incident, "resolved", at=at, by=by, value=written(when), reason=said)


def reopened(incident: Incident, *, at: str, by: str, reason: str) -> IncidentAmended:
    """Return that it is open again."""
    if incident.status not in (RESOLVED, CLOSED):
        raise Refused("it is open")
    said = _text(reason, "a reason", MOST_REASON)
    return amended(incident, "reopened", at=at, by=by, reason=said)


def amended(  # noqa: PLR0913 - the fields of a record
    incident: Incident,
    change: str,
    *,
    at: str,
    by: str,
    name: str = "",
    state: str = "",
    value: str = "",
    reason: str = "",
    links: tuple[Link, ...] = (),
) -> IncidentAmended:
    """Return the next record of an incident. Raises Refused where it is closed, or not there."""
    if incident.status == CLOSED and change not in AFTER_CLOSE:
        raise Refused(
            f"it is closed: {change} is not possible",
            hint="charter incident reopen, with a reason",
        )
    if instant(incident.opened_at) is None:
        raise Refused("it was never opened", hint="run charter verify on the ledger")
    for what, text in ((change, value), ("a reason", reason), (change, name)):
        _check_kept(text, what)
    number = incident.number + 1
    return IncidentAmended(incident.id, number, at, by, change, name, state, value, reason, links)


def parse_link(text: str) -> Link:
    """Return a link written as KIND:ID. Raises ConfigError."""
    kind, colon, name = text.partition(":")
    if not colon or kind not in LINK_KINDS:
        raise ConfigError(
            f"not a link: {text[:80]!r}", hint=f"KIND:ID, KIND one of {', '.join(LINK_KINDS)}"
        )
    return Link(kind, name.strip())


def _check_links(links: tuple[Link, ...]) -> None:
    if len(links) > MOST_LINKS:
        raise ConfigError(f"more than {MOST_LINKS} links", hint="link the most telling ones")
    for each in links:
        if each.kind not in LINK_KINDS:
            raise ConfigError(f"link to {each.kind[:40]!r}", hint=f"of {', '.join(LINK_KINDS)}")
        if not 0 < len(each.id) <= MOST_LINK or not each.id.isprintable():
            raise ConfigError(
                f"link to {each.kind}: an id has 1 to {MOST_LINK} characters in one line",
                hint="write it as it is shown",
            )


def _check_severity(value: str) -> None:
    if not rank(value):
        raise ConfigError(
            f"no severity {value[:40]!r}", hint=f"one of {', '.join(SEVERITIES)}, mildest first"
        )


def _check_kept(text: str, what: str) -> None:
    if found := unkept(text):
        raise ConfigError(f"{what}: {found} is a control character", hint="leave it out")


def _text(text: str, what: str, most: int, *, needed: bool = True) -> str:
    """Return a text as it is recorded. Raises ConfigError for an empty or an endless one."""
    found = text.replace("\r\n", "\n").strip()
    if needed and not found:
        raise ConfigError(f"{what} is missing", hint="it is part of the record")
    if len(found) > most:
        raise ConfigError(f"{what} has at most {most} characters", hint="keep it short, and link")
    _check_kept(found, what)
    return found
