"""An alert, and what the ledger has of its decisions -> the incident that it opens. Pure.

Its id is made from the alert, so that of two processes which open it the ledger keeps one. How bad
it is follows one rule, see `severity_of`; people say it anew where they know more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from charter.govern.counted import counted
from charter.govern.incidents import amend
from charter.govern.incidents.fold import fold
from charter.govern.incidents.state import Incident
from charter.govern.instants import instant, written
from charter.records.decision import DecisionRecorded
from charter.records.incident import IncidentAmended, IncidentOpened, Link
from charter.records.objective import AlertRaised

BY = "charter"
"""Who opens it where no person does."""
BREACH = "breach"
HELD_BACK = frozenset({"held", "refused", "failed"})
"""What a gateway does to an answer of which nothing leaves it."""
_TWO = "people of the organisation found it independently: correct it where the law means otherwise"
_TIMES: Mapping[str, str] = MappingProxyType(
    {
        "discovered_at": "the review that confirmed it",
        "aware_at": f"the review that confirmed it; {_TWO}",
    }
)
"""Times that a confirmed breach sets, each with its evidence. Whether a link to harm was suspected,
or determined, is for people to say."""


def incident_of(alert: AlertRaised) -> str:
    """Return the id of the incident that an alert opens."""
    name = f"charter-incident/v1\n{alert.run}\n{alert.number}".encode("utf-8", "replace")
    return f"inc_alert-{hashlib.sha256(name).hexdigest()[:24]}"


def name_of(alert: AlertRaised) -> str:
    """Return what links and people call an alert."""
    return f"{alert.run}/{alert.number}"


def without_incident(
    alerts: Iterable[AlertRaised], severities: Collection[str], known: Iterable[Incident]
) -> tuple[AlertRaised, ...]:
    """Return the alerts of some severities that no incident is about; drills are about none."""
    found = [each for each in known if not each.drill]
    ids = {each.id for each in found}
    linked = {link.id for each in found for link in each.links if link.kind == "alert"}
    return tuple(
        each
        for each in alerts
        if each.severity in severities
        and incident_of(each) not in ids
        and name_of(each) not in linked
    )


def links_of(decisions: Iterable[DecisionRecorded], *, section: str = "") -> tuple[Link, ...]:
    """Return links to all that decisions name: section, policy, model and application too."""
    found: dict[Link, None] = {}
    for each in decisions:
        grounds = [ground.section for ground in each.grounds if ground.section]
        sections = [section] if section else grounds[:1] or list(each.citations[:1])
        named = [
            ("decision", each.decision),
            ("exchange", each.exchange),
            *(("clause" if "/" in name else "section", name) for name in sections),
            ("policy", each.policy),
            ("model", each.model),
            ("application", each.application),
        ]
        found |= {Link(kind, name): None for kind, name in named if _fits(name)}
    return tuple(found)[: amend.MOST_LINKS - 1]


def severity_of(alert: AlertRaised, decisions: Sequence[DecisionRecorded]) -> str:
    """Return `incident` where a confirmed breach may have reached somebody, else `hazard`.

    It may where an answer is not in the ledger, or where the gateway let anything of it go out. A
    budget that burns names no answer that harmed anybody.
    """
    if alert.severity != BREACH:
        return "hazard"
    known = {each.decision: each for each in decisions}
    held = [name in known and is_held_back(known[name]) for name in alert.links]
    return "hazard" if held and all(held) else "incident"


def is_held_back(decision: DecisionRecorded) -> bool:
    """Whether nothing of an answer left the gateway."""
    return decision.done in HELD_BACK and not decision.released


def title_of(alert: AlertRaised) -> str:
    """Return the title of the incident."""
    if alert.severity == BREACH:
        return _line(f"Confirmed breach of root section {section_of(alert)}")
    return _line(f"{alert.objective} burns its error budget")


def section_of(alert: AlertRaised) -> str:
    """Return the section that a breach is about; empty for other alerts."""
    return alert.objective.removeprefix("root:") if alert.severity == BREACH else ""


def all_links(alert: AlertRaised, decisions: Iterable[DecisionRecorded]) -> tuple[Link, ...]:
    """Return links to an alert, to what it rests on, and to all that its decisions name."""
    section = section_of(alert)
    named = (
        Link("alert", name_of(alert)),
        *links_of(decisions, section=section),
        *(Link("decision", name) for name in alert.links),
        *((Link("section", section),) if section else ()),
    )
    return tuple(each for each in dict.fromkeys(named) if _fits(each.id))[: amend.MOST_LINKS]


def opened_by(
    alert: AlertRaised,
    decisions: Sequence[DecisionRecorded],
    *,
    now: datetime,
    found_at: str = "",
) -> tuple[IncidentOpened | IncidentAmended, ...]:
    """Return the records that open the incident of an alert, with the times that it shows.

    `found_at` is when the breach was confirmed; the time of the alert unless said.
    """
    record = amend.opened(
        run=incident_of(alert),
        at=written(now),
        by=BY,
        source="alert",
        title=title_of(alert),
        summary=summary_of(alert),
        severity=severity_of(alert, decisions),
        drill=False,
        links=all_links(alert, decisions),
    )
    return record, *timed(record, times_of(alert, decisions, now=now, found_at=found_at), now=now)


def timed(
    record: IncidentOpened, times: Iterable[tuple[str, datetime, str]], *, now: datetime
) -> tuple[IncidentAmended, ...]:
    """Return the records that say times of an incident right after it was opened."""
    made: list[IncidentAmended] = []
    for name, when, evidence in times:
        found = fold((record, *made), now=now)
        at, by = record.at, record.by
        made.append(
            amend.time(found, at=at, by=by, name=name, when=when, evidence=evidence, now=now)
        )
    return tuple(made)


def summary_of(alert: AlertRaised) -> str:
    """Return what the alert says, without a word of any conversation."""
    name = _line(name_of(alert))
    if alert.severity == BREACH:
        others = alert.total - alert.bad
        said = f"{counted(alert.bad, 'person', 'people')} found a violation"
        said += f", {others:,} none" if others else ""
        return f"Opened by alert {name}: {said}. Its severity follows a rule: correct it."
    return (
        f"Opened by alert {name}: {alert.bad:,} of {counted(alert.total, 'event')}"
        f" {'was' if alert.bad == 1 else 'were'} bad in {counted(alert.long_minutes, 'minute')}."
    )


def times_of(
    alert: AlertRaised, decisions: Iterable[DecisionRecorded], *, now: datetime, found_at: str = ""
) -> list[tuple[str, datetime, str]]:
    """Return name, time and evidence of what is known: none in the future, or in a wrong order."""
    found = instant(found_at or alert.at)
    found = now if found is None or found > now else found
    began = min((at for each in decisions if (at := instant(each.at)) is not None), default=None)
    rows: list[tuple[str, datetime, str]] = []
    if began is not None and began <= found:
        rows.append(("occurred_from", began, "the decision on the answer"))
    if alert.severity != BREACH:
        return [*rows, ("discovered_at", found, "the alert")]
    return [*rows, *((name, found, said) for name, said in _TIMES.items())]


def _fits(name: str) -> bool:
    return 0 < len(name) <= amend.MOST_LINK and name.isprintable()


def _line(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return shown[: amend.MOST_TITLE].strip()
