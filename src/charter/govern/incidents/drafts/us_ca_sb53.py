"""The report of a critical safety incident by California SB 53: four fields.

Source: California Business and Professions Code 22757.13.
"""

from __future__ import annotations

from charter.govern.incidents.drafts.draft import Draft, DraftField, either, of_field, value_of
from charter.govern.incidents.drafts.eu_gpai import dates
from charter.govern.incidents.state import VALUE, Incident

FORM = "us-ca-sb53"
TITLE = "Report of a critical safety incident (California SB 53)"
_KINDS = (
    ("weights_injury", "weights accessed, changed or taken, with death or injury as a result"),
    ("catastrophic_risk_harm", "harm from a catastrophic risk that became real"),
    ("loss_of_control_injury", "loss of control, with death or injury as a result"),
    ("deceived_developer", "the model deceived its developer and a catastrophic risk grew"),
)


def draft(incident: Incident) -> Draft:
    """Return the draft."""
    fields = (
        dates(incident, "1", "Date of the incident"),
        _reasons(incident),
        either(
            of_field(incident, "3", "Short and plain statement", "plain_statement"),
            value_of("3", "Short and plain statement", incident.summary, [0]),
        ),
        of_field(incident, "4", "Whether it came of internal use", "internal_use"),
    )
    return Draft(FORM, TITLE, incident.id, incident.drill, incident.number, fields)


def _reasons(incident: Incident) -> DraftField:
    title = "Why it is a critical safety incident"
    said = of_field(incident, "2", title, "qualifies_because")
    yes = [
        (what, incident.fields[name].number)
        for name, what in _KINDS
        if name in incident.fields
        and incident.fields[name].state == VALUE
        and incident.fields[name].value == "yes"
    ]
    kinds = value_of("2", title, "; ".join(what for what, _ in yes), [number for _, number in yes])
    return either(said, kinds)
