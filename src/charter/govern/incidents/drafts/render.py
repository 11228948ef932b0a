"""Drafts as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from charter.govern.incidents.drafts import avid, eu_gpai, us_ca_sb53
from charter.govern.incidents.drafts.draft import FORMAT, LIMITS, Draft
from charter.govern.incidents.escape import escaped, paragraphs
from charter.govern.incidents.state import Incident

FORMS: Mapping[str, Callable[[Incident], Draft]] = MappingProxyType(
    {eu_gpai.FORM: eu_gpai.draft, us_ca_sb53.FORM: us_ca_sb53.draft, avid.FORM: avid.draft}
)


def markdown(draft: Draft) -> str:
    """Return a draft as Markdown; every field names the records that it comes from."""
    lines = [f"# {draft.title}", ""]
    if draft.drill:
        lines += ["**DRILL: an exercise. Do not submit.**", ""]
    lines += [f"Incident {escaped(draft.incident)}, as of record {draft.number}. {LIMITS}", ""]
    for field in draft.fields:
        lines += [f"## {field.point}. {field.title}", "", paragraphs(field.said), ""]
        if field.records:
            named = ", ".join(str(number) for number in field.records)
            lines += [f"*Record {named}*", ""]
    return "\n".join(lines).rstrip() + "\n"


def as_json(draft: Draft) -> dict[str, Any]:
    """Return a draft as JSON; a format of its own stands under `document`."""
    found: dict[str, Any] = {
        "format": FORMAT,
        "form": draft.form,
        "title": draft.title,
        "incident": draft.incident,
        "drill": draft.drill,
        "number": draft.number,
        "limits": LIMITS,
        "fields": [
            {
                "point": field.point,
                "title": field.title,
                "state": field.state,
                "value": field.value,
                "reason": field.reason,
                "records": list(field.records),
            }
            for field in draft.fields
        ],
    }
    if draft.document is not None:
        found["document"] = dict(draft.document)
    return found
