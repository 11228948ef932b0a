"""The serious incident report of the EU GPAI code: points 1 to 9, and who submits it.

Source: GPAI Code of Practice, Safety and Security chapter, Measure 9.2; the submitter as in the
Commission's form of November 2025, known from others who describe it.
"""

from __future__ import annotations

from charter.govern.incidents.drafts.draft import (
    Draft,
    DraftField,
    either,
    joined,
    linked,
    of_field,
    value_of,
)
from charter.govern.incidents.state import Incident
from charter.govern.instants import shown

FORM = "eu-gpai"
TITLE = "Serious incident report (EU GPAI Code of Practice, Measure 9.2)"
_SUBMITTER = (
    ("capacity", "submitter_capacity"),
    ("organisation", "submitter_organisation"),
    ("first name", "submitter_first_name"),
    ("last name", "submitter_last_name"),
    ("e-mail", "submitter_email"),
    ("telephone", "submitter_phone"),
)


def draft(incident: Incident) -> Draft:
    """Return the draft."""
    fields = (
        dates(incident),
        joined(
            "2",
            "Harm, and who was harmed",
            (
                ("harm", of_field(incident, "2", "", "harm")),
                ("kinds", of_field(incident, "2", "", "harm_kinds")),
                ("affected", of_field(incident, "2", "", "affected")),
            ),
        ),
        of_field(incident, "3", "Chain of events", "chain_of_events"),
        either(
            of_field(incident, "4", "Model involved", "model"),
            linked(incident, "4", "Model involved", ("model",)),
        ),
        _evidence(incident),
        _actions(incident),
        of_field(incident, "7", "Recommendations to the AI Office", "recommendations"),
        _cause(incident),
        of_field(incident, "9", "Patterns in monitoring, near misses included", "patterns"),
        *(of_field(incident, "10", f"Submitter: {title}", name) for title, name in _SUBMITTER),
    )
    return Draft(FORM, TITLE, incident.id, incident.drill, incident.number, fields)


def dates(incident: Incident, point: str = "1", title: str = "Start and end") -> DraftField:
    """Return when it happened: the times that are recorded, else the field for approximations."""
    times = incident.times
    named = (("from", "occurred_from"), ("to", "occurred_to"))
    found = [(word, times.get(name)) for word, name in named]
    if all(moment is None for _, moment in found):
        return of_field(incident, point, title, "dates")
    value = ", ".join(
        f"{word} {shown(moment.at) if moment else 'unknown'}" for word, moment in found
    )
    return value_of(point, title, value, [moment.number for _, moment in found if moment])


def _evidence(incident: Incident) -> DraftField:
    title = "Material that shows the model's part"
    parts = (
        ("", of_field(incident, "5", title, "model_evidence")),
        ("", linked(incident, "5", title, ("decision", "exchange", "review", "alert"))),
    )
    known = [part for part in parts if part[1].value] or parts[:1]
    return joined("5", title, known)


def _actions(incident: Incident) -> DraftField:
    title = "What was done, and will be"
    done = "\n".join(
        f"{each.at[:16].replace('T', ' ')} UTC: {each.how} {each.what}: {each.reason}"
        for each in incident.containment
    )
    parts = (
        ("", of_field(incident, "6", title, "actions")),
        ("", value_of("6", title, done, [each.number for each in incident.containment])),
    )
    known = [part for part in parts if part[1].value] or parts[:1]
    return joined("6", title, known)


def _cause(incident: Incident) -> DraftField:
    title = "Root cause"
    recorded = value_of("8", title, incident.cause, [incident.cause_number])
    return either(of_field(incident, "8", title, "root_cause"), recorded)
