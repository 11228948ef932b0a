"""Judges a request, and opens the judgement of its answer: the gateway's hot path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charter.gateway.binding import conversation_digest
from charter.gateway.judging.answer import AnswerJudge, failure_of
from charter.gateway.judging.asking import Asking, Part
from charter.gateway.judging.finding import Finding, Why
from charter.gateway.judging.hosted import hosted
from charter.gateway.judging.mark import OFF, Marked, marked, places
from charter.gateway.judging.occasion import Occasion
from charter.gateway.judging.resuming import Resume
from charter.gateway.judging.say import told
from charter.gateway.judging.scribe import Scribe
from charter.gateway.judging.settling import recorded, settle
from charter.gateway.judging.tables import Tables, tables
from charter.gateway.served import Served, Streaming
from charter.gateway.verdict import Edit, Verdict
from charter.gateway.wire.asked import Tool
from charter.policy.conversation import Conversation
from charter.policy.decision import Effect
from charter.policy.directive import BEFORE, Unusable
from charter.policy.directives.collect import METADATA, Gathered, Unread, directives_in
from charter.policy.directives.fence import may_hold_fence
from charter.policy.fates.resolve import resolve
from charter.policy.resolution import Resolution
from charter.records.stop import StopOrdered
from charter.source import Span

_NOTHING_SAID = Gathered((), ())
_UNREAD = "A directive in the metadata of this request cannot be read."
_TWICE = "directives are given beside the metadata and in it: give them once"
_UNREMOVABLE = "A part of this request would have to be removed, and cannot be."


@dataclass(frozen=True, slots=True)
class Opened:
    """A request, judged."""

    verdict: Verdict
    """On the request as a whole. Its records are those of all its parts."""
    conversation: Conversation
    resolution: Resolution
    judge: AnswerJudge
    conversation_digest: str
    streaming: Streaming
    """How this answer may be streamed: `Served.streaming` for its application, without what is
    not in force here."""
    body_edits: tuple[tuple[str, Edit], ...] = ()
    inserts: tuple[tuple[str, Any], ...] = ()
    """JSON pointer and value, to be added after the edits: see `edit_body.edited_body`."""
    resume: Resume | None = None
    """A held answer that people have agreed to: it is judged and given, and no model is asked."""
    stop: StopOrdered | None = None
    """The stop that denies it, where one does."""
    unread: tuple[str, ...] = field(default=())
    """Directives of the request that could not be read: what is wrong with each."""


def open_exchange(served: Served, occasion: Occasion) -> Opened:
    """Judge a request. Never raises: what fails inside is denied, and recorded."""
    known = tables(served)
    try:
        return _open(known, occasion)
    except Exception as cause:  # noqa: BLE001 - whatever goes wrong, nothing is forwarded
        return _failed(known, occasion, cause)


def _open(known: Tables, occasion: Occasion) -> Opened:
    policy, asked = known.policy, occasion.asked
    conversation = asked.conversation
    gathered = _gather(known, occasion)
    resolution = resolve(policy, conversation, gathered.directives)
    caller = occasion.caller
    digest = conversation_digest(
        occasion.body,
        policy.digest,
        caller.principal,
        application=caller.application,
        api=asked.api.value,
    )
    scribe = Scribe(known, occasion, digest)
    asking = Asking(known, occasion, resolution)
    parts = asking.parts()
    unread = _unread(known, gathered, parts[-1].found)
    removing = _removing(known, occasion, parts)
    out = resolution.out
    planned = known.plan(occasion.caller.application, out)
    judge = AnswerJudge(
        scribe,
        resolution,
        planned,
        asking.user_text,
        asking.facts,
        _free(asked.tools),
        hosted(asked, occasion.body),
    )
    settlement = settle(scribe, parts)
    verdict = recorded(settlement, scribe, parts)
    body = Marked(())
    served = known.served
    if verdict.effect not in _RESTRICTS and (removing or served.brief or served.delimiting != OFF):
        body = marked(
            asked,
            occasion.body,
            occasion.id,
            removed=removing,
            delimiting=served.delimiting,
            brief=served.brief,
        )
    return Opened(
        verdict=verdict,
        conversation=conversation,
        resolution=resolution,
        judge=judge,
        conversation_digest=digest,
        streaming=planned.streaming,
        body_edits=body.edits,
        inserts=body.inserts,
        resume=settlement.resume,
        stop=_stop(occasion),
        unread=unread,
    )


def _free(tools: tuple[Tool, ...]) -> frozenset[str]:
    """Return the tools whose input is free text; a name that is a function's too is none."""
    free = {tool.name for tool in tools if tool.kind == "custom"}
    return frozenset(free - {tool.name for tool in tools if tool.kind != "custom"})


