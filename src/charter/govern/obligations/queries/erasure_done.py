"""Whether what is kept about a person can be made unreadable, and was."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.counted import counted
from charter.govern.obligations.facts import Held
from charter.govern.obligations.query import (
    Evidence,
    Found,
    Look,
    RecordLink,
    links,
    newest,
    nothing,
)
from charter.records.erasure import PayloadsExpired, SubjectErased
from charter.records.record import Record

TITLE = "erasures, or payloads deleted when their time had come"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count erasures and expiries; settings alone are a promise."""
    done: list[tuple[Held, Record]] = []
    if look.facts is not None:
        expired = [each for each in look.facts.of(PayloadsExpired) if each[1].payloads]
        done = [*look.facts.of(SubjectErased), *expired]
    if done:
        measured = {"erasures": str(len(done))}
        said = f"{counted(len(done), 'erasure')} on record"
        return Evidence(Found.FULL, said, links(done), measured, newest(done))
    settings = look.configuration
    if settings is None:
        return nothing("no erasure is on record, and no settings were looked at")
    link = (RecordLink("settings", settings.digest or "defaults"),)
    kept = counted(settings.payload_days, "day")
    what = f"contents expire after {kept}; no erasure is on record yet"
    return Evidence(Found.PARTIAL, what, link)
