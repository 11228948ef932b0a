"""Changing the arguments of a call that waits: a fresh approval, which its editor cannot give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.errors import CharterError
from charter.gateway.binding import approval_id, arguments_digest, binding
from charter.gateway.judging.answer import arguments_of
from charter.gateway.judging.scribe import written
from charter.ledger.board import PENDING, Board, folded, seconds
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault, payload_id
from charter.records.approval import ApprovalAsked, ApprovalVoted

SHORTEST = 60.0
"""Seconds that people have at least."""


class NotEdited(CharterError):
    """The arguments cannot be changed, and why."""


def edit_approval(  # noqa: PLR0913 - who changes what, by name
    ledger: Ledger,
    vault: Vault,
    board: Board,
    wanted: str,
    arguments: str,
    *,
    by: str,
    now: float,
    note: str = "",
) -> ApprovalAsked:
    """Record that somebody changed the arguments of a held call; return what is asked now.

    `arguments` is a JSON object. The new approval is bound to them, lasts as long as the first
    one did, and needs as many people, none of whom may have asked for it or edited it. Raises
    NotEdited, LedgerError and LedgerUnavailable.
    """
    board.poll(ledger)
    state = board.approval(wanted)
    if state is None:
        raise NotEdited(f"there is no approval {wanted[:80]!r}")
    asked, status = state.asked, state.status(now)
    if status != PENDING:
        raise NotEdited(f"this approval is {status}")
    if asked.stage != "tool_call" or not asked.payload:
        raise NotEdited("only the arguments of a tool call can be changed")
    if not folded(by) or any(folded(vote.by) == folded(by) for vote in state.votes):
        raise NotEdited("who decided on this before cannot change it")
    made = arguments_of(arguments)
    if made is None:
        raise NotEdited("the arguments are no JSON object", hint='e.g. {"amount": 5}')
    digest = arguments_digest(made)
    if digest == asked.arguments:
        raise NotEdited("these are the arguments as they are")
    before = vault.open(asked.payload)
    if before is None:
        raise NotEdited("what it is about is no longer kept")
    fresh = _fresh(asked, digest, board, by=by, now=now)
    sealed = vault.seal(
        asked.subject, _payload(before, asked, arguments), fresh.at, id=fresh.payload
    )
    vote = ApprovalVoted(asked.run, fresh.at, by, "edit", asked.binding, note, fresh.run)
    ledger.append(fresh, vote, payloads=(sealed,))
    board.poll(ledger)
    return fresh


def _fresh(
    asked: ApprovalAsked, arguments: str, board: Board, *, by: str, now: float
) -> ApprovalAsked:
    bound = binding(
        arguments=arguments,
        policy=asked.policy,
        conversation=asked.conversation,
        tool=asked.tool,
        principal=asked.principal,
        stage=asked.stage,
    )
    attempt = len(board.for_binding(bound)) + 1
    first, end = seconds(asked.at), seconds(asked.expires)
    lasts = SHORTEST if first is None or end is None else max(SHORTEST, end - first)
    return ApprovalAsked(
        run=approval_id(bound, attempt),
        at=written(now),
        expires=written(now + lasts),
        binding=bound,
        conversation=asked.conversation,
        attempt=attempt,
        stage=asked.stage,
        tool=asked.tool,
        arguments=arguments,
        policy=asked.policy,
        caller=asked.caller,
        application=asked.application,
        subject=asked.subject,
        principal=asked.principal,
        boundary=asked.boundary,
        section=asked.section,
        say=asked.say,
        needed=asked.needed,
        exchange=asked.exchange,
        payload=payload_id(),
        edited_from=asked.run,
        editor=by,
    )


def _payload(before: Mapping[str, Any], asked: ApprovalAsked, arguments: str) -> dict[str, Any]:
    """Return what people look at: the conversation as it was, and the new call."""
    kept = {name: before[name] for name in _KEPT if name in before}
    call = {"tool": asked.tool, "arguments": arguments}
    return {**kept, "calls": [call], "tool": asked.tool, "arguments": arguments}


_KEPT = ("exchange", "api", "body", "system_as", "level")
