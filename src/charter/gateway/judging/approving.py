"""What waits for people, what they agreed to, and what they turned down."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from charter.gateway.binding import approval_id, binding
from charter.gateway.judging.finding import Finding, Why
from charter.gateway.judging.scribe import Scribe, written
from charter.ledger.board import APPROVED, DENIED, PENDING, SUPERSEDED, ApprovalState
from charter.policy.decision import Effect
from charter.records.approval import ApprovalAsked, ApprovalUsed

TURNED_DOWN = "A person decided against this."
REPEAT = "Repeat the same request once it is approved."


class Settled(NamedTuple):
    """How it stands with an approval that is needed."""

    approval: str
    released: ApprovalState | None = None
    """The approval that releases it, once `records` are durable."""
    denied: bool = False
    asked: ApprovalAsked | None = None
    """What asks people, where nobody was asked yet."""


class Approving:
    """The approvals of one exchange."""

    def __init__(self, scribe: Scribe) -> None:
        self._scribe = scribe
        self._equal: Counter[tuple[str, str, str]] = Counter()
        """How often each call was made in this exchange."""

    def settle(self, stage: str, tool: str, arguments: str, found: Finding) -> Settled:
        """Say how it stands with what `found` asks approval for. `arguments` is their digest.

        An approval releases one action, once, within its time, on the very same binding.
        """
        scribe, occasion = self._scribe, self._scribe.occasion
        same = stage, tool, arguments
        self._equal[same] += 1
        bound = binding(
            arguments=arguments,
            policy=scribe.tables.policy.digest,
            conversation=scribe.conversation,
            tool=tool,
            principal=occasion.caller.principal,
            stage=stage,
            nth=self._equal[same],
        )
        now = scribe.now()
        board = occasion.board
        states = () if board is None else board.for_binding(bound)
        for state in states:
            if state.status(now) == APPROVED:
                return Settled(state.id, released=state)
        if states and board is not None:
            last = states[-1]
            for _ in range(MOST_EDITS):
                if last.status(now) != SUPERSEDED:
                    break
                last = board.approval(last.successor) or last
            status = last.status(now)
            if status == PENDING:
                return Settled(last.id)
            if status == DENIED:
                return Settled(last.id, denied=True)
        asked = self._ask(bound, len(states) + 1, same, found, now)
        return Settled(asked.run, asked=asked)

    def used(self, state: ApprovalState, decision: str) -> ApprovalUsed:
        """Return the record that uses an approval up: a ledger takes one of them, ever."""
        occasion = self._scribe.occasion
        return ApprovalUsed(state.id, self._scribe.at(), occasion.id, decision)

    def _ask(
        self, bound: str, attempt: int, same: tuple[str, str, str], found: Finding, now: float
    ) -> ApprovalAsked:
        scribe, occasion = self._scribe, self._scribe.occasion
        stage, tool, arguments = same
        terms, caller = scribe.tables.served.approvals, occasion.caller
        why = found.first or Why(Effect.REQUIRE_APPROVAL, "decision", scribe.tables.policy.name)
        return ApprovalAsked(
            run=approval_id(bound, attempt),
            at=scribe.at(),
            expires=written(now + terms.seconds),
            binding=bound,
            conversation=scribe.conversation,
            attempt=attempt,
            stage=stage,
            tool=tool,
            arguments=arguments,
            policy=scribe.tables.policy.digest,
            caller=caller.id,
            application=caller.application,
            subject=occasion.subject,
            principal=caller.principal,
            boundary=why.check,
            section=why.section,
            say=why.say,
            needed=2 if _four_eyes(terms.four_eyes, tool, found) else 1,
            exchange=occasion.id,
            payload=occasion.payload,
        )


MOST_EDITS = 100
"""Of one action, one after the other, that are followed to the last."""


def _four_eyes(named: frozenset[str], tool: str, found: Finding) -> bool:
    """Whether any reason for asking, its section or the tool is named for two people."""
    if not named:
        return False
    asking = [why for why in found.why if why.effect is Effect.REQUIRE_APPROVAL]
    about = {tool, *(why.check for why in asking), *(why.section for why in asking)}
    about |= {why.section.partition("/")[0] for why in asking}
    return not named.isdisjoint(about)
