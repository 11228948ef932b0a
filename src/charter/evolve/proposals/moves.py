"""What people do with a proposal: word it, vote on it, move it. Each is a record, or is refused.

Records are numbered: of two people who act on the same state one comes late, and is told what
became of it. Whoever moves answers for it by a role over something that changes, with a reason.
"""

from __future__ import annotations

from contextlib import suppress

from charter.errors import AlreadyRecorded
from charter.evolve.proposals.agreement import (
    needed,
    role_to_agree,
    role_to_move,
    why_no_vote,
    why_no_withdrawal,
)
from charter.evolve.proposals.asking import unasked
from charter.evolve.proposals.changed import asks_of
from charter.evolve.proposals.fold import NEXT, WITHDRAW, WORDED_IN, Proposals, ProposalState
from charter.evolve.proposals.refused import Refused
from charter.evolve.surveys.opening import opening
from charter.govern.roles import Roles
from charter.ledger.ledger import Ledger
from charter.records.proposal import (
    ADOPTED,
    CONSULTATION,
    DRAFT,
    VALIDATION,
    ProposalMoved,
    ProposalVoted,
    ProposalWorded,
)

ASKING = (CONSULTATION, VALIDATION)
"""States in which a survey asks people."""


def word(
    ledger: Ledger, found: Proposals, state: ProposalState, record: ProposalWorded
) -> ProposalState:
    """Give a proposal other words. Raises Refused."""
    if state.state not in WORDED_IN:
        back = "move it back to draft first" if DRAFT in NEXT[state.state] else "propose it anew"
        raise Refused(f"its words stand while it is {state.state}", hint=back)
    try:
        ledger.append(record)
    except AlreadyRecorded as cause:
        raise _late(ledger, found, state, "worded") from cause
    after = _again(ledger, found, state)
    if after.words != record:
        raise Refused(f"it is {after.state} meanwhile: these words came too late")
    return after


def vote(  # noqa: PLR0913 - one vote, each part by name
    ledger: Ledger,
    found: Proposals,
    state: ProposalState,
    roles: Roles,
    *,
    by: str,
    verdict: str,
    reason: str,
    at: str,
) -> ProposalState:
    """Record what somebody says of adopting the words that stand. Raises Refused."""
    if state.state != VALIDATION:
        raise Refused(f"it is {state.state}: people vote while it is validated")
    why = why_no_vote(state, by, roles, at=at)
    if why:
        raise Refused(why)
    role = role_to_agree(state, by, roles, at=at)
    record = ProposalVoted(state.id, state.words.number, ADOPTED, at, by, role, verdict, reason)
    try:
        ledger.append(record)
    except AlreadyRecorded as cause:
        raise Refused(f"{by} has voted on these words already") from cause
    return _again(ledger, found, state)


def withdraw(  # noqa: PLR0913 - as for `vote`
    ledger: Ledger,
    found: Proposals,
    state: ProposalState,
    roles: Roles,
    *,
    by: str,
    reason: str,
    at: str,
) -> ProposalState:
    """Take back what somebody said of the words that stand, before they are adopted.

    Whoever does so says nothing of these words again. Raises Refused.
    """
    if not NEXT[state.state]:
        raise Refused(f"it is {state.state}: votes stay what they were")
    why = why_no_withdrawal(state, by, roles)
    if why:
        raise Refused(why)
    role = role_to_agree(state, by, roles, at=at)
    number = state.words.number
    record = ProposalVoted(state.id, number, DRAFT, at, by, role, WITHDRAW, reason)
    with suppress(AlreadyRecorded):  # the same, at the same moment
        ledger.append(record)
    return _again(ledger, found, state)


def why_no_move(state: ProposalState, to: str, by: str, roles: Roles, *, at: str) -> str:
    """Return why somebody cannot move a proposal to a state; empty where they can."""
    if to not in NEXT[state.state]:
        ways = ", ".join(NEXT[state.state])
        return f"it is {state.state}, and goes " + (f"to {ways} only" if ways else "nowhere")
    if not role_to_move(state, by, roles, at=at):
        among = [part.section or "the document" for part in needed(state).parts]
        return f"{by} is no owner or approver of {', '.join(among[:3])}"
    return ""


def move(  # noqa: PLR0913 - one move, each part by name
    ledger: Ledger,
    found: Proposals,
    state: ProposalState,
    roles: Roles,
    *,
    to: str,
    by: str,
    reason: str,
    at: str,
    survey: str = "",
) -> ProposalState:
    """Move a proposal to any state but adopted (see `adoption`). Raises Refused."""
    why = why_no_move(state, to, by, roles, at=at)
    if why:
        raise Refused(why)
    if to == ADOPTED:
        raise Refused("adoption takes more than a move", hint="charter propose adopt")
    if (to in ASKING) != bool(survey):
        what = "takes a survey that asks people" if to in ASKING else "takes no survey"
        raise Refused(f"{to} {what}", hint="see --survey")
    if survey:
        _check_survey(ledger, state, to, survey)
    role = role_to_move(state, by, roles, at=at)
    record = ProposalMoved(
        state.id, state.numbers[1] + 1, at, by, role, to, state.words.number, reason, survey
    )
    return record_move(ledger, found, state, record)


def record_move(
    ledger: Ledger, found: Proposals, state: ProposalState, record: ProposalMoved
) -> ProposalState:
    """Record a move. Raises Refused where somebody else was quicker."""
    try:
        ledger.append(record)
    except AlreadyRecorded as cause:
        raise _late(ledger, found, state, "moved") from cause
    after = _again(ledger, found, state)
    if not after.moves or after.moves[-1] != record:
        raise Refused("it has other words meanwhile: look at them before it moves")
    return after


def _check_survey(ledger: Ledger, state: ProposalState, to: str, survey: str) -> None:
    """Raise Refused where a survey is none, or does not ask about these words."""
    asked = opening(ledger, survey)
    if asked is None:
        raise Refused(f"there is no survey {survey!r:.100}", hint="open it first")
    if to != VALIDATION:
        return
    if asked.survey.validates != state.id:
        raise Refused(
            f"{survey} does not validate this proposal",
            hint=f"one that does says `validates: {state.id}`: charter propose ask",
        )
    missed = unasked(asked.survey, asks_of(state))
    if missed:
        raise Refused(
            f"{survey} has no statement about {', '.join(missed[:5])}, which changes",
            hint="`charter propose ask` drafts one that does",
        )
    if asked.survey.spec != state.words.result:
        raise Refused(
            f"{survey} is not about these words",
            hint=f"it names the text with the new words, {state.words.result}, as its spec",
        )


def _again(ledger: Ledger, found: Proposals, state: ProposalState) -> ProposalState:
    found.poll(ledger)
    return found.get(state.id) or state


def _late(ledger: Ledger, found: Proposals, state: ProposalState, what: str) -> Refused:
    now = _again(ledger, found, state)
    who = now.moves[-1].by if what == "moved" and now.moves else now.words.by
    return Refused(f"{who} {what} it meanwhile, and it is {now.state}: look again")
