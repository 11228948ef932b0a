"""Effective -> JSON: the spec format, with the layer that each part comes from."""

from __future__ import annotations

from typing import Any

from charter.spec.export import export, export_section
from charter.spec.overlays.effective import FORMAT, Effective
from charter.spec.overlays.raw_directive import origin_of, raw_directives
from charter.spec.spec import Section

_CHANGES = ("title", "authority", "tags")


def export_effective(effective: Effective) -> dict[str, Any]:
    """Return an effective spec: as `charter-spec/1`, and `layer`, an index into `layers`.

    `start` and `end` are characters of the text of that layer.
    """
    return {
        **export(effective.spec),
        "format": FORMAT,
        "layers": [
            {**layer._asdict(), "path": source.path}
            for layer, source in zip(effective.layers, effective.sources, strict=True)
        ],
        "readings": dict(effective.readings),
        "conditions": list(effective.conditions),
        "external": list(effective.external),
        "first_party": effective.first_party,
        "default_timer": effective.default_timer,
        "sections": [export_layered(effective, section) for section in effective.spec.sections],
    }


def export_layered(effective: Effective, section: Section) -> dict[str, Any]:
    """Return one section with the layers of its parts.

    `changed` has the layer that set the title, authority or tags of a section of another layer.
    """
    found = export_section(section)
    for key in ("clauses", "examples"):
        for part in found[key]:
            part["layer"] = effective.origins[part["id"]]
    for part in found["boundaries"]:
        part["layer"] = effective.origins[f"boundary:{part['id']}"]
    for part, raw in zip(found["directives"], raw_directives(section), strict=True):
        part["layer"] = effective.origins[origin_of(raw)]
    return {**found, "layer": effective.origins[section.id], "changed": changed(effective, section)}


def changed(effective: Effective, section: Section) -> dict[str, int]:
    """Return which of title, authority and tags another layer set, and which layer."""
    origins = effective.origins
    named = ((key, f"{key}:{section.id}") for key in _CHANGES)
    return {key: origins[name] for key, name in named if name in origins}
