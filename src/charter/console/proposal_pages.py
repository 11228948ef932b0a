"""Proposals: what other words somebody wants, from what, what is known of them, and the votes.

Adopting writes into a file, and is left to `charter propose adopt`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from starlette.responses import Response

from charter.console.accounts import Account
from charter.console.actions import MOST_NOTE, NotDone
from charter.console.desk import Desk
from charter.console.guard import Visit
from charter.console.view import view
from charter.errors import CharterError, ConfigError, LedgerError
from charter.evolve.proposals.adoption import findings_of
from charter.evolve.proposals.agreement import (
    Agreement,
    agreement,
    why_no_vote,
    why_no_withdrawal,
)
from charter.evolve.proposals.edit import read_edits
from charter.evolve.proposals.fold import (
    APPROVE,
    DENY,
    NEXT,
    WITHDRAW,
    ProposalState,
    proposals,
)
from charter.evolve.proposals.moves import ASKING, move, vote, why_no_move, withdraw
from charter.evolve.proposals.pull_request import figure
from charter.evolve.proposals.refused import Refused
from charter.evolve.proposals.tries import percent, tries
from charter.evolve.proposals.validation import statement_lines
from charter.evolve.proposals.wording import read_facts
from charter.govern.free_text import unkept
from charter.govern.roles import Roles, load_roles
from charter.records.proposal import (
    ADOPTED,
    CONSULTATION,
    DEFERRED,
    DRAFT,
    SET_ASIDE,
    STATES,
    VALIDATION,
    ProposalMoved,
    ProposalVoted,
    ProposalWorded,
)
from charter.spec.changes.marks import Mark, Op, marks

MOST = 200
"""Proposals of a page."""
MOST_EDITS = 40
MOST_STEPS = 400
MOST_SIDE = 20_000
"""Characters of one side of an edit that are shown."""
LOOKS = {
    DRAFT: "dormant",
    CONSULTATION: "require_approval",
    VALIDATION: "require_approval",
    ADOPTED: "allow",
    DEFERRED: "skipped",
    SET_ASIDE: "deny",
}
"""State of a proposal -> look of its mark."""
WORDS = {state: state.replace("_", " ") for state in STATES}
WAYS = {
    DRAFT: "Back to draft",
    CONSULTATION: "To consultation",
    VALIDATION: "To validation",
    DEFERRED: "Defer it",
    SET_ASIDE: "Set it aside",
}
"""State -> the button that moves a proposal there."""
PLACES = {"comment": "/comments", "survey": "/surveys", "incident": "/incidents/"}
"""Where the console shows an origin."""
TO = "move:"
TOLD = {
    APPROVE: "Your vote is recorded.",
    DENY: "Your vote is recorded.",
    WITHDRAW: "Your vote is taken back.",
}
"""What somebody did, other than a move -> what the page says then."""
SAID = {APPROVE: "agreed to", DENY: "said no to", WITHDRAW: "took back the vote on"}


Step: TypeAlias = tuple[str, ProposalWorded | ProposalMoved | ProposalVoted]
"""What was done (worded, moved or voted), and its record."""


@dataclass(frozen=True, slots=True)
class Side:
    """One stretch of the text, before and after, word by word."""

    was: tuple[Mark, ...]
    now: tuple[Mark, ...]
    cut: int
    """Characters that are not shown."""


def listing(visit: Visit) -> Response:
    """Show all proposals, those that wait for somebody first."""
    found = tuple(reversed(proposals(visit.desk.ledger).all()))
    return view(
        visit,
        "proposals.html.j2",
        groups=[
            (name, [each for each in found if each.state in states][:MOST])
            for name, states in (
                ("Open", (DRAFT, CONSULTATION, VALIDATION)),
                ("Deferred", (DEFERRED,)),
                ("Adopted", (ADOPTED,)),
                ("Set aside", (SET_ASIDE,)),
            )
        ],
        overridden={each.id for each in found if findings_of(each).get("overridden")},
        looks=LOOKS,
        words=WORDS,
    )


def proposal(visit: Visit) -> Response:
    """Show one proposal: words side by side, origins, what is known, votes, and what one may do."""
    desk, state = visit.desk, _one(visit.desk, visit.named("proposal"))
    roles, why_no_roles = _roles(desk.govern.roles())
    me, at = visit.account.person, desk.at()
    ways: list[str] = []
    why_not, counted, voted = why_no_roles, None, False
    if roles is not None:
        try:
            counted = agreement(state, roles, at=at)
            ways = [
                to
                for to in NEXT[state.state]
                if to != ADOPTED and not why_no_move(state, to, me, roles, at=at)
            ]
            why_not = _why_no_vote(state, me, roles, at)
            voted = bool(NEXT[state.state]) and not why_no_withdrawal(state, me, roles)
        except LedgerError as error:
            why_not = error.message
    return view(
        visit,
        "proposal.html.j2",
        state=state,
        sides=_sides(state),
        facts=_facts(state),
        findings=findings_of(state),
        validation_lines=statement_lines(findings_of(state).get("validation") or {}),
        agreement=counted or Agreement((), (), None, ()),
        why_not=why_not,
        voted=voted,
        asked=tries(desk.ledger, state),
        percent=percent,
        verdicts=SAID,
        trail=_trail(state),
        no_roles=roles is None,
        ways=ways,
        asking=ASKING,
        looks=LOOKS,
        words=WORDS,
        ways_said=WAYS,
        places=PLACES,
        figure=figure,
        op=Op,
    )


def act(visit: Visit) -> Response:
    """Vote on a proposal, or move it."""
    deed, wanted = visit.form.get("deed", ""), visit.named("proposal")
    do(
        visit.desk,
        visit.account,
        wanted,
        deed=deed,
        reason=visit.form.get("reason", ""),
        survey=visit.form.get("survey", "").strip(),
    )
    return visit.go(f"/proposals/{wanted}", TOLD.get(deed, "It is moved."))


def do(  # noqa: PLR0913 - one deed, each part by name
    desk: Desk, account: Account, wanted: str, *, deed: str, reason: str, survey: str
) -> None:
    """Record what one person does with a proposal. Raises NotDone, saying why."""
    to = deed.removeprefix(TO) if deed.startswith(TO) else ""
    if deed not in TOLD and to not in STATES:
        raise NotDone("a vote is approve, deny or withdraw, and a move names a state", 422)
    reason = _reason(reason)
    found = proposals(desk.ledger)
    state = found.get(wanted)
    if state is None:
        raise NotDone("there is no proposal of this id", 404)
    roles, why = _roles(desk.govern.roles())
    if roles is None:
        raise NotDone(why, 403)
    by, at = account.person, desk.at()
    # A survey is named with the states that ask people; the one form has a field for both.
    asked = survey if to in ASKING else ""
    try:
        if to:
            move(desk.ledger, found, state, roles, to=to, by=by, reason=reason, at=at, survey=asked)
        elif deed == WITHDRAW:
            withdraw(desk.ledger, found, state, roles, by=by, reason=reason, at=at)
        else:
            vote(desk.ledger, found, state, roles, by=by, verdict=deed, reason=reason, at=at)
    except (Refused, LedgerError, ConfigError) as error:
        hint = f" ({error.hint})" if error.hint else ""
        raise NotDone(f"{error.message}{hint}") from error


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not reason:
        raise NotDone("say why: the reason is part of the record", 422)
    if len(reason) > MOST_NOTE:
        raise NotDone(f"a reason has at most {MOST_NOTE} characters", 422)
    if odd := unkept(text):
        raise NotDone(f"{odd} is a control character: leave it out", 422)
    return reason


def _why_no_vote(state: ProposalState, me: str, roles: Roles, at: str) -> str:
    if state.state != VALIDATION:
        return f"it is {WORDS[state.state]}: people vote while it is validated"
    return why_no_vote(state, me, roles, at=at)


def _trail(state: ProposalState) -> list[Step]:
    """Return what was done after it was proposed, oldest first."""
    found: list[Step] = [("worded", each) for each in state.wordings[1:]]
    found += [("moved", each) for each in state.moves]
    found += [("voted", each) for each in state.every_vote]
    return sorted(found, key=lambda each: each[1].at)[:MOST_STEPS]


def _one(desk: Desk, wanted: str) -> ProposalState:
    state = proposals(desk.ledger).get(wanted)
    if state is None:
        raise NotDone("there is no proposal of this id", 404)
    return state


def _sides(state: ProposalState) -> list[Side]:
    try:
        edits = read_edits(state.words.edits)[1]
    except LedgerError:
        return []
    return list(islice((_side(each.was, each.now) for each in edits), MOST_EDITS))


def _side(was: str, now: str) -> Side:
    found = marks(was[:MOST_SIDE], now[:MOST_SIDE])
    left = max(0, len(was) - MOST_SIDE) + max(0, len(now) - MOST_SIDE)
    return Side(tuple(_of(found, Op.NEW)), tuple(_of(found, Op.GONE)), left)


def _of(found: tuple[Mark, ...], without: Op) -> Iterator[Mark]:
    return (each for each in found if each.op is not without)


def _facts(state: ProposalState) -> Mapping[str, Any]:
    try:
        return read_facts(state.words.facts)
    except LedgerError:
        return {}


def _roles(path: Path | None) -> tuple[Roles | None, str]:
    """Return who has which role, or why that cannot be told."""
    if path is None:
        return None, "the settings name no file of roles, so nobody can vote or move anything"
    try:
        return load_roles(path), ""
    except CharterError:
        return None, "the file of roles cannot be read: see `charter check`"
