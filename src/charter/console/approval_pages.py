"""What waits for people: the list, and one held action with all that is needed to decide on it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from charter.console.actions import NotDone, Vote, may_deny, may_vote, vote
from charter.console.content import editable, laid_out
from charter.console.guard import Visit
from charter.console.held import beside, glance, held
from charter.console.moment import seconds_of, span
from charter.console.view import view
from charter.ledger.board import PENDING, ApprovalState
from charter.policy.explanations.explain_page import message_views

ENDED = 50
"""Approvals that have ended, the newest first, that the list shows."""
GLANCES = 50
"""Lines of the list that show what is held: each opens a payload."""
SHORT = 120
"""Characters of that."""
SAID = {
    "approve": "You agreed.",
    "deny": "You said no. The action will not be done.",
    "edit": "You changed the arguments. Somebody else has to agree to the new ones.",
}


def approvals(visit: Visit) -> Response:
    """Show what waits, oldest first, and what has ended, newest first."""
    now = visit.desk.now()
    with visit.desk.up_to_date() as board:
        waiting = board.pending(now)
        every = board.all()
    ended = [each for each in reversed(every) if each.status(now) != PENDING]
    return view(
        visit,
        "approvals.html.j2",
        waiting=[
            _row(each, now, _glance(visit, each) if number < GLANCES else "")
            for number, each in enumerate(waiting)
        ],
        ended=[_row(each, now) for each in ended[:ENDED]],
        more=max(0, len(ended) - ENDED),
        now=now,
    )


def approval(visit: Visit) -> Response:
    """Show one held action."""
    state = visit.desk.approval(visit.named("approval"))
    if state is None:
        raise NotDone("there is no approval of this id", 404)
    now = visit.desk.now()
    found = held(visit.desk, visit.account, state)
    visit.desk.looked_at(visit.account.person, state.asked.exchange)
    visit.desk.opened_by(visit.account.person, state.id)
    policy = visit.desk.policies(state.asked.policy)
    rule = policy.by_id.get(state.asked.section.partition("/")[0]) if policy else None
    return view(
        visit,
        "approval.html.j2",
        row=_row(state, now),
        held=found,
        arguments=laid_out(found.call.arguments) if found.call is not None else "",
        editable=editable(found.call.arguments) if found.call is not None else "",
        before=laid_out(found.before.arguments) if found.before is not None else "",
        beside=beside(visit.desk, state),
        messages=[*message_views(found.content.read.conversation)],
        rule=rule,
        why_not=may_vote(state, visit.account, now),
        may_deny=may_deny(state, visit.account, now),
        can_edit=visit.desk.edit is not None and found.call is not None,
        now=now,
    )


def decide(visit: Visit) -> Response:
    """Take a vote."""
    wanted = visit.named("approval")
    said = Vote(
        verdict=visit.form.get("verdict", ""),
        binding=visit.form.get("binding", ""),
        note=visit.form.get("note", ""),
        arguments=visit.form.get("arguments", ""),
        seconds=visit.desk.seconds_on(visit.account.person, wanted),
    )
    state = vote(visit.desk, visit.account, wanted, said)
    return visit.go(f"/approvals/{state.id}", SAID.get(said.verdict, "Recorded."))


def _glance(visit: Visit, state: ApprovalState) -> str:
    found = glance(visit.desk, visit.account, state)
    if found:  # what is held is seen now, and no longer judged blindly
        visit.desk.looked_at(visit.account.person, state.asked.exchange)
    return " ".join(found[: 2 * SHORT].split())


def _row(state: ApprovalState, now: float, shown: str = "") -> dict[str, Any]:
    end = seconds_of(state.asked.expires)
    return {
        "state": state,
        "asked": state.asked,
        "status": state.status(now),
        "left": span(end - now) if end is not None and end > now else "",
        "needed": max(1, state.asked.needed),
        "agreed": len(state.approvers),
        "glance": shown if len(shown) <= SHORT else f"{shown[:SHORT]}…",
    }
