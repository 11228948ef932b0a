"""A report for the AI Vulnerability Database, as the JSON that its own tools read.

Shape as in avidtools 0.3.2 (Apache-2.0), written by hand. Its lists of codes have no word for
`unknown`: they stay empty, and the draft says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.govern.incidents.drafts.avid_taxonomy import LIFECYCLE, RISK_DOMAINS, SEP, VERSION
from charter.govern.incidents.drafts.draft import (
    Draft,
    DraftField,
    either,
    linked,
    of_field,
    value_of,
)
from charter.govern.incidents.state import UNKNOWN, VALUE, Incident

FORM = "avid"
TITLE = "AVID report"
_TYPES = {"model": "Model", "application": "System"}


def draft(incident: Incident) -> Draft:
    """Return the draft; `document` is the report."""
    text = value_of("description", "What happened", incident.summary or incident.title, [0])
    fields = (
        of_field(incident, "affects.developer", "Who made it", "developer"),
        of_field(incident, "affects.deployer", "Who put it into use", "deployer"),
        either(
            linked(incident, "affects.artifacts", "What is affected", tuple(_TYPES)),
            of_field(incident, "affects.artifacts", "What is affected", "model"),
        ),
        value_of("problemtype.description", "The problem", incident.title, [0]),
        either(of_field(incident, "description", "What happened", "plain_statement"), text),
        of_field(incident, "impact.avid.risk_domain", "Risk domains", "avid_risk_domain"),
        of_field(incident, "impact.avid.sep_view", "Categories", "avid_sep_view"),
        of_field(incident, "impact.avid.lifecycle_view", "Life cycle", "avid_lifecycle_view"),
        value_of("reported_date", "Reported on", incident.opened_at[:10], [0]),
    )
    document = _document(incident, {field.point: field for field in fields})
    return Draft(FORM, TITLE, incident.id, incident.drill, incident.number, fields, document)


def _document(incident: Incident, fields: Mapping[str, DraftField]) -> dict[str, Any]:
    domains = _listed(fields["impact.avid.risk_domain"])
    return {
        "data_type": "AVID",
        "data_version": None,
        "metadata": {"report_id": incident.id},
        "affects": {
            "developer": _listed(fields["affects.developer"]),
            "deployer": _listed(fields["affects.deployer"]),
            "artifacts": _artifacts(fields["affects.artifacts"]),
        },
        "problemtype": {
            "classof": "Undefined",
            "type": "Issue",
            "description": _english(_mark(incident) + fields["problemtype.description"].said),
        },
        "metrics": [],
        "references": [],
        "description": _english(_mark(incident) + fields["description"].said),
        "impact": {
            "avid": {
                "risk_domain": [each for each in domains if each in RISK_DOMAINS] or domains,
                "sep_view": _coded(fields["impact.avid.sep_view"], SEP),
                "lifecycle_view": _coded(fields["impact.avid.lifecycle_view"], LIFECYCLE),
                "taxonomy_version": VERSION,
            }
        },
        "credit": [],
        "reported_date": _day(incident.opened_at),
    }


def _mark(incident: Incident) -> str:
    return "DRILL, an exercise: " if incident.drill else ""


def _english(text: str) -> dict[str, str]:
    return {"lang": "eng", "value": text}


def _listed(field: DraftField) -> list[str]:
    if field.state != VALUE:
        return [field.state if field.state == UNKNOWN else field.said]
    return [word.strip() for word in field.value.split(",") if word.strip()]


def _coded(field: DraftField, codes: Mapping[str, str]) -> list[str]:
    words = field.value.split(",") if field.state == VALUE else []
    found = [word.strip().upper().partition(":")[0] for word in words]
    return [codes[code] for code in found if code in codes]


def _artifacts(field: DraftField) -> list[dict[str, str]]:
    if field.state != VALUE:
        return []
    found = []
    for line in field.value.splitlines():
        kind, _, name = line.partition(" ")
        known = _TYPES.get(kind)
        found.append({"type": known or "Model", "name": name if known else line})
    return found


def _day(at: str) -> str | None:
    return at[:10] if len(at) >= 10 and at[4:5] == at[7:8] == "-" else None
