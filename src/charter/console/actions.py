"""What people do: votes, stops and reviews, as records. The same for pages and the API.

Whoever acts is known by the person behind the account, and every rule of who may is checked here,
again when the board folds the record, and once more when the gateway releases anything.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from charter.console.accounts import Account
from charter.console.desk import Desk
from charter.console.reviews import REFUSALS
from charter.errors import AlreadyRecorded, CharterError, LedgerUnavailable
from charter.govern.free_text import unkept
from charter.govern.oversight.figures import LABELS
from charter.ledger.board import PENDING, ApprovalState, folded
from charter.records.approval import ApprovalVoted
from charter.records.record import Record
from charter.records.review import ReviewRecorded
from charter.records.stop import StopLifted, StopOrdered

MOST_NOTE = 2000
MOST_ARGUMENTS = 256 * 1024
MOST_NAME = 200
REACHES = ("all", "app", "tool")


class NotDone(CharterError):
    """Somebody asked for what cannot be done; `status` is its HTTP status."""

    def __init__(self, message: str, status: int = 409) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody says of an approval."""

    verdict: str
    """approve, deny or edit."""
    binding: str
    """Of what was shown to them."""
    note: str = ""
    arguments: str = ""
    """With edit: what the arguments shall be."""
    seconds: int = 0
    """Since it was shown; 0 where that is not known."""


def vote(desk: Desk, account: Account, wanted: str, said: Vote) -> ApprovalState:
    """Record a vote; return what became of the approval, or of its successor after an edit.

    Raises NotDone, saying why.
    """
    now = desk.now()
    state = desk.approval(wanted)
    if state is None:
        raise NotDone("there is no approval of this id", 404)
    _may(state, account, said, now)
    if said.verdict == "edit":
        return _edit(desk, account, state, said, now)
    _append(
        desk,
        ApprovalVoted(
            wanted,
            desk.at(),
            account.person,
            said.verdict,
            said.binding,
            _note(said.note),
            seconds=max(0, said.seconds),
        ),
        "you have voted on this already",
    )
    return desk.approval(wanted) or state


def may_vote(state: ApprovalState, account: Account, now: float) -> str:
    """Return why somebody cannot approve this, or nothing where they can."""
    status = state.status(now)
    if status != PENDING:
        return f"this approval is {status}, and no vote changes that"
    if folded(account.person) in state.asking:
        return "whoever asks for an action, or changed it, cannot approve it"
    if not state.may_vote(account.person) or _voted(state, account):
        return "you have voted on this already"
    return ""


def may_deny(state: ApprovalState, account: Account, now: float) -> bool:
    """Whether somebody can deny this: whoever asks can, too, and so takes it back."""
    return state.status(now) == PENDING and not _voted(state, account)


def _may(state: ApprovalState, account: Account, said: Vote, now: float) -> None:
    if said.verdict not in ("approve", "deny", "edit"):
        raise NotDone("a vote is approve, deny or edit", 422)
    why = may_vote(state, account, now)
    if why and not (said.verdict == "deny" and may_deny(state, account, now)):
        raise NotDone(why, 403 if folded(account.person) in state.asking else 409)
    if said.binding != state.asked.binding:
        raise NotDone("what you were shown is not what is asked for: look at it again")
    if len(said.note) > MOST_NOTE:
        raise NotDone(f"a note has at most {MOST_NOTE} characters", 422)


def _voted(state: ApprovalState, account: Account) -> bool:
    return any(folded(each.by) == folded(account.person) for each in state.votes)


def _edit(
    desk: Desk, account: Account, state: ApprovalState, said: Vote, now: float
) -> ApprovalState:
    if desk.edit is None:
        raise NotDone("arguments cannot be changed here: deny it, and let it be asked for anew")
    if not said.arguments.strip() or len(said.arguments) > MOST_ARGUMENTS:
        raise NotDone(f"arguments have from 1 to {MOST_ARGUMENTS} characters", 422)
    try:
        successor = desk.edit(state.asked, said.arguments, account.person, now)
    except LedgerUnavailable:
        raise
    except CharterError as error:
        raise NotDone(error.message, 422) from error
    return desk.approval(successor) or state


