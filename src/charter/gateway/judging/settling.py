"""The parts of a request -> one verdict on it: joined, approved where people agreed, recorded."""

from __future__ import annotations

from dataclasses import dataclass

from charter.gateway.binding import arguments_digest
from charter.gateway.judging.approving import REPEAT, TURNED_DOWN, Approving
from charter.gateway.judging.asking import Part
from charter.gateway.judging.finding import Finding, Why
from charter.gateway.judging.resuming import Resume, resumption
from charter.gateway.judging.say import told
from charter.gateway.judging.scribe import Scribe
from charter.gateway.verdict import Verdict
from charter.policy.decision import Effect
from charter.records.record import Record

_APPROVAL, _DENY = Effect.REQUIRE_APPROVAL, Effect.DENY
_RESTRICTS = (_DENY, _APPROVAL)
_DONE = {
    Effect.ALLOW: "forwarded",
    Effect.FLAG: "forwarded",
    Effect.REDACT: "edited",
    Effect.REQUIRE_APPROVAL: "held",
    Effect.DENY: "refused",
}


@dataclass(slots=True)
class Settlement:
    """How it stands with a request."""

    found: Finding
    """Every reason of every part."""
    effect: Effect
    """What is left once people's words are counted."""
    approval: str = ""
    approvers: tuple[str, ...] = ()
    also: tuple[Record, ...] = ()
    resume: Resume | None = None


def settle(scribe: Scribe, parts: list[Part]) -> Settlement:
    """Join the parts of a request, of which the last is the request itself.

    A held answer of the same conversation needs no approval of the request again: no model is
    asked for it, and the request was let through when it was.
    """
    joined = parts[-1].found
    if len(parts) > 1:
        joined = Finding()
        for part in parts:
            for why in part.found.why:
                joined.restrict(why)
    made = Settlement(joined, joined.effect)
    board = scribe.occasion.board
    if joined.effect is not _DENY and board is not None and not scribe.occasion.anew:
        made.resume = resumption(board, scribe.conversation, scribe.now())
    if made.resume is not None:
        _wait_or_release(made, made.resume, parts)
    elif joined.effect is _APPROVAL:
        _ask_people(made, scribe, parts)
    return made


def _ask_people(made: Settlement, scribe: Scribe, parts: list[Part]) -> None:
    """Hold the request as a whole: one approval releases it, bound to all that it asks."""
    approving = Approving(scribe)
    settled = approving.settle("request", "", arguments_digest(""), made.found)
    made.approval = settled.approval
    if settled.denied:
        section = _section(made.found, scribe)
        _restrict(made, parts, Why(_DENY, "approval", section, TURNED_DOWN))
    elif settled.released is not None:
        made.approvers = settled.released.approvers
        made.effect = made.found.without_approval()
        decision = f"{scribe.occasion.id}.{scribe.made + len(parts)}"
        made.also = (approving.used(settled.released, decision),)
    elif settled.asked is not None:
        made.also = (settled.asked,)


def _wait_or_release(made: Settlement, held: Resume, parts: list[Part]) -> None:
    made.effect = made.found.without_approval()
    if held.waiting:
        made.resume = None
        asked = held.waiting[0].asked
        made.approval = asked.run
        _restrict(made, parts, Why(_APPROVAL, asked.boundary, asked.section, asked.say))


def _restrict(made: Settlement, parts: list[Part], why: Why) -> None:
    made.effect = why.effect
    made.found.restrict(why)
    parts[-1].found.restrict(why)


def _section(found: Finding, scribe: Scribe) -> str:
    return scribe.tables.policy.name if found.first is None else found.first.section


def recorded(made: Settlement, scribe: Scribe, parts: list[Part]) -> Verdict:
    """Record each part of a request that is settled; return the verdict on it."""
    effect, joined = made.effect, made.found
    done = "failed" if joined.failed else _DONE[effect]
    request = parts[-1]
    records = [
        scribe.record(
            part.stage,
            part.found,
            done,
            text=part.text,
            tool=part.tool,
            approval=made.approval if part is request else "",
            approvers=made.approvers if part is request else (),
        )
        for part in parts
    ]
    decisive = (r for r in reversed(records) if r.effect == joined.effect.value)
    decision = next(decisive, records[-1]).decision
    held = effect is _APPROVAL
    return Verdict(
        effect,
        decision,
        say=told(joined.first, decision, scribe.tables.policy.name) if effect in _RESTRICTS else "",
        steer=REPEAT if held else "",
        approval=made.approval if held else "",
        failed=effect is _DENY and joined.failed,
        records=(*records, *made.also),
    )
