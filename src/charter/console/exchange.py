"""One exchange as a page shows it: every decision on it, explained, with what was said.

The explanation is made anew from the record, by the policy whose digest it has: it says what the
record says, in sentences, and nothing that the gateway did not record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from charter.console.content import Kept, Read, conversation_of, join_kept, kept_of
from charter.console.desk import Desk
from charter.console.feed import Row, of_exchange
from charter.errors import LedgerError
from charter.ledger.board import ApprovalState
from charter.ledger.body import body_of, digest_of_body
from charter.policy.conversation import EMPTY
from charter.policy.decision import Call, Check, Decision, Effect, Facts, Ran, Reason
from charter.policy.explanations.explain import explain
from charter.policy.explanations.explanation import Explanation
from charter.policy.policy import Policy
from charter.records.decision import DecisionRecorded, asked
from charter.records.stop import StopOrdered
from charter.spec.reading import DEFAULTS

GONE = "Nothing of the conversation is kept: it was erased, its time ran out, or it never was."
CLOSED = "Payloads cannot be opened here: this console was started without the key to them."
HIDDEN = "Your roles show what was decided, and not what was said."
NONE_KEPT = "Nothing of this conversation was kept."


@dataclass(frozen=True, slots=True)
class Shown:
    """One decision of an exchange."""

    index: int
    record: DecisionRecorded
    digest: str
    """SHA-256 of the record, as the ledger's tree has it."""
    explanation: Explanation | None
    """None where the policy is not at hand."""
    approval: ApprovalState | None = None
    stop: StopOrdered | None = None
    """What a person ordered, where that is why."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was said, or why it is not shown."""

    kept: Kept | None
    read: Read
    why: str = ""
    """In words, where nothing is shown."""


NOTHING = Read(EMPTY, None)


def shown(desk: Desk, exchange: str, *, content: bool) -> tuple[tuple[Shown, ...], Content]:
    """Return the decisions on an exchange, and its content where it may be seen."""
    rows = of_exchange(desk.ledger, exchange)
    policy = desk.policies(rows[-1].record.policy) if rows else None
    if content:
        found = content_of(desk, (row.record.payload for row in rows), policy)
    else:
        found = Content(None, NOTHING, HIDDEN)
    return tuple(_shown(desk, row, found) for row in rows), found


def content_of(desk: Desk, payloads: Iterable[str], policy: Policy | None) -> Content:
    """Open payloads and label what they hold."""
    kept = opened(desk, payloads)
    if isinstance(kept, str):
        return Content(None, NOTHING, kept)
    return Content(kept, conversation_of(kept, policy))


def opened(desk: Desk, payloads: Iterable[str]) -> Kept | str:
    """Open payloads; return what they hold together, or in words why nothing is shown."""
    wanted = [each for each in dict.fromkeys(payloads) if each]
    if not wanted:
        return NONE_KEPT
    if desk.vault is None:
        return CLOSED
    try:
        found = [desk.vault.open(each) for each in wanted]
    except LedgerError as error:
        return f"It cannot be opened: {error.message}."
    kept = join_kept([kept_of(each) for each in found if each is not None])
    return GONE if kept is None else kept


def _shown(desk: Desk, row: Row, content: Content) -> Shown:
    record = row.record
    policy = desk.policies(record.policy)
    state = desk.approval(record.approval) if record.approval else None
    return Shown(
        index=row.number,
        record=record,
        digest=digest_of_body(body_of(record)),
        explanation=explained(policy, record, content) if policy is not None else None,
        approval=state,
        stop=_stop(desk, record),
    )


def _stop(desk: Desk, record: DecisionRecorded) -> StopOrdered | None:
    checks = (ground.check.partition(":") for ground in record.grounds)
    wanted = next((stop for kind, _, stop in checks if kind == "stop"), "")
    return next(iter(desk.ledger.read(StopOrdered, run=wanted)), None) if wanted else None


def explained(policy: Policy, record: DecisionRecorded, content: Content) -> Explanation:
    """Say a recorded decision in sentences."""
    decision = decision_of(policy, record)
    resolution = content.read.resolution
    if resolution is not None and resolution.policy_digest != policy.digest:
        resolution = None
    conversation = content.read.conversation
    facts = _facts(record, content.kept)
    return explain(policy, decision, conversation, resolution=resolution, facts=facts)


def decision_of(policy: Policy, record: DecisionRecorded) -> Decision:
    """Return the decision that a record is of."""
    says = {boundary.id: boundary.say or "" for boundary in policy.boundaries}
    effect = _effect(record.effect)
    reasons = tuple(
        Reason(_effect(ground.effect), ground.check, ground.section, says.get(ground.check, ""))
        for ground in record.grounds
    )
    if effect is not Effect.ALLOW and not reasons:
        reasons = (Reason(effect, "decision", record.citations[0], ""),)
    return Decision(
        effect=effect,
        stage=record.stage,
        citations=tuple(policy.cite(each) for each in record.citations or (policy.name,)),
        policy_digest=record.policy,
        readings={**DEFAULTS, **_readings(record.readings)},
        checks=tuple(_checks(record)) or (Check("decision", Ran.RAN, effect),),
        reasons=reasons,
        closed=not record.partial,
    )


def _checks(record: DecisionRecorded) -> Iterator[Check]:
    ran = {each.value for each in Ran}
    for each in record.boundaries:
        name, status, effect = asked(each)
        yield Check(name, Ran(status) if status in ran else Ran.ERRORED, _effect(effect))
    for check in record.checks:
        status = check.status
        known = Ran(status) if status in ran else Ran.ERRORED
        yield Check(check.id, known, _effect(check.effect), check.reason)


def _effect(text: str) -> Effect:
    """Return an effect; what is none counts as the strictest."""
    return Effect(text) if text in {each.value for each in Effect} else Effect.DENY


def _readings(text: str) -> dict[str, str]:
    pairs = (each.partition("=") for each in text.split(";") if "=" in each)
    return {name: value for name, _, value in pairs}


def _facts(record: DecisionRecorded, kept: Kept | None) -> Facts | None:
    if record.stage not in ("tool_call", "tool_result") or not record.tool:
        return None
    said = kept.decided.get(record.decision, "") if kept is not None else ""
    arguments = _object(said) if record.stage == "tool_call" else {}
    return Facts(record.stage, call=Call(record.tool, arguments))


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
