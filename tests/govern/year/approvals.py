"""Actions that wait for people: allowed and done, denied, or expired."""

from __future__ import annotations

from datetime import datetime, timedelta

from charter.records.approval import (
    ApprovalAsked,
    ApprovalExpired,
    ApprovalUsed,
    ApprovalVoted,
)
from charter.records.decision import DecisionRecorded

from .diary import Diary
from .plan import Plan, digest, stamp
from .traffic import Allowed
from .truth import Truth

PEOPLE = ("ben", "cleo", "dora")
HOURS = 12.0
"""Until an approval expires."""
ALLOWED, DENIED = 0.75, 0.15
"""Shares; the rest expires."""


class Approvals:
    """All approvals of the year."""

    def __init__(self, plan: Plan, truth: Truth, diary: Diary) -> None:
        self._plan, self._truth, self._diary = plan, truth, diary
        self._chance = plan.chance("approvals")

    def ask(self, held: DecisionRecorded) -> Allowed | None:
        """Note an approval and its end; return what goes out on the next day, if it does."""
        chance, name = self._chance, held.approval
        begun = datetime.fromisoformat(held.at)
        expires = begun + timedelta(hours=HOURS)
        binding = digest("binding", name)
        self._diary.note(
            held.at,
            ApprovalAsked(
                run=name,
                at=held.at,
                expires=stamp(expires),
                binding=binding,
                conversation=digest("conversation", name),
                attempt=1,
                stage=held.stage,
                tool=held.tool,
                arguments=held.arguments,
                policy=held.policy,
                caller=held.caller,
                application=held.application,
                subject=held.subject,
                principal=f"team-{held.application}",
                boundary=held.grounds[0].check,
                section=held.grounds[0].section,
                say="May this transfer be made?",
                needed=1,
                exchange=held.exchange,
                payload=held.payload,
            ),
        )
        drawn, waited = chance.random(), chance.expovariate(1 / 1800)
        if drawn >= ALLOWED + DENIED or waited >= HOURS * 3600 - 60:
            self._diary.note(expires, ApprovalExpired(name, stamp(expires)))
            self._truth.approvals_expired += 1
            return None
        by = chance.choice(PEOPLE)
        at = begun + timedelta(seconds=waited)
        verdict = "approve" if drawn < ALLOWED else "deny"
        self._diary.note(at, ApprovalVoted(name, stamp(at), by, verdict, binding))
        self._truth.approval_waits[name] = waited
        return Allowed(name, (by,), held) if verdict == "approve" else None

    def use(self, done: DecisionRecorded) -> None:
        """Note that an action was done on its approval."""
        self._diary.note(
            done.at, ApprovalUsed(done.approval, done.at, done.exchange, done.decision)
        )
