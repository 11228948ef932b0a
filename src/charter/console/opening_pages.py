"""The form that opens an incident."""

from __future__ import annotations

from starlette.responses import Response

from charter.console.actions import NotDone
from charter.console.govern import regimes
from charter.console.guard import Visit, nonce
from charter.console.incident_pages import fields
from charter.console.incidents import written_now
from charter.console.opening import ASKED_AT_ONCE, Opening, open_incident
from charter.console.roles import Right
from charter.console.view import view
from charter.govern.incidents.regime import VERIFIED
from charter.govern.incidents.severity import SEVERITIES
from charter.govern.incidents.state import LINK_KINDS

CHOICES = {
    "eu": "the European Union",
    "california": "California",
    "new_york": "New York",
    "gpai_systemic_provider": "provider of a general-purpose model with systemic risk (EU)",
    "high_risk_provider": "provider of a high-risk system (EU)",
    "financial_entity": "financial entity (DORA)",
    "nis2_entity": "essential or important entity (NIS2)",
    "data_controller": "controller of personal data (GDPR)",
    "frontier_developer": "developer of frontier models (California, New York)",
}
"""Choices of what is asked when an incident is opened, as people read them."""


def new(visit: Visit) -> Response:
    """Show the form that opens one; the address may say what it has to do with."""
    links = [each for each in visit.query.get("links", "").split() if ":" in each][:20]
    return _form(visit, Opening("", "", "", drill=False, links=links, once=nonce()))


def _form(visit: Visit, said: Opening, error: NotDone | None = None) -> Response:
    """Show the form with what was written into it, and why that was refused."""
    return view(
        visit,
        "incident_open.html.j2",
        status=200 if error is None else error.status,
        why="" if error is None else error.message[:1].upper() + error.message[1:],
        opening=said,
        severities=SEVERITIES,
        kinds=LINK_KINDS,
        asked=_asked_at_once(),
        regimes=regimes(),
        verified=VERIFIED,
        words=CHOICES,
        at=written_now(visit.desk),
    )


def _asked_at_once() -> list[tuple[str, str, tuple[str, ...]]]:
    """Return name, question and choices of what decides which regimes apply."""
    return [each for each in fields() if each[0] in ASKED_AT_ONCE]


def open_one(visit: Visit) -> Response:
    """Open an incident; what cannot be opened is shown again as it was written."""
    form = visit.form
    said = Opening(
        title=form.get("title", ""),
        summary=form.get("summary", ""),
        severity=form.get("severity", ""),
        drill=form.get("drill") == "yes",
        links=[each for each in form.get("links", "").splitlines() if each.strip()],
        discovered=form.get("discovered", ""),
        fields={
            name: [each for each in choices if form.get(f"{name}.{each}") == "yes"]
            for name, _, choices in _asked_at_once()
        },
        once=form.get("once", "")[:100],
    )
    source = "console" if visit.may(Right.INCIDENTS) else "reviewer"
    try:
        found = open_incident(visit.desk, visit.account, said, source=source)
    except NotDone as error:
        return _form(visit, said, error)
    told = "The drill is open." if found.drill else "The incident is open."
    return visit.go(f"/incidents/{found.id}", f"{told} Say next when who became aware of it.")
