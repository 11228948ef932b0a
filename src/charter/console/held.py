"""What an approval holds: the call, and the conversation that it came from."""

from __future__ import annotations

from charter.console.accounts import Account
from charter.console.content import Called
from charter.console.desk import Desk
from charter.console.exchange import CLOSED, HIDDEN, NOTHING, Content, content_of
from charter.console.feed import of_exchange
from charter.console.roles import Right
from charter.ledger.board import ApprovalState

MOST_EDITS = 100
"""Of one action, one after the other, that are followed back to the first."""


def held_content(desk: Desk, account: Account, state: ApprovalState) -> Content:
    """Return what is held, for those who decide on it and those who may read everything."""
    if not (account.may(Right.APPROVE) or account.may(Right.CONTENT)):
        return Content(None, NOTHING, HIDDEN)
    if desk.vault is None:
        return Content(None, NOTHING, CLOSED)
    policy = desk.policies(state.asked.policy)
    changed = content_of(desk, (state.asked.payload,), policy)
    first = _first(desk, state)
    if first is state or changed.kept is None:
        return changed
    whole = content_of(desk, (first.asked.payload,), policy)
    if whole.kept is None:
        return changed
    return Content(whole.kept._replace(arguments=changed.kept.arguments), whole.read)


def held_call(desk: Desk, state: ApprovalState, content: Content) -> Called | None:
    """Return the call that is held; None where it is none, or nothing of it is kept."""
    kept, tool = content.kept, state.asked.tool
    if kept is None:
        return None
    if kept.arguments:
        return Called(tool, kept.arguments)
    if not tool:
        return None
    for row in of_exchange(desk.ledger, state.asked.exchange):
        if row.record.approval == state.id and row.record.decision in kept.decided:
            return Called(tool, kept.decided[row.record.decision])
    same = [call for call in kept.calls if call.tool == tool]
    return same[0] if len(same) == 1 else None


def _first(desk: Desk, state: ApprovalState) -> ApprovalState:
    """Follow edits back to the approval that a model's own call asked for."""
    for _ in range(MOST_EDITS):
        before = desk.approval(state.asked.edited_from) if state.asked.edited_from else None
        if before is None:
            break
        state = before
    return state
