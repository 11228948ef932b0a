"""Releases as lines of text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from charter.govern.releases.facts import facts_of, needs_of
from charter.govern.releases.fold import APPROVE, ReleaseState
from charter.govern.releases.gate import named
from charter.govern.releases.need import Need, Needs
from charter.govern.releases.statement import Checked

FORMAT = "charter-releases/1"
_SHOWN = 20


def row(state: ReleaseState, status: str) -> str:
    """Return a request in one line."""
    asked, released = state.asked, state.released
    number = f"#{released.number}" if released else "-"
    version = asked.spec_version or asked.policy[:19]
    line = f"{asked.run}  {asked.spec_name}  {number}  {version}  {status}  {asked.at}  {asked.by}"
    if state.override:
        line += f"  OVERRIDDEN by {state.override.by}: {state.override.reason}"
    return line


def request_lines(state: ReleaseState, status: str, *, changes: bool = False) -> Iterator[str]:
    """Yield everything of a request, for people; `changes` one by one where there are few."""
    asked = state.asked
    yield f"{asked.run}: {status}"
    version = f" {asked.spec_version}" if asked.spec_version else ""
    yield f"  {asked.spec_name}{version}, asked for by {asked.by} at {asked.at}"
    yield f"  policy {asked.policy}"
    facts = facts_of(asked)
    for line in _changes(facts, asked.before):
        yield f"  {line}"
    for line in _needed(needs_of(asked)):
        yield f"  {line}"
    for each in asked.refusals:
        aside = "set aside" if each not in state.open_refusals else "refused"
        yield f"  {aside}: {named(each)}: {each.what}"
    yield from _acts(state)


def _needed(needs: Needs) -> Iterator[str]:
    """Say who has to agree, by the authority of what changed."""
    if not needs.level:
        yield f"no rule changed; {_people(needs.parts[0])}"
    by_level: dict[str, list[Need]] = {}
    for part in needs.parts:
        by_level.setdefault(part.authority, []).append(part)
    for level, parts in by_level.items():
        if level:
            names = [part.section or "the document" for part in parts]
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            yield f"{level} changed ({', '.join(names[:3])}{more}): {_people(parts[0])}"


def _people(part: Need) -> str:
    many = part.people > 1
    who = " or ".join(f"{role}s" if many else role for role in part.roles)
    return f"{part.people} {who} must agree" if many else f"one {who} must agree"


def _changes(facts: Mapping[str, Any], before: str) -> Iterator[str]:
    yield f"follows {before}" if before else "the first release: everything in it is new"
    for each in facts.get("differences", ()):
        for sentence in each["sentences"]:
            yield f"{each['document']}: {sentence}"
        told = each["changes"]["first"]
        for change in told[:_SHOWN]:
            yield f"  {change['section'] or 'document'}: {change['what']} ({change['effect']})"
        if len(told) > _SHOWN:
            yield f"  and more: {each['changes']['count']} changes (--json has them)"
    for word in ("added", "removed"):
        if before and facts.get(word):
            yield f"{word}: {', '.join(facts[word])}"
    stale = facts.get("stale", {})
    if stale.get("count"):
        yield f"stale: {stale['count']}"
        for item in stale["first"][:_SHOWN]:
            yield f"  {item['kind']} {item['id']}: {item['why']}"


def _acts(state: ReleaseState) -> Iterator[str]:
    for vote in state.votes:
        said = "approved" if vote.verdict == APPROVE else "denied"
        why = f": {vote.note}" if vote.note else ""
        yield f"  {said} by {vote.by} ({vote.role}) at {vote.at}{why}"
    if state.override:
        over = state.override
        yield f"  OVERRIDDEN by {over.by} ({over.role}) at {over.at}: {over.reason}"
    if state.released:
        done = state.released
        yield f"  released as #{done.number} of {done.run} by {done.by} at {done.at}"
    if state.withdrawn:
        gone = state.withdrawn
        yield f"  withdrawn by {gone.by} ({gone.role}) at {gone.at}: {gone.reason}"


def request_json(
    state: ReleaseState, status: str, checked: Checked | None = None
) -> dict[str, Any]:
    """Return everything of a request as JSON values; `checked` is what its signature is worth."""
    asked, released, override = state.asked, state.released, state.override
    return {
        "format": FORMAT,
        "id": asked.run,
        "status": status,
        "spec": asked.spec_name,
        "version": asked.spec_version,
        "policy": asked.policy,
        "documents": list(asked.documents),
        "before": asked.before or None,
        "level": asked.level or None,
        "asked": {"by": asked.by, "at": asked.at, "roles": asked.roles_digest},
        "needed": {"people": asked.needed, "roles": list(asked.roles)},
        "refusals": [
            {
                "kind": each.kind,
                "name": each.name,
                "what": each.what,
                "set_aside": each not in state.open_refusals,
            }
            for each in asked.refusals
        ],
        "votes": [
            {"by": v.by, "role": v.role, "verdict": v.verdict, "at": v.at, "note": v.note}
            for v in state.votes
        ],
        "overridden": None
        if override is None
        else {
            "by": override.by,
            "role": override.role,
            "at": override.at,
            "reason": override.reason,
            "refusals": list(override.refusals),
        },
        "released": None
        if released is None
        else {
            "number": released.number,
            "by": released.by,
            "at": released.at,
            "note": released.note,
            "signature": None if checked is None else checked.reason or "holds",
        },
        "withdrawn": None
        if state.withdrawn is None
        else {
            "by": state.withdrawn.by,
            "role": state.withdrawn.role,
            "at": state.withdrawn.at,
            "reason": state.withdrawn.reason,
        },
        "facts": facts_of(asked),
    }
