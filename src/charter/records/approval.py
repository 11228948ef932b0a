"""Actions that wait for people, and what people said. `run` is the id of the approval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    """An action is held until enough people agree, or until it expires to deny."""

    run: str
    at: str
    expires: str
    binding: str
    """Digest of arguments, policy, conversation, tool and principal: see `gateway.binding`."""
    conversation: str
    """Digest of what was asked, with policy and principal: how a repeated request finds it."""
    attempt: int
    """From 1; a new one where an earlier approval of the same binding has ended."""
    stage: str
    tool: str
    arguments: str
    """Digest of the canonical arguments."""
    policy: str
    caller: str
    application: str
    subject: str
    principal: str
    """Who asks: an identity that can never approve it."""
    boundary: str
    section: str
    say: str
    needed: int
    """People who have to agree: 2 where four eyes are asked for."""
    exchange: str
    payload: str
    """Id of the encrypted payload: the held answer, its arguments, the conversation."""
    edited_from: str = ""
    """The approval whose arguments a person changed; its editor counts as one who asks."""
    editor: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalVoted:
    """One person decided, once."""

    run: str
    at: str
    by: str
    verdict: str
    """approve, deny or edit."""
    binding: str
    """What the person saw; another binding than asked for is no vote."""
    note: str = ""
    successor: str = ""
    """With edit: the approval that the changed arguments need."""
    seconds: int = 0
    """Between showing and voting; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class ApprovalExpired:
    """Its time ran out, which denies it, whatever clocks say later."""

    run: str
    at: str


@dataclass(frozen=True, slots=True)
class ApprovalUsed:
    """The action was released on it. There is one such record for an approval, ever."""

    run: str
    at: str
    exchange: str
    decision: str
