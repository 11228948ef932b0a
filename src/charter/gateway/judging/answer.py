"""Decides on one answer: each of its texts, and each call in it, with a record of each.

Everything is decided as if the whole answer were known; where patterns ended a stream, they count
as what the whole would have shown. It never raises: what fails inside is denied, and recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cached_property
from time import perf_counter_ns
from typing import Any

from charter.gateway.binding import arguments_digest
from charter.gateway.check import Target
from charter.gateway.inside import inside
from charter.gateway.judging.approving import REPEAT, TURNED_DOWN, Approving
from charter.gateway.judging.finding import Finding, Why
from charter.gateway.judging.hosted import NONE, Hosted
from charter.gateway.judging.normal import normal
from charter.gateway.judging.plan import Planned
from charter.gateway.judging.redaction import removed
from charter.gateway.judging.say import told
from charter.gateway.judging.scribe import Scribe
from charter.gateway.look import Looked, look_all
from charter.gateway.stream.hold import IGNORED
from charter.gateway.verdict import CallSaid, Channel, Edit, Verdict
from charter.gateway.wire.json_body import Limits, read_json
from charter.policy.conversation import Sensitivity
from charter.policy.decision import Call, Effect, Facts, Ran, ToolFacts
from charter.policy.decisions.decide import decide
from charter.policy.resolution import Resolution
from charter.records.decision import CheckRan, DecisionRecorded
from charter.records.record import Record
from charter.records.stop import StopOrdered

_ARGUMENTS = Limits(size=4_000_000, depth=64, nodes=100_000)
_DONE = {
    Effect.ALLOW: "forwarded",
    Effect.FLAG: "forwarded",
    Effect.REDACT: "edited",
    Effect.REQUIRE_APPROVAL: "held",
    Effect.DENY: "refused",
}
NO_JSON = "The arguments of this action cannot be read."
UNREAD = "passed on unread"
STOPPED = "A person has stopped this."


class AnswerJudge:
    """The judge of one exchange's answer; implements `gateway.verdict.Judge`."""

    def __init__(  # noqa: PLR0913, PLR0917 - what an answer is judged by
        self,
        scribe: Scribe,
        resolution: Resolution,
        planned: Planned,
        request: str,
        facts: Mapping[str, ToolFacts | None],
        free: frozenset[str],
        hosted: Hosted = NONE,
    ) -> None:
        self._scribe = scribe
        self._tables = scribe.tables
        self._resolution = resolution
        self._planned = planned
        self._request = request
        """The last user message."""
        self._facts = facts
        """Of the tools that are offered, tightened by what they say of themselves."""
        self._free = free
        """Tools whose input is free text, no JSON."""
        self._hosted = hosted
        self._approving = Approving(scribe)
        self._records = 0
        self._cut: tuple[str, int] | None = None

    @property
    def restricted(self) -> bool:
        """Whether anything so far, in request or answer, was not plainly allowed."""
        return self._scribe.restricted

    def text(self, channel: Channel, text: str, hits: tuple[str, ...] = ()) -> Verdict:
        """Decide on one channel; see `Judge.text`."""
        return self._closed("output", text, "", lambda: self._text(channel, text, hits))

    def call(self, said: CallSaid) -> Verdict:
        """Decide on one tool call; see `Judge.call`."""
        return self._closed("tool_call", None, said.tool, lambda: self._call(said))

    def cut(self, failure: str, released: int) -> None:
        """Take note that the answer ended early."""
        self._cut = failure, released

    def stop(self, stop: StopOrdered) -> Verdict:
        """Return the verdict that ends a running answer because a person stopped it."""
        found = Finding()
        found.restrict(stop_of(stop, self._tables.policy.name))
        return self._verdict("output", found, "cut", text=None)

    def finish(
        self, done: str, released: int, failure: str = "", uncovered: Collection[str] = ()
    ) -> tuple[Record, ...]:
        """Return what is left to be recorded once nothing follows.

        Nothing, where all of the answer was decided on and came to its own end. `uncovered` names
        what was passed on though nothing here can read it.
        """
        if self._cut is not None:
            failure, released = failure or self._cut[0], max(released, self._cut[1])
        if not failure and self._records and not uncovered:
            return ()
        found = Finding(citations=(self._tables.policy.name,), partial=bool(uncovered))
        for kind in sorted(uncovered):
            found.ran.append(CheckRan("coverage", Ran.SKIPPED, Effect.ALLOW, kind, 0, 0, UNREAD))
        if uncovered and not failure:
            released = 0  # what did leave stands in the records of the texts
        return (self._record("output", found, done, released=released, failure=failure),)

    def payload(self) -> Mapping[str, Any]:
        """Return what is to be sealed: the request as it came, and what was decided on."""
        return self._scribe.payload()

    def _text(self, channel: Channel, text: str, hits: tuple[str, ...]) -> Verdict:
        found = Finding()
        form = normal(text)
        now = self._scribe.now()
        for each in _forms(channel, text, form.text):
            facts = Facts("output", text=each, now=now)
            found.decided(self._tables, decide(self._tables.policy, self._resolution, facts))
        target = Target("output", channel.kind, text, source="assistant", request=self._request)
        looked = self._look(target)
        found.looked(looked)
        for hit in hits if not form.overflowed else (*hits, IGNORED):
            found.restrict(self._why(hit))
        effect, more = self._settle("output", "", text, found)
        edits: tuple[Edit, ...] = ()
        if effect is Effect.REDACT:
            ranges = removed(self._tables, found.why, looked, text, self._planned)
            edits = tuple(Edit(start, end) for start, end in ranges)
        done = "failed" if found.failed else self._done(effect, cut=bool(hits))
        left = self._left(effect, text, hits, edits)
        return self._verdict(
            "output",
            found,
            done,
            text=text,
            channel=channel.kind,
            effect=effect,
            edits=edits,
            released=left,
            **more,
        )

    def _call(self, said: CallSaid) -> Verdict:
        scribe, tool = self._scribe, said.tool
        found = Finding()
        board = scribe.occasion.board
        application = scribe.occasion.caller.application
        stop = board.stopped(application, (tool,)) if board is not None else None
        if stop is not None:
            found.restrict(stop_of(stop, self._tables.policy.name))
        args = self._arguments(said)
        if args is None:
            section = self._tables.policy.gate_section("scope")
            found.restrict(Why(Effect.DENY, "arguments", section, NO_JSON))
        call = Call(tool, args or {}, facts=self._facts_of(tool))
        facts = Facts("tool_call", call=call, now=scribe.now())
        decision = decide(self._tables.policy, self._offered(said), facts)
        found.decided(self._tables, decision, tool)
        target = Target(
            "tool_call",
            "arguments",
            said.arguments,
            source="assistant",
            tool=tool,
            request=self._request,
            beside=f"{said.id}\n{tool}",
        )
        found.looked(self._look(target))
        # Arguments cannot be cut without another action coming of it: a person decides.
        found.raised(Effect.REDACT, Effect.REQUIRE_APPROVAL)
        digest = arguments_digest(said.arguments if args is None else args)
        effect, more = self._settle("tool_call", tool, digest, found)
        done = "failed" if found.failed else self._done(effect, cut=False)
        return self._verdict(
            "tool_call",
            found,
            done,
            text=said.arguments,
            effect=effect,
            tool=tool,
            arguments=digest,
            released=0 if effect in _RESTRICTS else len(said.arguments),
            **more,
        )

    def _offered(self, said: CallSaid) -> Resolution:
        """Return what is in force, with the tool as one of those offered where it is, as hosted."""
        found, known = self._resolution, self._hosted
        if said.tool in found.tools or not (
            said.tool in known.names or said.server in known.servers
        ):
            return found
        return replace(found, tools=(*found.tools, said.tool))

    def _facts_of(self, tool: str) -> ToolFacts | None:
        if tool in self._facts:
            return self._facts[tool]
        return self._tables.served.tools.get(tool)

    def _arguments(self, said: CallSaid) -> dict[str, object] | None:
        """Return the arguments of a call; None where they are none."""
        if said.tool in self._free:
            return {"input": said.arguments}
        return arguments_of(said.arguments)

    def _look(self, target: Target) -> list[Looked]:
        checks = self._tables.checks(target.stage, target.channel)
        if not checks:
            return []
        target = target._replace(privileged=self._privileged)
        return look_all(checks, target, perf_counter_ns, self._scribe.occasion.caller.application)

    @cached_property
    def _privileged(self) -> tuple[str, ...]:
        """What of the request is not to be repeated, as `decisions.leak` sees it."""
        conversation = self._scribe.occasion.asked.conversation
        secret = {
            passage.message
            for passage in conversation.passages
            if passage.sensitivity is Sensitivity.PRIVILEGED
        }
        return tuple(conversation.messages[at].text for at in sorted(secret))

    def _why(self, hit: str) -> Why:
        """Return the reason that a pattern's hit in a stream is; one that is not known denies."""
        origin = self._planned.origins.get(hit)
        if origin is None:
            return Why(Effect.DENY, hit, self._tables.policy.name)
        return Why(origin.effect, origin.id, origin.section, origin.say)

    def _settle(
        self, stage: str, tool: str, about: str, found: Finding
    ) -> tuple[Effect, dict[str, Any]]:
        """Ask people where that is what it comes to; return the effect that is left."""
        if found.effect is not Effect.REQUIRE_APPROVAL:
            return found.effect, {}
        digest = about if stage == "tool_call" else arguments_digest(about)
        settled = self._approving.settle(stage, tool, digest, found)
        if settled.denied:
            why = found.first
            section = why.section if why is not None else self._tables.policy.name
            found.restrict(Why(Effect.DENY, "approval", section, TURNED_DOWN))
            return Effect.DENY, {"approval": settled.approval}
        if settled.released is None:
            also = () if settled.asked is None else (settled.asked,)
            return found.effect, {"approval": settled.approval, "also": also}
        state = settled.released
        used = self._approving.used(state, self._scribe.next_id())
        approved = {"approval": state.id, "approvers": state.approvers, "also": (used,)}
        return found.without_approval(), approved

    def _done(self, effect: Effect, *, cut: bool) -> str:
        if effect is not Effect.DENY:
            return _DONE[effect]
        flows = self._scribe.occasion.asked.stream and not self._planned.streaming.whole
        return "cut" if cut or flows else "refused"

    def _left(
        self, effect: Effect, text: str, hits: tuple[str, ...], edits: tuple[Edit, ...]
    ) -> int:
        """Return how many characters of a text left, or may have."""
        if effect in _RESTRICTS and not (hits or self._done(Effect.DENY, cut=False) == "cut"):
            return 0
        return len(text) - sum(edit.end - edit.start for edit in edits)

    def _verdict(  # noqa: PLR0913 - the parts of a verdict, by name
        self,
        stage: str,
        found: Finding,
        done: str,
        *,
        text: str | None,
        effect: Effect | None = None,
        edits: tuple[Edit, ...] = (),
        approval: str = "",
        also: tuple[Record, ...] = (),
        **fields: Any,
    ) -> Verdict:
        effect = found.effect if effect is None else effect
        record = self._record(stage, found, done, text=text, approval=approval, **fields)
        held = effect is Effect.REQUIRE_APPROVAL
        return Verdict(
            effect,
            record.decision,
            say=told(found.first, record.decision, self._tables.policy.name)
            if effect in _RESTRICTS
            else "",
            steer=REPEAT if held else "",
            approval=approval if held else "",
            edits=edits,
            failed=effect is Effect.DENY and found.failed,
            records=(record, *also),
        )

    def _record(self, stage: str, found: Finding, done: str, **fields: Any) -> DecisionRecorded:
        self._records += 1
        return self._scribe.record(stage, found, done, **fields)

    def _closed(
        self, stage: str, text: str | None, tool: str, judge: Callable[[], Verdict]
    ) -> Verdict:
        try:
            return judge()
        except Exception as cause:  # noqa: BLE001 - whatever goes wrong, nothing leaves
            found = Finding()
            found.restrict(failure_of(cause, self._tables.policy.name))
            failure = type(cause).__name__
            return self._verdict(stage, found, "failed", text=text, tool=tool, failure=failure)


_RESTRICTS = (Effect.DENY, Effect.REQUIRE_APPROVAL)


def _forms(channel: Channel, text: str, normalised: str) -> tuple[str, ...]:
    """Return a text as it is written, as patterns see it, and what is read in it if it is JSON."""
    read = inside(text) if channel.kind == "annotations" else ""
    if not read:
        return (text,) if normalised == text else (text, normalised)
    return tuple(dict.fromkeys((text, normalised, read, normal(read).text)))


def arguments_of(text: str) -> dict[str, object] | None:
    """Return the arguments that a text holds, read strictly; None where it holds none."""
    if not text.strip():
        return {}  # how some models call a tool that takes nothing
    try:
        found = read_json(text.encode(), _ARGUMENTS)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def stop_of(stop: StopOrdered, section: str) -> Why:
    """Return the reason that a stop is."""
    return Why(Effect.DENY, f"stop:{stop.run}", section, STOPPED)


def failure_of(_cause: Exception, section: str) -> Why:
    """Return the reason that a failure inside is."""
    return Why(Effect.DENY, "decision", section, failed=True)
