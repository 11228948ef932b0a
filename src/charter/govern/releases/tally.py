"""Votes of a request counted by who holds which role now, and what still keeps it from release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from charter.govern.releases.fold import ReleaseState
from charter.govern.releases.gate import named
from charter.govern.releases.need import Needs
from charter.govern.roles import OVERRIDE, Roles
from charter.ledger.board import folded
from charter.records.release import ReleaseVoted


@dataclass(frozen=True, slots=True)
class Tally:
    """What the votes come to."""

    counted: tuple[ReleaseVoted, ...]
    """Approvals of people who may still agree to a part of it."""
    left_out: tuple[tuple[ReleaseVoted, str], ...]
    """Approvals that do not count, and why."""
    missing: tuple[str, ...]
    """Who still has to agree, in words; empty where all needs are met."""


def tally(state: ReleaseState, needs: Needs, roles: Roles, *, at: str) -> Tally:
    """Count the votes of a request by the roles that hold at a time.

    Who asked never counts, under whatever name or address; nor does who has no such role any more.
    """
    asker = person_of(roles, state.asked.by)
    counted: dict[str, ReleaseVoted] = {}
    left_out: list[tuple[ReleaseVoted, str]] = []
    for vote in state.approvals:
        person = person_of(roles, vote.by)
        found = roles.find(vote.by)
        if person == asker:
            left_out.append((vote, "asked for it"))
        elif person in counted:
            left_out.append((vote, "has agreed already"))
        elif found is None:
            left_out.append((vote, "is nobody in the file of roles"))
        elif not any(part.met_by(vote.by, roles, at) for part in needs.parts):
            left_out.append((vote, "has no such role any more"))
        else:
            counted[person] = vote
    missing = tuple(lacking(counted, needs, roles, at))
    return Tally(tuple(counted.values()), tuple(left_out), missing)


def lacking(counted: Iterable[str], needs: Needs, roles: Roles, at: str) -> Iterator[str]:
    """Yield who still has to agree, in words; `counted` are the people who did."""
    agreeing = tuple(counted)
    wanted_of: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for part in needs.parts:
        agreed = sum(part.met_by(person, roles, at) is not None for person in agreeing)
        if agreed < part.people:
            over = part.section or ("the whole" if part.authority else "any section")
            wanted_of.setdefault((part.people - agreed, part.roles), []).append(over)
    for (people, names), sections in wanted_of.items():
        more = f" and {len(sections) - 3} more" if len(sections) > 3 else ""
        wanted = " or ".join(name if people == 1 else f"{name}s" for name in names)
        yield f"{people} more {wanted} of {', '.join(sections[:3])}{more}"


def may_override(person: str, state: ReleaseState, needs: Needs, roles: Roles, at: str) -> bool:
    """Whether somebody may set aside what speaks against a request: the role over all of it."""
    if person_of(roles, person) == person_of(roles, state.asked.by):
        return False
    return all(
        roles.may(
            person,
            OVERRIDE,
            section=part.section or None,
            authority=part.authority or None,
            at=at,
        )
        for part in needs.parts
    )


def hindrances(state: ReleaseState, needs: Needs, roles: Roles, *, at: str) -> tuple[str, ...]:
    """Return everything that keeps a request from release, one line each."""
    found = []
    if state.denied:
        found.append(f"denied by {state.denied.by}: {state.denied.note or 'no reason given'}")
    found += [f"{named(each)}: {each.what}" for each in state.open_refusals]
    override = state.override
    if override and not may_override(override.by, state, needs, roles, at):
        found.append(f"{override.by}, who overrode it, has not the role {OVERRIDE} over all of it")
    counted = tally(state, needs, roles, at=at)
    found += [f"it needs {each}" for each in counted.missing]
    if counted.missing:
        found += [f"the approval of {vote.by} does not count: {w}" for vote, w in counted.left_out]
    return tuple(found)


def person_of(roles: Roles, name: str) -> str:
    """Return what a person is compared by: the id in the file, else how the name looks."""
    found = roles.find(name)
    return folded(name if found is None else found.id)
