"""Whether the public can say what it thinks of a rule, and is read."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.counted import counted
from charter.govern.obligations.query import (
    Evidence,
    Found,
    Look,
    RecordLink,
    links,
    newest,
    nothing,
)
from charter.records.comment import CommentModerated, CommentReceived

TITLE = "a form for the public, and comments that people have read"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Look at the settings and at what came in."""
    settings = look.configuration
    is_open = settings is not None and settings.comments
    came = look.facts.of(CommentReceived) if look.facts is not None else ()
    read = look.facts.of(CommentModerated) if look.facts is not None else ()
    measured = {"received": str(len(came)), "read": str(len(read))}
    if not is_open and not came:
        return nothing("no form is open, and no comment is on record")
    said = f"{counted(len(came), 'comment')}, {len(read)} read by people"
    if settings is not None and is_open:
        settings_link = RecordLink("settings", settings.digest or "defaults")
        found = Found.FULL if read and len(read) == len(came) else Found.PARTIAL
        records = (settings_link, *links(came))
        return Evidence(found, f"the form is open; {said}", records, measured, newest(came))
    return Evidence(
        Found.PARTIAL, f"no form is open now; {said}", links(came), measured, newest(came)
    )
