"""Incidents: the list, one incident with its clocks, and what is said and done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from starlette.responses import Response

from charter.console.actions import NotDone
from charter.console.govern import known_fields, regimes
from charter.console.guard import Visit
from charter.console.incidents import (
    CHANGES,
    Meanwhile,
    Wish,
    all_incidents,
    clocks_of,
    closing_of,
    find_incident,
    moment,
    proofs_of,
    say,
    written_now,
)
from charter.console.known import known
from charter.console.moment import span
from charter.console.view import view
from charter.govern.incidents.clocks import NOT_APPLICABLE, Clock
from charter.govern.incidents.containment import unfinished
from charter.govern.incidents.regime import VERIFIED, Question
from charter.govern.incidents.severity import SEVERITIES
from charter.govern.incidents.state import LINK_KINDS, TIMES, Incident
from charter.govern.incidents.tighten import EFFECTS
from charter.govern.pins import read_pins
from charter.ledger.ledger import Ledger
from charter.records.release import Released
from charter.records.service import PolicyServed, ServiceStarted

MOST = 200
"""Incidents of one page."""
MOST_POLICIES = 20
"""That are offered to be pinned."""

MARKS = {
    "overdue": "deny",
    "warning": "require_approval",
    "counting": "flag",
    "met": "allow",
    "met late": "skipped",
    "not started": "dormant",
    "not applicable": "not_applicable",
}
"""State of a clock -> look of its mark."""
STATUS = {"open": "require_approval", "resolved": "flag", "closed": "allow"}
"""Status of an incident -> look of its mark."""
TOLD = {
    "note": "The note is recorded.",
    "time": "The time is recorded.",
    "field": "Recorded.",
    "link": "The link is recorded.",
    "severity": "The severity is recorded.",
    "submitted": "The report is recorded as submitted.",
    "cause": "The cause is recorded.",
    "regression": "The scenario is recorded.",
    "postmortem": "The post-mortem is recorded. Somebody else has to review it.",
    "reviewed": "Your review is recorded.",
    "resolved": "The incident is resolved.",
    "reopened": "The incident is open again.",
    "closed": "The incident is closed.",
}


def incidents(visit: Visit) -> Response:
    """Show the list."""
    rows = all_incidents(visit.desk)
    return view(
        visit,
        "incidents.html.j2",
        rows=rows[:MOST],
        more=max(0, len(rows) - MOST),
        now=moment(visit.desk),
        left=left,
        marks=MARKS,
        status_marks=STATUS,
    )


def incident(visit: Visit) -> Response:
    """Show one incident."""
    return _shown(visit, find_incident(visit.desk, visit.named("incident")))


def amend(visit: Visit) -> Response:
    """Record one thing of an incident; where somebody else was quicker, show what was written."""
    wanted, change = visit.named("incident"), visit.named("change")
    if change not in CHANGES:
        raise NotDone("there is no such page", 404)
    form = visit.form
    seen = form.get("seen", "")
    wish = Wish(
        change,
        name=form.get("name", ""),
        state=form.get("state", ""),
        value=form.get("value", ""),
        reason=form.get("reason", ""),
        when=form.get("when", ""),
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1,
    )
    try:
        say(visit.desk, visit.account, wanted, wish)
    except NotDone as error:
        if error.status == 404:
            raise
        texts = {
            "What": wish.name,
            "State": wish.state,
            "Text": wish.value,
            "Reason or evidence": wish.reason,
            "When": wish.when,
        }
        return unsaid(visit, error, texts, wanted, wish.seen or 0)
    return visit.go(f"/incidents/{wanted}", TOLD[change])


def unsaid(
    visit: Visit, error: NotDone, texts: Mapping[str, str], wanted: str, seen: int = 0
) -> Response:
    """Show why it was not recorded, with what was written, so that none of it is lost."""
    found = find_incident(visit.desk, wanted)
    since = found.timeline if isinstance(error, Meanwhile) else ()
    return view(
        visit,
        "incident_unsaid.html.j2",
        status=error.status,
        incident=found,
        why=error.message[:1].upper() + error.message[1:],
        since=[each for each in since if each.number > seen],
        texts={name: text for name, text in texts.items() if text},
    )


def _shown(visit: Visit, found: Incident) -> Response:
    desk = visit.desk
    every = clocks_of(desk, found)
    by_id = {each.id: each for each in regimes()}
    proofs = proofs_of(desk, found)
    overlays = desk.govern.overlays() if desk.govern.write is not None else ()
    return view(
        visit,
        "incident.html.j2",
        incident=found,
        clocks=[each for each in every if each.state != NOT_APPLICABLE],
        idle=[each for each in every if each.state == NOT_APPLICABLE],
        regimes=by_id,
        verified=VERIFIED,
        stale=[each.id for each in regimes() if each.is_stale(moment(desk))],
        closing=closing_of(desk, found, proofs),
        proofs=proofs,
        fields=fields(),
        times=TIMES,
        severities=SEVERITIES,
        kinds=LINK_KINDS,
        open_questions=_open_questions(found, every),
        known=known(desk.ledger),
        policies=_policies(desk.ledger),
        pins=[each for each in read_pins(desk.ledger).all if each.incident == found.id],
        overlays=overlays,
        sections=sorted({name for each in overlays for name in each.sections}),
        boundary_effects=EFFECTS,
        unfinished=unfinished(found),
        at=written_now(desk),
        now=moment(desk),
        seconds=desk.now(),
        left=left,
        marks=MARKS,
        status_marks=STATUS,
        paths=path_of,
    )


def left(clock: Clock) -> str:
    """Return the time that a clock has left in words, or how long ago it ran out."""
    if clock.left is None:
        return ""
    said = span(abs(clock.left).total_seconds())
    return f"overdue by {said}" if clock.left < timedelta(0) else f"{said} left"


def path_of(kind: str, name: str) -> str:
    """Return the page of what an incident is linked to; empty where there is none."""
    match kind:
        case "exchange":
            return f"/decisions/{name}"
        case "decision":
            return f"/decisions/{name.rpartition('.')[0]}"
        case "release":
            return f"/releases/{name}"
        case "alert":
            return "/objectives"
    return ""


def fields() -> list[tuple[str, str, tuple[str, ...]]]:
    """Return name, meaning and choices of each field."""
    return [
        (name, each.ask, each.choices) if isinstance(each, Question) else (name, each, ())
        for name, each in known_fields().items()
    ]


def _open_questions(found: Incident, every: Iterable[Clock]) -> list[tuple[str, str]]:
    """Return the fields on whose answers clocks depend, with what is asked."""
    names = dict.fromkeys(name for clock in every for name in clock.undecided)
    asked = {name: ask for name, ask, _ in fields()}
    answered = {name for name, field in found.fields.items() if field.state == "value"}
    return [(name, asked.get(name, "")) for name in names if name not in answered]


def _policies(ledger: Ledger) -> list[tuple[str, str]]:
    """Return the policies that were served or released lately, newest first, each with words."""
    found: dict[str, str] = {}
    kinds = (ServiceStarted, PolicyServed, Released)
    for _, record in ledger.read_any(kinds, newest=True, limit=10 * MOST_POLICIES):
        if isinstance(record, Released):
            version = record.spec_version or "without a version"
            found.setdefault(record.policy, f"release {record.number} of {record.run}, {version}")
        elif isinstance(record, ServiceStarted | PolicyServed):
            version = record.spec_version or "without a version"
            found.setdefault(record.policy, f"{version}, served since {record.at[:16]}Z")
    return list(found.items())[:MOST_POLICIES]
