"""Whether a document that people wrote is there, as they said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time

from charter.govern.obligations.query import Evidence, Found, Look, RecordLink, nothing, text

TITLE = "a document that the organisation names, there with the digest it stated"
ARGUMENTS: Mapping[str, type] = {"document": str}
CAUTION = "what it says is not judged"


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Compare the file with its digest; a name or an address alone is a claim."""
    id_ = text(arguments, "document")
    named = look.organisation.documents.get(id_)
    if named is None:
        return nothing(f"no document {id_} is named")
    day = datetime.combine(named.day, time(), UTC)
    link = (RecordLink("document", named.file or named.url or id_),)
    if day > look.at:
        return Evidence(Found.NONE, f"{id_} is dated {named.day}, which is to come", link)
    if not named.file:
        what = f"{id_} of {named.day} is named; no file of it was looked at"
        return Evidence(Found.PARTIAL, what, link, newest=day)
    seen = look.files.get(id_)
    if seen is None or not seen.found:
        what = f"{id_} of {named.day} is named; its file is deleted, or was never there"
        return Evidence(Found.NONE, what, link, newest=day, deleted=True)
    measured = {"sha256": seen.sha256}
    if not named.sha256:
        what = f"{id_} of {named.day} is there; no digest was stated for it; {CAUTION}"
        return Evidence(Found.PARTIAL, what, link, measured, day)
    if named.sha256 != seen.sha256:
        what = f"{id_} of {named.day} is gone: the file there is another one"
        return Evidence(Found.NONE, what, link, measured, day, deleted=True)
    what = f"{id_} of {named.day} is there, as stated; {CAUTION}"
    return Evidence(Found.FULL, what, link, measured, day)
