"""Whether releases are held against thresholds."""

from __future__ import annotations

import json
from collections.abc import Mapping

from charter.govern.counted import counted
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    links,
    newest,
    nothing,
)
from charter.records.release import ReleaseAsked

TITLE = "thresholds that releases were held against"
ARGUMENTS: Mapping[str, type] = {}
MOST_FACTS = 1_000_000
"""Characters of the facts of one release that are read."""


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count releases that state results of thresholds, or were refused for one."""
    if look.facts is None:
        return NO_LEDGER
    asked = look.facts.of(ReleaseAsked)
    if not asked:
        return nothing("no release was asked for")
    held = [each for each in asked if _has_thresholds(each[1])]
    measured = {"asked": str(len(asked)), "with_thresholds": str(len(held))}
    said = f"{len(held)} of {counted(len(asked), 'release')} asked for state thresholds"
    if not held:
        return Evidence(Found.NONE, said, links(asked), measured)
    found = Found.FULL if held[-1] == asked[-1] else Found.PARTIAL
    return Evidence(found, said, links(held), measured, newest(held))


def _has_thresholds(record: ReleaseAsked) -> bool:
    if any(refusal.kind == "threshold" for refusal in record.refusals):
        return True
    if len(record.facts) > MOST_FACTS:
        return False
    try:
        facts = json.loads(record.facts)
    except (ValueError, RecursionError):
        return False
    evidence = facts.get("evidence") if isinstance(facts, dict) else None
    return isinstance(evidence, dict) and bool(evidence.get("thresholds"))