def _gather(known: Tables, occasion: Occasion) -> Gathered:
    """Collect directives, at once where nothing can hold any."""
    conversation = occasion.asked.conversation
    said = _of_its_caller(occasion.body)
    if len(said) > 1:
        what = Unusable(_TWICE, Span(0, 0))
        return Gathered((), (Unread(BEFORE, occasion.caller.level, what),))
    if not said and not any(
        message.settings or may_hold_fence(message.text) for message in conversation.messages
    ):
        return _NOTHING_SAID
    return directives_in(
        conversation,
        ladder=known.policy.ladder,
        readings=known.policy.readings,
        metadata={METADATA: said[0]} if said else None,
        metadata_level=occasion.caller.level,
        taken=known.taken,
    )


def _of_its_caller(body: Mapping[str, Any]) -> list[Any]:
    """Return what a request's caller says to the gateway itself: in `metadata`, or beside it."""
    given = body.get("metadata")
    places = (body, given) if isinstance(given, Mapping) else (body,)
    return [place[METADATA] for place in places if place.get(METADATA) is not None]


def _unread(known: Tables, gathered: Gathered, request: Finding) -> tuple[str, ...]:
    """Restrict a request by directives that cannot be read: they may have been limits.

    Those of its metadata, which its caller wrote for the gateway, deny it; others are noted.
    """
    for each in gathered.unusable:
        section = known.policy.gate_section("conflicts")
        if each.message == BEFORE:
            request.restrict(Why(Effect.DENY, "directives", section, _UNREAD))
        else:
            request.restrict(Why(Effect.FLAG, "directives", section))
    return tuple(each.unusable.message for each in gathered.unusable)


def _removing(known: Tables, occasion: Occasion, parts: list[Part]) -> Mapping[str, list[Edit]]:
    """Return the edits that remove what is to be removed; what cannot be removed is denied."""
    ranges = [one for part in parts for one in part.ranges]
    if not ranges:
        return {}
    found = places(occasion.asked, ranges)
    if found is not None:
        return found
    for part in parts:
        if part.ranges and places(occasion.asked, part.ranges) is None:
            section = next(
                (w.section for w in part.found.why if w.effect is Effect.REDACT),
                known.policy.name,
            )
            part.found.restrict(Why(Effect.DENY, "redaction", section, _UNREMOVABLE))
    return {}


def _stop(occasion: Occasion) -> StopOrdered | None:
    if occasion.board is None:
        return None
    names = tuple(tool.name for tool in occasion.asked.tools)
    return occasion.board.stopped(occasion.caller.application, names)


def _failed(known: Tables, occasion: Occasion, cause: Exception) -> Opened:
    """Return the verdict that follows from a failure: nothing is forwarded."""
    policy, resolution = known.policy, known.empty
    scribe = Scribe(known, occasion, "")
    found = Finding()
    found.restrict(failure_of(cause, policy.name))
    record = scribe.record("request", found, "failed", failure=type(cause).__name__)
    verdict = Verdict(
        Effect.DENY,
        record.decision,
        say=told(found.first, record.decision, policy.name),
        failed=True,
        records=(record,),
    )
    planned = known.plan(occasion.caller.application, frozenset())
    judge = AnswerJudge(scribe, resolution, planned, "", {}, frozenset())
    return Opened(
        verdict=verdict,
        conversation=occasion.asked.conversation,
        resolution=resolution,
        judge=judge,
        conversation_digest="",
        streaming=planned.streaming,
    )


_RESTRICTS = (Effect.DENY, Effect.REQUIRE_APPROVAL)
