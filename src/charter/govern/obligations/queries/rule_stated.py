"""Whether the spec states a rule on a topic."""

from __future__ import annotations

from collections.abc import Mapping

from charter.errors import UnknownClause
from charter.govern.counted import counted
from charter.govern.obligations.query import (
    Evidence,
    Found,
    Look,
    RecordLink,
    nothing,
    text,
)
from charter.spec.spec import Spec

TITLE = "sections or clauses of the spec that the organisation names for a topic"
ARGUMENTS: Mapping[str, type] = {"topic": str}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Look up each rule that the organisation named; it must bind, not only be there."""
    topic = text(arguments, "topic")
    named = look.organisation.rules.get(topic, ())
    if look.spec is None:
        return nothing("no spec was given")
    if not named:
        return nothing(f"no rule of the spec is named for the topic {topic}")
    there = [id_ for id_ in named if _binds(look.spec, id_)]
    gone = [id_ for id_ in named if id_ not in there]
    records = tuple(RecordLink("clause" if "/" in id_ else "section", id_) for id_ in there)
    measured = {"named": str(len(named)), "binding": str(len(there))}
    if gone:
        what = f"{', '.join(gone)[:200]}: no such rule in {look.spec.name}, or it does not bind"
        return Evidence(Found.PARTIAL if there else Found.NONE, what, records, measured)
    what = f"{counted(len(there), 'rule')} of {look.spec.name}: {', '.join(there)[:200]}"
    return Evidence(Found.FULL, what, records, measured)


def _binds(spec: Spec, id_: str) -> bool:
    try:
        section = spec.section(spec.clause(id_).section) if "/" in id_ else spec.section(id_)
    except UnknownClause:
        return False
    return section.normative
