"""What an approval holds, for whoever decides on it: the action, whose words it is made of, why.

An edited action is shown with the conversation that the first one came from, and beside what the
model had asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from charter.console.accounts import Account
from charter.console.content import Called, Kept
from charter.console.desk import Desk
from charter.console.exchange import CLOSED, HIDDEN, NOTHING, Content, content_of, explained, opened
from charter.console.feed import Row, of_exchange
from charter.console.roles import Right
from charter.ledger.board import PENDING, ApprovalState
from charter.policy.explanations.explanation import Part

MOST_EDITS = 100
"""Of one action, one after the other, that are followed back to the first."""
TOLD = ("why", "arguments")
"""Parts of an explanation that help to decide."""

_SHOWN_ELSEWHERE = ("tool_call", "request")
"""Stages whose words are the call's arguments, or the conversation itself."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held."""

    content: Content
    call: Called | None = None
    """None where it is no call, or nothing of it is kept."""
    before: Called | None = None
    """What the model had asked for, where somebody changed it."""
    text: str = ""
    """Of an answer, or of what a tool returned."""
    parts: tuple[Part, ...] = ()
    """Why it is held, and whose words its arguments are."""


def may_read(account: Account) -> bool:
    """Whether somebody sees what is held: those who decide on it, and those who read all."""
    return account.may(Right.APPROVE) or account.may(Right.CONTENT)


def held(desk: Desk, account: Account, state: ApprovalState) -> Held:
    """Return what an approval holds, as far as somebody may see it."""
    if not may_read(account):
        return Held(Content(None, NOTHING, HIDDEN))
    if desk.vault is None:
        return Held(Content(None, NOTHING, CLOSED))
    first = _first(desk, state)
    row = _row(desk, first)
    content = _content(desk, state, first)
    if content.kept is None:
        return Held(content)
    edited = first is not state
    asked_for = content.kept._replace(arguments="")
    return Held(
        content=content,
        call=_call(state, content.kept, row),
        before=_call(first, asked_for, row) if edited else None,
        text="" if state.asked.stage in _SHOWN_ELSEWHERE else _text(asked_for, row),
        parts=_parts(desk, row, content, edited=edited),
    )


def glance(desk: Desk, account: Account, state: ApprovalState) -> str:
    """Return the arguments or the text that is held, for a line of a list; empty where hidden."""
    if not may_read(account):
        return ""
    kept = opened(desk, (state.asked.payload,))
    if isinstance(kept, str):
        return ""
    row = _row(desk, _first(desk, state))
    call = _call(state, kept, row)
    return call.arguments if call is not None else _text(kept, row)


def beside(desk: Desk, state: ApprovalState) -> tuple[ApprovalState, ...]:
    """Return what else waits out of the same answer: it is given when all of it is agreed to."""
    now, same = desk.now(), _first(desk, state).id
    with desk.up_to_date() as board:
        found = board.for_conversation(state.asked.conversation)
    return tuple(
        each
        for each in found
        if each.asked.exchange == state.asked.exchange
        and each.status(now) == PENDING
        and _first(desk, each).id != same
    )


def _content(desk: Desk, state: ApprovalState, first: ApprovalState) -> Content:
    policy = desk.policies(state.asked.policy)
    changed = content_of(desk, (state.asked.payload,), policy)
    if first is state or changed.kept is None:
        return changed
    whole = content_of(desk, (first.asked.payload,), policy)
    if whole.kept is None:
        return changed
    return Content(whole.kept._replace(arguments=changed.kept.arguments), whole.read)


def _call(state: ApprovalState, kept: Kept, row: Row | None) -> Called | None:
    tool = state.asked.tool
    if state.asked.stage != "tool_call" or not tool:
        return None
    if kept.arguments:
        return Called(tool, kept.arguments)
    if row is not None and row.record.decision in kept.decided:
        return Called(tool, kept.decided[row.record.decision])
    same = [call for call in kept.calls if call.tool == tool]
    return same[0] if len(same) == 1 else None


def _text(kept: Kept, row: Row | None) -> str:
    if row is None:
        return ""
    return kept.decided.get(row.record.decision, "")


def _parts(desk: Desk, row: Row | None, content: Content, *, edited: bool) -> tuple[Part, ...]:
    policy = desk.policies(row.record.policy) if row is not None else None
    if row is None or policy is None:
        return ()
    told = TOLD[:1] if edited else TOLD  # whose words the old arguments were tells nothing of these
    found = explained(policy, row.record, content)
    return tuple(part for part in found.parts if part.id in told)


def _row(desk: Desk, first: ApprovalState) -> Row | None:
    """Return the decision that asked for an approval."""
    rows = of_exchange(desk.ledger, first.asked.exchange)
    return next((row for row in rows if row.record.approval == first.id), None)


def _first(desk: Desk, state: ApprovalState) -> ApprovalState:
    """Follow edits back to the approval that a model's own call asked for."""
    for _ in range(MOST_EDITS):
        before = desk.approval(state.asked.edited_from) if state.asked.edited_from else None
        if before is None:
            break
        state = before
    return state
