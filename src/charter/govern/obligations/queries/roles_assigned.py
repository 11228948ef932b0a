"""Whether named people hold roles."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.obligations.query import (
    Evidence,
    Found,
    Look,
    RecordLink,
    links,
    newest,
    nothing,
    texts,
)
from charter.records.release import ReleaseAsked

TITLE = "people who hold each of some roles now, in a file that releases are approved by"
ARGUMENTS: Mapping[str, type] = {"roles": list}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count who holds each role; competence and training are nowhere in it."""
    if look.roles is None:
        return nothing("no file of roles was given")
    wanted = texts(arguments, "roles")
    nobody = [role for role in wanted if not look.roles.held.get(role)]
    measured = {role: str(look.roles.held.get(role, 0)) for role in wanted}
    records = (RecordLink("roles", look.roles.digest),)
    if len(nobody) == len(wanted):
        return Evidence(Found.NONE, f"nobody holds {', '.join(nobody)}", records, measured)
    if nobody:
        return Evidence(Found.PARTIAL, f"nobody holds {', '.join(nobody)}", records, measured)
    asked = look.facts.of(ReleaseAsked) if look.facts is not None else ()
    used = [each for each in asked if each[1].roles_digest == look.roles.digest]
    said = ", ".join(f"{count} {role}" for role, count in measured.items())
    if not used:
        what = f"{said}; no release was approved by this file yet"
        return Evidence(Found.PARTIAL, what, records, measured)
    what = f"{said}; releases are approved by this file"
    return Evidence(Found.FULL, what, (*records, *links(used)), measured, newest(used))
