"""A request that repeats one whose answer is held: what waits, what people agreed to."""

from __future__ import annotations

from dataclasses import dataclass

from charter.ledger.board import APPROVED, PENDING, SUPERSEDED, ApprovalState, Board

MOST_EDITS = 100
"""Of one action, one after the other, that are followed to the last."""


@dataclass(frozen=True, slots=True)
class Resume:
    """An answer held in an earlier exchange of the same conversation."""

    exchange: str
    payload: str
    """Id of the encrypted payload that holds the answer."""
    approvals: tuple[ApprovalState, ...]
    """What releases it, all of them approved, none used; `AnswerJudge` uses them up."""
    replaced: tuple[tuple[ApprovalState, ApprovalState], ...] = ()
    """Calls that a person edited: the approval as first asked, whose `tool` and `arguments`
    (digest) tell the call in the held answer; and the one agreed to, whose payload has the
    arguments to put in its place."""
    waiting: tuple[ApprovalState, ...] = ()
    """Those that still wait for people; nothing is released while there is one."""


def resumption(board: Board, conversation: str, now: float) -> Resume | None:
    """Return what the newest held answer of a conversation waits for, or can be released on.

    None where there is none, or where people turned part of it down, or its time ran out: then
    the model is asked again.
    """
    states = [s for s in board.for_conversation(conversation) if s.asked.stage != "request"]
    first = [state for state in states if not state.asked.edited_from]
    if not first:
        return None
    exchange = first[-1].asked.exchange
    held = [state for state in first if state.asked.exchange == exchange]
    pairs = [(state, _latest(board, state, now)) for state in held]
    kinds = {latest.status(now) for _, latest in pairs}
    if not kinds <= {APPROVED, PENDING}:
        return None
    return Resume(
        exchange=exchange,
        payload=held[0].asked.payload,
        approvals=tuple(latest for _, latest in pairs if latest.status(now) == APPROVED),
        replaced=tuple((asked, latest) for asked, latest in pairs if asked is not latest),
        waiting=tuple(latest for _, latest in pairs if latest.status(now) == PENDING),
    )


def _latest(board: Board, state: ApprovalState, now: float) -> ApprovalState:
    """Follow edits to the approval that the last arguments need."""
    for _ in range(MOST_EDITS):
        if state.status(now) != SUPERSEDED:
            break
        state = board.approval(state.successor) or state
    return state
