"""Whether the spec says whose instructions come first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from charter.govern.obligations.query import Evidence, Found, Look, RecordLink, nothing
from charter.spec.spec import AUTHORITIES

TITLE = "sections of the spec with an authority each, a root section among them"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count the sections of each level."""
    if look.spec is None:
        return nothing("no spec was given")
    levels = Counter(each.authority for each in look.spec.sections if each.authority)
    measured = {level: str(levels[level]) for level in AUTHORITIES if levels[level]}
    link = (RecordLink("spec", look.spec.digest),)
    if not levels:
        return Evidence(Found.NONE, "no section has an authority", link)
    said = ", ".join(f"{count} {level}" for level, count in measured.items()) or "other levels"
    found = Found.FULL if levels["root"] and len(levels) > 1 else Found.PARTIAL
    return Evidence(found, f"sections by authority: {said}", link, measured)
