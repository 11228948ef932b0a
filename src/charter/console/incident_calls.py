"""Incidents in the API: what is taken and given, and what answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, Field

from charter.console.accounts import Account
from charter.console.api_models import KEPT, WRITTEN, Asking, Given
from charter.console.desk import Desk
from charter.console.govern import known_fields
from charter.console.incidents import (
    all_incidents,
    clocks_of,
    closing_of,
    find_incident,
)
from charter.console.opening import ASKED_AT_ONCE, Opening, open_incident
from charter.govern.incidents.amend import MOST_LINKS, MOST_SUMMARY, MOST_TITLE
from charter.govern.incidents.clocks import Clock
from charter.govern.incidents.incident_json import clock_json, incident_json, summary_json
from charter.govern.incidents.state import LINK_KINDS, Incident

INCIDENT_PATTERN = r"^inc_[a-z0-9][a-z0-9-]{2,63}$"
LINK_PATTERN = rf"^({'|'.join(LINK_KINDS)}):[!-~]{{1,300}}$"

Severity = Literal["hazard", "serious-hazard", "incident", "serious-incident", "disaster"]


def _choice(name: str) -> str:
    """Return the pattern of one choice of a field."""
    question = known_fields()[name]
    choices = () if isinstance(question, str) else question.choices
    return rf"^({'|'.join((*choices, 'other'))})\??$"


class Ask(Protocol):
    """One request, read and allowed: `api_calls.Ask`."""

    @property
    def desk(self) -> Desk: ...
    @property
    def account(self) -> Account: ...
    @property
    def path(self) -> Mapping[str, str]: ...
    @property
    def query(self) -> Any: ...
    @property
    def given(self) -> Any: ...


class IncidentsAsked(Asking):
    """Which incidents."""

    status: Literal["open", "resolved", "closed"] | None = None
    drills: bool = True
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class IncidentGiven(Given):
    """An incident to open."""

    title: Annotated[str, Field(min_length=1, max_length=MOST_TITLE, pattern=r"^[!-~][ -~]*$")]
    summary: Annotated[str, Field(max_length=MOST_SUMMARY, pattern=KEPT), WRITTEN] = ""
    severity: Severity
    drill: bool = False
    links: list[Annotated[str, Field(pattern=LINK_PATTERN)]] = Field(
        default=[], max_length=MOST_LINKS
    )
    """What it has to do with: `kind:id`."""
    discovered: Literal["now", "unknown"] = "now"
    """Now, as it is opened, or not known; another time is said in the console."""
    jurisdictions: list[Annotated[str, Field(pattern=_choice("jurisdictions"))]] = Field(
        default=[], max_length=20
    )
    """The places whose law may apply, a question mark where it is open; empty: nothing is said,
    so that every clock may run."""
    roles: list[Annotated[str, Field(pattern=_choice("roles"))]] = Field(default=[], max_length=20)
    """What the organisation is, as laws have it; written in the same way."""


class ClockOut(BaseModel):
    """One report that is due; times are RFC 3339, `left` is in seconds."""

    regime: str
    stage: str
    title: str
    to: str
    state: str
    why: str
    evidence: str
    record: int | None
    starts_at: str | None
    due_at: str | None
    met_at: str | None
    left: int | None
    undecided: list[str]
    drill: bool


class IncidentRow(BaseModel):
    """An incident in a line."""

    id: str
    title: str
    severity: str
    status: str
    drill: bool
    opened_at: str
    opened_by: str
    oddities: int
    nearest: ClockOut | None
    """The clock that runs out first."""
    overdue: int


class Incidents(BaseModel):
    """Those that are open first, by what is due next."""

    incidents: list[IncidentRow]
    total: int


class IncidentWhole(BaseModel):
    """All that is known of one."""

    incident: dict[str, Any]
    """Format `charter-incident/1`."""
    clocks: list[ClockOut]
    missing: list[str]
    """What keeps it from closing."""
    warnings: list[str]


def list_incidents(ask: Ask) -> BaseModel:
    """Return the incidents that are asked for."""
    query: IncidentsAsked = ask.query
    rows = [
        row
        for row in all_incidents(ask.desk)
        if (query.status is None or row.incident.status == query.status)
        and (query.drills or not row.incident.drill)
    ]
    found = [
        IncidentRow(
            **summary_json(row.incident),
            nearest=_clock(row.nearest) if row.nearest is not None else None,
            overdue=row.overdue,
        )
        for row in rows[: query.limit]
    ]
    return Incidents(incidents=found, total=len(rows))


def one_incident(ask: Ask) -> BaseModel:
    """Return one incident with its clocks."""
    return _whole(ask.desk, find_incident(ask.desk, ask.path["incident"]))


def new_incident(ask: Ask) -> BaseModel:
    """Open an incident."""
    said: IncidentGiven = ask.given
    opening = Opening(
        title=said.title,
        summary=said.summary,
        severity=said.severity,
        drill=said.drill,
        links=said.links,
        discovered="" if said.discovered == "now" else said.discovered,
        fields={name: getattr(said, name) for name in ASKED_AT_ONCE},
    )
    return _whole(ask.desk, open_incident(ask.desk, ask.account, opening, source="api"))


def _whole(desk: Desk, found: Incident) -> IncidentWhole:
    closing = closing_of(desk, found)
    return IncidentWhole(
        incident=incident_json(found),
        clocks=[_clock(each) for each in clocks_of(desk, found)],
        missing=list(closing.missing),
        warnings=list(closing.warnings),
    )


def _clock(clock: Clock) -> ClockOut:
    return ClockOut.model_validate(clock_json(clock))
