"""Votes on the words of a proposal, counted by who holds which role now.

The rule is that of releases: two approvers where the highest authority changes, one for the level
below, one owner or approver for the rest, over each section. Whoever proposed, or chose the words,
never counts, under whatever name; nor does the same person twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from charter.evolve.proposals.fold import APPROVE, WITHDRAW, ProposalState
from charter.evolve.proposals.wording import needs_of, read_facts
from charter.govern.releases.need import Needs
from charter.govern.releases.tally import lacking, person_of
from charter.govern.roles import APPROVER, OVERRIDE, OWNER, Roles
from charter.records.proposal import ADOPTED, ProposalVoted


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the votes come to."""

    counted: tuple[ProposalVoted, ...]
    """Approvals of people who may agree to a part of it."""
    left_out: tuple[tuple[ProposalVoted, str], ...]
    """Approvals that do not count, and why."""
    denied: ProposalVoted | None
    """The first vote against these words by somebody who may agree to a part of it."""
    missing: tuple[str, ...]
    """Who still has to agree, in words."""

    @property
    def against(self) -> tuple[str, ...]:
        """Everything that keeps it from adoption, one line each."""
        found = [f"it needs {each}" for each in self.missing]
        if self.denied is not None:
            found.insert(0, f"denied by {self.denied.by}: {self.denied.reason}")
        if self.missing:
            found += [f"the vote of {v.by}, who {why}, does not count" for v, why in self.left_out]
        return tuple(found)


def needed(state: ProposalState) -> Needs:
    """Return who has to agree to the words that stand. Raises LedgerError."""
    return needs_of(read_facts(state.words.facts))


def agreement(
    state: ProposalState, roles: Roles, *, at: str, needs: Needs | None = None
) -> Agreement:
    """Count the votes for adoption. Raises LedgerError where the facts cannot be read."""
    needs = needs or needed(state)
    counted: dict[str, ProposalVoted] = {}
    left_out: list[tuple[ProposalVoted, str]] = []
    denied = None
    taken_back = frozenset(person_of(roles, each.by) for each in withdrawals(state))
    for vote in state.votes:
        if vote.state != ADOPTED or vote.verdict == WITHDRAW:
            continue
        if person_of(roles, vote.by) in taken_back:
            left_out += [(vote, "took it back")] if vote.verdict == APPROVE else []
            continue
        why = _why_not_counted(vote.by, state, needs, roles, at, counted)
        if vote.verdict != APPROVE:
            denied = denied or (vote if not why else None)
        elif why:
            left_out.append((vote, why))
        else:
            counted[person_of(roles, vote.by)] = vote
    missing = tuple(lacking(counted, needs, roles, at))
    return Agreement(tuple(counted.values()), tuple(left_out), denied, missing)


def withdrawals(state: ProposalState) -> tuple[ProposalVoted, ...]:
    """Return the records by which somebody took back a vote on the words that stand."""
    return tuple(each for each in state.votes if each.verdict == WITHDRAW)


def why_no_withdrawal(state: ProposalState, person: str, roles: Roles) -> str:
    """Return why somebody cannot take back a vote on the words that stand; empty where they can."""
    me = person_of(roles, person)
    mine = [each.verdict for each in state.votes if person_of(roles, each.by) == me]
    if WITHDRAW in mine:
        return f"{person} has taken the vote on these words back already"
    return "" if mine else f"{person} has not voted on these words"


def why_no_vote(state: ProposalState, person: str, roles: Roles, *, at: str) -> str:
    """Return why somebody cannot vote on the words that stand; empty where they can."""
    needs = needed(state)
    me = person_of(roles, person)
    mine = [each.verdict for each in state.votes if person_of(roles, each.by) == me]
    if WITHDRAW in mine:
        return f"{person} took the vote on these words back, and says nothing of them again"
    if mine:
        return f"{person} has voted on these words already"
    why = _why_not_counted(person, state, needs, roles, at, {})
    return f"{person} {why}" if why else ""


def role_to_agree(state: ProposalState, person: str, roles: Roles, *, at: str) -> str:
    """Return the role by which somebody may agree to a part of it; empty where there is none."""
    held = (part.met_by(person, roles, at) for part in needed(state).parts)
    return next(filter(None, held), "")


def role_to_move(state: ProposalState, person: str, roles: Roles, *, at: str) -> str:
    """Return the role by which somebody answers for a move; empty where there is none.

    An owner or approver over a section that changes, whoever proposed it.
    """
    for part in needed(state).parts:
        for role in (OWNER, APPROVER):
            over = {"section": part.section or None, "authority": part.authority or None}
            found = roles.find(person)
            anywhere = found is not None and found.id in roles.anywhere(role, at=at)
            if roles.may(person, role, **over, at=at) if part.authority else anywhere:
                return role
    return ""


def may_override(state: ProposalState, person: str, roles: Roles, *, at: str) -> bool:
    """Whether somebody may adopt without a validation: the role over all of it, nobody's own."""
    if person_of(roles, person) in _authors(state, roles):
        return False
    return all(
        roles.may(
            person,
            OVERRIDE,
            section=part.section or None,
            authority=part.authority or None,
            at=at,
        )
        for part in needed(state).parts
    )


def _authors(state: ProposalState, roles: Roles) -> frozenset[str]:
    return frozenset(person_of(roles, each) for each in (state.made.by, state.words.by))


def _why_not_counted(  # noqa: PLR0913, PLR0917 - all that one vote is held against
    by: str,
    state: ProposalState,
    needs: Needs,
    roles: Roles,
    at: str,
    counted: Mapping[str, ProposalVoted],
) -> str:
    person = person_of(roles, by)
    if person in _authors(state, roles):
        return "proposed it, or chose its words"
    if person in counted:
        return "has agreed already"
    if roles.find(by) is None:
        return "is nobody in the file of roles"
    if not any(part.met_by(by, roles, at) for part in needs.parts):
        return "has no role that may agree to what changes"
    return ""