def order_stop(desk: Desk, account: Account, reach: str, name: str, reason: str) -> StopOrdered:
    """Stop everything, one application or one tool. Raises NotDone, saying why."""
    name, reason = name.strip(), reason.strip()
    if reach not in REACHES:
        raise NotDone("a stop reaches all, an app or a tool", 422)
    if reach != "all" and not name:
        raise NotDone(f"name the {'application' if reach == 'app' else 'tool'} to stop", 422)
    if len(name) > MOST_NAME:
        raise NotDone(f"a name has at most {MOST_NAME} characters", 422)
    _must_have_reason(reason)
    stop = StopOrdered(
        f"stp_{secrets.token_hex(16)}",
        desk.at(),
        reach,
        "" if reach == "all" else name,
        account.person,
        reason,
    )
    _append(desk, stop, "this stop is ordered already")
    return stop


def lift_stop(desk: Desk, account: Account, wanted: str, reason: str) -> StopLifted:
    """End a stop. Raises NotDone, saying why."""
    reason = reason.strip()
    _must_have_reason(reason)
    with desk.up_to_date() as board:
        known = any(stop.run == wanted for stop in board.stops)
    if not known:
        raise NotDone("there is no such stop in force", 404)
    lifted = StopLifted(wanted, desk.at(), account.person, reason)
    _append(desk, lifted, "this stop was lifted already")
    return lifted


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reviewer says of an answer."""

    decision: str
    label: str
    refusal: str | None
    should_pass: bool | None
    """Whether it should have gone out as it was; None: cannot tell."""
    section: str
    note: str
    blind: bool
    drawn: str
    seconds: int


def review(desk: Desk, account: Account, said: Opinion, *, passed: bool | None) -> ReviewRecorded:
    """Record a review. `passed` is whether the gateway let the answer out as it was, if it did.

    Raises NotDone, saying why.
    """
    if said.label not in LABELS:
        raise NotDone("say whether the answer adhered or violated", 422)
    if said.refusal is not None and said.refusal not in REFUSALS:
        raise NotDone("a refusal is none, partial or full", 422)
    if not said.section or len(said.section) > MOST_NAME or len(said.note) > MOST_NOTE:
        raise NotDone(f"name a section; a note has at most {MOST_NOTE} characters", 422)
    desk.reviews.poll(desk.ledger)
    before = desk.reviews.of(said.decision)
    if any(folded(each.by) == folded(account.person) for each in before):
        raise NotDone("you have reviewed this answer already")
    record = ReviewRecorded(
        run=said.decision,
        at=desk.at(),
        by=account.person,
        label=said.label,
        refusal=said.refusal,
        decision_right=None if None in (said.should_pass, passed) else said.should_pass == passed,
        section=said.section,
        blind=said.blind,
        drawn=said.drawn,
        seconds=max(0, said.seconds),
        note=_note(said.note),
    )
    _append(desk, record, "you have reviewed this answer already")
    return record


def _must_have_reason(reason: str) -> None:
    if not reason:
        raise NotDone("say why: the reason is part of the record", 422)
    if len(reason) > MOST_NOTE:
        raise NotDone(f"a reason has at most {MOST_NOTE} characters", 422)
    _must_be_text(reason)


def _note(note: str) -> str:
    _must_be_text(note)
    return note.strip()[:MOST_NOTE]


def _must_be_text(words: str) -> None:
    found = unkept(words)
    if found:
        raise NotDone(f"no record keeps the control character {found}: leave it out", 422)


def _append(desk: Desk, record: Record, already: str) -> None:
    try:
        desk.ledger.append(record)
    except AlreadyRecorded as error:
        raise NotDone(already) from error
