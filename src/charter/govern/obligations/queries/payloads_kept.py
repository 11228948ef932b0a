"""Whether what was said and decided on is kept for long enough to look into it."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.counted import counted
from charter.govern.obligations.query import Evidence, Found, Look, RecordLink, nothing, number

TITLE = "contents of decisions kept, encrypted, for so many days"
ARGUMENTS: Mapping[str, type] = {"days": int}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Compare what the settings keep with what is asked for."""
    settings, wanted = look.configuration, number(arguments, "days")
    if settings is None:
        return nothing("no settings were looked at")
    link = (RecordLink("settings", settings.digest or "defaults"),)
    measured = {"kept_days": str(settings.payload_days), "asked_days": str(wanted)}
    said = f"contents are kept for {counted(settings.payload_days, 'day')}, of {wanted:,} asked for"
    if settings.payloads == "none":
        return Evidence(Found.NONE, "the settings keep no contents", link, measured)
    if settings.payload_days < wanted:
        return Evidence(Found.PARTIAL, said, link, measured)
    what = f"{said} (which: {settings.payloads})"
    return Evidence(Found.FULL, what, link, measured)
